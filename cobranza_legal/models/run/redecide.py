from dataclasses import replace

from odoo import api, models

from ...kernel.dunning import Reason, decide, stand_still
from .apply import MOVED


class CobranzaRun(models.Model):
    """Decide again about a few debtors, at once: reason, next act, worklist and what is
    planned follow what is known now. No level moves and nothing is planned: what would
    be is left to the next run, which looks at them today.
    """

    _inherit = "cobranza.run"

    @api.model
    def _redecide(self, company, debtors):
        """Decide again about these debtors of a company, none of them archived, in the
        engine's environment (``judging``), whose writes touch nobody."""
        day = company._cobranza_today()
        book = self._book(company, day).collect(debtors.ids)
        draft = self.new({"company_id": company.id, "day": day})
        draft._decide_standing(book)

    def _decide_standing(self, book):
        levels = self._levels_of(book)
        self._follow_policies(book, levels)
        debtors, debts = book.facts()
        found = decide(book.ladders, debtors, debts, book.today)
        decisions = self._still_today(book, stand_still(debts, found))
        book.next = {decision.debt: decision.on for decision in decisions}
        self._write_decisions(book, debts, decisions, levels, by_run=False)
        self._withdraw_contacts(book, decisions)
        self._write_debtors(book, debts, decisions, levels)
        self._leave_to_run(book, decisions)

    @staticmethod
    def _still_today(book, decisions):
        """A debt that moved today has moved, whatever comes next, until something stops
        it."""
        moved = {reason.value: reason for reason in MOVED}
        result = []
        for row, decision in zip(book.rows, decisions, strict=True):
            reason = moved.get(row.stored[1])
            if reason and row.level_since == book.today and not decision.blockers:
                decision = replace(decision, reason=reason)
            result.append(decision)
        return result

    def _leave_to_run(self, book, decisions):
        """What a run would do is done by the next one, also if that is today's."""
        waiting = {
            row.debtor
            for row, decision in zip(book.rows, decisions, strict=True)
            if decision.reason == Reason.DUE
            or (not decision.blockers and (row.step_dropped or row.charge_pending))
        }
        if waiting:
            debtors = self.env["cobranza.debtor"].browse(sorted(waiting))
            debtors._through_gate().write({"review_on": book.today})
