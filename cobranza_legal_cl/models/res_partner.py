from odoo import api, fields, models

from odoo.addons.cobranza_legal.models.res_company import INTERNAL

REGIMES = [
    ("consumer", "Consumer"),
    ("small_business", "Micro or small business"),
    ("company", "Medium or large company"),
    ("public", "Public body"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    l10n_cl_collection_regime = fields.Selection(
        REGIMES,
        string="Regime in collection",
        groups=INTERNAL,
        help="Empty: a consumer, unless its yearly sales say otherwise.",
    )
    l10n_cl_annual_sales_uf = fields.Float(
        string="Yearly sales (UF)",
        digits=(16, 2),
        groups=INTERNAL,
        help="Up to 25,000 UF a micro or small business, protected like a consumer "
        "(Ley 20.416). 0: not known.",
    )

    @api.model
    def _commercial_fields(self):
        own = ["l10n_cl_collection_regime", "l10n_cl_annual_sales_uf"]
        return super()._commercial_fields() + own
