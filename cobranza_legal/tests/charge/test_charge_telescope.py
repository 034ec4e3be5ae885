from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ...kernel.interest import DayCount
from ...kernel.periods import Row, Series
from ...kernel.rates import RateLimit
from ..common.charging import ChargeCommon

DUE, END = "2024-01-31", "2024-12-31"
RATES = Series(
    "rate",
    "",
    (
        Row(date(2020, 1, 1), date(2024, 6, 30), Decimal("12.50")),
        Row(date(2024, 7, 1), None, Decimal("12.25")),
    ),
)
OFTEN = ("2024-02-29", "2024-03-31", "2024-05-17", "2024-07-01", "2024-10-30")
PART = ("2024-04-10", "2024-04-10", 333.33)
LATE = ("2024-08-20", "2024-03-05", 250.01)
UNDONE = ("2024-09-01", "2024-05-05", 100, "2024-11-11")


@tagged("post_install", "-at_install")
class TestChargeTelescope(ChargeCommon):
    """However often interest is charged, it sums to what one charge would have been."""

    def _both(self, payments=(), **vals):
        """(sum of many charges, one charge) of twin invoices with the same payments:
        (booked on, paid on, amount, undone on or nothing)."""
        terms = {"series": RATES, **vals.pop("terms", {})}
        move = {"due": DUE, "amount": 1000.01, "invoice_date": "2024-01-01", **vals}
        often, once = self._invoice(**move), self._invoice(**move)
        with self.law(interest=self.terms(**terms)):
            self._run("2024-02-05")
            for day, act in sorted(self._acts(often, once, payments)):
                with self.at(day):
                    act()
            self._assess_on(END, self._debts(often | once))
        return self._interest(often), self._interest(once)

    def _acts(self, often, once, payments):
        acts = [(day, _Act(self._charge_until, day, often)) for day in OFTEN]
        for booked, paid, amount, *undone in payments:
            made = []
            act = _Act(self._pay_both, often | once, amount, paid, made)
            acts.append((booked, act))
            acts += [(day, _Act(self._undo, made, often)) for day in undone]
        return acts

    def _charge_until(self, day, move):
        on = date.fromisoformat(day)
        self.env["cobranza.charge"]._assess(self._debts(move), on)

    def _pay_both(self, moves, amount, day, made):
        made += [
            self._register_payment(move, amount=amount, payment_date=day)
            for move in moves
        ]

    def _undo(self, made, move):
        for payment in made:
            payment.move_id.line_ids.remove_move_reconcile()
            # as a payment that never arrived
            payment.action_cancel()
        debtors = self._debts(move).debtor_id
        self.env["cobranza.charge"]._recompute_stale(debtors)

    def _interest(self, move):
        charges = self._debts(move).charge_ids
        live = charges.filtered(
            lambda charge: charge.kind == "interest" and charge.state != "reversed"
        )
        step = Decimal(str(move.currency_id.rounding))
        return sum(Decimal(str(one.amount)).quantize(step) for one in live)

    def test_many_charges_make_what_one_would_have(self):
        usual = {"rate change": (), "part payment": [PART], "booked late": [LATE]}
        usual["undone"] = [UNDONE]
        usual["all"] = [PART, LATE, UNDONE]
        for name, payments in usual.items():
            with self.subTest(name):
                often, once = self._both(payments)
                self.assertEqual(often, once)
                self.assertGreater(once, 0)

    def test_nor_do_leap_years_limits_grace_and_currencies_part_them(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        limit = RateLimit(Series.flat(Decimal("12.30")))
        for name, vals in {
            "leap year": {"terms": {"day_count": DayCount.ACT_ACT}},
            "360 days": {"terms": {"day_count": DayCount.ACT_360}},
            "cap": {"terms": {"cap": limit}},
            "grace": {"terms": {"grace_days": 40, "grace_retroactive": True}},
            "currency": {"currency_id": yen.id, "amount": 98765},
        }.items():
            with self.subTest(name):
                often, once = self._both([PART[:2] + (300,), LATE[:2] + (200,)], **vals)
                self.assertEqual(often, once)
                self.assertGreater(once, 0)

    def test_the_figure_of_each_rounding_would_differ(self):
        """Charged day by day, 1 000.01 at 0.1 % never reaches half a cent a day."""
        low = Series.flat(Decimal("0.1"))
        move = self._invoice(due=DUE, amount=1000.01, invoice_date="2024-01-01")
        with self.law(interest=self.terms(series=low)):
            self._run("2024-02-05")
            for day in range(6, 26):
                self._assess_on(f"2024-02-{day:02}", self._debts(move))
        # 25 days: 0.0685
        self.assertEqual(self._interest(move), Decimal("0.07"))


class _Act:
    """Something to do on a day, sorted by it."""

    def __init__(self, act, *args):
        self.act, self.args = act, args

    def __call__(self):
        self.act(*self.args)

    def __lt__(self, other):
        return False
