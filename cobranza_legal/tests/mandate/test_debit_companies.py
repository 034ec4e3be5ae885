from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...kernel.debit import DebitTerms
from ...kernel.dunning import Reason
from ...models.mandate.block import SILENT
from .test_debit import DebitCommon

SISTER = "ES11001B12345674"
"""The same tax number with another business code."""


@tagged("post_install", "-at_install")
class TestDebitCompanies(DebitCommon):
    """Two creditors in one call: each debits by its own mandates, settings and day. One
    customer owes to both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rules = type(cls.env["cobranza.rules"])
        cls.startClassPatcher(
            patch.object(rules, "_debit_terms", lambda *_args: DebitTerms())
        )
        cls.data = cls.setup_other_company(name="Sister Ltd")
        cls.other = cls.data["company"]
        cls.other.write(
            {
                "currency_id": cls.euro.id,
                "cobranza_creditor_identifier": SISTER,
                "cobranza_debit_look_days": 2,
                "cobranza_sent_check": "never",
                "cobranza_policy_id": cls.policy.id,
            }
        )
        cls.company.cobranza_debit_look_days = 5
        cls.both = cls.company | cls.other
        cls.both.cobranza_mode = "automatic"
        cls.both.cobranza_bank_guard_days = 5
        cls.env.user.company_ids |= cls.both
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.both.ids}
        )
        cls.both = cls.both.with_env(cls.env)
        cls.partner_a.with_company(cls.other).cobranza_direct_debit = True
        mandates = cls.env["cobranza.mandate"].with_company(cls.other)
        cls.second = mandates.create(
            {
                "partner_id": cls.partner_a.id,
                "bank_account_id": cls.partner_a.bank_ids[:1].id,
                "scheme": "core",
            }
        ).with_env(cls.env)
        cls.second._sign(date(2026, 1, 10), "Wellington", "import")
        cls.moves = (cls._bill() | cls._bill_of_other()).with_env(cls.env)
        cls.batches = cls.env["cobranza.debit.batch"]
        for company in cls.both:
            batches = cls.batches.with_company(company)
            batch = batches.create({"scheme": "core", "due_until": "2026-12-31"})
            cls.batches |= batch.with_env(cls.env)

    @classmethod
    def _bill_of_other(cls, amount=700):
        line = {"name": "x", "price_unit": amount, "tax_ids": False}
        line["account_id"] = cls.data["default_account_revenue"].id
        move = (
            cls.env["account.move"]
            .with_company(cls.other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": cls.partner_a.id,
                    "currency_id": cls.euro.id,
                    "invoice_date": "2026-11-20",
                    "invoice_date_due": "2026-12-23",
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
        )
        move.action_post()
        return move

    def _told(self):
        self.batches.action_fill()
        debits = self.batches.debit_ids
        debits._tell(date(2026, 11, 23))
        return debits

    def _presented_both(self):
        debits = self._told()
        with self.at("2026-12-22"):
            self.batches.action_present()
        return debits

    def _each(self, records, name):
        """[value of the first company, of the other one]."""
        found = {one.company_id: one[name] for one in records}
        self.assertEqual(set(found), set(self.both))
        return [found[company] for company in self.both]

    # -- what each engine does with both -----------------------------------------------

    def test_each_invoice_is_debited_by_the_mandate_of_its_own_creditor(self):
        self.assertEqual(self.moves.mapped("cobranza_mandate_missing"), [False, False])
        self.assertEqual(
            [move.cobranza_mandate_id for move in self.moves],
            [self.mandate, self.second],
        )
        self.second._stop("suspended", "returned", "")
        self.env.invalidate_all()
        missing = self.env["account.move"].search(
            [("cobranza_mandate_missing", "=", True)]
        )
        self.assertEqual(missing, self.moves[1])

    def test_batches_take_in_what_is_owed_to_their_company(self):
        self.batches.action_fill()
        debits = self.batches.debit_ids
        self.assertEqual(self._each(debits, "amount"), [500, 700])
        self.assertEqual(self._each(debits, "mandate_id"), [self.mandate, self.second])
        self.assertEqual(
            [one.batch_id.company_id for one in debits],
            [one.company_id for one in debits],
        )
        for batch in self.batches:
            self.assertEqual(batch.debit_ids.company_id, batch.company_id)

    def test_each_company_counts_its_own_days(self):
        self.assertEqual(
            self._each(self._presented_both(), "return_until"),
            [date(2026, 12, 31), date(2026, 12, 28)],
        )

    def test_each_list_names_its_own_creditor(self):
        self._presented_both()
        for batch, own, foreign in zip(
            self.batches,
            ("ES11000B12345674", SISTER),
            (SISTER, "ES11000B12345674"),
            strict=True,
        ):
            text = batch.file_id.sudo().raw.decode("utf-8-sig")
            self.assertIn(own, text)
            self.assertNotIn(foreign, text)

    def test_one_letter_for_each_company_tells_of_its_debits_only(self):
        self.batches.action_fill()
        self.batches.action_notify()
        debits = self.batches.debit_ids
        notices = debits.notice_contact_id
        self.assertEqual(len(notices), 2)
        self.assertEqual(self._each(notices, "company_id"), list(self.both))
        for contact in notices:
            said = contact._merge_values()["debit_list"]
            for debit in debits:
                told = debit.company_id == contact.company_id
                self.assertEqual(f"{debit.amount:.2f}" in said, told)

    def test_a_day_is_told_by_the_clock_of_each_company(self):
        """At 12:00 UTC it is tomorrow in Auckland already."""
        self.other.partner_id.tz = "Pacific/Auckland"
        self.batches.action_fill()
        first, second = self.batches.debit_ids.sorted("amount")
        tomorrow = date(2026, 11, 24)
        with self.assertRaises(UserError):
            first._tell(tomorrow)
        second._tell(tomorrow)
        self.assertEqual(second.notified_on, tomorrow)

    def test_a_bank_that_is_behind_holds_up_its_own_company_only(self):
        debits = self._presented_both()
        self.env["account.bank.statement.line"].with_company(self.other).create(
            {
                "journal_id": self.data["default_journal_bank"].id,
                "date": "2026-12-01",
                "payment_ref": "x",
                "amount": 7,
            }
        )
        lines = debits.sorted("amount").move_line_id.ids
        model = self.env["cobranza.debit"].sudo()
        with self.at("2026-12-30"):
            found = model._covering_items(lines, date(2026, 12, 30))
        self.assertEqual(
            found,
            {
                lines[0]: (Reason.DIRECT_DEBIT, date(2026, 12, 31)),
                lines[1]: (SILENT, None),
            },
        )
        with self.at("2027-01-04"):
            found = model._covering_items(lines, date(2027, 1, 4))
        self.assertEqual(set(found), {lines[1]})

    def test_the_upkeep_of_one_company_leaves_the_other_alone(self):
        self._presented_both()
        today = date(2026, 12, 30)
        with self.at(str(today)):
            for company, count in zip(self.both, (0, 1), strict=True):
                model = company._cobranza_engine(self.env["cobranza.debit"].sudo())
                due = model._upkeep_due(company, today, 500)
                self.assertEqual(len(due), count)
                due._upkeep(today)
        debits = self.batches.debit_ids
        self.assertEqual(self._each(debits, "asked_on"), [False, today])

    def test_one_call_of_the_upkeep_asks_each_company_about_its_own(self):
        debits = self._presented_both()
        self.other.partner_id.tz = "Pacific/Auckland"
        with self.at("2027-01-04"):
            debits.sudo()._upkeep(date(2027, 1, 4))
        days = dict(zip(self.both, (date(2027, 1, 4), date(2027, 1, 5)), strict=True))
        for debit in debits:
            tasks = debit.debtor_id.activity_ids.filtered("automated")
            self.assertEqual(tasks.date_deadline, days[debit.company_id])
            [other] = debits - debit
            self.assertIn(debit.batch_id.name, tasks.note)
            self.assertNotIn(f"{other.amount:.2f}", tasks.note)
        self.assertEqual(set(debits.mapped("asked_on")), {date(2027, 1, 4)})

    def test_one_call_of_the_upkeep_finds_the_money_of_one_and_asks_about_the_other(
        self,
    ):
        debits = self._presented_both()
        with self.at("2026-12-23"):
            self._pay(self.moves[0], "2026-12-23")
        with self.at("2027-01-04"):
            debits.sudo()._upkeep(date(2027, 1, 4))
        self.assertEqual(self._each(debits, "state"), ["paid", "presented"])
        self.assertEqual(self._each(debits, "asked_on"), [False, date(2027, 1, 4)])
        self.assertEqual(self._each(debits, "paid_on"), [date(2027, 1, 4), False])

    def test_one_call_ends_the_mandates_of_both(self):
        mandates = self.mandate | self.second
        mandates._through_gate().write({"expires_on": "2026-12-20"})
        mandates[1].user_id = self._role("collector")
        mandates[1].user_id.active = False
        with self.at("2026-12-21"):
            mandates.sudo()._upkeep(date(2026, 12, 21))
        self.assertEqual(set(mandates.mapped("state")), {"expired"})
        owner = self.second.debtor_id._task_owner()
        self.assertEqual(self.second.activity_ids.user_id, owner)
        self.assertEqual(self.mandate.activity_ids.user_id, self.mandate.user_id)

    def test_mandates_expire_and_warn_by_the_settings_of_their_company(self):
        self.company.cobranza_mandate_alarm_days = 60
        self.other.cobranza_mandate_alarm_days = 5
        mandates = self.mandate | self.second
        mandates._through_gate().write({"expires_on": "2026-12-20"})
        today = date(2026, 12, 1)
        model = self.env["cobranza.mandate"].sudo()
        found = [bool(model._upkeep_due(company, today, 500)) for company in self.both]
        self.assertEqual(found, [True, False])

    def test_a_return_is_recorded_for_both_but_a_cost_is_of_one(self):
        debits = self._presented_both()
        proof = self.env["ir.attachment"].create({"name": "a.txt", "raw": b"x"})
        with self.at("2026-12-28"):
            with self.assertRaisesRegex(UserError, "each company"):
                debits._come_back("unknown", date(2026, 12, 28), cost=3, files=proof)
            debits._come_back("unknown", date(2026, 12, 28))
        self.assertEqual(set(debits.mapped("state")), {"returned"})
        tasks = debits.debtor_id.activity_ids
        self.assertEqual(len(tasks.filtered("automated")), 2)

    def test_the_dialog_of_returns_asks_in_the_currency_of_the_debits(self):
        debits = self._presented_both()
        pesos = self.env.ref("base.CLP")
        pesos.active = True
        dialogs = self.env["cobranza.debit.back"]
        dialog = dialogs.create(
            {
                "debit_ids": [Command.set(debits.sorted("amount")[1].ids)],
                "code": "unknown",
            }
        )
        self.assertEqual(dialog.company_id, self.other)
        self.assertEqual(dialog.currency_id, self.other.currency_id)

    def test_an_import_makes_mandates_of_the_company_that_asked(self):
        rows = [
            (
                2,
                {
                    **dict.fromkeys(
                        ("scheme", "kind", "account", "place", "last_debit"), ""
                    ),
                    "reference": f"OLD-{number}",
                    "customer": self.partner_b.name,
                    "signed_on": "2026-01-10",
                },
            )
            for number in (1,)
        ]
        made = self.env["cobranza.mandate"]
        for company in self.both:
            rows[0][1]["reference"] = f"OLD-{company.id}"
            found, report = made._import_rows(company, rows)
            self.assertTrue(report[0][2], report)
            self.assertEqual(found.company_id, company)
            self.assertEqual(found.debtor_id.company_id, company)
            self.assertEqual(
                found.creditor_identifier, company.cobranza_creditor_identifier
            )
