from odoo import models

from odoo.addons.cobranza_legal.kernel.dunning import Reason

CITED = (Reason.SUED, Reason.INSOLVENT, Reason.AUTHORITY_CLAIM)
"""Situations of which the law says that collecting out of court ends: what presses for
payment ends with it."""


class CobranzaRulesCl(models.AbstractModel):
    """Suspension of services in Chile: no act that we know rules it."""

    _inherit = "cobranza.rules.cl"

    def _suspension_articles(self, regime, on):
        """Ley 19.496 art. 37 for whom it protects, Ley 20.720. That an objection stops
        it is the neutral rule: no statute says so."""
        articles = self._reason_articles(regime, on)
        cited = {
            one.value: articles[one.value] for one in CITED if one.value in articles
        }
        return super()._suspension_articles(regime, on) | cited
