from odoo import models

from ..kernel.imputation import ImputationOrder, Preference


class CobranzaRules(models.AbstractModel):
    _inherit = "cobranza.rules"

    def _imputation_order(self, regime):
        """The kernel ``ImputationOrder`` of the payments of debtors of a regime.

        Neutral: what is due before what is not, then the oldest; of each debt its
        costs, fees, interest and then its principal.
        """
        return ImputationOrder((Preference.DUE, Preference.OLDEST, Preference.POSITION))
