"""Working days: weekends, holidays and yearly closed seasons."""

from dataclasses import dataclass
from datetime import date

from .errors import MissingValue
from .periods import ONE_DAY


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days on which a place, a court or a bank works.

    ``weekend`` holds weekdays (0 Monday … 6 Sunday). Holidays are known from ``first``
    to ``last``: asking outside raises MissingValue('holiday', day). ``closed`` are
    yearly ranges ((month, day), (month, day)), both included, that may pass the end of
    the year, such as August or 24 December to 6 January (LEC art. 130.2).
    """

    holidays: frozenset[date]
    weekend: frozenset[int] = frozenset({5, 6})
    first: "date | None" = None
    last: "date | None" = None
    closed: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()

    def __post_init__(self):
        if self.weekend >= frozenset(range(7)):
            raise ValueError("A calendar needs at least one working weekday.")

    def _known(self, day: date) -> None:
        early = self.first is not None and day < self.first
        late = self.last is not None and day > self.last
        if early or late:
            raise MissingValue("holiday", day)

    def _is_closed(self, day: date) -> bool:
        at = day.month, day.day
        return any(
            start <= at <= end if start <= end else at >= start or at <= end
            for start, end in self.closed
        )

    def is_holiday(self, day: date) -> bool:
        """Whether ``day`` is a listed holiday, whatever its weekday."""
        self._known(day)
        return day in self.holidays

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is neither weekend, holiday nor closed season."""
        if self.is_holiday(day) or day.weekday() in self.weekend:
            return False
        return not self._is_closed(day)

    def next_working(self, day: date) -> date:
        """``day`` itself if it is a working day, else the first one after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def previous_working(self, day: date) -> date:
        """``day`` itself if it is a working day, else the last one before it."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def add(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``, or before it if ``n`` is negative.

        0 returns ``day`` itself, working or not.
        """
        for _step in range(abs(n)):
            if n > 0:
                day = self.next_working(day + ONE_DAY)
            else:
                day = self.previous_working(day - ONE_DAY)
        return day

    def count(self, first: date, last: date) -> int:
        """How many working days from ``first`` to ``last``, both included."""
        days = max(0, (last - first).days + 1)
        return sum(self.is_working(first + n * ONE_DAY) for n in range(days))
