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

    def _ends(self):
        """{before the court that judged: (last day, alarm, state)}."""
        return {
            one.same_court: (str(one.due_on), str(one.alarm_on), one.state)
            for one in self.case.deadline_ids.filtered("enforces")
        }

    def test_three_years_of_which_the_first_before_the_court_that_judged(self):
        """CC art. 2515 and CPC art. 233; both are told three months before."""
        with self.at("2026-11-23"):
            judgment = self._judgment({"principal": 1_000_000})
            judgment._become_firm(date(2026, 11, 23))
        self.assertEqual(str(judgment.enforceable_until), "2029-11-23")
        self.assertFalse(judgment.voluntary_until)
        self.assertEqual(
            self._ends(),
            {
                True: ("2027-11-23", "2027-08-23", "open"),
                False: ("2029-11-23", "2029-08-23", "open"),
            },
        )
        year = judgment.deadline_ids.filtered("same_court")
        self.assertEqual(year.article, "CPC, art. 233")
        with self.at("2027-11-24"):
            year._through_gate().write({"state": "closed"})
            self.case._keep_enforcement()
        self.assertEqual(self._ends()[True][2], "closed")

    def test_the_stage_and_the_judgment_open_the_year_once(self):
        suit = self._suit("stage_mayor_firm", "2026-11-25")
        self.assertEqual(len(self.case.deadline_ids), 2)
        self.assertEqual(self._ends()[True][:2], ("2027-11-25", "2027-08-25"))
        with self.at("2026-11-25"):
            judgment = self._judgment({"principal": 1_000_000}, proceeding_id=suit.id)
            judgment._become_firm(date(2026, 11, 23))
        self.assertEqual(len(self.case.deadline_ids), 2)
        self.assertEqual(self._ends()[True][0], "2027-11-23")
        self.assertEqual(self._ends()[False][0], "2029-11-23")

    def test_the_court_that_judged_enforces_it_for_a_year(self):
        suit = self._suit("stage_mayor_firm", "2026-11-23")
        incidental = self.env.ref("cobranza_legal_cl.procedure_incidental")
        later = self.env.ref("cobranza_legal_cl.procedure_judgment_execution")
        follows = self.env["cobranza.proceeding"].create(
            {
                "case_id": self.case.id,
                "type_id": incidental.id,
                "parent_id": suit.id,
            }
        )
        last, day = date(2027, 11, 23), date(2027, 11, 24)
        self.assertEqual(suit._next_types(last), incidental | later)
        self.assertNotIn("art. 233", "".join(follows._filing_problems(last)))
        self.assertEqual(suit._next_types(day), later)
        self.assertIn("CPC, art. 233", "".join(follows._filing_problems(day)))

    def test_an_execution_by_another_court_ends_both_alarms_too(self):
        with self.at("2026-11-23"):
            judgment = self._judgment({"principal": 1_000_000})
            judgment._become_firm(date(2026, 11, 23))
            self._suit("stage_judgment_execution_claim", "2026-11-23")
        self.assertEqual({one[2] for one in self._ends().values()}, {"closed"})

    def _suit(self, stage, day):
        """A suit that came to a stage on a day."""
        stage = self.env.ref(f"cobranza_legal_cl.{stage}")
        kind = [("code", "=", stage.procedure_code)]
        kind = self.env["cobranza.proceeding.type"].search(kind, limit=1)
        suit = self.env["cobranza.proceeding"].create(
            {"case_id": self.case.id, "type_id": kind.id}
        )
        with self.at(day):
            suit._through_gate().write(
                {
                    "state": "filed",
                    "filed_on": day,
                    "stage_id": stage.id,
                    "stage_on": day,
                }
            )
            suit._on_stage(stage.browse(), date.fromisoformat(day))
        return suit
