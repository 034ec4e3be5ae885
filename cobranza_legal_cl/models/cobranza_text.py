from markupsafe import Markup

from odoo import api, models

MERGE_FIELDS = {
    "l10n_cl_debts": Markup("<p>Factura 42 · 05-10-2026 · $ 1.000.000</p>"),
    "l10n_cl_interest": Markup("<p>No se cobran intereses.</p>"),
    "l10n_cl_fee": Markup("<p>Gastos de cobranza: $ 68.162</p>"),
    "l10n_cl_payment": Markup("<p>Transferencia a la cuenta 123456.</p>"),
    "l10n_cl_channels": Markup("cobranza@example.com"),
}
"""What art. 37 orders every communication to say, with a sample for the preview."""
ENGLISH = {
    "l10n_cl_debts": Markup("<p>Invoice 42 · 05-10-2026 · $ 1.000.000</p>"),
    "l10n_cl_interest": Markup("<p>No interest is charged.</p>"),
    "l10n_cl_fee": Markup("<p>Collection fees: $ 68.162</p>"),
    "l10n_cl_payment": Markup("<p>Transfer to the account 123456.</p>"),
    "l10n_cl_channels": Markup("cobranza@example.com"),
}


class CobranzaText(models.Model):
    _inherit = "cobranza.text"

    @api.model
    def _merge_fields(self):
        return (*super()._merge_fields(), *MERGE_FIELDS)

    def _samples(self):
        own = ENGLISH if (self.lang or "")[:2] == "en" else MERGE_FIELDS
        return {**super()._samples(), **own}
