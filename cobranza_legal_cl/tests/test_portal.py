from odoo.tests import tagged

from .common import ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPortal(ChileCommon):
    """What debtors are told on their page in Chile."""

    def _articles(self, regime):
        today = self.company._cobranza_today()
        return [one.article for one in self.rules._debtor_rights(regime, today)]

    def test_the_protected_are_told_what_the_law_of_consumers_grants(self):
        for regime in ("consumer", "small_business", "unknown"):
            articles = self._articles(regime)
            self.assertIn("Ley 19.496, art. 39 B", articles, regime)
            self.assertEqual(articles.count("Ley 19.496, art. 37"), 3, regime)

    def test_a_company_is_told_what_we_grant_to_everybody(self):
        self.assertFalse(any(self._articles("company")))
