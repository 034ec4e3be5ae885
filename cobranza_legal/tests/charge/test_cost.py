from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...kernel.compensation import FixedCompensation
from ...kernel.money import Money
from ...models.rules.charge import RecoverableCost
from ..common.charging import ChargeCommon

LAW = RecoverableCost(True, article="Law 3 art. 8", beyond_compensation=True)
AGREED = RecoverableCost(True, "contract", article="Contract", needs_agreement=True)


@tagged("post_install", "-at_install")
class TestCost(ChargeCommon):
    """Costs incurred: proven, charged only where the law lets them be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice()
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id
        cls.euro = cls.company.currency_id.name

    def _cost(self, amount=60, user=None, **vals):
        values = {
            "debtor_id": self.debtor.id,
            "debt_ids": [Command.set(self.debt.ids)],
            "kind": "registered",
            "day": "2026-10-12",
            "description": "Registered demand",
            "amount": amount,
            "attachment_ids": [Command.create({"name": "bill.pdf", "raw": b"x"})],
        }
        costs = self.env["cobranza.cost"].with_user(user or self.env.user)
        return costs.create({**values, **vals})

    def _charged(self, day, costs=LAW, fixed=40, debts=None):
        """The cost charges made on a day, by a law that also grants ``fixed``."""
        compensations = [
            FixedCompensation("compensation", Money.of(fixed, self.euro), "Law 3")
        ]
        with self.law(costs=costs, compensations=compensations if fixed else ()):
            charges, _refused = self._assess_on(day, debts or self.debt)
        return charges.filtered(lambda charge: charge.kind == "cost")

    # -- the record ------------------------------------------------------------------

    def test_collectors_record_costs_and_lawyers_do_not_see_them(self):
        cost = self._cost(user=self._role("collector"))
        self.assertEqual(cost.company_id, self.company)
        self.assertEqual(cost.currency_id, self.company.currency_id)
        self.assertEqual(self.debtor.cost_total, 60)
        with self.assertRaises(AccessError):
            cost.with_user(self._role("lawyer")).read(["amount"])

    def test_a_cost_without_its_debtor_yet_says_nothing_of_recovery(self):
        self.assertFalse(self.env["cobranza.cost"].new({"kind": "other"}).recovery)

    def test_a_cost_needs_its_proof_and_debts_of_its_debtor(self):
        with self.assertRaises(ValidationError):
            self._cost(attachment_ids=[])
        other = self._invoice(partner=self.partner_b)
        self._run("2026-10-11")
        with self.assertRaises(ValidationError):
            self._cost(debt_ids=[Command.set(self._debts(other).ids)])

    def test_without_debts_it_is_about_what_was_overdue_on_its_day(self):
        later = self._invoice(due="2026-10-11")
        self._run("2026-10-20")
        cost = self._cost(debt_ids=[], day="2026-10-08")
        self.assertEqual(cost.debt_ids, self.debt)
        self.assertNotIn(self._debts(later), cost.debt_ids)

    # -- the charge ------------------------------------------------------------------

    def test_only_what_the_compensation_does_not_pay_is_charged(self):
        cost = self._cost(60)
        charge = self._charged("2026-10-15")
        self.assertEqual((charge.amount, charge.article), (20, "Law 3 art. 8"))
        self.assertEqual((charge.formula, charge.basis), ("60.00 − 40.00", "law"))
        self.assertEqual(charge.cost_ids, cost)
        self.assertIn("Charged", cost.recovery)

    def test_costs_inside_the_compensation_add_up_until_they_exceed_it(self):
        self._cost(25)
        self.assertFalse(self._charged("2026-10-15"))
        self._cost(30, day="2026-10-16")
        self.assertEqual(self._charged("2026-10-17").amount, 15)
        self.assertFalse(self._charged("2026-10-18"))
        self._cost(10, day="2026-10-19")
        self.assertEqual(self._charged("2026-10-20").amount, 10)

    def test_a_cost_of_many_documents_is_shared_before_each_compensation(self):
        other = self._debts(self._second())
        debts = self.debt | other
        self._cost(70, debt_ids=[Command.set(debts.ids)])
        self.assertFalse(self._charged("2026-10-15", debts=debts))
        self._cost(20, day="2026-10-16")
        charge = self._charged("2026-10-17", debts=debts)
        self.assertEqual((charge.amount, charge.debt_id), (15, self.debt))

    def _second(self):
        move = self._invoice(due="2026-10-05")
        self._run("2026-10-11")
        return move

    def test_nothing_where_the_law_does_not_allow_it(self):
        cost = self._cost(500)
        charged = self._charged("2026-10-15", RecoverableCost(False, article="Law 9"))
        self.assertFalse(charged)
        self.assertIn("Not charged", cost.recovery)

    def test_what_needs_an_agreement_waits_for_it_and_for_informed_terms(self):
        self._cost(12, kind="returned_debit")
        self.assertFalse(self._charged("2026-10-15", AGREED))
        self.debtor.costs_agreed = True
        self.company.cobranza_terms_required = "day"
        self.debtor.regime = "consumer"
        self.assertFalse(self._charged("2026-10-16", AGREED))
        self.assertIn("informed", self.debt.charge_note)
        self.debtor.terms_informed_on = "2026-08-01"
        charge = self._charged("2026-10-17", AGREED)
        self.assertEqual((charge.amount, charge.basis), (12, "contract"))

    def test_the_cap_of_the_law_bounds_each_cost(self):
        self._cost(60)
        capped = RecoverableCost(True, cap=Money.of(35, self.euro))
        self.assertEqual(self._charged("2026-10-15", capped).amount, 35)

    # -- afterwards ------------------------------------------------------------------

    def test_a_cost_that_a_charge_rests_on_is_evidence(self):
        cost = self._cost(60)
        self._charged("2026-10-15")
        with self.assertRaises(UserError):
            cost.amount = 90
        with self.assertRaises(UserError):
            cost.unlink()

    def test_a_cost_recorded_after_the_charges_is_charged_by_the_next_run(self):
        self._charged("2026-10-15")
        self._cost(60, day="2026-10-16")
        self.assertTrue(self.debt.charge_pending)
        with self.law(costs=LAW):
            self._run("2026-10-17")
        costs = self.debt.charge_ids.filtered(lambda charge: charge.kind == "cost")
        self.assertEqual(costs.mapped("amount"), [20])

    def test_paid_in_time_and_booked_late_takes_it_back(self):
        self._cost(60)
        charge = self._charged("2026-10-15")
        with self.at("2026-10-16"):
            self._register_payment(self.move, payment_date="2026-10-01")
        self.assertEqual(charge.state, "reversed")
