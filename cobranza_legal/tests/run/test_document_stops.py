from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common.lateness import LateCommon


@tagged("post_install", "-at_install")
class TestDocumentStops(LateCommon):
    """What a document says: its discount was taken in time, or nobody has sent it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy((-10, {}), (5, {"charge": True}))
        cls.company.write(
            {"cobranza_policy_id": cls.policy.id, "cobranza_sent_check": "auto"}
        )
        cls.terms_2 = cls.env["account.payment.term"].create(
            {
                "name": "2 % within 10 days, else 30",
                "early_discount": True,
                "discount_days": 10,
                "discount_percentage": 2,
                "early_pay_discount_computation": "included",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )

    # -- early payment discount --------------------------------------------------------

    def _discounted(self, invoice_date="2026-10-01", **vals):
        move = self._invoice(
            due=False,
            amount=1210,
            invoice_date=invoice_date,
            invoice_payment_term_id=self.terms_2.id,
            **vals,
        )
        self.assertEqual(
            move.line_ids.filtered("debit").discount_amount_currency, 1185.8
        )
        return move

    def _pay_in_part(self, move, amount, day):
        """A payment that leaves the rest open."""
        line = move.line_ids.filtered("debit")
        with self.at(day):
            self._settle_on(line, amount, day)

    def _settle_on(self, line, amount, day):
        bank = self.company_data["default_journal_bank"]
        move = self.env["account.move"].create(
            {
                "date": day,
                "journal_id": bank.id,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "account_id": line.account_id.id,
                            "partner_id": line.partner_id.id,
                            "credit": amount,
                        },
                    ),
                    (0, 0, {"account_id": bank.default_account_id.id, "debit": amount}),
                ],
            }
        )
        move.action_post()
        (move.line_ids.filtered("credit") | line).reconcile()

    def _run_on(self, move, day):
        with self._grants():
            self._run(day)
        return self._debts(move)

    def test_a_discount_taken_in_time_is_not_claimed(self):
        move = self._discounted()
        self._pay_in_part(move, 1185.8, "2026-10-11")
        debt = self._run_on(move, "2026-11-20")
        self.assertEqual((debt.reason, debt.level), ("discount", 0))
        self.assertFalse(debt.charge_ids)
        with self._grants(), self.at("2026-11-20"):
            section = debt.debtor_id._position(date(2026, 11, 20)).sections[0]
            self.assertFalse(section.charges)

    def test_a_discount_taken_a_day_late_is_claimed(self):
        move = self._discounted()
        self._pay_in_part(move, 1185.8, "2026-10-12")
        debt = self._run_on(move, "2026-11-20")
        self.assertEqual(debt.reason, "entered")

    def test_less_than_the_discount_asks_for_is_claimed(self):
        move = self._discounted()
        self._pay_in_part(move, 1180, "2026-10-11")
        debt = self._run_on(move, "2026-11-20")
        self.assertEqual(debt.reason, "entered")

    def test_no_more_than_the_discounted_amount_is_asked_in_time(self):
        self.policy.level_ids[0].days = -25
        move = self._discounted()
        debt = self._run_on(move, "2026-10-08")
        self.assertEqual(debt.contact_line_ids.claim, 1185.8)
        with self.at("2026-10-11"):
            claim = debt._claimable()[debt.id]
            self.assertEqual(float(claim.open - claim.credit), 1185.8)
        with self.at("2026-10-12"):
            claim = debt._claimable()[debt.id]
            self.assertEqual(float(claim.open - claim.credit), 1210)

    # -- never sent --------------------------------------------------------------------

    def _old(self, **vals):
        """An invoice posted on 2026-11-23 that fell due long before."""
        with self.at("2026-11-23"):
            return self._invoice(due="2026-10-05", **vals)

    def test_an_invoice_posted_today_and_never_sent_is_not_reminded(self):
        move = self._old()
        debt = self._run_on(move, "2026-11-23")
        self.assertEqual((debt.reason, debt.level), ("never_sent", 0))
        self.assertFalse(debt.contact_line_ids)
        self.assertFalse(debt.charge_ids)
        self.assertEqual(debt.debtor_id.reason, "never_sent")

    def test_sending_it_lets_it_be_reminded(self):
        move = self._old()
        debt = self._run_on(move, "2026-11-23")
        move.is_move_sent = True
        self._run_on(move, "2026-11-24")
        self.assertEqual(debt.reason, "entered")

    def test_who_sends_outside_is_believed_after_some_days(self):
        move = self._old()
        debt = self._run_on(move, "2026-11-27")
        self.assertEqual(debt.reason, "never_sent")
        debt.debtor_id._redecide_later()
        self._run_on(move, "2026-11-28")
        self.assertEqual(debt.reason, "entered")

    def test_who_sends_from_odoo_is_asked_for_ever(self):
        sent = self._invoice(due="2026-12-20", invoice_date="2026-08-01")
        sent.is_move_sent = True
        move = self._old()
        debt = self._run_on(move, "2026-12-28")
        self.assertEqual(debt.reason, "never_sent")
        before = self._invoice(due="2026-10-05", invoice_date="2026-07-31")
        debt = self._run_on(before, "2026-12-29")
        self.assertEqual(debt.reason, "entered")

    def test_the_setting_decides(self):
        move = self._old()
        self.company.cobranza_sent_check = "never"
        debt = self._run_on(move, "2026-11-23")
        self.assertEqual(debt.reason, "entered")
        self.company.cobranza_sent_check = "always"
        other = self._old()
        debt = self._run_on(other, "2027-02-01")
        self.assertEqual(debt.reason, "never_sent")

    def test_what_we_wrote_about_was_sent(self):
        move = self._old()
        self.company.cobranza_sent_check = "never"
        debt = self._run_on(move, "2026-11-23")
        self.company.cobranza_sent_check = "always"
        debt.contact_line_ids.contact_id._through_gate().write({"state": "sent"})
        debt.debtor_id._redecide_later()
        self._run_on(move, "2026-11-24")
        self.assertNotEqual(debt.reason, "never_sent")

    def test_entries_are_not_judged(self):
        self.company.cobranza_sent_check = "always"
        with self.at("2026-11-23"):
            entry = self.env["account.move"].create(
                {
                    "journal_id": self.misc.id,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "account_id": self.receivable.id,
                                "partner_id": self.partner_a.id,
                                "debit": 500,
                                "date_maturity": "2026-10-05",
                                "no_followup": False,
                            },
                        ),
                        (0, 0, {"account_id": self.income.id, "credit": 500}),
                    ],
                }
            )
            entry.action_post()
            entry.line_ids.no_followup = False
        debt = self._run_on(entry, "2026-11-23")
        self.assertEqual(debt.reason, "entered")

    def _say_sent(self, debt, user, moment="2026-11-20 12:00:00"):
        action = debt.with_user(user).action_was_sent()
        dialog = self.env[action["res_model"]].with_user(user)
        with Form(dialog.with_context(**action["context"])) as form:
            form.moment = moment
            form.reason = "By post, receipt 123"
        return form.record.action_confirm()

    def test_a_manager_says_when_it_was_sent(self):
        move = self._old()
        debt = self._run_on(move, "2026-11-23")
        manager = self._role("manager")
        with self.at("2026-11-23"):
            self._say_sent(debt, manager)
        self.assertEqual(str(debt.sent_on), "2026-11-20")
        self.assertEqual(debt.sent_note, "By post, receipt 123")
        self.assertEqual(debt.sent_by_id, manager)
        self._run_on(move, "2026-11-24")
        self.assertEqual(debt.reason, "entered")
        history = self.env["cobranza.history"].search(
            [("res_model", "=", "cobranza.debt"), ("res_id", "=", debt.id)]
        )
        self.assertEqual(history.reason, "By post, receipt 123")

    def test_only_a_manager_says_so_and_only_of_a_day_that_may_be(self):
        debt = self._run_on(self._old(), "2026-11-23")
        with self.at("2026-11-23"):
            with self.assertRaises(AccessError):
                self._say_sent(debt, self._role("collector"))
            manager = self._role("manager")
            for moment in ("2026-08-31 12:00:00", "2026-11-24 12:00:00"):
                with self.assertRaises(UserError):
                    self._say_sent(debt, manager, moment)

    def test_it_is_kept_when_a_document_was_first_posted(self):
        move = self._old()
        self.assertEqual(str(move.cobranza_posted_on), "2026-11-23")
        with self.at("2026-12-10"):
            move.button_draft()
            move.action_post()
        self.assertEqual(str(move.cobranza_posted_on), "2026-11-23")
        self.assertFalse(move.copy().cobranza_posted_on)
