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
