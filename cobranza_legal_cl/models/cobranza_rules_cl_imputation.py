from odoo import models

from odoo.addons.cobranza_legal.kernel.imputation import ImputationOrder, Preference


class CobranzaRulesCl(models.AbstractModel):
    """Chile: on account of what a payment is received."""

    _inherit = "cobranza.rules.cl"

    def _imputation_order(self, regime):
        """Interest before capital, unless the creditor consents; what is due before
        what is not, and then as the debtor says: it may not prefer a debt that is not
        due. Nothing said and all due: the oldest (CC arts. 1595 to 1597)."""
        return ImputationOrder(
            (Preference.DUE, Preference.OLDEST, Preference.POSITION),
            due_only=True,
            article="CC, arts. 1595 a 1597",
        )
