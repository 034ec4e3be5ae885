from odoo import models

from ..law import law

CONTRACT = "Ley 19.628, art. 15 bis"
"""Whoever processes data for another does it by a contract."""


class CobranzaRulesCl(models.AbstractModel):
    """Chile: what the law says of collection agencies."""

    _inherit = "cobranza.rules.cl"

    def _agency_articles(self):
        return {"contract": CONTRACT, "told": law.ARTICLE_39_B}
