"""Simple interest at rates that change over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from .errors import InvalidPeriod, RefusedDayCount
from .money import Money, round_to, total
from .periods import ONE_DAY, Period, Series, accrual, partition

ZERO = Decimal(0)


class DayCount(str, Enum):
    """How days become a fraction of a year."""

    ACT_365 = "ACT/365"
    ACT_360 = "ACT/360"
    THIRTY_360 = "30/360"


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """At which rate and how default interest runs.

    ``series`` are yearly rates in percent (5.25 is 5.25 %), ``spread`` percentage
    points on top. Paid within ``grace_days`` days of the due date nothing runs; later
    it runs from the day after the grace, or from the day after the due date if
    ``grace_retroactive``. ``refused`` are the day counts that the law does not accept.
    """

    series: Series
    spread: Decimal = ZERO
    day_count: DayCount = DayCount.ACT_365
    grace_days: int = 0
    grace_retroactive: bool = False
    article: str = ""
    refused: frozenset[DayCount] = frozenset()
    rounding_unit: Decimal = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Slice:
    """``amount`` = ``base`` × ``rate`` % × ``days`` / year, unrounded.

    ``days`` are those of the day count, ``rate`` includes the spread.
    """

    period: Period
    days: int
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Accrual:
    """Interest of a period: its slices, the unrounded sum, and that rounded once."""

    slices: tuple[Slice, ...]
    exact: Decimal
    amount: Money


def accrue(base: Money, terms: InterestTerms, period: "Period | None") -> Accrual:
    """Simple interest on ``base`` over ``period`` (both ends earn; None: nothing).

    Cut where the rate changes; unrounded slices are summed and rounded HALF_UP once.
    MissingValue for a day without rate, RefusedDayCount for a refused day count.
    Ley 3/2004 (ES) art. 7; Código Civil (ES) art. 1108; LEC (ES) art. 576.
    """
    balances = [(period.first, base)] if period else []
    return _accrue(balances, terms, period, base.currency)


def accrue_balances(
    balances: Sequence[tuple[date, Money]],
    terms: InterestTerms,
    period: "Period | None",
) -> Accrual:
    """As ``accrue``, on a base that changes: each balance holds from its day on.

    A payment earns interest until its own day, so it lowers the balance from the day
    after. InvalidPeriod if the balances do not rise by day or leave out the start of
    the period; CurrencyMismatch if they differ in currency; ValueError if empty.
    """
    if not balances:
        raise ValueError("Interest needs at least one balance.")
    days = [day for day, _base in balances]
    if any(one >= two for one, two in pairwise(days)):
        raise InvalidPeriod("The days of the balances must rise.")
    if period and period.first < days[0]:
        raise InvalidPeriod(f"No balance is known on {period.first}.")
    currency = balances[0][1].currency
    total((base for _day, base in balances), currency)
    return _accrue(balances, terms, period, currency)


def late_period(due: date, until: date, terms: InterestTerms) -> "Period | None":
    """The days that earn default interest when paid on ``until``, None if none does.

    Nothing inside the grace; after it, from the day after the due date if the grace is
    retroactive, else from the day after the grace.
    """
    grace = timedelta(days=terms.grace_days)
    if until <= due + grace:
        return None
    return accrual(due if terms.grace_retroactive else due + grace, until)


def below_floor(rate: Decimal, legal: Decimal, share: Decimal) -> bool:
    """Whether an agreed ``rate`` lies under ``share`` (0.3) of the ``legal`` one.

    Ley 3/2004 (ES) art. 9.1: 70 % under the legal rate is presumed abusive.
    """
    return rate < share * legal


def _accrue(
    balances: Sequence[tuple[date, Money]],
    terms: InterestTerms,
    period: "Period | None",
    currency: str,
) -> Accrual:
    if terms.day_count in terms.refused:
        raise RefusedDayCount(f"Day count {terms.day_count.value} is not accepted.")
    year = 365 if terms.day_count is DayCount.ACT_365 else 360
    slices = []
    numerator = ZERO
    for part, value in terms.series.slices(period) if period else ():
        rate = value + terms.spread
        for piece in partition(part, [day for day, _base in balances]):
            base = [money for day, money in balances if day <= piece.first][-1].amount
            days = _days(piece, terms.day_count)
            product = base * rate * days
            numerator += product
            slices.append(Slice(piece, days, rate, base, product / (100 * year)))
    exact = numerator / (100 * year)
    amount = Money(round_to(exact, terms.rounding_unit), currency)
    return Accrual(tuple(slices), exact, amount)


def _days(period: Period, day_count: DayCount) -> int:
    """Days by the count: 30/360 is the difference of day numbers, hence additive."""
    if day_count is not DayCount.THIRTY_360:
        return period.days
    return _number(period.last) - _number(period.first - ONE_DAY)


def _number(day: date) -> int:
    return 360 * day.year + 30 * day.month + min(day.day, 30)
