"""Direct debits: the day on which one is collected, until when it may come back, and
when it is tried again.

How many days each scheme counts is handed in, by the law of the country and what was
agreed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .calendars import WorkCalendar
from .mandate import target_calendar
from .periods import ONE_DAY


@dataclass(frozen=True, slots=True)
class DebitTerms:
    """What the interbank rules of a scheme say of the days of its debits.

    ``return_days``: banking days after the debit within which the bank of the debtor
    returns it; None where nobody says. ``target``: days are those of TARGET; else all
    but Saturdays and Sundays.
    """

    return_days: int | None = None
    target: bool = True
    articles: tuple[str, ...] = ()

    def calendar(self, day: date) -> WorkCalendar:
        """The banking days around ``day``."""
        if not self.target:
            return WorkCalendar(frozenset())
        return target_calendar(day.year - 1, day.year + 2)

    def submit_by(self, day: date) -> date:
        """The last day on which the bank takes a debit of ``day``: the banking day
        before."""
        return self.calendar(day).previous_working(day - ONE_DAY)

    def return_until(self, day: date, days: int | None = None) -> date | None:
        """The last day on which a debit of ``day`` is returned; ``days`` where the
        scheme does not say. None: nobody knows."""
        left = self.return_days if self.return_days is not None else days
        if left is None:
            return None
        calendar = self.calendar(day)
        while left:
            day = calendar.next_working(day + ONE_DAY)
            left -= 1
        return day

    def collect_on(self, due: date, told: date, notice: int = 0) -> date:
        """The first day on which what is due on ``due`` may be debited, of which the
        debtor is told on ``told``, ``notice`` days before: a banking day for which the
        bank still takes it."""
        calendar = self.calendar(max(due, told))
        day = calendar.next_working(max(due, told + timedelta(days=notice)))
        while self.submit_by(day) < told:
            day = calendar.next_working(day + ONE_DAY)
        return day

    def again_on(
        self, collected: date, told: date, notice: int, first: int, last: int
    ) -> date | None:
        """The day of the second presentation of a debit of ``collected``, between
        ``first`` and ``last`` days after it; None when the notice does not fit."""
        earliest = collected + timedelta(days=first)
        day = self.collect_on(earliest, told, notice)
        return day if day <= collected + timedelta(days=last) else None


STRIKES = 2
"""Debits returned for want of funds after which nothing more is debited."""


def strikes_out(returned: Iterable[date], paid: Iterable[date]) -> bool:
    """Whether a mandate is debited no more: so many days of debits came back for want
    of funds since the last one that was paid. What was debited on one day is one."""
    since = max(paid, default=date.min)
    return len({day for day in returned if day > since}) >= STRIKES
