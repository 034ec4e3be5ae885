from odoo import models


class CobranzaRulesCl(models.AbstractModel):
    """Chile: a receipt for the capital presumes that interest was paid."""

    _inherit = "cobranza.rules.cl"

    def _reserve_article(self):
        """CC, art. 1595; Ley 18.010, art. 17."""
        return "CC, art. 1595; Ley 18.010, art. 17"
