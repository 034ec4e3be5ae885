from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.refusals import Refusals

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestAnswer(Refusals, SpainCommon):
    """TRLGDCU art. 21.3: a consumer's claim is answered in fifteen days."""

    def _dispute(self, partner, day="2026-11-20", **vals):
        move = self._invoice(amount=650, partner=partner, due="2026-11-05")
        debt = self._follow(move, day)
        values = {"debtor_id": debt.debtor_id.id, "debt_id": debt.id, "via": "email"}
        with self.at(day):
            disputes = self.env["cobranza.dispute"]
            return disputes.create({**values, "reason": "price", **vals})

    def test_a_consumer_is_answered_in_fifteen_days_of_the_reception(self):
        self.company.cobranza_portal_answer_days = 30
        dispute = self._dispute(self.student, received_on="2026-11-18")
        self.assertEqual(str(dispute.answer_on), "2026-12-03")
        self.assertEqual(str(dispute.answer_limit), "2026-12-03")
        self.assertIn("21.3", dispute.answer_article)
        dispute.answer_on = "2026-12-01"
        with self.refuses(ValidationError, "21.3"):
            dispute.answer_on = "2026-12-04"
        self.company.cobranza_portal_answer_days = 10
        other = self._dispute(self._partner("Ana", vat="ES00000000T"))
        self.assertEqual(str(other.answer_on), "2026-11-30")

    def test_the_page_promises_no_later_day_than_the_law(self):
        self.company.cobranza_portal_answer_days = 30
        debtor = self._dispute(self.student).debtor_id
        day = self.env["cobranza.dispute"]._answer_day(
            debtor, "portal", debtor.company_id._cobranza_today()
        )
        self.assertEqual(str(day), "2026-12-08")

    def test_between_businesses_the_company_promises_its_own(self):
        self.company.cobranza_portal_answer_days = 30
        dispute = self._dispute(self.client)
        self.assertEqual(str(dispute.answer_on), "2026-12-20")
        self.assertFalse(dispute.answer_limit)
