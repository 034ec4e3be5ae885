from odoo import models


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of debts that are with a lawyer."""

    _inherit = "cobranza.rules"

    def _case_stops_letters(self, regime):
        """Whether the ladder leaves debts of a debtor of this regime alone while they
        are in a case. Neutral, and the strict default: yes."""
        return True

    def _negotiation_lacks(self, case, procedure, on):
        """[words] of what a negotiation still lacks before this procedure, which asks
        for one, may be filed on a day. Neutral: nothing."""
        return []

    def _negotiation_notes(self, negotiation):
        """[words] that stand under the statement of an attempt. Neutral: none."""
        return []

    def _sworn_notes(self):
        """[words] that stand under the statement that nobody knows where somebody is.
        Neutral: none."""
        return []

    def _negotiation_words(self, negotiation):
        """When a claim may be filed after a negotiation, in words; empty where the law
        asks for none, as here."""
        return ""
