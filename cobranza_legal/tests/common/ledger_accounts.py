class LedgerAccountsContract:
    """What the chart of a country brings: a test class of the country inherits this
    beside its own case, and names the codes by purpose."""

    chart_codes: dict[str, list[str]]
    """{field of the company: codes of the accounts that it gets}."""

    def test_companies_get_them_from_their_chart(self):
        for name in self.chart_codes:
            self.company[name] = False
        self.company._cobranza_fill_accounts()
        found = {
            name: sorted(self.company[name].mapped("code")) for name in self.chart_codes
        }
        self.assertEqual(found, self.chart_codes)

    def test_what_a_company_has_chosen_stays(self):
        chosen = self.company_data["default_account_receivable"]
        self.company.cobranza_instrument_account_ids = chosen
        self.company._cobranza_fill_accounts()
        self.assertEqual(self.company.cobranza_instrument_account_ids, chosen)

    def test_the_article_stands_behind_the_reason(self):
        rules = self.company._cobranza_rules()
        today = self.company._cobranza_today()
        self.assertIn("instrument", rules._reason_articles("company", today))
