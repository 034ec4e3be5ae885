"""The order of the collector's worklist."""

from dataclasses import dataclass, field
from decimal import Decimal

MONTH = 30
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each fact counts for a company; zero: it does not.

    ``amount`` is an exponent: 1 counts twice the debt as twice as urgent, 0.5 four
    times the debt as twice, 0 takes no notice of it. The others add that part of the
    score: ``age`` for every 30 days late, ``broken`` for every broken promise, ``act``
    when an act is due, ``large`` when at least ``large_from`` is overdue (in company
    currency; 0: never), ``habit`` for every 30 days that the debtor is late on average.

    The defaults: the money at stake, doubled for every month late; half as much again
    for each broken promise; what has an act due goes before what only waits.
    """

    amount: Decimal = ONE
    age: Decimal = ONE
    broken: Decimal = Decimal("0.5")
    act: Decimal = Decimal("0.25")
    large: Decimal = Decimal(0)
    large_from: Decimal = Decimal(0)
    habit: Decimal = Decimal(0)


DEFAULT = Weights()


@dataclass(frozen=True, slots=True)
class Priority:
    """The score of a debtor is the product of its ``factors``, and zero when nothing
    can be done: whoever can be worked comes first.

    ``overdue`` in company currency, ``days_late`` of the oldest debt, ``habit_days``
    late on average; 0 for whom that is not known or does not count.
    """

    overdue: Decimal
    days_late: int
    broken_promises: int
    workable: bool = True
    act_due: bool = False
    weights: Weights = field(default=DEFAULT)
    habit_days: Decimal = Decimal(0)

    def factors(self) -> dict[str, Decimal]:
        """What each fact contributes; their product is the score."""
        weights, overdue = self.weights, max(Decimal(0), self.overdue)
        months = Decimal(max(0, self.days_late)) / MONTH
        is_large = 0 < weights.large_from <= overdue
        return {
            "amount": _power(overdue, weights.amount),
            "age": ONE + weights.age * months,
            "broken": ONE + weights.broken * max(0, self.broken_promises),
            "act": ONE + weights.act * self.act_due,
            "large": ONE + weights.large * is_large,
            "habit": ONE + weights.habit * max(Decimal(0), self.habit_days) / MONTH,
            "workable": Decimal(int(self.workable)),
        }

    @property
    def score(self) -> Decimal:
        result = ONE
        for factor in self.factors().values():
            result *= factor
        return result

    def parts(self) -> dict[str, object]:
        """The facts, of which any weights make a score, and what each contributes."""
        return {
            "overdue": str(self.overdue),
            "days_late": str(self.days_late),
            "broken_promises": str(self.broken_promises),
            "workable": self.workable,
            "act_due": self.act_due,
            "habit_days": str(self.habit_days),
            "factors": {name: str(value) for name, value in self.factors().items()},
        }

    @classmethod
    def of_parts(cls, parts, weights: Weights) -> "Priority":
        """The priority of stored ``parts`` under other weights. Facts that were not
        stored yet count as nothing."""
        return cls(
            Decimal(parts["overdue"]),
            int(parts["days_late"]),
            int(parts["broken_promises"]),
            bool(parts.get("workable", True)),
            bool(parts.get("act_due")),
            weights,
            Decimal(parts.get("habit_days", 0)),
        )


def _power(amount: Decimal, exponent: Decimal) -> Decimal:
    if exponent == ONE or not amount:
        return amount
    return amount**exponent
