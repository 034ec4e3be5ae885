from odoo import models

from odoo.addons.cobranza_legal.models.billing import ChargeForm, ChartAccount

OUTSIDE_VAT = ("account_tax_template_s_iva0_ns", "account_tax_template_s_igic_ns")
"""For whoever prefers invoices: not subject, in the mainland and in the Canaries."""
ARTICLE = "LIVA, art. 78.Tres.1º: indemnización, fuera de la base del IVA"
FINANCIAL = ("interest",)
OTHER = ("compensation", "cost", "commission", "penalty")


class CobranzaRulesEs(models.AbstractModel):
    """Spain: late payment reaches the ledger by a note of charges, outside VAT."""

    _inherit = "cobranza.rules.es"

    def _charge_form(self, kind, basis, regime=None):
        """A journal entry of 430 against 769 (interest) or 759 (the 40 EUR and other
        indemnities), with a note of charges. LIVA art. 78.Tres.1º."""
        account = self._charge_account(kind)
        if not account:
            return super()._charge_form(kind, basis, regime)
        return ChargeForm(
            "entry",
            account=account,
            taxes=OUTSIDE_VAT,
            label=account.name,
            article=ARTICLE,
        )

    def _charge_account(self, kind):
        if kind in FINANCIAL:
            return ChartAccount(
                prefix="769",
                code="769000",
                name=self.env._("Other financial income"),
                refs=("account_common_769",),
            )
        if kind in OTHER:
            return ChartAccount(
                prefix="759",
                code="759000",
                name=self.env._("Income from other services"),
                refs=("account_common_759",),
            )
        return None
