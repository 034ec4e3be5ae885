from odoo import Command
from odoo.tests import tagged

from ..common.portal import PortalCommon


@tagged("post_install", "-at_install")
class TestTourAgreement(PortalCommon):
    """From the debtor's form to the signature on its page."""

    def test_a_collector_compares_plans_offers_one_and_the_debtor_signs_it(self):
        self.env["cobranza.agreement.policy"].create(
            {
                "name": "Terms",
                "company_id": self.company.id,
                "valid_from": "2020-01-01",
                "months": 6,
            }
        )
        user = self._role("collector")
        action = "cobranza_legal.action_cobranza_debtor"
        self.start_tour(
            f"/odoo/action-{action}/{self.debtor.id}",
            "cobranza_legal_agreement",
            login=user.login,
        )
        self.env.invalidate_all()
        agreement = self.debtor.agreement_ids
        self.assertEqual(agreement.grounds, "A customer pays late")
        agreement.file_ids = [Command.create({"name": "letter.pdf", "raw": b"x"})]
        agreement.file_ids.write({"res_model": agreement._name, "res_id": agreement.id})
        self.env.flush_all()
        action = "cobranza_legal.action_cobranza_agreement"
        self.start_tour(
            f"/odoo/action-{action}/{agreement.id}",
            "cobranza_legal_agreement_offer",
            login=user.login,
        )
        self.env.invalidate_all()
        self.assertEqual((agreement.state, agreement.count), ("offered", 3))
        self.start_tour(self.path, "cobranza_legal_agreement_page")
        self.env.invalidate_all()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.signature_ids.name, "Ana Pérez")
