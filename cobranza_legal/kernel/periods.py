"""Days, periods with both ends included, and values that change on given days."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from .errors import InvalidPeriod, MissingValue, NoSuchRule, OverlapError

ONE_DAY = timedelta(days=1)


def add_months(day: date, n: int) -> date:
    """The same day ``n`` months later (earlier if negative), or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``first`` to ``last``, both included; InvalidPeriod if none."""

    first: date
    last: date

    def __post_init__(self):
        if self.last < self.first:
            raise InvalidPeriod(f"{self.last} is before {self.first}.")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last


def accrual(due: date, until: date) -> "Period | None":
    """The days in default: the day after ``due`` to ``until``; None if there are none.

    Código de Comercio (ES) art. 63; Código Civil (CL) arts. 48-50.
    """
    return Period(due + ONE_DAY, until) if until > due else None


def partition(period: Period, cuts: Iterable[date]) -> tuple[Period, ...]:
    """``period`` in slices, a new one starting at every cut that lies inside it."""
    starts = sorted({cut for cut in cuts if period.first < cut <= period.last})
    bounds = [period.first, *starts, period.last + ONE_DAY]
    return tuple(Period(one, two - ONE_DAY) for one, two in pairwise(bounds))


@dataclass(frozen=True, slots=True)
class Row:
    """``value`` on every day from ``first`` to ``last`` (None: without end).

    ``value`` None states that there is no such rule on those days. ``source`` and
    ``article`` say where it comes from.
    """

    first: date
    last: "date | None"
    value: "Decimal | None"
    source: str = ""
    article: str = ""

    def __post_init__(self):
        if self.last is not None and self.last < self.first:
            raise InvalidPeriod(f"{self.last} is before {self.first}.")


@dataclass(frozen=True, slots=True)
class Series:
    """A piecewise constant value: disjoint ``rows`` sorted by day.

    ``code`` and ``key`` name it in errors. OverlapError if the rows are not disjoint
    and sorted.
    """

    code: str
    key: str
    rows: tuple[Row, ...]

    def __post_init__(self):
        for one, two in pairwise(self.rows):
            if one.last is None or one.last >= two.first:
                raise OverlapError(f"{self.code}[{self.key}]: overlap at {two.first}.")

    @classmethod
    def flat(cls, value: Decimal, code: str = "contract", key: str = "") -> "Series":
        """The same value on every day, such as a rate agreed in a contract."""
        return cls(code, key, (Row(date.min, None, value),))

    def row(self, day: date) -> Row:
        """The row that covers ``day``; MissingValue if none does."""
        at = bisect_right(self.rows, day, key=lambda row: row.first)
        row = self.rows[at - 1] if at else None
        if row is None or (row.last is not None and row.last < day):
            raise MissingValue(self.code, day, self.key)
        return row

    def at(self, day: date) -> Decimal:
        """The value on ``day``; MissingValue, or NoSuchRule if the row has none."""
        value = self.row(day).value
        if value is None:
            raise NoSuchRule(self.code, day, self.key)
        return value

    def spans(
        self, period: Period, ruled: bool = False
    ) -> "tuple[tuple[Period, Decimal | None], ...]":
        """``period`` cut where the row changes, each part with its value, None where
        the law has no such rule (NoSuchRule instead if it must be ``ruled``).

        MissingValue names the first day of the period without a row.
        """
        found = []
        day = period.first
        while True:
            row = self.row(day)
            value = self.at(day) if ruled else row.value
            last = period.last if row.last is None else min(row.last, period.last)
            found.append((Period(day, last), value))
            if last == period.last:
                return tuple(found)
            day = last + ONE_DAY

    def slices(self, period: Period) -> tuple[tuple[Period, Decimal], ...]:
        """``period`` cut where the row changes, each slice with its value.

        MissingValue or NoSuchRule names the first day of the period without a value.
        """
        return self.spans(period, ruled=True)
