from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.rules_contract import RulesContract

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
