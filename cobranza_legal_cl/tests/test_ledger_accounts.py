from odoo.tests import tagged

from .common import ChileCommon


@tagged("post_install", "-at_install")
class TestLedgerAccounts(ChileCommon):
    """The chart of the country brings the accounts of cheques, bills and bad debts."""

    def _codes(self, name):
        return sorted(self.company[name].mapped("code"))

    def test_companies_get_them_from_their_chart(self):
        self.company.cobranza_instrument_account_ids = False
        self.company.cobranza_account_ids = False
        self.company.cobranza_loss_account_ids = False
        self.company._cobranza_fill_accounts()
        self.assertEqual(
            self._codes("cobranza_instrument_account_ids"), ["110410", "110440"]
        )
        self.assertEqual(self._codes("cobranza_account_ids"), ["110450"])
        self.assertEqual(self._codes("cobranza_loss_account_ids"), [])

    def test_what_a_company_has_chosen_stays(self):
        chosen = self.company_data["default_account_receivable"]
        self.company.cobranza_instrument_account_ids = chosen
        self.company._cobranza_fill_accounts()
        self.assertEqual(self.company.cobranza_instrument_account_ids, chosen)

    def test_the_article_stands_behind_the_reason(self):
        rules = self.company._cobranza_rules()
        today = self.company._cobranza_today()
        self.assertIn("instrument", rules._reason_articles("company", today))
