from odoo import models

CONTRACT = "RGPD, art. 28"
"""Whoever processes data for another does it by a contract."""


class CobranzaRulesEs(models.AbstractModel):
    """Spain: what the law says of collection agencies."""

    _inherit = "cobranza.rules.es"

    def _agency_articles(self):
        return {"contract": CONTRACT}
