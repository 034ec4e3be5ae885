from odoo import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.limitation.reader import LimitationReader

from .common import SpainCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSuitSpain(SpainCommon):
    """A lawsuit in Spain: what it stops, and what it does to limitation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        moves = [
            cls._invoice(amount=650, due=due, partner=cls.client)
            for due in ("2021-12-05", "2026-10-05")
        ]
        cls._run("2026-11-20")
        cls.debt, cls.other = cls._debts(moves[0] | moves[1]).sorted(
            "original_due_date"
        )
        cls.debtor = cls.debt.debtor_id
        cls.debt.sudo().claim_kind = "personal"
        case = {"debtor_id": cls.debtor.id, "debt_ids": [Command.set(cls.debt.ids)]}
        cls.case = cls.env["cobranza.case"].create(case)
        cls.case._set_state("review", handed_on="2026-11-20")
        cls.case._set_state("open", opened_on="2026-11-20")
        kind = cls.env["cobranza.proceeding.type"]._on(
            cls.company, cls.company._cobranza_today()
        )
        cls.suit = cls.env["cobranza.proceeding"].create(
            {
                "case_id": cls.case.id,
                "type_id": kind.filtered(lambda one: one.code == "monitorio").id,
            }
        )

    def _until(self, day):
        with self.at(day):
            found = LimitationReader(self.company.sudo()).answers(self.debt)
        [answer] = found[self.debt.id]
        return str(answer.last.on)

    def test_filing_interrupts_it_from_the_last_day_and_not_a_day_later(self):
        """CC 1964.2 and 1973: due 2021-12-05, until 2026-12-05."""
        self.assertEqual(self._until("2026-12-04"), "2026-12-05")
        for day, until in (("2026-12-05", "None"), ("2026-12-06", "2026-12-05")):
            with self.at(day), self.env.cr.savepoint() as savepoint:
                self.suit._set_state("filed", filed_on=day)
                self.assertEqual(self._until(day), until, day)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_it_runs_anew_from_the_end_and_not_when_it_was_withdrawn(self):
        with self.at("2026-12-01"):
            self.suit._set_state("filed", filed_on="2026-12-01")
        for outcome, until in (("refused", "2031-12-10"), ("withdrawn", "2026-12-05")):
            with self.at("2026-12-10"):
                ended = {"outcome": outcome, "ended_on": "2026-12-10"}
                self.suit._set_state("ended", outcome, **ended)
                self.assertEqual(self._until("2026-12-10"), until, outcome)
                reopened = {"outcome": False, "ended_on": False}
                self.suit._set_state("filed", **reopened)

    def test_what_is_not_claimed_is_asked_for_all_the_same(self):
        with self.at("2026-12-01"):
            self.suit._set_state("filed", filed_on="2026-12-01")
            today = self.company._cobranza_today()
            self.suit._serve(self.suit.defendant_ids, today)
        self._run("2026-12-02")
        self.assertEqual(self.debt.reason, "in_suit")
        self.assertFalse(self.debtor.sued_on)
        self.assertNotIn(self.other.reason, ("in_suit", "sued"))
