from odoo import models

from odoo.addons.cobranza_legal.models.cobranza_rules_portal import Right

PRIVATE = ("consumer", "unknown")


class CobranzaRulesEs(models.AbstractModel):
    """Spain: what a debtor is told about its rights."""

    _inherit = "cobranza.rules.es"

    def _debtor_rights(self, regime, on):
        """TRLGDCU art. 21.3 for consumers; RGPD arts. 15 to 21 for natural persons."""
        rights = super()._debtor_rights(regime, on)
        if regime in PRIVATE:
            rights += [
                Right(
                    self.env._("A claim of yours is answered within 15 days."),
                    "TRLGDCU, art. 21.3",
                ),
                Right(
                    self.env._(
                        "You have the rights of access, rectification, erasure, "
                        "objection and restriction over your personal data."
                    ),
                    "RGPD, arts. 15 a 21",
                ),
            ]
        return rights
