from odoo import models


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of collection agencies."""

    _inherit = "cobranza.rules"

    def _agency_articles(self):
        """{what: article}: ``contract``, by which an agency gets data of debtors by
        contract only; ``told``, by which it is told of what was paid to us. Neutral:
        none is cited, both are done all the same."""
        return {}
