from odoo import models

from odoo.addons.cobranza_legal.models.cobranza_rules_portal import Right


class CobranzaRulesCl(models.AbstractModel):
    """Chile: what a protected debtor is told about its rights."""

    _inherit = "cobranza.rules.cl"

    def _debtor_rights(self, regime, on):
        """Ley 19.496, arts. 37 and 39 B: consumers, small companies and whoever nobody
        has classified."""
        rights = super()._debtor_rights(regime, on)
        if regime not in self._protected_regimes():
            return rights
        return [
            Right(
                self.env._(
                    "This communication is not a proceeding that seeks the enforcement "
                    "of the debtor's assets."
                ),
                "Ley 19.496, art. 37",
            ),
            Right(
                self.env._(
                    "You may pay the creditor directly, whoever collects the debt."
                ),
                "Ley 19.496, art. 39 B",
            ),
            Right(
                self.env._(
                    "You may have all the information on this collection in writing; "
                    "if you do not ask for it, it is sent to you after 15 days."
                ),
                "Ley 19.496, art. 37",
            ),
            Right(
                self.env._(
                    "You are called or visited once a week at most, and written to "
                    "twice, on working days from 8 to 20 hours."
                ),
                "Ley 19.496, art. 37",
            ),
            *rights,
        ]
