from datetime import date

from odoo.tests import tagged

from ...kernel.dunning import Reason
from ...models.mandate.block import SILENT
from .test_debit import DebitCommon


@tagged("post_install", "-at_install")
class TestDebitSilent(DebitCommon):
    """A presented debit of which neither money nor a return is ever known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_bank_guard_days = 5
        cls.move = cls._bill("2026-11-10", invoice_date="2026-10-20")
        with cls.at("2026-10-22"):
            cls.batch = cls._batch()
            cls.debit = cls.batch.debit_ids
            cls.debit._tell(date(2026, 10, 22))
        with cls.at("2026-11-09"):
            cls.batch.action_present()

    def _bank(self, day):
        journal = self.company_data["default_journal_bank"]
        self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "date": day, "payment_ref": "x", "amount": 7}
        )

    def _reason(self, day):
        self._run(day)
        return self._debts(self.move).reason

    def _cover(self, day):
        day = self._day(day)
        debts = self.env["cobranza.debt"].sudo()
        with self.at(str(day)):
            return debts._covered(self._debts(self.move).ids, day)

    def _tasks(self):
        return self.debit.debtor_id.activity_ids.filtered(
            lambda one: "neither was paid" in (one.summary or "")
        )

    def test_it_covers_its_debt_until_the_last_day_on_which_it_comes_back(self):
        self.assertEqual(self.debit.return_until, date(2026, 11, 17))
        self._bank("2026-11-16")
        for day, reason in (
            ("2026-11-16", "direct_debit"),
            ("2026-11-17", "direct_debit"),
            ("2026-11-18", "entered"),
        ):
            self.assertEqual(self._reason(day), reason, day)

    def test_somebody_is_asked_once_and_told_the_batch_and_the_way_out(self):
        self._bank("2026-11-16")
        self.assertFalse(self._upkeep("2026-11-17"))
        self.assertFalse(self._tasks())
        for day in ("2026-11-18", "2026-11-19"):
            self._upkeep(day)
            self.assertEqual(len(self._tasks()), 1)
        note = self._tasks().note
        self.assertIn(self.batch.name, note)
        self.assertIn(self.move.name, note)
        self.assertIn("the money never came", note)
        self.assertNotIn("newest bank entry", note)

    def test_while_the_bank_is_not_up_to_date_its_debt_waits_and_says_so(self):
        self._bank("2026-11-11")
        self.assertEqual(self._reason("2026-11-18"), "debit_silent")
        self._upkeep("2026-11-18")
        self.assertIn("newest bank entry is of 11/11/2026", self._tasks().note)
        self.assertEqual(
            self._cover("2027-03-01"), {self._debts(self.move).id: (SILENT, None)}
        )
        with self.at("2026-11-18"):
            debt = self._debts(self.move)
            self.assertIn(self.batch.name, str(debt.why))
        self._bank("2026-11-18")
        self.assertFalse(self._cover("2026-11-19"))
        self.assertEqual(self._reason("2026-11-19"), "entered")

    def test_a_bank_that_ends_before_the_debit_tells_nothing_of_it(self):
        self.company.cobranza_bank_guard_days = 30
        self._run("2026-11-16")
        self._bank("2026-11-09")
        self.assertTrue(self._cover("2026-11-18"))
        self._bank("2026-11-10")
        self.assertFalse(self._cover("2026-11-18"))

    def test_nobody_waits_for_a_bank_that_is_not_kept_here(self):
        self._run("2026-11-16")
        self.assertFalse(self._cover("2026-11-18"))
        self._bank("2026-11-01")
        self.assertTrue(self._cover("2026-11-18"))
        self.company.cobranza_bank_guard_days = 0
        self.assertFalse(self._cover("2026-11-18"))

    def test_it_is_not_debited_again_and_the_next_batch_says_why(self):
        with self.at("2026-11-17"):
            self.assertFalse(self._batch().left_out)
        with self.at("2026-11-18"):
            batch = self._batch()
            self.assertFalse(batch.debit_ids)
            self.assertIn("neither paid nor returned", batch.left_out)
            self.debit._come_back("never_came", date(2026, 11, 18))
            self.debit.action_again()
            self.assertEqual(self._batch().debit_ids.parent_id, self.debit)
        self.assertFalse(self._cover("2026-11-18"))

    def test_money_that_comes_late_is_its_money(self):
        self._run("2026-11-18")
        self._upkeep("2026-11-18")
        with self.at("2026-11-20"):
            self._pay(self.move, "2026-11-20")
        self._upkeep("2026-11-20")
        self.assertEqual(self.debit.state, "paid")
        self.assertTrue(self.debit.money_line_ids)
        self.assertEqual(self._reason("2026-11-21"), "settled")

    def test_a_debit_that_was_told_covers_to_its_day(self):
        move = self._bill("2026-12-23")
        with self.at("2026-11-23"):
            debit = self._batch().debit_ids
            debit._tell(date(2026, 11, 23))
        lines = debit.move_line_id.ids
        model = self.env["cobranza.debit"].sudo()
        for day, covered in (("2026-12-23", True), ("2026-12-24", False)):
            found = model._covering_items(lines, self._day(day))
            self.assertEqual(bool(found), covered, day)
        self.assertEqual(
            model._covering_items(lines, self._day("2026-12-22")),
            {lines[0]: (Reason.DIRECT_DEBIT, date(2026, 12, 23))},
        )
        self.assertEqual(debit.move_id, move)
