from odoo import models


class CobranzaRulesEs(models.AbstractModel):
    """Spain: a receipt for the principal extinguishes the interest."""

    _inherit = "cobranza.rules.es"

    def _reserve_article(self):
        """CC, art. 1110."""
        return "CC, art. 1110"
