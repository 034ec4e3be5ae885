"""Dated legal values, read once and then asked by code, key and day."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import groupby
from types import MappingProxyType

from .errors import (
    GapError,
    InvalidPeriod,
    KernelError,
    MissingValue,
    NoSuchRule,
    OverlapError,
)
from .periods import ONE_DAY, Row, Series, add_months


class Validity(str, Enum):
    """How far a value reaches: its day only, its month, or from first to last."""

    DAY = "day"
    MONTH = "month"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class LegalValue:
    """One row of a legal parameter.

    ``key`` tells segments or regimes of a code apart; ``last`` None is open ended;
    ``value`` None states that the law has no such rule yet; a higher ``rank`` corrects
    the days it covers; ``unit``, ``article`` and ``source`` are shown to the user.
    """

    code: str
    key: str
    first: date
    last: "date | None"
    value: "Decimal | None"
    rank: int = 0
    source: str = ""
    article: str = ""
    unit: str = ""


def _span(validity: Validity, value: LegalValue) -> tuple[date, date]:
    if validity is Validity.DAY:
        return value.first, value.first
    if validity is Validity.MONTH:
        first = value.first.replace(day=1)
        return first, add_months(first, 1) - ONE_DAY
    last = date.max if value.last is None else value.last
    if last < value.first:
        raise InvalidPeriod(f"{value.code}[{value.key}]: {last} < {value.first}.")
    return value.first, last


def _overlap(value: LegalValue) -> OverlapError:
    return OverlapError(
        f"{value.code}[{value.key}]: two rows of rank {value.rank} on {value.first}."
    )


def _groups(values: Iterable[LegalValue]):
    def name(value):
        return value.code, value.key, value.rank

    def order(value):
        return *name(value), value.first

    return groupby(sorted(values, key=order), key=name)


def check_values(validity: Validity, values: Iterable[LegalValue]) -> None:
    """Refuse rows that contradict each other or leave days out.

    OverlapError: same code, key and rank cover a day twice (a month or day given
    twice). GapError: PERIOD rows of rank 0 with days between them; open ends are
    allowed. InvalidPeriod: a row that ends before it starts.
    """
    _check(validity, values, gaps=True)


def _check(validity: Validity, values: Iterable[LegalValue], gaps: bool) -> None:
    for (code, key, rank), group in _groups(values):
        previous = None
        for value in group:
            first, last = _span(validity, value)
            if previous is not None and first <= previous:
                raise _overlap(value)
            contiguous = previous is None or first == previous + ONE_DAY
            if gaps and validity is Validity.PERIOD and not rank and not contiguous:
                raise GapError(f"{code}[{key}]: no value from {previous + ONE_DAY}.")
            previous = last


def _resolve(validity: Validity, values: list[LegalValue]) -> list[tuple]:
    """Disjoint (first, last, value) by day, the highest rank winning each day."""
    spans = [(*_span(validity, value), value) for value in values]
    if validity is not Validity.PERIOD or len({value.rank for value in values}) == 1:
        best = {}
        for span in spans:
            if span[0] not in best or best[span[0]][2].rank < span[2].rank:
                best[span[0]] = span
        return sorted(best.values(), key=lambda span: span[0])
    ends = {last + ONE_DAY for _first, last, _value in spans if last < date.max}
    cuts = sorted({first for first, _last, _value in spans} | ends)
    found = []
    for at, first in enumerate(cuts):
        covering = [value for a, b, value in spans if a <= first <= b]
        if not covering:
            continue
        value = max(covering, key=lambda value: value.rank)
        last = cuts[at + 1] - ONE_DAY if at + 1 < len(cuts) else date.max
        if found and found[-1][2] is value and found[-1][1] + ONE_DAY == first:
            first = found.pop()[0]
        found.append((first, last, value))
    return found


@dataclass(frozen=True, slots=True, init=False, eq=False)
class LegalTable:
    """All legal values of a span of time, frozen.

    ``parameters`` gives the validity of every code. Nothing is extrapolated and
    nothing defaults: a day without a row raises MissingValue.
    """

    parameters: Mapping[str, Validity]
    _spans: Mapping[tuple[str, str], tuple[list, list]]

    def __init__(
        self, parameters: Mapping[str, Validity], values: Iterable[LegalValue]
    ):
        """OverlapError for rows that contradict each other (see check_values),
        KernelError for a value whose code is not in ``parameters``."""
        byname: dict[tuple[str, str], list[LegalValue]] = {}
        for value in values:
            if value.code not in parameters:
                raise KernelError(f"Parameter {value.code} is not declared.")
            byname.setdefault((value.code, value.key), []).append(value)
        spans = {}
        for name, rows in byname.items():
            validity = Validity(parameters[name[0]])
            _check(validity, rows, gaps=False)
            resolved = _resolve(validity, rows)
            spans[name] = [first for first, _last, _value in resolved], resolved
        object.__setattr__(self, "parameters", MappingProxyType(dict(parameters)))
        object.__setattr__(self, "_spans", MappingProxyType(spans))

    @property
    def codes(self) -> frozenset[str]:
        """The codes that have at least one row."""
        return frozenset(code for code, _key in self._spans)

    def get(self, code: str, on: date, key: str = "") -> LegalValue:
        """The row of ``code`` and ``key`` in force on the day ``on``.

        DAY: the row of that very day; MONTH: of its month; PERIOD: the row that covers
        it. The highest rank wins. MissingValue if there is none.
        """
        firsts, spans = self._spans.get((code, key), ((), ()))
        at = bisect_right(firsts, on)
        if not at or spans[at - 1][1] < on:
            raise MissingValue(code, on, key)
        return spans[at - 1][2]

    def number(self, code: str, on: date, key: str = "") -> Decimal:
        """The value on a day; MissingValue, or NoSuchRule if the law has none yet."""
        value = self.get(code, on, key).value
        if value is None:
            raise NoSuchRule(code, on, key)
        return value

    def number_or_none(self, code: str, on: date, key: str = "") -> "Decimal | None":
        """As ``number``, but None where a row says that there is no such rule."""
        return self.get(code, on, key).value

    def series(self, code: str, key: str = "") -> Series:
        """The values of ``code`` and ``key`` as a function of the day.

        Corrections override the days they cover. Without rows the series is empty and
        raises MissingValue when asked.
        """
        _firsts, spans = self._spans.get((code, key), ((), ()))
        rows = (
            Row(
                first,
                None if last == date.max else last,
                value.value,
                value.source,
                value.article,
            )
            for first, last, value in spans
        )
        return Series(code, key, tuple(rows))

    def until(self, code: str, key: str = "") -> "date | None":
        """The last day with a row, None when open ended; MissingValue without rows."""
        _firsts, spans = self._spans.get((code, key), ((), ()))
        if not spans:
            raise MissingValue(code, None, key)
        last = spans[-1][1]
        return None if last == date.max else last
