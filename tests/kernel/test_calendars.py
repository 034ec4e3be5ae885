from datetime import date, timedelta

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.calendars import WorkCalendar
from kernel.errors import MissingValue

# Spain, Madrid: the holidays of 2026 that the cases below meet.
HOLIDAYS = frozenset({date(2026, 8, 15), date(2026, 12, 8), date(2026, 12, 25)})
COURT = WorkCalendar(HOLIDAYS, closed=(((8, 1), (8, 31)), ((12, 24), (1, 6))))


@given(our.calendars(), our.days, st.integers(-60, 60))
def test_n_days_on_and_n_back_is_the_same_working_day(calendar, day, n):
    start = calendar.next_working(day)
    there = calendar.add(start, n)
    assert calendar.is_working(there)
    assert calendar.add(there, -n) == start


@given(our.calendars(), our.days, st.integers(1, 60))
def test_n_days_on_leaves_n_working_days_behind(calendar, day, n):
    one = timedelta(days=1)
    assert calendar.count(day + one, calendar.add(day, n)) == n
    assert calendar.count(calendar.add(day, -n), day - one) == n


@given(our.calendars(), our.days)
def test_the_neighbours_of_a_day_are_the_nearest_working_ones(calendar, day):
    after, before = calendar.next_working(day), calendar.previous_working(day)
    assert before <= day <= after
    assert calendar.is_working(before) and calendar.is_working(after)
    between = calendar.count(before, after)
    assert between == (1 if before == after else 2)
    assert calendar.add(day, 0) == day


@given(our.calendars(), our.periods())
def test_counting_is_additive(calendar, period):
    middle = period.first + timedelta(days=period.days // 2)
    one = timedelta(days=1)
    whole = calendar.count(period.first, period.last)
    parts = calendar.count(period.first, middle)
    assert parts + calendar.count(middle + one, period.last) == whole
    assert calendar.count(period.last, period.first - one) == 0


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 21), False),
        (date(2026, 12, 8), False),
        (date(2026, 8, 3), False),
        (date(2026, 7, 31), True),
        (date(2026, 9, 1), True),
        (date(2026, 12, 23), True),
        (date(2026, 12, 24), False),
        (date(2026, 1, 6), False),
        (date(2026, 1, 7), True),
    ],
)
def test_weekends_holidays_and_closed_seasons_do_not_work(day, working):
    assert COURT.is_working(day) is working


def test_twenty_court_days_skip_august():
    """LEC art. 815: notified 2026-07-20, T22 of the Spanish sheet."""
    assert COURT.add(date(2026, 7, 20), 20) == date(2026, 9, 15)


def test_ten_court_days_meet_the_holidays_of_december():
    """T24 of the Spanish sheet: 8 December alone, then the 7th as well."""
    assert COURT.add(date(2026, 11, 23), 10) == date(2026, 12, 7)
    local = WorkCalendar(HOLIDAYS | {date(2026, 12, 7)}, closed=COURT.closed)
    assert local.add(date(2026, 11, 23), 10) == date(2026, 12, 9)


def test_a_saturday_works_where_the_weekend_is_sunday():
    chile = WorkCalendar(frozenset(), frozenset({6}))
    assert chile.is_working(date(2026, 11, 21))
    assert not chile.is_working(date(2026, 11, 22))
    assert chile.count(date(2026, 11, 16), date(2026, 11, 22)) == 6


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_unknown_years_are_an_error(day):
    known = WorkCalendar(HOLIDAYS, first=date(2026, 1, 1), last=date(2026, 12, 31))
    for ask in (known.is_working, known.is_holiday, known.next_working):
        with pytest.raises(MissingValue) as caught:
            ask(day)
        assert (caught.value.code, caught.value.on) == ("holiday", day)
    with pytest.raises(MissingValue):
        known.add(date(2026, 12, 31), 1)
    assert known.is_working(date(2026, 1, 1)) and known.is_working(date(2026, 12, 31))


def test_a_calendar_without_a_working_weekday_is_refused():
    with pytest.raises(ValueError):
        WorkCalendar(frozenset(), frozenset(range(7)))
