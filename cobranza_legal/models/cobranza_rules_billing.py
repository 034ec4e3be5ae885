from odoo import models

from .billing import ChargeForm


class CobranzaRules(models.AbstractModel):
    _inherit = "cobranza.rules"

    def _charge_form(self, kind, basis, regime=None):
        """``ChargeForm`` that a company starts from for a kind of charge that rests on
        ``basis`` (law, contract); ``regime`` is None for the company's own default.

        Neutral: memo only, until the accountant chooses.
        """
        return ChargeForm("memo")
