from odoo.tests import tagged

from .common import ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestAnswer(ChileCommon):
    """A claim that came through the Sernac is answered in eighteen days."""

    def _dispute(self, **vals):
        debt = self._opened(self._bill(1000, "2026-11-05"))
        values = {"debtor_id": debt.debtor_id.id, "debt_id": debt.id}
        with self.at("2026-11-20"):
            disputes = self.env["cobranza.dispute"]
            return disputes.create({**values, "reason": "price", **vals})

    def test_through_the_sernac_eighteen_days_else_what_the_company_promises(self):
        self.company.cobranza_portal_answer_days = 30
        dispute = self._dispute(via="authority", reference="R2026W1")
        self.assertEqual(str(dispute.answer_on), "2026-12-08")
        self.assertIn("Sernac", dispute.answer_article)
        self.assertEqual(str(dispute.debtor_id.authority_claim_on), "2026-11-20")
        other = self._dispute(via="email")
        self.assertEqual(str(other.answer_on), "2026-12-20")
        self.assertFalse(other.answer_limit)
