from odoo import models


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of debts that are with a lawyer."""

    _inherit = "cobranza.rules"

    def _case_stops_letters(self, regime):
        """Whether the ladder leaves debts of a debtor of this regime alone while they
        are in a case. Neutral, and the strict default: yes."""
        return True
