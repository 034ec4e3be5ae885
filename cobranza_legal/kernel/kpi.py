"""The figures by which collection is judged, from amounts to days and percentages.

Every figure is a fraction: numerator / denominator × factor, rounded once, at the end.
None where there is nothing to divide by: no sales, nothing due, no promise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .errors import KernelError
from .money import round_to

ZERO = Decimal(0)
HUNDRED = Decimal(100)
YEAR = Decimal(365)
STEP = Decimal("0.01")


class TaxMismatch(KernelError):
    """Receivables with tax were set against sales without it, or the other way."""

    def __init__(self, receivables: bool, sales: bool):
        self.receivables = receivables
        self.sales = sales
        words = {True: "with tax", False: "without tax"}
        super().__init__(
            f"Receivables are {words[receivables]}, sales {words[sales]}: "
            "take both with tax or both without."
        )

    def __reduce__(self):
        return type(self), (self.receivables, self.sales)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in the currency of the company, with the tax in it or without."""

    value: Decimal
    with_tax: bool = True


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold in so many ``days``: the two go together, for the sales of a
    quarter times 365 would be four times too many days."""

    value: Decimal
    days: Decimal
    with_tax: bool = True

    def annualised(self, periods: int) -> "Sales":
        """The same as sales of a year of so many such periods (4 quarters)."""
        return Sales(self.value * periods, YEAR, self.with_tax)


def fraction(
    numerator: Decimal, denominator: Decimal, factor: Decimal = Decimal(1)
) -> "Decimal | None":
    """numerator / denominator × factor, to two decimals, half up."""
    if not denominator:
        return None
    return round_to(numerator * factor / denominator, STEP)


def meets(
    value: "Decimal | None", target: "Decimal | None", better: str, strict: bool = True
) -> "bool | None":
    """Whether a value, as it is shown, meets a target; None where either lacks.
    ``better``: lower or higher; ``strict``: the target itself does not meet it."""
    if value is None or target is None:
        return None
    if value == target:
        return not strict
    return value < target if better == "lower" else value > target


def check_tax(receivables: bool, sales: bool) -> None:
    """TaxMismatch unless both are with tax or both without."""
    if receivables != sales:
        raise TaxMismatch(receivables, sales)


def dso(receivables: Amount, sales: Sales) -> "Decimal | None":
    """Days sales outstanding: receivables / sales × the days of those sales.
    TaxMismatch."""
    check_tax(receivables.with_tax, sales.with_tax)
    return fraction(receivables.value, sales.value, sales.days)


def countback(receivables: Amount, months: "Iterable[Sales]") -> "Decimal | None":
    """Days sales outstanding by counting back: the days of the youngest months whose
    sales the receivables are, the last one in part. ``months`` from the youngest to
    the oldest; None when they do not reach. TaxMismatch."""
    left, days = receivables.value, ZERO
    if left <= 0:
        return ZERO
    for month in months:
        check_tax(receivables.with_tax, month.with_tax)
        if month.value >= left:
            return round_to(days + month.days * left / month.value, STEP)
        left, days = left - month.value, days + month.days
    return None


def best_dso(current: Amount, sales: Sales) -> "Decimal | None":
    """Best possible days sales outstanding: as if everybody paid when it is due, by
    what is not yet due."""
    return dso(current, sales)


def average_delay(
    receivables: Amount, current: Amount, sales: Sales
) -> "Decimal | None":
    """Average days delinquent: the days sales outstanding less the best possible."""
    whole, best = dso(receivables, sales), best_dso(current, sales)
    return None if whole is None or best is None else whole - best


def percent(part: Decimal, whole: Decimal) -> "Decimal | None":
    """part / whole × 100: overdue of what is open, collected of what was due, kept of
    what was promised, recovered of what was entrusted, cost of what was recovered."""
    return fraction(part, whole, HUNDRED)


def collection_index(
    begin: Decimal, sales: Decimal, end: Decimal, current: Decimal
) -> "Decimal | None":
    """Collection effectiveness index: of all that could have been collected in a
    period (receivables at its begin and its sales, less what is not due at its end),
    how much was."""
    return percent(begin + sales - end, begin + sales - current)


def roll_rate(before: "dict[int, Decimal]", after: "dict[int, Decimal]"):
    """(numerator, denominator) of what was in one bucket, by item, and is still open in
    the next one: of each item no more than was there."""
    left = sum((min(before[key], after[key]) for key in before if key in after), ZERO)
    return left, sum(before.values(), ZERO)
