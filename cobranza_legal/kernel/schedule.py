"""Instalments of an agreement: their days, principal and interest, to the last unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import pairwise

from .calendars import WorkCalendar
from .errors import InvalidPeriod, RefusedSchedule
from .interest import DayCount, InterestTerms, accrue
from .money import Money, round_to
from .periods import ONE_DAY, Period, Series, add_months

MOST_ROWS = 600
"""Fifty years of months: a schedule that is longer repays nothing in earnest."""


class Method(str, Enum):
    """What stays the same from one instalment to the next.

    FRENCH: the sum of principal and interest. LINEAR: the principal. FIXED: an agreed
    sum, for as long as it takes. GIVEN: nothing, each row says its sum.
    """

    FRENCH = "french"
    LINEAR = "linear"
    FIXED = "fixed"
    GIVEN = "given"


class WorkingDay(str, Enum):
    """Where an instalment goes that falls due on a day on which nobody works."""

    SAME = "same"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class ScheduleTerms:
    """How an amount is repaid.

    ``start`` is the day from which interest runs, ``rate`` yearly percent, fixed for
    the whole agreement. A whole month counts a twelfth of a year; the days of a broken
    one are counted by ``day_count``. ``unit`` is the smallest coin: 0.01, or 1 for
    pesos. In the first ``grace`` instalments only interest is paid.
    """

    start: date
    rate: Decimal
    method: Method
    unit: Decimal
    day_count: DayCount = DayCount.ACT_365
    grace: int = 0
    working_day: WorkingDay = WorkingDay.SAME
    calendar: "WorkCalendar | None" = None


@dataclass(frozen=True, slots=True)
class Instalment:
    """One row: what is paid on ``due``, and the principal open after it.

    ``nominal`` is the day agreed, to which interest runs; ``due`` the working day on
    which it has to be paid.
    """

    number: int
    nominal: date
    due: date
    principal: Money
    interest: Money
    balance: Money

    @property
    def amount(self) -> Money:
        return self.principal + self.interest


def monthly_days(first: date, count: int, step: int = 1) -> tuple[date, ...]:
    """``count`` days from ``first`` on, ``step`` months apart: the same day of each
    month, or its last one."""
    return tuple(add_months(first, step * n) for n in range(count))


def repay(
    amount: Money, terms: ScheduleTerms, days: Sequence[date]
) -> tuple[Instalment, ...]:
    """The instalments that repay ``amount`` on ``days``; FRENCH, else LINEAR.

    The interest of each row is rounded HALF_UP, the last row absorbs what rounding
    leaves: the principal parts sum to ``amount`` to the last unit. RefusedSchedule for
    a row that would pay nothing or less; InvalidPeriod for days that do not rise or lie
    before the start.
    """
    _check(amount, terms, days)
    paying = len(days) - terms.grace
    if paying < 1:
        raise RefusedSchedule("grace", len(days))
    grace = [None] * terms.grace
    if terms.method is Method.FRENCH:
        return _rows(
            amount, terms, days, sums=grace + [_level(amount, terms, days)] * paying
        )
    part = amount.amount / paying // terms.unit * terms.unit
    parts = [Money(part, amount.currency)] * paying
    return _rows(amount, terms, days, principal=grace + parts)


def repay_fixed(
    amount: Money,
    terms: ScheduleTerms,
    first: date,
    instalment: Money,
    step: int = 1,
    most: int = MOST_ROWS,
) -> tuple[Instalment, ...]:
    """The instalments of one sum, every ``step`` months from ``first`` until nothing is
    left; the last one is what is left. RefusedSchedule if the sum does not even pay the
    interest, or takes longer than ``most`` rows."""
    days = monthly_days(first, most, step)
    _check(amount, terms, days)
    parts, balance = [], amount
    for number in range(most):
        interest = _interest(balance, terms, days, number)
        in_grace = number < terms.grace
        if not in_grace and instalment <= interest:
            raise RefusedSchedule("interest", number + 1)
        parts.append(None if in_grace else min(balance, instalment - interest))
        balance -= parts[-1] or Money.zero(amount.currency)
        if balance.is_zero:
            return _rows(amount, terms, days[: number + 1], principal=parts)
    raise RefusedSchedule("long", most)


def repay_given(
    amount: Money, terms: ScheduleTerms, days: Sequence[date], sums: Sequence[Money]
) -> tuple[Instalment, ...]:
    """The instalments of given sums on given days, interest included; the last day pays
    what is left, whatever its sum would be: ``sums`` has one less than ``days``.
    RefusedSchedule if nothing is left for it, or a sum does not pay its interest."""
    if len(sums) != len(days) - 1:
        raise ValueError("Every day but the last needs its sum.")
    _check(amount, terms, days)
    return _rows(amount, terms, days, sums=[*sums, None])


def _rows(amount, terms, days, *, principal=None, sums=None) -> tuple[Instalment, ...]:
    """One row a day, of these principal parts or of these sums with interest; None:
    only interest. The last row pays what is left."""
    rows, balance, last = [], amount, len(days) - 1
    for number, nominal in enumerate(days):
        interest = _interest(balance, terms, days, number)
        known = (principal or sums)[min(number, last)]
        if number == last:
            part = balance
        elif known is None:
            part = Money.zero(amount.currency)
        else:
            part = known if principal else known - interest
        only_interest = number != last and known is None and not interest.is_zero
        if part.amount < 0 or (part.is_zero and not only_interest):
            raise RefusedSchedule("small", number + 1)
        balance -= part
        rows.append(
            Instalment(
                number + 1, nominal, _due(nominal, terms), part, interest, balance
            )
        )
        if number != last and balance.amount <= 0:
            raise RefusedSchedule("early", number + 2)
    return tuple(rows)


def _check(amount: Money, terms: ScheduleTerms, days: Sequence[date]) -> None:
    if amount.amount <= 0 or not days:
        raise RefusedSchedule("nothing")
    if amount.amount % terms.unit:
        raise ValueError(f"{amount} is no multiple of {terms.unit}.")
    if terms.rate < 0:
        raise ValueError("A rate below zero would pay the debtor.")
    if days[0] < terms.start:
        raise InvalidPeriod(f"{days[0]} is before {terms.start}.")
    if any(one >= two for one, two in pairwise(days)):
        raise InvalidPeriod("The days of instalments must rise.")


def _due(nominal: date, terms: ScheduleTerms) -> date:
    if terms.calendar is None or terms.working_day is WorkingDay.SAME:
        return nominal
    if terms.working_day is WorkingDay.NEXT:
        return terms.calendar.next_working(nominal)
    return max(terms.start, terms.calendar.previous_working(nominal))


def _level(amount: Money, terms: ScheduleTerms, days: Sequence[date]) -> Money:
    """The sum that, paid on every day after the grace, repays with interest."""
    worth, discount = Fraction(0), Fraction(1)
    for number in range(terms.grace, len(days)):
        growth = 1 + _factor(terms, days, number)
        discount /= growth
        worth += discount
    exact = _decimal(Fraction(amount.amount) / worth)
    return Money(round_to(exact, terms.unit), amount.currency)


def _interest(balance: Money, terms: ScheduleTerms, days, number: int) -> Money:
    """What ``balance`` earns from the row before to this one, rounded."""
    exact = _decimal(Fraction(balance.amount) * _factor(terms, days, number))
    return Money(round_to(exact, terms.unit), balance.currency)


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / number.denominator


def _factor(terms: ScheduleTerms, days: Sequence[date], number: int) -> Fraction:
    """Interest of one unit of principal over the period that ends with this row."""
    since = days[number - 1] if number else terms.start
    months, rest = whole_months(since, days[number])
    flat = InterestTerms(Series.flat(terms.rate), day_count=terms.day_count)
    broken = accrue(Money(Decimal(1), ""), flat, rest).slices
    return Fraction(terms.rate) * months / 1200 + sum(
        Fraction(one.rate) * one.days / (100 * one.year) for one in broken
    )


def whole_months(since: date, until: date) -> "tuple[int, Period | None]":
    """The whole months from ``since`` to ``until``, and the days left, None if none.

    From the last of a month to the last of another are whole months.
    """
    months = 12 * (until.year - since.year) + until.month - since.month
    if add_months(since, months) == until or add_months(until, -months) == since:
        return months, None
    while months and add_months(since, months) > until:
        months -= 1
    return months, Period(add_months(since, months) + ONE_DAY, until)
