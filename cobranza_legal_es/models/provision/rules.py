from odoo import models

from odoo.addons.cobranza_legal.models.rules.charge import ChartAccount

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
