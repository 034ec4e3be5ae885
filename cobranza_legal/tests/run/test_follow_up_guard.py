# pylint: disable=translation-required
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.booking import WithoutEntry
from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

DUE = "2026-11-16"


@tagged("post_install", "-at_install")
class TestFollowUpGuard(WithoutEntry, ContactCommon):
    """What must never happen, however the ledger is turned."""

    def _late(self, **vals):
        return self._invoice(**{"due": DUE, "invoice_date": "2026-11-01", **vals})

    def _mails(self):
        with smtp_sink(self.env) as sink:
            self._send(f"{MONDAY} 12:30:00")
        return sink.recipients()

    def test_a_debt_whose_due_date_moved_ahead_is_not_claimed(self):
        move = self._late()
        self._debtor()
        self._run(MONDAY)
        with self.at(MONDAY):
            self._debts(move).move_line_id.date_maturity = "2026-12-31"
        self._run(MONDAY)
        self.assertEqual(self._debts(move).contact_line_ids.state, "cancelled")
        self.assertEqual(self._mails(), [])
        self._run("2026-11-25")
        self.assertEqual(len(self._debtor().contact_ids), 1)
        self._run("2027-01-06")
        self.assertEqual(len(self._debtor().contact_ids), 2)

    def test_an_invoice_paid_without_an_entry_is_not_claimed(self):
        move = self._late()
        self._debtor()
        self._run(MONDAY)
        self._without_entry(1000, move)
        self.assertEqual(move.payment_state, "in_payment")
        self.assertEqual(self._mails(), [])

    def test_a_credit_pays_what_would_be_claimed_before_what_is_disputed(self):
        disputed, other = self._late(due="2026-11-01"), self._late(due="2026-11-10")
        self._debtor()
        self._run(MONDAY)
        self._prepay(1000, MONDAY)
        debts = self._debts(disputed | other)
        with self.at(MONDAY):
            self.env["cobranza.dispute"].create(
                {
                    "debtor_id": debts.debtor_id.id,
                    "debt_id": debts[0].id,
                    "whole": True,
                    "reason": "price",
                }
            )
            self.assertEqual(debts._claimable(), {})

    def test_a_free_notice_does_not_ride_in_a_letter_that_charges(self):
        self.policy.level_ids[1].write({"channel": "email", "charge": True})
        self.policy.entry = "age"
        new, old = self._late(), self._late(due="2026-11-01")
        self._debtor()
        self._run(MONDAY)
        lines = self._debtor().contact_ids.mapped("line_ids.debt_id")
        self.assertEqual(lines, self._debts(new | old))
        self.assertEqual(len(self._debtor().contact_ids), 2)

    # -- partners --------------------------------------------------------------------

    def test_two_debtors_may_be_merged_and_keep_everything(self):
        first, second = self._late(), self._late(partner=self.partner_b)
        self._run(MONDAY)
        lost = self._debtor(self.partner_b)
        lost.message_post(body="Said on the phone")
        self._guarantee(lost, self.env["res.partner"].create({"name": "Guarantor"}))
        lost._log_act("Told by phone")
        row = self.env["cobranza.history"].search([("res_id", "=", lost.id)])[:1]
        file = self.env["ir.attachment"].create(
            {"name": "x", "res_model": lost._name, "res_id": lost.id}
        )
        contacts = self._debtor().contact_ids | lost.contact_ids
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.partner_a.id, self.partner_b.id], self.partner_a)
        debtor = self._debtor()
        self.assertFalse(lost.exists())
        self.assertEqual(debtor.debt_ids, self._debts(first | second))
        self.assertEqual(debtor.debt_ids.partner_id, self.partner_a)
        self.assertEqual(debtor.contact_ids, contacts)
        self.assertEqual(debtor.obligor_ids.partner_id.name, "Guarantor")
        self.assertEqual((file.res_id, row.res_id), (debtor.id, debtor.id))
        self.assertIn("Said on the phone", "".join(debtor.message_ids.mapped("body")))

    def test_a_debtor_follows_its_partner_to_a_new_company(self):
        self._late()
        self._debtor()
        self._run(MONDAY)
        self._prepay(1000, MONDAY)
        mother = self.env["res.partner"].create({"name": "Mother", "is_company": True})
        self.partner_a.write({"parent_id": mother.id, "is_company": False})
        debtor = self.env["cobranza.debtor"].search([("partner_id", "=", mother.id)])
        self.assertEqual(debtor.debt_ids.partner_id, mother)
        self.assertEqual(self._mails(), [])

    # -- items -----------------------------------------------------------------------

    def test_opening_items_without_due_date_are_overdue_since_their_date(self):
        entry = self._opening_entry(700)
        self._run(MONDAY)
        debtor = self._debtor()
        with self.at(MONDAY):
            self.assertEqual((debtor.total, debtor.overdue), (700, 700))
            self.assertEqual(debtor.oldest_due, date(2026, 9, 1))
            late = self.env["cobranza.debtor"].search([("days_late", ">", 80)])
        self.assertEqual(late, debtor)
        self.assertEqual(self._debts(entry).level, 1)

    def _opening_entry(self, amount):
        lines = [
            {
                "account_id": self.company_data["default_account_receivable"].id,
                "partner_id": self.partner_a.id,
                "debit": amount,
            },
            {
                "account_id": self.company_data["default_account_revenue"].id,
                "credit": amount,
            },
        ]
        entry = self._book("2026-09-01", *lines)
        entry.line_ids.write({"no_followup": False, "date_maturity": False})
        return entry

    def test_no_instalment_is_lost_when_dates_change_places(self):
        term = self._term(20, 60)
        move = self._invoice(
            due=None, invoice_date="2026-10-25", invoice_payment_term_id=term.id
        )
        self._run(MONDAY)
        items = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        items.sorted("date_maturity")[-1].date_maturity = "2026-11-01"
        self._run("2026-11-24")
        self.assertEqual(self._debts(move).mapped("instalment_no"), [1, 2])

    def test_a_payment_reversed_in_the_bank_is_owed_again(self):
        move = self._late()
        self._run(MONDAY)
        payment = self._register_payment(move, payment_date=MONDAY)
        back = payment.move_id._reverse_moves([{"date": MONDAY}])
        back.action_post()
        back.line_ids.write({"no_followup": False})
        self._run("2026-11-30")
        debt = self._debts(move)
        self.assertEqual(debt.amount_residual, 1000)
        self.assertEqual(debt.move_line_id.move_id, back)  # which carries it on
        self.assertFalse(self._debts(back))

    def test_without_any_policy_the_worklist_says_so(self):
        self.env["cobranza.policy"].search([]).active = False
        move = self._late()
        self._run(MONDAY)
        self.assertEqual(self._debts(move).reason, "no_policy")
        self.assertEqual(self._debtor().reason, "no_policy")

    # -- credits of another currency ---------------------------------------------------

    def _in_dollars(self, amount):
        """A debt in another currency, of which two make one of ours."""
        other = self.setup_other_currency("CAD", rates=[("2026-01-01", 2.0)])
        move = self._late(amount=amount, currency_id=other.id)
        self._debtor()
        return move

    def test_a_credit_of_another_currency_that_is_worth_all_covers_it(self):
        move = self._in_dollars(1000)
        self._prepay(500, MONDAY)
        self._run(MONDAY)
        self.assertEqual(self._debts(move).reason, "covered")
        self.assertEqual(self._mails(), [])

    def test_a_credit_of_another_currency_that_is_worth_less_stays_a_credit(self):
        move = self._in_dollars(1000)
        self._prepay(499.99, MONDAY)
        self._run(MONDAY)
        self.assertEqual(self._debts(move).reason, "entered")
        self.assertEqual(self._debtor().contact_ids.amount, 1000)

    def test_a_credit_pays_its_own_currency_before_another(self):
        move, own = self._in_dollars(1000), self._late(amount=300)
        self._prepay(600, MONDAY)
        self._run(MONDAY)
        self.assertEqual(self._debts(own).reason, "covered")
        self.assertEqual(self._debts(move).reason, "entered")

    # -- faults and rights -----------------------------------------------------------

    def test_a_debtor_that_breaks_does_not_stop_the_others(self):
        self._late()
        self._late(partner=self.partner_b)
        run = self.env.registry["cobranza.run"]
        ensure = run._ensure_debtors
        broken = self.partner_a

        def fail(self, company, partners):
            if broken <= partners:
                raise ValueError("poison")
            return ensure(self, company, partners)

        cron = self.env.ref("cobranza_legal.ir_cron_follow_up")
        logger = "odoo.addons.cobranza_legal.models.run.run"
        with (
            patch.object(run, "_ensure_debtors", fail),
            self.assertLogs(logger, "ERROR"),
            self.clock(f"{MONDAY} 12:00:00"),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        done = self.env["cobranza.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual((done.state, done.trouble_count), ("done", 1))
        self.assertIn("poison", done.trouble)
        self.assertTrue(self._debtor(self.partner_b).debt_ids)

    def test_nobody_edits_what_the_engine_writes(self):
        debt = self._ensure_debts(self._late(), self._debtor())
        debt = debt.with_user(self._role("manager"))
        with self.assertRaises(UserError):
            debt.write({"level": 9})
        debt.sudo().ceded_on = MONDAY
        self.assertEqual(debt.ceded_on, date(2026, 11, 23))

    def test_the_file_of_a_posted_letter_is_evidence(self):
        self._text("formal_demand", "en_US", "Pay {{ document }}")
        self.partner_a.write({"street": "High Street 1", "city": "Springfield"})
        contact = self._contact(self._late(), channel="letter")
        with self.clock(f"{MONDAY} 12:30:00"):
            contact.action_print()
            contact.action_posted()
        self.env.flush_all()
        file = contact.attachment_id.with_user(self._role("collector"))
        with self.assertRaisesRegex(UserError, "is evidence"):
            file.write({"raw": b"another letter"})
        with self.assertRaisesRegex(UserError, "is evidence"):
            file.unlink()

    def test_collectors_read_what_debtors_owe_and_not_the_payroll(self):
        sale = self._late()
        salary = self._book(
            "2026-09-30",
            (self.company_data["default_account_expense"], 900),
            (self.company_data["default_account_payable"], -900),
        )
        collector = self._role("collector")
        self.assertTrue(sale.with_user(collector).amount_total)
        with self.assertRaises(AccessError):
            salary.with_user(collector).read(["line_ids"])
        self.assertFalse(salary.line_ids.with_user(collector)._filtered_access("read"))
        accountant = self._role("accountant")
        self.assertTrue(salary.with_user(accountant).read(["line_ids"]))

    def test_a_debtor_with_a_history_is_archived_not_deleted(self):
        self._late()
        self._run(MONDAY)
        with self.assertRaisesRegex(UserError, "Archive it"):
            self._debtor().unlink()

    def test_the_first_day_assistant_stays_in_its_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        wizard = self.env["cobranza.first.day"].with_user(self._role("manager"))
        with self.assertRaises(AccessError):
            wizard.create({"company_id": other.id}).action_include()

    def test_who_cannot_be_worked_comes_last(self):
        self._late(amount=9000)
        self._late(amount=10, partner=self.partner_b)
        self._debtor().insolvent_on = MONDAY
        self._debtor(self.partner_b)
        self._run(MONDAY)
        debtors = self.env["cobranza.debtor"].search(
            [("partner_id", "in", (self.partner_a | self.partner_b).ids)]
        )
        self.assertEqual(debtors.partner_id.ids, (self.partner_b | self.partner_a).ids)
