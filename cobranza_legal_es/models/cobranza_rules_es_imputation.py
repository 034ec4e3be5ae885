from odoo import models

from odoo.addons.cobranza_legal.kernel.imputation import (
    ImputationOrder,
    Part,
    Preference,
)

CHARGES = (Part.COST, Part.FEE)
DEBT = (Part.INTEREST, Part.PRINCIPAL)


class CobranzaRulesEs(models.AbstractModel):
    """Spain: on account of what a payment is received."""

    _inherit = "cobranza.rules.es"

    def _imputation_order(self, regime):
        """The debt that the debtor names, else the most onerous of those due, else all
        in proportion; its interest before its principal (CC arts. 1172 to 1174).

        No article puts costs and the fixed compensation before the principal: they
        come last, unless the company has agreed otherwise.
        """
        first = self.env.company.l10n_es_costs_first
        return ImputationOrder(
            (Preference.DUE, Preference.BURDEN),
            parts=(*CHARGES, *DEBT) if first else (*DEBT, *CHARGES),
            article="CC, arts. 1172 a 1174",
        )
