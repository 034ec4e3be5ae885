from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ...kernel.periods import Row, Series
from ..common.charging import ChargeCommon


@tagged("post_install", "-at_install")
class TestChargeInterest(ChargeCommon):
    """Interest runs from the day after the due date, and no day is charged twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice(due="2026-10-05", amount=3650)
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)

    def _interest(self, day, **terms):
        with self.law(interest=self.terms(**terms)):
            return self._assess_on(day, self.debt)[0]

    def test_from_the_day_after_the_due_date_to_today(self):
        charge = self._interest("2026-10-15")
        self.assertEqual(charge.amount, 10)
        days = (str(charge.period_from), str(charge.period_to))
        self.assertEqual(days, ("2026-10-06", "2026-10-15"))
        self.assertEqual(charge.formula, "3650.00 × 10% × 10/365")
        self.assertEqual((charge.rate_text, charge.article), ("10%", "Law 2 art. 7"))

    def test_the_next_charge_goes_on_where_the_last_ended(self):
        self._interest("2026-10-15")
        self.assertFalse(self._interest("2026-10-15"))
        charge = self._interest("2026-10-20")
        self.assertEqual((str(charge.period_from), charge.amount), ("2026-10-16", 5))

    def test_waived_interest_is_not_charged_again(self):
        self.company.cobranza_waive_limit = 100
        self._interest("2026-10-15")._waive("goodwill")
        charge = self._interest("2026-10-16")
        self.assertEqual(str(charge.period_from), "2026-10-16")

    def test_nothing_runs_inside_the_grace_and_all_of_it_when_retroactive(self):
        self.assertFalse(self._interest("2026-10-10", grace_days=5))
        late = self._interest("2026-10-11", grace_days=5, grace_retroactive=True)
        self.assertEqual(str(late.period_from), "2026-10-06")

    def test_a_payment_earns_until_its_own_day(self):
        with self.at("2026-10-10"):
            self._register_payment(self.move, amount=1825, payment_date="2026-10-10")
        charge = self._interest("2026-10-15")
        self.assertEqual(charge.amount, 5 + 2.5)
        self.assertEqual(
            charge.formula, "3650.00 × 10% × 5/365 + 1825.00 × 10% × 5/365"
        )

    def test_an_unallocated_payment_earns_until_its_own_day_too(self):
        with self.at("2026-10-10"):
            self._prepay(1825, "2026-10-10")
        self.assertEqual(self._interest("2026-10-15").amount, 5 + 2.5)

    def test_the_rate_of_each_day(self):
        rows = (
            Row(date(2026, 1, 1), date(2026, 10, 10), Decimal(10), "Gazette 1"),
            Row(date(2026, 10, 11), None, Decimal(20), "Gazette 2"),
        )
        charge = self._interest("2026-10-15", series=Series("rate", "", rows))
        self.assertEqual((charge.amount, charge.rate_text), (15, "10% / 20%"))
        days = [one["day"] for one in charge.values]
        self.assertEqual(days, ["2026-10-06", "2026-10-11"])

    def test_a_day_without_rate_is_refused_by_name(self):
        rows = (Row(date(2026, 1, 1), date(2026, 10, 10), Decimal(10)),)
        with self.law(interest=self.terms(series=Series("rate", "b2b", rows))):
            charges, refused = self._assess_on("2026-10-15", self.debt)
        self.assertFalse(charges)
        self.assertIn("rate[b2b] of 2026-10-11", refused[self.debt.id])
