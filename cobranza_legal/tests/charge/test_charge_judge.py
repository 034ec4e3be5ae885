from itertools import permutations
from unittest.mock import patch

from odoo.tests import tagged

from ...kernel.compensation import FixedCompensation
from ...kernel.money import Money
from ..common.charging import ChargeCommon


@tagged("post_install", "-at_install")
class TestChargeJudge(ChargeCommon):
    """What is charged follows the dates of the payments, whenever they are booked."""

    def _opened(self, **vals):
        move = self._invoice(**{"due": "2026-10-05", "amount": 3650, **vals})
        self._run("2026-10-06")
        self._run("2026-10-10")
        return move, self._debts(move)

    def _law(self, **more):
        money = Money.of(40, self.company.currency_id.name)
        return self.law(
            fee=self.schedule(),
            interest=self.terms("10", **more),
            compensations=[FixedCompensation("compensation", money, "Law 3 art. 8")],
        )

    def _assessed(self, debts, day="2026-10-30"):
        with self._law():
            return self._assess_on(day, debts)[0]

    def _pay(self, move, amount, day, booked="2026-11-02"):
        with self._law(), self.at(booked):
            return self._register_payment(move, amount=amount, payment_date=day)

    def _follow(self, day):
        with self._law():
            self._run(day)

    def _live(self, debt):
        """{kind: amount} of what stands."""
        charges = debt.charge_ids.filtered(lambda charge: charge.state == "assessed")
        return {
            kind: round(sum(group.mapped("amount")), 2)
            for kind, group in charges.grouped("kind").items()
        }

    # -- a payment that was booked late ------------------------------------------------

    def test_paid_in_time_leaves_nothing_charged(self):
        move, debt = self._opened()
        old = self._assessed(debt)
        self.assertEqual(set(self._live(debt)), {"fee", "interest", "compensation"})
        self._pay(move, 3650, "2026-10-04")
        self.assertEqual(self._live(debt), {})
        for charge in old:
            self.assertIn("10/04/2026", charge.state_reason)

    def test_paid_late_and_before_the_fee_pays_interest_of_its_days(self):
        move, debt = self._opened()
        self._assessed(debt)
        self._pay(move, 3650, "2026-10-15")
        # 10 days of 1 a day; the document was unpaid after its due date
        self.assertEqual(self._live(debt), {"interest": 10, "compensation": 40})

    def test_a_part_lowers_the_base_of_the_fee_on_its_own_day(self):
        move, debt = self._opened()
        self._assessed(debt)
        self._pay(move, 1650, "2026-10-20")
        fee = debt.charge_ids.filtered(
            lambda charge: charge.kind == "fee" and charge.state == "assessed"
        )
        self.assertEqual((fee.base, fee.amount), (2000, 180))
        self.assertEqual(str(fee.assessed_on), "2026-10-30")

    def test_the_other_debts_of_the_base_share_the_fee_again(self):
        move, debt = self._opened(amount=20000)
        _other, second = self._opened(amount=10000)
        with self.law(fee=self.schedule()):
            self._assess_on("2026-10-30", debt | second)
        with self.law(fee=self.schedule()), self.at("2026-11-02"):
            self._register_payment(move, payment_date="2026-10-20")
        self.assertEqual(self._live(debt), {})
        self.assertEqual(self._live(second), {"fee": 900})

    def test_paid_after_the_charges_changes_none_of_them(self):
        move, debt = self._opened()
        old = self._assessed(debt)
        self._pay(move, 3650, "2026-10-31")
        self.assertEqual(set(old.mapped("state")), {"assessed"})

    def test_settlements_of_two_companies_are_followed_in_one_go(self):
        data = self.setup_other_company()
        other = data["company"]
        moves = self._invoice(amount=3650) | self._invoice(
            amount=3650,
            company_id=other.id,
            journal_id=data["default_journal_sale"].id,
        )
        for company in (self.company, other):
            self._run("2026-10-29", company)
        debts = self._debts(moves)
        old = self._assessed(debts)
        self.assertEqual(old.company_id, self.company | other)
        charges = self.env.registry["cobranza.charge"]
        with patch.object(charges, "_settled_on", lambda self, days: self.browse()):
            for move in moves:
                self._pay(move.with_company(move.company_id), 3650, "2026-10-04")
        with self._law():
            self.env["cobranza.charge"]._recompute_debts(debts)
        self.assertEqual(set(old.mapped("state")), {"reversed"})

    def test_what_was_waived_stays_waived(self):
        self.company.cobranza_waive_limit = 5000
        move, debt = self._opened()
        old = self._assessed(debt)
        old._waive("goodwill")
        self._pay(move, 3650, "2026-10-04")
        self.assertEqual(set(old.mapped("state")), {"waived"})

    def test_paid_within_the_grace_bears_no_interest(self):
        move, debt = self._opened()
        with self.law(interest=self.terms("10", grace_days=5, grace_retroactive=True)):
            self._assess_on("2026-10-30", debt)
            with self.at("2026-11-02"):
                self._register_payment(move, payment_date="2026-10-09")
        self.assertEqual(self._live(debt), {})

    def test_a_payment_allocated_late_earns_until_its_day(self):
        _move, debt = self._opened()
        with self.at("2026-10-10"):
            payment = self._prepay(1825, "2026-10-10")
        with self.law(interest=self.terms("10")):
            self._assess_on("2026-10-15", debt)
            self.assertEqual(self._live(debt), {"interest": 7.5})
            with self.at("2026-11-02"):
                credit = payment.move_id.line_ids.filtered("credit")
                (credit | debt.move_line_id).reconcile()
        self.assertEqual(self._live(debt), {"interest": 7.5})

    def test_an_unallocated_payment_still_covers_when_another_is_booked(self):
        move, debt = self._opened()
        with self.at("2026-10-10"):
            self._prepay(1825, "2026-10-10")
        with self.law(interest=self.terms("10")):
            self._assess_on("2026-10-15", debt)
            with self.at("2026-11-02"):
                self._register_payment(move, amount=365, payment_date="2026-10-05")
        # 3,650 less 365 in time, and less 1,825 that cover it from their own day
        self.assertEqual(self._live(debt), {"interest": 6.5})

    def test_what_was_disputed_that_day_is_not_charged_when_it_is_judged(self):
        move, debt = self._opened()
        self.env["cobranza.dispute"].sudo().create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_id": debt.id,
                "whole": False,
                "amount": 1825,
                "reason": "price",
                "opened_on": "2026-10-08",
            }
        )
        self._assessed(debt)
        self._pay(move, 825, "2026-10-20")
        self.assertEqual(self._live(debt)["fee"], 90)

    def test_whoever_books_a_payment_needs_no_right_on_charges(self):
        move, debt = self._opened()
        self._assessed(debt)
        clerk = self._books_only()
        self._pay(move.with_user(clerk), 3650, "2026-10-04")
        self.assertEqual(self._live(debt), {})

    # -- and its return ----------------------------------------------------------------

    def test_an_undone_payment_brings_the_charges_back_with_the_next_run(self):
        move, debt = self._opened()
        self._assessed(debt)
        before = self._live(debt)
        payment = self._pay(move, 3650, "2026-10-04")
        with self.at("2026-11-03"):
            payment.action_cancel()
        self.assertEqual(self._live(debt), {})
        self._follow("2026-11-04")
        self.assertEqual(self._live(debt), before)
        self._follow("2026-11-05")
        self.assertEqual(self._live(debt), before)

    def test_a_part_undone_brings_its_part_back(self):
        move, debt = self._opened()
        self._assessed(debt)
        before = self._live(debt)
        payment = self._pay(move, 1650, "2026-10-20")
        with self.at("2026-11-03"):
            payment.action_cancel()
        self._follow("2026-11-04")
        self.assertEqual(self._live(debt), before)

    def test_undone_and_done_again_before_the_run_changes_nothing(self):
        move, debt = self._opened()
        self._assessed(debt)
        self._pay(move, 3650, "2026-10-15")
        charges, live = debt.charge_ids, self._live(debt)
        with self._law(), self.at("2026-11-03"):
            line = debt.move_line_id
            credit = line.matched_credit_ids.credit_move_id
            line.remove_move_reconcile()
            (line | credit).reconcile()
        self._follow("2026-11-04")
        self.assertEqual(debt.charge_ids, charges)
        self.assertEqual(self._live(debt), live)

    def test_a_legal_value_that_lacks_is_asked_for_again(self):
        move, debt = self._opened()
        self._assessed(debt)
        with self.at("2026-11-02"):  # without the law
            self._register_payment(move, amount=1650, payment_date="2026-10-20")
        self.assertNotIn("fee", self._live(debt))
        self._follow("2026-11-03")
        self.assertEqual(self._live(debt)["fee"], 180)

    # -- the property ------------------------------------------------------------------

    PAYMENTS = ((1000, "2026-10-04"), (850, "2026-10-12"), (333.33, "2026-11-03"))
    DAYS = ("2026-10-30", "2026-11-09")

    def test_the_order_of_booking_changes_no_sum(self):
        """Two assessments and three payments, booked in every order; the dates are the
        same, so is what is owed."""
        acts = ["first", "second", *self.PAYMENTS]
        last = self.PAYMENTS[-1]  # made after the first assessment
        orders = [
            one
            for one in permutations(acts)
            if one.index("first") < min(one.index("second"), one.index(last))
        ]
        results = set()
        for order in orders[::7]:
            with self.env.cr.savepoint() as undo:
                results.add(tuple(sorted(self._play(order).items())))
                undo.rollback()
            self.env.invalidate_all(flush=False)
        first = 2650 * 7 + 1800 * 18
        second = 1800 * 4 + 1466.67 * 6
        interest = [round(one / 3650, 2) for one in (first, second)]
        expected = {"compensation": 40, "fee": 162, "interest": round(sum(interest), 2)}
        self.assertEqual(results, {tuple(expected.items())})

    def _play(self, order):
        move, debt = self._opened()
        for act in order:
            if act in ("first", "second"):
                self._assessed(debt, self.DAYS[act == "second"])
            else:
                amount, day = act
                self._pay(move, amount, day, booked="2026-11-10")
        return self._live(debt)
