from datetime import date, timedelta

from odoo import models

from ..kernel.periods import Period
from .assessment import Assessment
from .bridge import to_decimal


class CobranzaCharge(models.Model):
    """Compensations and interest charged again by the dates of the settlements."""

    _inherit = "cobranza.charge"

    # -- compensations ---------------------------------------------------------------

    def _document_debts(self, compensations):
        """The debts of the documents that owe these once for all."""
        moves = compensations.filtered("per_document").move_id
        debts = self.env["cobranza.debt"].sudo()
        domain = [
            ("move_id", "in", moves.ids),
            ("void_reason", "=", False),
            ("nature", "=", "principal"),
        ]
        return debts.search(domain) if moves else debts

    def _compensations_again(self, charges, positions):
        """{charge: values, or None when it falls} of those that change. One stands if
        something of its document was still unpaid after its due date."""
        result = {}
        for charge in charges:
            late = charge._was_late(positions)
            if late and charge.outdated:
                [result[charge]] = charge.copy_data({"outdated": False})
            elif not late and not charge.outdated:
                result[charge] = None
        return result

    def _was_late(self, positions):
        covered = to_decimal((self.origin_id or self).covered)
        debts = self.debt_id
        if self.per_document:
            debts = [one for one in positions if one.move_id == self.move_id]
        for debt in debts:
            due = debt.date_maturity or debt.original_due_date
            claim = positions[debt].claim(due, self.assessed_on, covered)
            if due < self.assessed_on and claim > 0:
                return True
        return False

    # -- interest --------------------------------------------------------------------

    def _interest_again(self, rules, charges, positions):
        """{charge: values, or None when it falls} of those that change: the same
        periods, on the balance that each of their days had."""
        result = {}
        for on, group in charges.grouped("assessed_on").items():
            work = self._start_again(rules, on, group, positions)
            terms = self._interest_of(work)
            for charge in group.filtered(lambda one, terms=terms: one.debt_id in terms):
                charge._draft_again(work, positions, terms[charge.debt_id])
            drafts = {draft["debt_id"]: draft for draft in work.drafts}
            for charge in group:
                draft = drafts.get(charge.debt_id.id)
                if charge._differs(draft):
                    result[charge] = draft
            unasked = group.debt_id.filtered(
                lambda debt, terms=terms, work=work: (
                    debt not in terms or debt.id in work.lacking
                )
            )
            unasked.write({"charge_stale": True})
        return result

    def _start_again(self, rules, on, charges, positions):
        """The assessment of these debts as if it were the day ``on``."""
        due, bases = {}, {}
        for charge in charges:
            debt = charge.debt_id
            covered = to_decimal((charge.origin_id or charge).covered)
            due[debt] = debt.date_maturity or debt.original_due_date
            bases[debt] = positions[debt].claim(date.max, on, covered)
        company = rules.env.company
        table = self._table_of(company, due, due, on)
        return Assessment(company, rules, on, table, bases, due)

    def _draft_again(self, work, positions, terms):
        """Nothing when all was paid within the grace."""
        debt, position = self.debt_id, positions[self.debt_id]
        covered = to_decimal((self.origin_id or self).covered)
        grace = work.due[debt] + timedelta(days=terms.grace_days)
        if position.claim(grace, work.on, covered) > 0:
            period = Period(self.period_from, self.period_to)
            self._draft_period(work, debt, terms, period, position.payments)
            left = position.claim(work.on, work.on, covered)
            for draft in work.drafts[-1:]:
                if draft["debt_id"] == debt.id:
                    draft["base"] = float(max(left, 0))

    def _differs(self, draft):
        if self.outdated or not draft:
            return bool(draft) or not self.outdated
        return bool(self.currency_id.compare_amounts(self.amount, draft["amount"]))
