from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.ledger_accounts import (
    LedgerAccountsContract,
)

from .common import SpainCommon


@tagged("post_install", "-at_install")
class TestLedgerAccounts(LedgerAccountsContract, SpainCommon):
    """The chart of the country brings the accounts of cheques, bills and bad debts."""

    chart_codes = {
        "cobranza_instrument_account_ids": ["431000", "431100"],
        "cobranza_account_ids": [],
        "cobranza_loss_account_ids": ["650000"],
    }
