"""Terms before courts: from when a notice counts, and when a term ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import Enum
from itertools import pairwise

from .calendars import WorkCalendar
from .periods import ONE_DAY, Period, add_months


class Unit(str, Enum):
    """What a term is counted in.

    COURT_DAY: days of the court's calendar, WORKING_DAY: those of everybody else there;
    NATURAL_DAY: every day; MONTH and YEAR: from date to date.
    """

    COURT_DAY = "court_day"
    WORKING_DAY = "working_day"
    NATURAL_DAY = "natural_day"
    MONTH = "month"
    YEAR = "year"


class Must(str, Enum):
    """ACT: something has to be done within the term. ELAPSE: it has to pass first."""

    ACT = "act"
    ELAPSE = "elapse"


@dataclass(frozen=True, slots=True)
class CourtCalendar:
    """The days of one place, by its ``name``.

    ``court`` are those on which courts work, ``working`` those of everybody else (None:
    the same). Holidays of a municipality that are not known are left out, so that no
    term to act ends later than it does.
    """

    name: str
    court: WorkCalendar
    working: "WorkCalendar | None" = None

    def of(self, unit: Unit) -> WorkCalendar:
        """The calendar by which a unit is counted or a last day moves."""
        if unit is Unit.WORKING_DAY and self.working is not None:
            return self.working
        return self.court


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """From when a way of serving counts.

    ``next_working``: on the working day after it was received; received on a working
    day after the hour ``until``, it was received on the next one. ``first_working``:
    received on a day that does not work, the next working day is the first of the term
    already. ``unread_days``: who does not open it is served after so many court days.
    All left out: it counts on the day on which it was received.

    LEC (ES) arts. 151.2 and 162.2; CPC (CL) art. 41.
    """

    next_working: bool = False
    until: "time | None" = None
    first_working: bool = False
    unread_days: "int | None" = None
    article: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """``day`` on which a notice counts, ``first`` day of the terms that it opens."""

    day: date
    first: date

    @classmethod
    def on(cls, day: date) -> "Start":
        """Of an act of that day: the term begins with the next one."""
        return cls(day, day + ONE_DAY)


@dataclass(frozen=True, slots=True)
class Term:
    """``number`` of ``unit``; ValueError if there is none.

    ``rolls``: a last day that does not work moves to the next one that does. ``more``
    are extensions (number, unit) that begin when the term would end. LEC (ES) arts.
    130, 133, 134; CPC (CL) arts. 64 to 67, CC (CL) arts. 48 to 50.
    """

    number: int
    unit: Unit = Unit.COURT_DAY
    must: Must = Must.ACT
    rolls: bool = True
    more: tuple[tuple[int, Unit], ...] = ()
    article: str = ""

    def __post_init__(self):
        if self.number < 1 or any(number < 1 for number, _unit in self.more):
            raise ValueError("A term has at least one day, month or year.")


@dataclass(frozen=True, slots=True)
class GraceRule:
    """What is filed until ``at`` of the ``days``-th court day after the last one is in
    time. LEC (ES) art. 135.5."""

    days: int = 1
    at: time = time(15)
    article: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """When a term ends by one calendar.

    ``last`` day of the term, ``after`` the first on which it has passed (of a term in
    working days: the next of them), ``grace_until`` the moment to which the law
    forgives (None: it does not).
    """

    calendar: str
    start: Start
    last: date
    after: date
    grace_until: "datetime | None" = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The ``ending`` that counts and all of them by calendar."""

    ending: Ending
    all: tuple[Ending, ...]

    @property
    def last(self) -> date:
        return self.ending.last

    @property
    def calendars(self) -> tuple[str, ...]:
        """The calendars used."""
        return tuple(one.calendar for one in self.all)


def counts_on(
    received: datetime,
    rule: NoticeRule,
    calendar: CourtCalendar,
    opened: "datetime | None" = None,
) -> Start:
    """From when a notice counts; moments are local to the place.

    ``opened``: when who may leave it unread opened it (None: not yet).
    """
    court = calendar.court
    day = received.date()
    if rule.until and court.is_working(day) and received.time() > rule.until:
        day = court.add(day, 1)
    if rule.unread_days is not None:
        unread = court.add(day, rule.unread_days)
        day = min(unread, max(day, opened.date())) if opened else unread
    if rule.next_working:
        day = court.add(day, 1)
    if rule.first_working and not court.is_working(day):
        day = court.next_working(day)
        return Start(day, day)
    return Start.on(day)


def ends_on(
    term: Term,
    first: date,
    calendar: CourtCalendar,
    suspended: Sequence[Period] = (),
) -> date:
    """The last day of a term whose first day is ``first``; days of ``suspended`` do not
    count.

    MissingValue where the holidays of the days asked for are not known.
    """
    days = {one.first + n * ONE_DAY for one in suspended for n in range(one.days)}
    last = first - ONE_DAY
    for number, unit in ((term.number, term.unit), *term.more):
        work = calendar.of(unit)
        if unit in (Unit.COURT_DAY, Unit.WORKING_DAY):
            work = replace(work, holidays=work.holidays | days)
            last = work.add(last, number)
            continue
        last = _natural(number, unit, last + ONE_DAY, days)
        if term.rolls:
            last = work.next_working(last)
    return last


def _natural(number: int, unit: Unit, first: date, suspended: set[date]) -> date:
    """The last day of a term of natural days, months or years, put off by the days of
    it on which it did not run."""
    if unit is Unit.NATURAL_DAY:
        last = first + (number - 1) * ONE_DAY
    else:
        months = number * 12 if unit is Unit.YEAR else number
        last = add_months(first - ONE_DAY, months)
    for day in sorted(suspended):
        if first <= day <= last:
            last += ONE_DAY
    return last


def ending(
    term: Term,
    start: Start,
    calendar: CourtCalendar,
    grace: "GraceRule | None" = None,
    suspended: Sequence[Period] = (),
) -> Ending:
    """When a term ends by one calendar; nothing is forgiven in one that must elapse."""
    last = ends_on(term, start.first, calendar, suspended)
    after = last + ONE_DAY
    if term.unit in (Unit.COURT_DAY, Unit.WORKING_DAY):
        after = calendar.of(term.unit).next_working(after)
    until = grace_until(last, grace, calendar) if term.must is Must.ACT else None
    return Ending(calendar.name, start, last, after, until)


def grace_until(
    last: date, grace: "GraceRule | None", calendar: CourtCalendar
) -> "datetime | None":
    """The moment to which what is filed after the last day is still in time."""
    if grace is None:
        return None
    return datetime.combine(calendar.court.add(last, grace.days), grace.at)


def deadline(
    term: Term,
    starts: Sequence[tuple[CourtCalendar, Start]],
    grace: "GraceRule | None" = None,
    suspended: Sequence[Period] = (),
) -> Deadline:
    """When a term ends where several calendars may apply, each with its own start.

    Who must act is told the earliest day, who must wait the latest. ValueError without
    a calendar.
    """
    if not starts:
        raise ValueError("A term needs a calendar.")
    found = tuple(
        ending(term, start, calendar, grace, suspended) for calendar, start in starts
    )
    choose = min if term.must is Must.ACT else max
    return Deadline(choose(found, key=lambda one: (one.last, one.after)), found)


def noticed(
    received: datetime,
    rule: NoticeRule,
    calendars: Sequence[CourtCalendar],
    opened: "datetime | None" = None,
) -> tuple[tuple[CourtCalendar, Start], ...]:
    """Each calendar with the day on which it makes the notice count."""
    return tuple((one, counts_on(received, rule, one, opened)) for one in calendars)


def since(day: date, calendars: Sequence[CourtCalendar]):
    """Each calendar with the start of what an act of that day opens."""
    return tuple((one, Start.on(day)) for one in calendars)


@dataclass(frozen=True, slots=True)
class SuspensionRule:
    """How often and how long the parties may agree that terms do not run.

    ``most`` times and ``days`` natural days together in one instance (None: without
    limit). CPC (CL) art. 64: two and 90; LEC (ES) art. 19.4: 60 days.
    """

    most: "int | None" = None
    days: "int | None" = None
    article: str = ""


def suspension_objection(taken: Sequence[Period], rule: SuspensionRule) -> str:
    """Why the suspensions agreed in an instance cannot stand: number, days, overlap or
    empty."""
    order = sorted(taken)
    if any(one.last >= two.first for one, two in pairwise(order)):
        return "overlap"
    if rule.most is not None and len(order) > rule.most:
        return "number"
    if rule.days is not None and sum(one.days for one in order) > rule.days:
        return "days"
    return ""
