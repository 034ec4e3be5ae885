from odoo import models

from .recoverable_cost import RecoverableCost


class CobranzaRules(models.AbstractModel):
    """What late payment costs besides the statutory fee, interest and compensation."""

    _inherit = "cobranza.rules"

    def _commission_terms(self, regime, currency, on, table):
        """``FeeTerms``, in ``currency``, of the commission that the law grants once on
        what is unpaid of an overdue debt. Neutral: None, no commission."""
        return None

    def _index_values(self, key, since, on, table):
        """(value on ``since``, value on ``on``, article) of the index of a ``key`` that
        contracts name; only their ratio counts. Neutral: None, no index is known."""
        return None

    def _penalty_limit(self, regime):
        """``PenaltyLimit`` of a penalty agreed for paying late. Neutral: None, no
        penalty is charged."""
        return None

    def _charge_blockers(self, kind, debts, on):
        """{debt id: message} of why a ``kind`` of charge (interest, commission,
        indexation, penalty) may not be made on debts whose terms would allow it. The
        fee has its own hook. Neutral: nothing stops it."""
        return {}

    def _recoverable_costs(self, kind, regime):
        """``RecoverableCost`` of a kind of cost (``COST_KINDS``) for a regime. Neutral:
        none is passed on to anybody."""
        return RecoverableCost(False)
