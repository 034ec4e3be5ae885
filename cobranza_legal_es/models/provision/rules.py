from odoo import models

from odoo.addons.cobranza_legal.kernel.vat_relief import INSOLVENCY
from odoo.addons.cobranza_legal.models.common.money import to_decimal
from odoo.addons.cobranza_legal.models.rules.charge import ChartAccount

from .relief import ARTICLE, has_other_tax, place, relief_law

ACCOUNTS = {
    "allowance": ChartAccount(
        "490",
        "490000",
        "Deterioro de valor de créditos por operaciones comerciales",
        ("account_common_mainland_490",),
        "liability_current",
    ),
    "charge": ChartAccount(
        "694",
        "694000",
        "Pérdidas por deterioro de créditos por operaciones comerciales",
        ("account_common_mainland_694",),
        "expense_other",
    ),
    "release": ChartAccount(
        "794",
        "794000",
        "Reversión del deterioro de créditos por operaciones comerciales",
        ("account_common_mainland_794",),
        "income",
    ),
    "doubtful": ChartAccount(
        "436",
        "436000",
        "Clientes de dudoso cobro",
        ("account_common_436",),
        "asset_receivable",
    ),
}


class CobranzaRulesEs(models.AbstractModel):
    """Impairment of trade credits in Spain."""

    _inherit = "cobranza.rules.es"

    def _provision_accounts(self):
        """PGC (RD 1514/2007) and PGC de Pymes (RD 1515/2007): 694 to 490, 490 to 794,
        436 for the balance. The charts of the Canary Islands lack the first three."""
        return ACCOUNTS

    def _provision_frees_tax(self):
        """LIVA art. 80: the tax may come back, if its terms are kept."""
        return True

    def _vat_relief_law(self, company, on):
        """LIVA art. 80.Tres and Cuatro, in the wording of Ley 31/2022."""
        company = company.sudo()  # sudo: settings of the creditor
        return relief_law(
            company._cobranza_legal_table(on, on),
            on,
            to_decimal(company.l10n_es_vat_turnover),
            company.l10n_es_vat_term,
            ARTICLE if has_other_tax(company) else "",
        )

    def _vat_relief_answer(self, company):
        """LIVA art. 80; in the Canary Islands, Ceuta and Melilla other taxes and other
        rules."""
        # sudo: where the creditor is
        if has_other_tax(company.sudo()):
            return self.env._(
                "Other rules: here IGIC or IPSI is charged, of which the relief of "
                "LIVA, art. 80, does not speak."
            )
        return ARTICLE

    def _vat_relief_taxes(self, lines):
        """Output tax (477) that was charged; what was withheld (473) is none."""

        def is_output(line):
            # a code is of a company, not of the account
            account = line.account_id.with_company(line.company_id)
            return (account.code or "").startswith("477") and (
                line.tax_line_id.amount > 0
            )

        return lines.filtered(is_output)

    def _vat_relief_places(self, partners, ground):
        """LIVA art. 80.Cinco.2.ª: not established in the territory of the tax."""
        spain = self.env.ref("base.es")
        union = self.env.ref("base.europe").country_ids
        found = {
            one.id: place(one, spain, union, ground == INSOLVENCY) for one in partners
        }
        return {key: value for key, value in found.items() if value}
