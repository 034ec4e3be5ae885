from decimal import Decimal

from odoo.tests import tagged

from ...kernel.risk import SuitTerms
from ...models.case.risk import CaseRisk
from ..common.case import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseRisk(CaseCommon):
    """Lights from what is known of debtor and documents, and when a suit pays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cobranza_suit_lawyer": 90, "cobranza_suit_share": 10})
        cls.case = cls._case()

    def _lights(self):
        self.env.invalidate_all()
        return [one.light.name for one in CaseRisk(self.case).advice().lights]

    def test_an_invoice_alone_and_a_silent_debtor(self):
        self.assertEqual(self._lights(), ["AMBER", "AMBER", "GREEN"])
        self.assertEqual(self.case.risk_light, "amber")

    def test_a_payment_and_an_answer_make_it_better(self):
        with self.at("2026-11-21"):
            self._register_payment(self.moves[0], amount=10, payment_date="2026-11-21")
        self.assertEqual(self._lights()[1], "GREEN")

    def test_a_payment_that_came_back_makes_it_worse(self):
        with self.at("2026-11-21"):
            payment = self._register_payment(
                self.moves[0], amount=10, payment_date="2026-11-21"
            )
        with self.at("2026-11-22"):
            payment.action_draft()
        self.assertEqual(self._lights()[1], "AMBER")
        self.assertEqual(CaseRisk(self.case).facts().returned, 1)

    def test_insolvency_dispute_and_time(self):
        self.debtor.insolvent_on = "2026-11-20"
        self.assertEqual(self._lights()[1], "RED")
        for debt in self.mine:
            self.env["cobranza.dispute"].create(
                {"debtor_id": self.debtor.id, "debt_id": debt.id, "reason": "price"}
            )
        self.assertEqual(self._lights()[0], "RED")
        self.mine.sudo().write({"claimable_until": "2026-11-01"})
        self.assertEqual(self._lights()[2], "RED")

    def test_the_break_even_is_that_of_the_figures(self):
        """90 of 300, of which the lawyer takes a tenth: 90 / 270."""
        self.assertAlmostEqual(self.case.break_even, 33.3, 2)
        self.case.suit_lawyer = 300
        self.assertIn("A suit never pays", str(self.case.risk))

    def test_the_court_fee_alone_says_nothing_of_what_a_suit_costs(self):
        self.case.write({"suit_lawyer": 0, "suit_share": 0, "suit_agent": 0})
        terms = SuitTerms(fee=Decimal(150))
        self.patch(CaseRisk, "terms", lambda _risk: terms)
        self.company.cobranza_odds_amber = 50
        self.env.invalidate_all()
        self.assertIn("is not known", str(self.case.risk))
        self.assertNotIn("Sue:", str(self.case.risk))
        self.assertEqual(self.case.break_even, 0)

    def test_advice_is_given_only_where_the_company_knows_its_odds(self):
        self.assertIn("No advice", str(self.case.risk))
        self.company.cobranza_odds_amber = 50
        self.env.invalidate_all()
        self.assertIn("Sue:", str(self.case.risk))
        self.company.cobranza_odds_amber = 20
        self.env.invalidate_all()
        self.assertIn("Do not sue:", str(self.case.risk))
