from odoo import models

from odoo.addons.cobranza_legal.models.billing import ChargeForm, ChartAccount

VAT = ("ITAX_19",)
NO_DOCUMENT = (
    "Oficios SII 1304/2019, 2011/2020 y 1040/2021: sin IVA ni documento tributario"
)
TAXED = "DL 825, art. 15 N° 1: base imponible del IVA; nota de débito"


class CobranzaRulesCl(models.AbstractModel):
    """Chile: what the law adds bears no VAT and no document; what a contract adds to a
    taxed sale does."""

    _inherit = "cobranza.rules.cl"

    def _charge_form(self, kind, basis, regime=None):
        """Ley 19.983 arts. 2 bis and 2 ter: an entry without tax document. Agreed
        interest and indexation: a debit note, taxed as the sale was (DL 825 art. 15
        N° 1). The fee of Ley 19.496 art. 37: memo, nothing settles whether it bears
        VAT, so that the accountant has to choose."""
        account = self._charge_account(kind)
        if kind in ("interest", "commission") and basis == "law":
            return ChargeForm(
                "entry", account, VAT, label=account.name, article=NO_DOCUMENT
            )
        if kind in ("interest", "indexation") and basis == "contract":
            return ChargeForm(
                "debit_note", account, VAT, label=account.name, article=TAXED
            )
        return ChargeForm("memo", account, VAT, label=account.name)

    def _charge_account(self, kind):
        """Accounts that the chart of Chile lacks, at codes that it leaves free."""
        if kind in ("interest", "indexation"):
            return ChartAccount(
                "320222", "320222", self.env._("Late interest of customers")
            )
        if kind == "commission":
            return ChartAccount(
                "320223", "320223", self.env._("Commission of 1% (Ley 21.131)")
            )
        return ChartAccount(
            "320247", "320247", self.env._("Recovery of collection costs")
        )
