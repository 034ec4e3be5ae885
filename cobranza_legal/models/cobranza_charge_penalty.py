from odoo import models

from ..kernel.money import Money
from ..kernel.penalty import penalty
from .assessment import UsedValues
from .bridge import unit


class CobranzaCharge(models.Model):
    """A penalty that the contract sets on paying late, once for each debt."""

    _inherit = "cobranza.charge"

    def _penalty_clause(self, debt, base):
        """``PenaltyClause`` agreed for a debt of which ``base``, Money, is overdue;
        None, as here: none."""
        return None

    def _draft_penalties(self, work):
        agreed = [debt for debt in work.bases if self._clause_of(work, debt)]
        if not agreed:
            return
        charged = self._charged(work, "penalty")
        free = [debt for debt in agreed if debt.id not in charged]
        for debt in self._unblocked(work, "penalty", free):
            self._draft_penalty(work, debt)

    def _clause_of(self, work, debt):
        return self._penalty_clause(
            debt, Money(work.bases[debt], debt.currency_id.name)
        )

    def _draft_penalty(self, work, debt):
        """What the law lets be asked for; nothing where it knows no limit."""
        limit = work.rules._penalty_limit(debt.debtor_id.regime)
        clause = self._clause_of(work, debt)
        if not clause or not limit:
            return
        base = Money(work.bases[debt], debt.currency_id.name)
        step = unit(debt.currency_id)
        found = penalty(clause, base, work.due[debt], work.on, step, limit)
        if not found.amount.amount:
            return
        asked = found.amount + found.cut
        formula = f"{asked.amount} − {found.cut.amount}"
        work.add(
            debt,
            "penalty",
            found.amount,
            UsedValues(work.table),
            basis="contract",
            currency_id=debt.currency_id.id,
            formula=formula if found.cut.amount else str(asked.amount),
            article=limit.article,
        )
