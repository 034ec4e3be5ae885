from odoo import api, fields, models

REGIMES = [
    ("consumer", "Consumer"),
    ("small_business", "Micro or small business"),
    ("company", "Medium or large company"),
    ("public", "Public body"),
]
HINTS = {
    "l10n_cl_collection_regime",
    "l10n_cl_annual_sales_uf",
    "l10n_cl_sii_taxpayer_type",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    l10n_cl_collection_regime = fields.Selection(
        REGIMES,
        string="Regime in collection",
        help="Empty: a consumer, unless its yearly sales say otherwise.",
    )
    l10n_cl_annual_sales_uf = fields.Float(
        string="Yearly sales (UF)",
        digits=(16, 2),
        help="Up to 25,000 UF a micro or small business, protected like a consumer "
        "(Ley 20.416). 0: not known.",
    )

    @api.model
    def _commercial_fields(self):
        own = ["l10n_cl_collection_regime", "l10n_cl_annual_sales_uf"]
        return super()._commercial_fields() + own

    def write(self, vals):
        result = super().write(vals)
        if HINTS & set(vals):
            self._l10n_cl_update_regime()
        return result

    def _l10n_cl_update_regime(self):
        """The debtors follow what is known of their partners."""
        # whoever edits contacts need not be a collector
        debtors = self.sudo().commercial_partner_id.cobranza_debtor_ids
        for company, group in debtors.grouped("company_id").items():
            rules = company._cobranza_rules()
            if rules._name != "cobranza.rules.cl":
                continue
            regimes = rules._debtor_regime(group.partner_id)
            for debtor in group:
                if debtor.regime != regimes[debtor.partner_id.id]:
                    debtor.regime = regimes[debtor.partner_id.id]
