"""Amounts that follow an index: a unit of account of each day, or a monthly index."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from .money import Money, round_to
from .periods import add_months


class Table(Protocol):
    """What is asked of a ``legal_table.LegalTable``."""

    def number(self, code: str, on: date, key: str = "") -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Index:
    """``code`` and ``key`` of a legal value that amounts follow.

    ``lag`` months back is the value of a day: 1 for an index that is published in the
    month after its own, 0 for a unit of the day. ``falls``: an amount falls with it,
    else it never goes below itself.
    """

    code: str
    key: str = ""
    lag: int = 0
    falls: bool = True
    article: str = ""

    def at(self, table: Table, on: date) -> Decimal:
        """Its value for a day; MissingValue names the day (the lag applied) whose value
        is not known: nothing is carried forward."""
        day = add_months(on, -self.lag) if self.lag else on
        return table.number(self.code, day, self.key)


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

    ValueError for values that are not positive.
    """
    if first <= 0 or last <= 0:
        raise ValueError("An index is positive.")
    last = last if falls else max(first, last)
    exact = base.amount * last / first
    amount = Money(round_to(exact, unit, rounding), base.currency)
    return Indexation(base, first, last, exact, amount)


def index_between(
    base: Money, table: Table, index: Index, since: date, on: date, unit: Decimal
) -> Indexation:
    """``base`` of the day ``since`` as it stands on another.

    MissingValue or NoSuchRule if the index is not known on one of them. Reajuste by UF:
    Ley 18.010 (CL) arts. 3 and 25; also of interest given back (art. 8).
    """
    first, last = index.at(table, since), index.at(table, on)
    return indexed(base, first, last, unit, falls=index.falls)


def in_units(amount: Money, unit_value: Decimal) -> Decimal:
    """``amount`` in units of account, unrounded; ValueError if a unit costs nothing."""
    if unit_value <= 0:
        raise ValueError("A unit of account has a positive value.")
    return amount.amount / unit_value


def valued(units: Decimal, unit_value: Decimal, currency: str, unit: Decimal) -> Money:
    """Units of account in ``currency``, rounded HALF_UP once to ``unit``.

    What is owed in units is paid at their value of the day of payment: Ley 18.010 (CL)
    art. 25.
    """
    return Money(round_to(units * unit_value, unit), currency)
