from odoo.tests import tagged

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPortal(SpainCommon):
    """What debtors are told on their page in Spain."""

    def _articles(self, regime):
        today = self.company._cobranza_today()
        rules = self.company._cobranza_rules()
        return [one.article for one in rules._debtor_rights(regime, today)]

    def test_a_consumer_is_told_its_term_and_the_rights_over_its_data(self):
        for regime in ("consumer", "unknown"):
            articles = self._articles(regime)
            self.assertIn("TRLGDCU, art. 21.3", articles)
            self.assertIn("RGPD, arts. 15 a 21", articles)

    def test_a_company_is_told_what_we_grant_to_everybody(self):
        self.assertFalse(any(self._articles("company")))
