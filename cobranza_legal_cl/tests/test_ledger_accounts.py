from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.ledger_accounts import (
    LedgerAccountsContract,
)

from .common import ChileCommon


@tagged("post_install", "-at_install")
class TestLedgerAccounts(LedgerAccountsContract, ChileCommon):
    """The chart of the country brings the accounts of cheques, bills and bad debts."""

    chart_codes = {
        "cobranza_instrument_account_ids": ["110410", "110440"],
        "cobranza_account_ids": ["110450"],
        "cobranza_loss_account_ids": [],
    }
