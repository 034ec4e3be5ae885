"""Simple interest at rates that change over time."""

from calendar import isleap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from math import lcm

from .errors import InvalidPeriod, RefusedDayCount, RefusedTerms
from .money import Money, round_to, total
from .periods import ONE_DAY, Period, Series, accrual, partition
from .rates import AgreedRate, RateLimit

ZERO = Decimal(0)


class DayCount(str, Enum):
    """How days become a fraction of a year; ACT/ACT: of 366 days in leap years."""

    ACT_365 = "ACT/365"
    ACT_ACT = "ACT/ACT"
    ACT_360 = "ACT/360"
    THIRTY_360 = "30/360"


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """At which rate and how default interest runs.

    ``series`` are yearly rates in percent (5.25 is 5.25 %), ``spread`` percentage
    points on top, ``cap`` and ``floor`` the limits of their sum. Paid within
    ``grace_days`` days of the due date nothing runs; later it runs from the day after
    the grace, or from the day after the due date if ``grace_retroactive``. ``refused``
    are the day counts that the law does not accept.

    Nothing is compounded but by agreement: at the end of each day of ``capitalised_on``
    the interest run until then joins the base; days closer than ``capitalised_after``
    to the one before, or to the start, are refused. CC (CL) art. 1559 N° 3, Ley 18.010
    (CL) arts. 9 and 16; CC (ES) art. 1109, CCom (ES) art. 317.
    """

    series: Series
    spread: Decimal = ZERO
    day_count: DayCount = DayCount.ACT_365
    grace_days: int = 0
    grace_retroactive: bool = False
    article: str = ""
    refused: frozenset[DayCount] = frozenset()
    rounding_unit: Decimal = Decimal("0.01")
    cap: "RateLimit | None" = None
    floor: "RateLimit | None" = None
    capitalised_on: tuple[date, ...] = ()
    capitalised_after: int = 0

    @property
    def rate(self) -> AgreedRate:
        """The yearly rate within its limits."""
        return AgreedRate(self.series, self.spread, self.floor, self.cap)


@dataclass(frozen=True, slots=True)
class Slice:
    """``amount`` = ``base`` × ``rate`` % × ``days`` / ``year``, unrounded.

    ``days`` and ``year`` are those of the day count, ``rate`` includes the spread;
    ``article`` is that of the limit that changed the rate, if any.
    """

    period: Period
    days: int
    rate: Decimal
    base: Decimal
    amount: Decimal
    year: int = 365
    article: str = ""


@dataclass(frozen=True, slots=True)
class Accrual:
    """Interest of a period: its slices, the unrounded sum, and that rounded once."""

    slices: tuple[Slice, ...]
    exact: Decimal
    amount: Money


def accrue(base: Money, terms: InterestTerms, period: "Period | None") -> Accrual:
    """Simple interest on ``base`` over ``period`` (both ends earn; None: nothing).

    Cut where the rate changes; unrounded slices are summed and rounded HALF_UP once. A
    base that is not positive earns nothing and needs no rate. MissingValue for a day
    without rate, RefusedDayCount for a refused day count, RefusedTerms for a rate or a
    capitalisation that may not be agreed. Ley 3/2004 (ES) art. 7; Código Civil (ES)
    art. 1108; LEC (ES) art. 576; Ley 18.010 (CL) arts. 11, 16.
    """
    balances = [(period.first, base)] if period else []
    return _accrue(balances, terms, period, base.currency)


def accrue_balances(
    balances: Sequence[tuple[date, Money]],
    terms: InterestTerms,
    period: "Period | None",
    suspended: Iterable[Period] = (),
) -> Accrual:
    """As ``accrue``, on a base that changes: each balance holds from its day on.

    A payment earns interest until its own day, so it lowers the balance from the day
    after. The days of ``suspended`` earn nothing and need no rate. InvalidPeriod if the
    balances do not rise by day or leave out the start of the period; CurrencyMismatch
    if they differ in currency; ValueError if empty.
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
    return _accrue(balances, terms, period, currency, tuple(suspended))


def late_period(due: date, until: date, terms: InterestTerms) -> "Period | None":
    """The days that earn default interest when paid on ``until``, None if none does.

    Nothing inside the grace; after it, from the day after the due date if the grace is
    retroactive, else from the day after the grace.
    """
    grace = timedelta(days=terms.grace_days)
    if until <= due + grace:
        return None
    return accrual(due if terms.grace_retroactive else due + grace, until)


def _accrue(
    balances: Sequence[tuple[date, Money]],
    terms: InterestTerms,
    period: "Period | None",
    currency: str,
    suspended: tuple[Period, ...] = (),
) -> Accrual:
    if terms.day_count in terms.refused:
        raise RefusedDayCount(f"Day count {terms.day_count.value} is not accepted.")
    slices: list[Slice] = []
    numerators: dict[int, Decimal] = {}
    capitalised = ZERO
    joins = _capitalisations(terms, period)
    cuts = [*joins, *(day for day, _base in balances)]
    cuts += [day for one in suspended for day in (one.first, one.last + ONE_DAY)]
    for piece in partition(period, cuts) if period else ():
        if piece.first in joins:
            capitalised = _exact(numerators)
        if any(one.contains(piece.first) for one in suspended):
            continue
        base = [money for day, money in balances if day <= piece.first][-1].amount
        base = max(ZERO, base + capitalised)
        for one in _slices(base, terms, piece) if base else ():
            product = one.base * one.rate * one.days
            numerators[one.year] = numerators.get(one.year, ZERO) + product
            slices.append(one)
    exact = _exact(numerators)
    amount = Money(round_to(exact, terms.rounding_unit), currency)
    return Accrual(tuple(slices), exact, amount)


def _capitalisations(terms: InterestTerms, period: "Period | None") -> frozenset[date]:
    """The days from which the interest run before is part of the base."""
    if not period:
        return frozenset()
    days = sorted(day for day in set(terms.capitalised_on) if period.contains(day))
    for one, two in pairwise([period.first - ONE_DAY, *days]):
        if (two - one).days < terms.capitalised_after:
            raise RefusedTerms(
                f"Interest may not be capitalised on {two}, less than "
                f"{terms.capitalised_after} days after {one}."
            )
    return frozenset(day + ONE_DAY for day in days)


def _slices(base: Decimal, terms: InterestTerms, piece: Period) -> Iterator[Slice]:
    """The slices of one base: cut where the rate or the length of the year changes."""
    for part in terms.rate.slices(piece):
        for span in partition(part.period, _new_years(terms.day_count, part.period)):
            year = _year(terms.day_count, span.first)
            days = _days(span, terms.day_count)
            amount = base * part.rate * days / (100 * year)
            yield Slice(span, days, part.rate, base, amount, year, part.article)


def _new_years(day_count: DayCount, period: Period) -> Iterable[date]:
    """The first days of the years inside the period whose length is another one."""
    days = (date(year, 1, 1) for year in range(period.first.year, period.last.year + 1))
    return (
        day for day in days if _year(day_count, day) != _year(day_count, day - ONE_DAY)
    )


def _year(day_count: DayCount, day: date) -> int:
    """Days of the year of ``day`` by the count."""
    if day_count is DayCount.ACT_ACT:
        return 366 if isleap(day.year) else 365
    return 365 if day_count is DayCount.ACT_365 else 360


def _exact(numerators: dict[int, Decimal]) -> Decimal:
    """The sum of all slices, by one division only."""
    common = lcm(*numerators)
    whole = sum((n * (common // year) for year, n in numerators.items()), ZERO)
    return whole / (100 * common)


def _days(period: Period, day_count: DayCount) -> int:
    """Days by the count: 30/360 is the difference of day numbers, hence additive."""
    if day_count is not DayCount.THIRTY_360:
        return period.days
    return _number(period.last) - _number(period.first - ONE_DAY)


def _number(day: date) -> int:
    return 360 * day.year + 30 * day.month + min(day.day, 30)
