from datetime import date, datetime, time, timedelta

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.calendars import WorkCalendar
from kernel.deadlines import (
    CourtCalendar,
    GraceRule,
    Must,
    NoticeRule,
    Start,
    SuspensionRule,
    Term,
    Unit,
    counts_on,
    deadline,
    ends_on,
    noticed,
    since,
    suspension_objection,
)
from kernel.periods import ONE_DAY, Period

CLOSED = (((8, 1), (8, 31)), ((12, 24), (1, 6)))
NATIONAL = frozenset(
    {
        date(2026, 8, 15),
        date(2026, 10, 12),
        date(2026, 12, 8),
        date(2026, 12, 25),
        date(2027, 1, 1),
        date(2027, 1, 6),
    }
)
CHILE = frozenset({date(2026, 12, 8), date(2026, 12, 25)})


def spanish(name, more=()):
    holidays = NATIONAL | frozenset(more)
    return CourtCalendar(
        name, WorkCalendar(holidays, closed=CLOSED), WorkCalendar(holidays)
    )


CALENDARS = {
    "es": spanish("es"),
    "madrid": spanish("madrid", [date(2026, 12, 7)]),
    "cl": CourtCalendar("cl", WorkCalendar(CHILE, frozenset({6}))),
}
WAYS = {
    "plain": NoticeRule(),
    "lexnet": NoticeRule(next_working=True, until=time(15)),
    "unread": NoticeRule(unread_days=3),
    "cpc": NoticeRule(first_working=True),
}
GRACE = GraceRule(article="LEC 135.5")


def pieces(text, read):
    return tuple(read(*one.split("/")) for one in text.split())


@pytest.mark.golden("deadlines.csv")
def test_every_term_of_the_sheets(case):
    calendars = [CALENDARS[name] for name in case["calendars"].split()]
    more = case["more"].split()
    term = Term(
        int(case["number"]),
        Unit(case["unit"]),
        Must(case["must"]),
        rolls=case["rolls"] == "yes",
        more=((int(more[0]), Unit(more[1])),) if more else (),
    )
    read = date.fromisoformat
    suspended = pieces(case["suspended"], lambda a, b: Period(read(a), read(b)))
    received = datetime.fromisoformat(case["received"])
    starts = noticed(received, WAYS[case["way"]], calendars)
    grace = GRACE if "cl" not in case["calendars"] else None
    found = deadline(term, starts, grace, suspended)
    until = found.ending.grace_until
    assert found.ending.start.day == read(case["counts"])
    assert found.last == read(case["last"])
    assert found.ending.after == read(case["after"])
    assert (until.isoformat(timespec="minutes") if until else "") == case["grace"]
    assert found.calendars == tuple(case["calendars"].split())


units = st.sampled_from(Unit)
numbers = st.integers(1, 60)


@st.composite
def terms(draw):
    return Term(draw(numbers), draw(units), rolls=draw(st.booleans()))


@st.composite
def places(draw):
    return CourtCalendar("a place", draw(our.calendars()))


rules = st.builds(
    NoticeRule,
    next_working=st.booleans(),
    until=st.none() | st.just(time(15)),
    first_working=st.booleans(),
    unread_days=st.none() | st.integers(0, 5),
)


@given(terms(), rules, places(), our.moments, st.frozensets(our.days, max_size=40))
def test_an_unknown_municipality_never_gives_a_later_day(
    term, rule, place, received, local
):
    """Holidays that are not known can only make a term end earlier than it does."""
    known = WorkCalendar(
        place.court.holidays | local, place.court.weekend, closed=place.court.closed
    )
    there = CourtCalendar("there", known)
    unknown = deadline(term, noticed(received, rule, [place]), GRACE)
    true = deadline(term, noticed(received, rule, [there]), GRACE)
    assert unknown.last <= true.last
    assert unknown.ending.grace_until <= true.ending.grace_until
    both = deadline(term, noticed(received, rule, [there, place]), GRACE)
    assert both.last == unknown.last


@given(terms(), places(), places(), our.days)
def test_who_must_act_is_told_the_earliest_and_who_must_wait_the_latest(
    term, one, two, day
):
    act = deadline(term, since(day, [one, two]))
    waits = Term(term.number, term.unit, Must.ELAPSE, term.rolls)
    wait = deadline(waits, since(day, [one, two]), GRACE)
    alone = [deadline(term, since(day, [place])).last for place in (one, two)]
    assert act.last == min(alone)
    assert wait.last == max(alone)
    assert wait.ending.grace_until is None
    assert wait.ending.after > wait.last


@given(numbers, st.integers(1, 30), places(), our.days)
def test_days_more_of_the_same_kind_are_one_longer_term(number, more, place, day):
    for unit in (Unit.COURT_DAY, Unit.WORKING_DAY):
        longer = ends_on(Term(number + more, unit), day, place)
        assert ends_on(Term(number, unit, more=((more, unit),)), day, place) == longer


@given(terms(), places(), our.days, our.periods())
def test_a_suspension_never_shortens_and_never_is_the_last_day(
    term, place, day, suspended
):
    last = ends_on(term, day, place)
    later = ends_on(term, day, place, [suspended])
    assert later >= last
    if suspended.first > last or suspended.last < day:
        assert later == last


@given(numbers, places(), our.days)
def test_court_days_between_start_and_end_are_the_term(number, place, day):
    last = ends_on(Term(number), day, place)
    assert place.court.count(day, last) == number
    assert place.court.is_working(last)


@given(rules, places(), our.moments)
def test_a_notice_never_counts_before_it_was_received(rule, place, received):
    start = counts_on(received, rule, place)
    assert start.day >= received.date()
    assert start.first in (start.day, start.day + ONE_DAY)
    if rule.next_working:
        assert place.court.is_working(start.day)


def test_who_opens_a_notice_is_served_then():
    rule, place = WAYS["unread"], CALENDARS["es"]
    received = datetime(2026, 11, 20, 10)
    opened = datetime(2026, 11, 23, 9)
    assert counts_on(received, rule, place, opened).day == date(2026, 11, 23)
    late = opened + timedelta(days=9)
    assert counts_on(received, rule, place, late).day == date(2026, 11, 25)


def test_two_suspensions_of_ninety_days_together_in_chile():
    rule = SuspensionRule(2, 90, "CPC art. 64")

    def of(first, days):
        start = date(2026, 1, 1) + timedelta(days=first)
        return Period(start, start + timedelta(days=days - 1))

    assert suspension_objection([], rule) == ""
    assert suspension_objection([of(0, 60), of(70, 30)], rule) == ""
    assert suspension_objection([of(0, 60), of(70, 31)], rule) == "days"
    assert suspension_objection([of(0, 5), of(9, 5), of(20, 5)], rule) == "number"
    assert suspension_objection([of(9, 5), of(0, 10)], rule) == "overlap"
    assert suspension_objection([of(0, 500)], SuspensionRule()) == ""


def test_a_term_needs_days_and_a_calendar():
    with pytest.raises(ValueError):
        Term(0)
    with pytest.raises(ValueError):
        Term(3, more=((0, Unit.COURT_DAY),))
    with pytest.raises(ValueError):
        deadline(Term(3), [])


def test_a_term_begins_the_day_after_an_act():
    assert Start.on(date(2026, 12, 22)).first == date(2026, 12, 23)
