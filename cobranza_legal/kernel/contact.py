"""When a debtor may be contacted: hours, holidays, limits per week and gaps."""

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from .calendars import WorkCalendar
from .errors import InvalidPeriod, NoSlot
from .periods import ONE_DAY

HORIZON = timedelta(days=366)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start``, included, to ``end``, excluded; local time of the debtor."""

    start: time
    end: time

    def __post_init__(self):
        if self.end <= self.start:
            raise InvalidPeriod(f"{self.end} is not after {self.start}.")


@dataclass(frozen=True, slots=True)
class ContactClass:
    """Channels that share a limit.

    At most ``limit`` contacts in any ``per_days`` days (None: any number), at least
    ``gap_days`` days between the dates of two of them. ``hours`` gives the window of
    each weekday (0 Monday; a missing one is closed; None: any time). ``holidays``
    closes the holidays of the calendar.
    """

    name: str
    channels: frozenset[str]
    limit: "int | None"
    per_days: int = WEEK
    gap_days: int = 0
    hours: "Mapping[int, Window] | None" = None
    holidays: bool = False


@dataclass(frozen=True, slots=True)
class ContactRules:
    """The limits that protect one regime on one day.

    ``week_mode`` counts ``per_days`` as a rolling span of hours, or seven days as the
    ISO week. ``total_limit`` is the most in a week over all classes. A channel in no
    class is free. ``automatic`` says whether machines may contact at all; it is for
    the caller. Ley 19.496 (CL) art. 37.
    """

    classes: tuple[ContactClass, ...]
    calendar: WorkCalendar
    week_mode: Literal["rolling", "iso"] = "rolling"
    total_limit: "int | None" = None
    automatic: bool = True
    article: str = ""


@dataclass(frozen=True, slots=True)
class PastContact:
    """A contact that counts, made or already planned; naive local time."""

    at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of one place: ``local`` gives the naive local time of a naive UTC
    moment, ``utc`` the way back."""

    local: Callable[[datetime], datetime]
    utc: Callable[[datetime], datetime]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a moment is not permitted.

    ``code``: hours, holiday, limit, gap or total_limit. ``until``: the first moment at
    which this obstacle alone is gone, None if it never goes. ``detail``: the class and
    the figure that stops, as (name, value) pairs.
    """

    code: str
    until: "datetime | None"
    detail: tuple[tuple[str, object], ...] = ()


def obstacles(
    rules: ContactRules, channel: str, at: datetime, history: Sequence[PastContact]
) -> tuple[Obstacle, ...]:
    """Everything that forbids a contact by ``channel`` at ``at``; empty if permitted.

    ``history`` holds earlier contacts and those planned later: neither may end up in a
    week with more than the limit. Times are naive and local, else ValueError.
    MissingValue where the calendar does not know the holidays.
    """
    if at.tzinfo is not None:
        raise ValueError("Contact times are naive, in the debtor's local time.")
    found = []
    for group in rules.classes:
        if channel not in group.channels:
            continue
        same = sorted(past.at for past in history if past.channel in group.channels)
        found += _closed(rules, group, at)
        if _over(rules, group.limit, group.per_days, at, same):
            until = _free(rules, group.limit, group.per_days, at, same)
            found.append(_obstacle("limit", until, group, group.limit))
        if _too_close(group.gap_days, at.date(), same):
            until = _after_gap(group.gap_days, at.date(), same)
            found.append(_obstacle("gap", until, group, group.gap_days))
    found += _total(rules, channel, at, history)
    return tuple(found)


def next_slot(
    rules: ContactRules, channel: str, asked: datetime, history: Sequence[PastContact]
) -> datetime:
    """The earliest permitted moment not before ``asked``.

    A permitted moment is its own next slot. NoSlot if there is none in 366 days.
    """
    at = asked
    while at - asked <= HORIZON:
        found = obstacles(rules, channel, at, history)
        if not found:
            return at
        if any(obstacle.until is None for obstacle in found):
            break
        at = max(obstacle.until for obstacle in found)
    raise NoSlot(f"No permitted moment for {channel} within 366 days of {asked}.")


def obstacles_anywhere(
    rules: ContactRules,
    channel: str,
    at: datetime,
    history: Sequence[PastContact],
    clocks: Sequence[Clock],
) -> tuple[Obstacle, ...]:
    """Everything that forbids a contact by any of ``clocks``, each thing once.

    For somebody who may be in any of several places: what one of them forbids is
    forbidden. ``at``, the history and ``until`` are naive UTC; ``until`` is the latest.
    """
    found = {}
    for clock in clocks:
        local = _on(clock, history)
        for one in obstacles(rules, channel, clock.local(at), local):
            until = one.until and clock.utc(one.until)
            before = found.get((one.code, one.detail))
            if before and until and before.until:
                until = max(until, before.until)
            found[one.code, one.detail] = replace(one, until=until)
    return tuple(found.values())


def next_slot_everywhere(
    rules: ContactRules,
    channel: str,
    asked: datetime,
    history: Sequence[PastContact],
    clocks: Sequence[Clock],
) -> datetime:
    """The earliest moment not before ``asked`` that all ``clocks`` permit; naive UTC,
    as ``asked`` and the history. NoSlot if there is none in 366 days."""
    at = None
    moved = asked
    while at != moved:
        if moved - asked > HORIZON:
            raise NoSlot(f"No permitted moment for {channel} in all the places.")
        at = moved
        for clock in clocks:
            local = clock.local(moved)
            slot = next_slot(rules, channel, local, _on(clock, history))
            moved = moved if slot == local else clock.utc(slot)
    return at


def _on(clock: Clock, history: Sequence[PastContact]) -> list[PastContact]:
    return [PastContact(clock.local(past.at), past.channel) for past in history]


def _obstacle(code: str, until, group: ContactClass, value) -> Obstacle:
    return Obstacle(code, until, (("class", group.name), ("value", value)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _closed(rules: ContactRules, group: ContactClass, at: datetime) -> list[Obstacle]:
    found = []
    if group.hours is not None:
        window = group.hours.get(at.weekday())
        if window is None or not window.start <= at.time() < window.end:
            found.append(_obstacle("hours", _opening(group.hours, at), group, None))
    if group.holidays and rules.calendar.is_holiday(at.date()):
        until = _midnight(at.date() + ONE_DAY)
        found.append(_obstacle("holiday", until, group, at.date()))
    return found


def _opening(hours: Mapping[int, Window], at: datetime) -> "datetime | None":
    for days in range(WEEK + 1):
        day = at.date() + timedelta(days=days)
        window = hours.get(day.weekday())
        if window is not None and datetime.combine(day, window.start) > at:
            return datetime.combine(day, window.start)
    return None


def _total(
    rules: ContactRules, channel: str, at: datetime, history: Sequence[PastContact]
) -> list[Obstacle]:
    counted = frozenset().union(*(group.channels for group in rules.classes))
    if rules.total_limit is None or channel not in counted:
        return []
    past = sorted(one.at for one in history if one.channel in counted)
    if not _over(rules, rules.total_limit, WEEK, at, past):
        return []
    until = _free(rules, rules.total_limit, WEEK, at, past)
    return [Obstacle("total_limit", until, (("value", rules.total_limit),))]


def _over(
    rules: ContactRules,
    limit: "int | None",
    per_days: int,
    at: datetime,
    past: list[datetime],
) -> bool:
    """Whether one more contact at ``at`` makes any span of days hold too many."""
    if limit is None:
        return False
    if rules.week_mode == "iso" and per_days == WEEK:
        week = at.isocalendar()[:2]
        return sum(one.isocalendar()[:2] == week for one in past) >= limit
    span = timedelta(days=per_days)
    times = [one for one in past if abs(one - at) < span]
    insort(times, at)
    return any(
        times[i + limit] - times[i] < span and times[i] <= at <= times[i + limit]
        for i in range(len(times) - limit)
    )


def _free(
    rules: ContactRules,
    limit: "int | None",
    per_days: int,
    at: datetime,
    past: list[datetime],
) -> "datetime | None":
    """The first later moment at which the limit alone no longer stops."""
    if not limit:
        return None
    if rules.week_mode == "iso" and per_days == WEEK:
        return _midnight(at.date() + timedelta(days=WEEK - at.weekday()))
    span = timedelta(days=per_days)
    ends = [one + span for one in past]
    for end in ends[bisect_right(ends, at) :]:
        if not _over(rules, limit, per_days, end, past):
            return end
    return None


def _too_close(gap_days: int, day: date, past: list[datetime]) -> bool:
    return any(abs((one.date() - day).days) < gap_days for one in past)


def _after_gap(gap_days: int, day: date, past: list[datetime]) -> datetime:
    while _too_close(gap_days, day, past):
        day += ONE_DAY
    return _midnight(day)
