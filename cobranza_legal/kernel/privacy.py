"""How long the log of contacts is kept, and when a request about data is answered."""

from dataclasses import dataclass
from datetime import date, timedelta

from .calendars import WorkCalendar
from .periods import add_months

MONTHS = 12


@dataclass(frozen=True, slots=True)
class LogRetention:
    """The log of a debtor is kept ``years`` at least after each contact (the law), and
    ``advised`` years after the last debt was closed where nobody chose otherwise."""

    years: int
    advised: int
    article: str = ""

    def __post_init__(self):
        if self.years < 0 or self.advised < self.years:
            raise ValueError("What is advised is not less than what the law wants.")

    def chosen(self, years: int) -> int:
        """The years that apply when a company wants ``years`` (0: what is advised)."""
        return max(years or self.advised, self.years)

    @staticmethod
    def until(day: date, years: int) -> date:
        """The last day on which what ended on ``day`` is kept."""
        return add_months(day, years * MONTHS)


@dataclass(frozen=True, slots=True)
class PrivacyTerm:
    """The term to answer a request: ``months``, or ``days``, natural or ``working``
    ones; ``more_months`` and ``more_days`` is what one extension adds."""

    days: int = 0
    months: int = 0
    working: bool = False
    more_days: int = 0
    more_months: int = 0
    article: str = ""

    def __post_init__(self):
        if bool(self.days) == bool(self.months):
            raise ValueError("A term is given in days or in months.")

    @property
    def extensible(self) -> bool:
        return bool(self.more_days or self.more_months)

    def deadline(
        self, received: date, calendar: WorkCalendar, extended: bool = False
    ) -> date:
        """The last day to answer what was received on a day.

        ``calendar`` gives the working days; MissingValue outside what it knows.
        """
        months = self.months + (self.more_months if extended else 0)
        days = self.days + (self.more_days if extended else 0)
        end = add_months(received, months) if months else received
        if self.working:
            return calendar.add(end, days)
        return end + timedelta(days=days)
