"""Amounts that follow an index: a unit of account of each day, or a monthly index."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .money import Money, round_to


@dataclass(frozen=True, slots=True)
class Indexation:
    """``base`` × ``last`` / ``first`` = ``exact``; ``amount``: that rounded once."""

    base: Money
    first: Decimal
    last: Decimal
    exact: Decimal
    amount: Money

    @property
    def adjustment(self) -> Money:
        """What the index adds to the base; negative where it has fallen."""
        return self.amount - self.base


def indexed(
    base: Money,
    first: Decimal,
    last: Decimal,
    unit: Decimal,
    rounding: str = ROUND_HALF_UP,
    falls: bool = True,
) -> Indexation:
    """``base`` at the ratio of two values of an index, to a multiple of ``unit``.

    ``falls``: the amount falls with the index, else it never goes below itself.
    Reajuste by UF: Ley 18.010 (CL) arts. 3 and 25; also of interest given back (art.
    8). ValueError for values that are not positive.
    """
    if first <= 0 or last <= 0:
        raise ValueError("An index is positive.")
    last = last if falls else max(first, last)
    exact = base.amount * last / first
    amount = Money(round_to(exact, unit, rounding), base.currency)
    return Indexation(base, first, last, exact, amount)


def valued(units: Decimal, unit_value: Decimal, currency: str, unit: Decimal) -> Money:
    """Units of account in ``currency``, rounded HALF_UP once to ``unit``.

    What is owed in units is paid at their value of the day of payment: Ley 18.010 (CL)
    art. 25.
    """
    return Money(round_to(units * unit_value, unit), currency)
