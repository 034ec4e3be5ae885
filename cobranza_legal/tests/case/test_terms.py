from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common.case import CaseCommon


@tagged("post_install", "-at_install")
class TestTerms(CaseCommon):
    """What lawyers take, and what they are owed so far."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.env["res.partner"].create({"name": "Firm", "is_company": True})
        cls.lawyer.partner_id.parent_id = cls.firm

    def _terms(self, partner=None, **vals):
        values = {"partner_id": (partner or self.firm).id, "fixed": 50, "share": 10}
        return self.env["cobranza.lawyer.terms"].create({**values, **vals})

    def _pay(self, move, amount, day):
        with self.at(day):
            return self._register_payment(move, amount=amount, payment_date=day)

    def test_a_fixed_fee_and_a_percentage_of_what_came_in_since_the_handover(self):
        self._terms()
        self._pay(self.moves[0], 20, "2026-11-19")  # before
        with self.at("2026-11-20"):
            case = self._opened()
        self.assertEqual(case.lawyer_fee, 50)
        self._pay(self.moves[0], 30, "2026-11-20")  # on the day
        self._pay(self.moves[1], 100, "2026-11-24")
        self.env.invalidate_all()
        self.assertEqual((case.recovered, case.lawyer_fee), (130, 63))
        with self.at("2026-11-25"):
            case._end("uncollectible", "No goods")
        self._pay(self.moves[1], 40, "2026-11-26")  # after the end
        self.env.invalidate_all()
        self.assertEqual(case.lawyer_fee, 63)

    def test_the_case_goes_before_the_firm_and_the_firm_before_nobody(self):
        case = self._opened()
        self.assertEqual((case.lawyer_fee, case.terms_id.ids), (0, []))
        usual = self._terms(least=70, most=80)
        self.env.invalidate_all()
        self.assertEqual((case.terms_id, case.lawyer_fee), (usual, 70))
        own = self._terms(case_id=case.id, fixed=10, share=0)
        self.env.invalidate_all()
        self.assertEqual((case.terms_id, case.lawyer_fee), (own, 10))

    def test_terms_hold_by_the_day_of_the_handover(self):
        old = self._terms(valid_until="2026-11-19")
        new = self._terms(valid_from="2026-11-20", fixed=60)
        for day, terms in (("2026-11-19", old), ("2026-11-20", new)):
            with self.at(day):
                case = self._handed(self.debts[3:4])
                self.assertEqual(case.terms_id, terms, day)
                case._end("declined", "No")
                case.action_cancel()
        with self.assertRaisesRegex(ValidationError, "other terms"):
            self._terms(valid_from="2026-12-01")

    def test_lawyers_see_what_they_are_owed_and_no_terms(self):
        terms = self._terms()
        case = self._opened().with_user(self.lawyer)
        self.assertEqual(case.lawyer_fee, 50)
        with self.assertRaises(AccessError):
            case.read(["terms_id"])
        with self.assertRaises(AccessError):
            terms.with_user(self.lawyer).read(["share"])
        with self.assertRaises(AccessError):
            terms.with_user(self._role("accountant")).share = 1
