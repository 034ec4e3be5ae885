from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import ROUND_UF, ChileCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEnforcementChile(ChileCommon):
    """Measures, judgments and what courts bring in Chile."""

    def setUp(self):
        super().setUp()
        move = self._bill(1_000_000, "2026-08-31")
        self._run("2026-11-20")
        debts = self._debts(move)
        self.case = self.env["cobranza.case"].create(
            {"debtor_id": debts.debtor_id.id, "debt_ids": [Command.set(debts.ids)]}
        )
        self.case._through_gate().state = "open"

    def _judgment(self, granted, day="2026-11-20", **vals):
        file = [Command.create({"name": "sentencia.pdf", "raw": b"x"})]
        judgment = self.env["cobranza.judgment"].create(
            {"case_id": self.case.id, "day": day, "file_ids": file, **vals}
        )
        for line in judgment.line_ids:
            line.granted = granted.get(line.part, 0)
        judgment.action_give()
        return judgment

    def _measure(self, asset_kind, **vals):
        about = {"case_id": self.case.id, "asset": "x", "asset_kind": asset_kind}
        return self.env["cobranza.measure"].create({**about, **vals})

    def test_wages_above_56_uf_in_full(self):
        self._uf("2026-11-20", ROUND_UF)
        for net, attached in ((2_240_000, 0), (2_240_001, 1), (3_000_000, 760_000)):
            found = self._measure("wages", wage_net=net, wage_on="2026-11-20")
            self.assertEqual(found.wage_attached, attached)
        self.assertIn("art. 57", found.wage_words)
        unknown = self._measure("wages", wage_net=9_000_000, wage_on="2031-01-01")
        self.assertEqual(unknown.wage_attached, 0)
        self.assertIn("cl.uf", unknown.wage_words)

    def test_measures_before_suit_and_notice_open_their_deadlines(self):
        """CPC arts. 280 and 302, from Friday 2026-11-20."""
        with self.at("2026-11-20"):
            measure = self._measure(
                "money", kind="retention", before_suit=True, before_notice=True
            )
            for step in ("asked", "ordered"):
                measure._step(step, date(2026, 11, 20))
            found = self.env["cobranza.deadline"].search(
                [("case_id", "=", self.case.id)]
            )
        self.assertEqual(
            {one.article: str(one.due_on) for one in found},
            {"CPC, art. 280": "2026-12-02", "CPC, art. 302": "2026-11-26"},
        )

    def test_wages_come_last_when_better_things_are_known(self):
        wages = self._measure("wages")
        self._measure("real_estate")
        self._measure("money")
        wages.invalidate_recordset()
        self.assertRegex(wages.order_warning, "(?s)Money.*Real estate.*art. 449")

    def test_costs_first_then_interest_then_capital(self):
        granted = {"principal": 1_000_000, "default": 100_000, "costs": 80_000}
        with self.at("2026-11-20"):
            self._judgment(granted, costs_awarded=True)
            money = self.env["cobranza.realisation"].create(
                {"case_id": self.case.id, "amount": 500_000, "day": "2026-11-20"}
            )
        self.assertEqual(
            {one.part: one.computed for one in money.line_ids if one.computed},
            {"costs": 80_000, "default": 100_000, "principal": 320_000},
        )
        self.assertIn("513", money.article)

    def test_the_rate_of_the_judgment_by_years_of_360_days(self):
        judgment = self._judgment({"principal": 1_000_000}, rate=12)
        with self.at("2026-12-20"):
            self.assertEqual(judgment.owed_interest, 10_000)
            self.assertEqual(judgment.owed, 1_010_000)

    def test_three_years_and_an_alarm_before_the_first_is_over(self):
        with self.at("2026-11-23"):
            judgment = self._judgment({"principal": 1_000_000})
            judgment._become_firm(date(2026, 11, 23))
        self.assertEqual(str(judgment.enforceable_until), "2029-11-23")
        self.assertEqual(str(judgment.deadline_ids.alarm_on), "2027-08-23")
        self.assertFalse(judgment.voluntary_until)
