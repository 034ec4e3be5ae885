from odoo.tests import tagged

from ..common.charging import ChargeCommon
from ..debt.ledger_ways import LedgerWays

DUE, TAKEN, DAY = "2026-10-05", "2026-10-10", "2026-10-20"


@tagged("post_install", "-at_install")
class TestChargeCovered(LedgerWays, ChargeCommon):
    """Interest of 1 a day while a bill that was taken on 10-10 covers the debt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paper = cls._account("431000", "asset_receivable", "Bills")
        cls.company.cobranza_instrument_account_ids = cls.paper
        cls.move = cls._invoice(due=DUE, amount=3650)
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)

    def _take(self, amount=3650):
        with self.at(TAKEN):
            entry = self._entry(
                TAKEN,
                (self.paper, amount, {"date_maturity": DAY}),
                (self.receivable, -amount),
            )
            self._match(self._owed(self.move), entry)

    def _interest(self, day):
        with self.law(interest=self.terms()):
            return self._assess_on(day, self.debt)[0]

    def test_none_runs_meanwhile(self):
        self._take()
        charge = self._interest("2026-10-25")
        self.assertEqual(charge.amount, 5 + 5)
        self.assertEqual(str(charge.period_to), "2026-10-25")

    def test_the_day_of_the_protest_is_the_last_without(self):
        self._take()
        with self.at("2026-10-15"):
            self.debt._protest(self.company._cobranza_today(), "Not paid")
        self.assertEqual(self._interest("2026-10-25").amount, 5 + 10)

    def test_all_of_it_runs_where_the_company_says_so(self):
        self.company.cobranza_instrument_interest = "original"
        self._take()
        self.assertEqual(self._interest("2026-10-25").amount, 20)

    def test_the_other_setting_judges_what_was_charged_again(self):
        self._take()
        self._interest("2026-10-25")
        self.company.cobranza_instrument_interest = "original"
        debtor = self.debt.debtor_id
        self.assertTrue(debtor.judge_since)
        self.assertIn("Settings were changed", debtor.judge_reason)

    def test_the_spans_of_many_cost_one_query_of_each_block(self):
        debts = self.debt
        for _number in range(5):
            debts |= self._debts(self._invoice(due=DUE, amount=100))
        self._take()
        self._run("2026-10-21")
        debts = self.debt.debtor_id.debt_ids
        rules = self.company._cobranza_rules().sudo()
        debts.mapped("ceded_on")
        debts.debtor_id.mapped("insolvent_on")
        self.env.flush_all()
        for some in (debts, debts[:1]):
            with self.assertQueryCount(2):
                rules._interest_spans(some)
