from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.calendars import WorkCalendar
from kernel.privacy import LogRetention, PrivacyTerm

DAYS = st.dates(date(2015, 1, 1), date(2060, 1, 1))
CHILE = WorkCalendar(
    holidays=frozenset({date(2026, 12, 8), date(2026, 12, 25)}), weekend=frozenset({6})
)


def test_a_month_ends_on_the_same_day_of_the_next_or_on_its_last():
    term = PrivacyTerm(months=1, more_months=2)
    assert term.deadline(date(2026, 11, 23), CHILE) == date(2026, 12, 23)
    assert term.deadline(date(2026, 1, 31), CHILE) == date(2026, 2, 28)
    assert term.deadline(date(2026, 11, 23), CHILE, extended=True) == date(2027, 2, 23)


def test_natural_days_run_through_holidays_and_working_days_do_not():
    natural = PrivacyTerm(days=30, more_days=30)
    assert natural.deadline(date(2026, 12, 1), CHILE) == date(2026, 12, 31)
    assert natural.deadline(date(2026, 12, 1), CHILE, extended=True) == date(
        2027, 1, 30
    )
    working = PrivacyTerm(days=2, working=True)
    # Saturday 5, Sunday 6, Monday 7, the holiday of the 8th, Wednesday 9
    assert working.deadline(date(2026, 12, 5), CHILE) == date(2026, 12, 9)
    assert not working.extensible


@given(DAYS, st.integers(1, 60))
def test_working_days_never_end_before_natural_ones(day, days):
    working = PrivacyTerm(days=days, working=True).deadline(day, CHILE)
    assert working >= PrivacyTerm(days=days).deadline(day, CHILE)
    assert CHILE.is_working(working)


@given(DAYS, st.integers(1, 12), st.integers(1, 12))
def test_an_extension_is_never_earlier(day, months, more):
    term = PrivacyTerm(months=months, more_months=more)
    assert term.deadline(day, CHILE, extended=True) > term.deadline(day, CHILE) > day


def test_a_term_is_in_days_or_in_months():
    for wrong in ({}, {"days": 1, "months": 1}):
        with pytest.raises(ValueError):
            PrivacyTerm(**wrong)


@given(st.integers(0, 10), st.integers(0, 10), st.integers(0, 20))
def test_a_company_keeps_as_long_as_the_law_wants_at_least(years, more, wanted):
    retention = LogRetention(years, years + more)
    assert retention.chosen(wanted) >= years
    assert retention.chosen(0) == years + more
    day = date(2024, 2, 29)
    assert retention.until(day, 2) == date(2026, 2, 28)
    assert retention.until(day, 4) == day + timedelta(days=366 + 3 * 365)


def test_the_advice_is_not_below_the_law():
    with pytest.raises(ValueError):
        LogRetention(5, 2)
