"""Which yearly rate runs on a day: the one agreed, inside the limits of the law."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from .errors import RefusedTerms
from .periods import Period, Series

ZERO = Decimal(0)
ONE = Decimal(1)


class Breach(str, Enum):
    """What the law puts in the place of a rate beyond its limit.

    LIMIT: the limit itself. INSTEAD: another rate, as a sanction. REFUSE: nothing, the
    terms are not accepted.
    """

    LIMIT = "limit"
    INSTEAD = "instead"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The highest (or lowest) yearly rate: ``series`` × ``factor`` + ``points``.

    ``series`` and ``points`` in percent. A rate beyond it gives way as ``breach`` says,
    to ``instead`` if INSTEAD (None: to no interest). ``agreed_on``: the day of the
    agreement, by which alone it is judged; None judges it on every day that it runs. On
    days without such a rule nothing is limited.

    Ley 18.010 (CL) arts. 6, 6 bis, 8: excess over the interés máximo convencional at
    the agreement is reduced to interés corriente. Ley 19.983 (CL) art. 2 N° 3: lower
    interest than corriente is void. Ley 3/2004 (ES) art. 9.1: floor. TRLGDCU (ES) arts.
    83, 85.6, STS 265/2015: remunerative rate + 2, else only the remunerative runs.
    """

    series: Series
    factor: Decimal = ONE
    points: Decimal = ZERO
    breach: Breach = Breach.LIMIT
    instead: "Series | None" = None
    agreed_on: "date | None" = None
    article: str = ""

    def of(self, value: Decimal) -> Decimal:
        """The limit where ``series`` has this value."""
        return value * self.factor + self.points

    def bounds(self, period: Period) -> "tuple[tuple[Period, Decimal | None], ...]":
        """The limit over a period, cut where it changes; None: not limited."""
        if self.agreed_on is not None:
            day = Period(self.agreed_on, self.agreed_on)
            ((_day, value),) = self.series.spans(day)
            return ((period, None if value is None else self.of(value)),)
        return tuple(
            (part, None if value is None else self.of(value))
            for part, value in self.series.spans(period)
        )


@dataclass(frozen=True, slots=True)
class RateSlice:
    """``rate`` percent a year over ``period``; ``article`` of the limit that changed
    it, empty if it is the one agreed."""

    period: Period
    rate: Decimal
    article: str = ""


@dataclass(frozen=True, slots=True)
class AgreedRate:
    """``series`` + ``spread`` in percent a year, between ``floor`` and ``cap``.

    The cap wins where both are broken.
    """

    series: Series
    spread: Decimal = ZERO
    floor: "RateLimit | None" = None
    cap: "RateLimit | None" = None

    def slices(self, period: Period) -> tuple[RateSlice, ...]:
        """The rates that run over ``period``, cut where they change.

        MissingValue or NoSuchRule for a day without a rate, MissingValue for one
        without a row of a limit, RefusedTerms for a rate that may not be agreed.
        """
        found = [
            RateSlice(part, value + self.spread)
            for part, value in self.series.slices(period)
        ]
        for limit, sign in ((self.floor, -1), (self.cap, 1)):
            if limit is not None:
                found = [new for one in found for new in self._within(one, limit, sign)]
        return tuple(found)

    def _within(self, one: RateSlice, limit: RateLimit, sign: int):
        judged = one.rate
        if limit.agreed_on is not None:
            judged = self.series.at(limit.agreed_on) + self.spread
        for part, bound in limit.bounds(one.period):
            if bound is None or sign * (judged - bound) <= 0:
                yield RateSlice(part, one.rate, one.article)
            else:
                yield from _broken(part, judged, bound, limit)


def _broken(
    part: Period, rate: Decimal, bound: Decimal, limit: RateLimit
) -> Iterator[RateSlice]:
    if limit.breach is Breach.REFUSE:
        text = f"{rate} % is beyond the limit of {bound} % on {part.first}"
        raise RefusedTerms(
            f"{text} ({limit.article})." if limit.article else f"{text}."
        )
    if limit.breach is Breach.LIMIT:
        yield RateSlice(part, bound, limit.article)
    elif limit.instead is None:
        yield RateSlice(part, ZERO, limit.article)
    else:
        for piece, value in limit.instead.slices(part):
            yield RateSlice(piece, value, limit.article)


@dataclass(frozen=True, slots=True)
class Segments:
    """The keys of a rate by the size of the operation.

    ``keys`` has one more than ``limits``: up to and including each limit, in units, and
    the rest. ValueError if they do not match or do not rise. CMF (CL): 45 up to 50 UF,
    44 to 200, 35 to 5,000, 34 above.
    """

    limits: tuple[Decimal, ...]
    keys: tuple[str, ...]

    def __post_init__(self):
        rising = all(one < two for one, two in pairwise(self.limits))
        if not rising or len(self.keys) != len(self.limits) + 1:
            raise ValueError("Segments need rising limits and one key more.")

    def key(self, amount: Decimal, unit_value: Decimal) -> str:
        """The key of ``amount``, ``unit_value`` being the price of one unit."""
        for limit, key in zip(self.limits, self.keys, strict=False):
            if amount <= limit * unit_value:
                return key
        return self.keys[-1]
