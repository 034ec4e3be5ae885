from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.rules_contract import (
    ON,
    REGIMES,
    RulesContract,
)

from ..models.law import law
from .common import ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestRulesContractCl(RulesContract, ChileCommon):
    """The rules of Chile keep the contract of the suite."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.l10n_cl_fee_mode = "incurred"

    def test_the_company_gets_the_rules_of_chile(self):
        self.assertEqual(self.rules._name, "cobranza.rules.cl")
        self.assertEqual(self.rules._country().code, "CL")
        self.assertEqual(self.company._cobranza_default_policy(), self.policy)

    def test_the_law_behind_a_stop_is_told_for_whom_it_protects(self):
        self.assertLawOf("sued", "art. 37, inc. 14", protected=True)
        self.assertLawOf("insolvent", "art. 37, inc. 14", protected=True)
        self.assertLawOf("contact_limit", "art. 37", protected=True)
        self.assertLawOf("insolvent", "Ley 20.720", protected=False)
        for regime in ("company", "public"):
            self.assertNotIn("sued", self.rules._reason_articles(regime, ON))
        # no law says it: the company's own rule
        self.assertNotIn("deceased", self.rules._reason_articles("consumer", ON))

    def assertLawOf(self, reason, words, protected):
        regimes = law.PROTECTED if protected else REGIMES
        for regime in regimes:
            article = self.rules._reason_articles(regime, ON)[reason]
            self.assertIn(words, article, regime)
