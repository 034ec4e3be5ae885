"""What a source publishes against what is stored: nothing is ever overwritten."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .errors import MissingValue
from .legal_table import LegalTable, LegalValue, Validity
from .periods import ONE_DAY


@dataclass(frozen=True, slots=True)
class NeededSeries:
    """A series without which a country's rules stop.

    ``ahead``: how many days before its last known day somebody should load the next.
    """

    code: str
    key: str
    ahead: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A value as a source publishes it; ``last`` None: no end is known."""

    first: date
    last: "date | None"
    value: Decimal
    key: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """``new`` are the days that nothing covered yet; ``different`` pairs what was
    published with the stored value that says something else; ``closed`` are stored
    values without an end, with the last day that the publication leaves them."""

    new: tuple[Rate, ...]
    different: tuple[tuple[Rate, LegalValue], ...]
    closed: tuple[tuple[LegalValue, date], ...]


def merge_rates(
    code: str,
    validity: Validity,
    stored: Iterable[LegalValue],
    rates: Iterable[Rate],
    closable: Collection[tuple[str, date]] = (),
) -> Merge:
    """Compare published ``rates`` of a code with the ``stored`` values in force.

    ``closable`` are (key, first day) of stored values that a later publication may
    end, if they have no end of their own; elsewhere a stored value wins its days.
    """
    table = LegalTable({code: validity}, stored)
    new: list[Rate] = []
    different: list[tuple[Rate, LegalValue]] = []
    closed: dict[LegalValue, date] = {}
    for rate in sorted(set(rates), key=lambda rate: (rate.key, rate.first)):
        for first, last, value, is_tail in _parts(table, code, validity, rate):
            may_close = (
                is_tail and value.first < first and (value.key, value.first) in closable
            )
            if value is None or value in closed:
                new.append(Rate(first, last, rate.value, rate.key))
            elif value.value == rate.value:
                continue
            elif may_close:
                closed[value] = first - ONE_DAY
                new.append(Rate(first, last, rate.value, rate.key))
            else:
                different.append((rate, value))
    return Merge(tuple(new), tuple(different), tuple(closed.items()))


def _parts(
    table: LegalTable, code: str, validity: Validity, rate: Rate
) -> Iterator[tuple[date, "date | None", "LegalValue | None", bool]]:
    """The days of a rate, cut where the stored value changes, None where there is none;
    and whether that value goes on without an end."""
    if validity is not Validity.PERIOD:
        yield rate.first, rate.last, _stored(table, code, rate), False
        return
    end = rate.last or date.max
    at = rate.first
    for row in table.series(code, rate.key).rows:
        last = row.last or date.max
        if last < at or row.first > end:
            continue
        if at < row.first:
            yield at, row.first - ONE_DAY, None, False
            at = row.first
        stop = None if min(last, end) == date.max else min(last, end)
        yield at, stop, table.get(code, at, rate.key), row.last is None
        if stop is None:
            return
        at = stop + ONE_DAY
    if at <= end:
        yield at, rate.last, None, False


def _stored(table: LegalTable, code: str, rate: Rate) -> "LegalValue | None":
    try:
        return table.get(code, rate.first, rate.key)
    except MissingValue:
        return None
