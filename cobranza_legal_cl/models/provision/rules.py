from odoo import models

from odoo.addons.cobranza_legal.models.rules.charge import ChartAccount

EXPENSE = ChartAccount(
    "410260", "410260", "Gasto estimación incobrables", (), "expense"
)


ACCOUNTS = {
    "allowance": ChartAccount(
        "120190", "120190", "(-) Estimación deudores incobrables", (), "asset_current"
    ),
    "charge": EXPENSE,
    "release": EXPENSE,
    "doubtful": ChartAccount(
        "120110", "120110", "Deudores morosos", ("account_120110",), "asset_receivable"
    ),
    "sued": ChartAccount(
        "120120",
        "120120",
        "Deudores en gestión judicial",
        ("account_120120",),
        "asset_receivable",
    ),
}


class CobranzaRulesCl(models.AbstractModel):
    """Allowance for bad debts in Chile."""

    _inherit = "cobranza.rules.cl"

    def _provision_accounts(self):
        """No chart brings the allowance nor its expense: a button creates them. What is
        released lowers the expense. The tax of what is not paid stays owed (DL 825),
        so that it is in the base."""
        return ACCOUNTS

    def _vat_relief_answer(self, company):
        """DL 825: the tax stays owed; art. 27 ter alone lets creditors in a
        reorganisation impute or recover it."""
        # sudo: a setting of the creditor
        if company.sudo().l10n_cl_creditor_in_reorganisation:
            return self.env._(
                "DL 825, art. 27 ter: a creditor in a reorganisation may impute or "
                "recover the tax of unpaid invoices. It is asked for at the SII; "
                "nothing is booked here."
            )
        return self.env._(
            "No relief: the tax of unpaid invoices stays owed (DL 825; art. 27 ter is "
            "for creditors in a reorganisation only)."
        )
