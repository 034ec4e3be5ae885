from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import (
    InvalidPeriod,
    MissingValue,
    NoSuchRule,
    OverlapError,
)
from kernel.periods import Period, Row, Series, accrual, add_months, partition

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def gappy():
    """1.5 until 10 March, no such rule until 20 March, a gap, 2.5 from the 25th."""
    return Series(
        "rate",
        "b2b",
        (
            Row(date(2026, 3, 1), date(2026, 3, 10), Decimal("1.5")),
            Row(date(2026, 3, 11), date(2026, 3, 20), None),
            Row(date(2026, 3, 25), None, Decimal("2.5")),
        ),
    )


def test_a_period_includes_both_ends_and_cannot_end_before_it_starts():
    assert MARCH.days == 31
    assert MARCH.contains(MARCH.first) and MARCH.contains(MARCH.last)
    assert not MARCH.contains(date(2026, 4, 1))
    with pytest.raises(InvalidPeriod):
        Period(date(2026, 3, 2), date(2026, 3, 1))


def test_default_starts_the_day_after_the_due_date():
    due = date(2026, 9, 5)
    assert accrual(due, due) is None
    assert accrual(due, date(2026, 9, 1)) is None
    assert accrual(due, date(2026, 9, 11)) == Period(
        date(2026, 9, 6), date(2026, 9, 11)
    )


@given(our.periods(), st.lists(our.days, max_size=10))
def test_slices_partition_the_period(period, cuts):
    slices = partition(period, cuts)
    assert slices[0].first == period.first and slices[-1].last == period.last
    assert sum(part.days for part in slices) == period.days
    for one, two in pairwise(slices):
        assert two.first == one.last + timedelta(days=1)
        assert two.first in cuts
    inside = {cut for cut in cuts if period.contains(cut)} - {period.first}
    assert len(slices) == len(inside) + 1


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 31), -13, date(2025, 2, 28)),
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
    ],
)
def test_months_are_added_up_to_the_end_of_the_month(day, months, expected):
    assert add_months(day, months) == expected


def test_a_series_answers_on_its_days_only():
    series = gappy()
    assert series.at(date(2026, 3, 10)) == Decimal("1.5")
    assert series.at(date(2030, 1, 1)) == Decimal("2.5")
    for day in (date(2026, 2, 28), date(2026, 3, 21), date(2026, 3, 24)):
        with pytest.raises(MissingValue) as caught:
            series.at(day)
        assert type(caught.value) is MissingValue
        assert (caught.value.code, caught.value.key) == ("rate", "b2b")
        assert caught.value.on == day
    with pytest.raises(NoSuchRule) as caught:
        series.at(date(2026, 3, 11))
    assert caught.value.on == date(2026, 3, 11)


def test_the_first_day_without_a_value_is_named():
    with pytest.raises(MissingValue) as caught:
        gappy().slices(Period(date(2026, 2, 27), date(2026, 3, 5)))
    assert caught.value.on == date(2026, 2, 27)
    with pytest.raises(NoSuchRule) as caught:
        gappy().slices(Period(date(2026, 3, 9), date(2026, 3, 15)))
    assert caught.value.on == date(2026, 3, 11)


def test_a_gap_inside_the_period_names_its_first_day():
    rows = (
        Row(date(2026, 1, 1), date(2026, 1, 31), Decimal(1)),
        Row(date(2026, 2, 5), date(2026, 2, 28), Decimal(1)),
    )
    with pytest.raises(MissingValue) as caught:
        Series("rate", "", rows).slices(Period(date(2026, 1, 5), date(2026, 2, 10)))
    assert caught.value.on == date(2026, 2, 1)
    with pytest.raises(MissingValue) as caught:
        Series("rate", "", rows).slices(Period(date(2026, 2, 6), date(2026, 3, 10)))
    assert caught.value.on == date(2026, 3, 1)


@given(our.series(), our.periods())
def test_series_slices_partition_the_period_with_the_value_of_each_day(series, period):
    slices = series.slices(period)
    assert slices[0][0].first == period.first and slices[-1][0].last == period.last
    assert sum(part.days for part, _value in slices) == period.days
    for part, value in slices:
        assert series.at(part.first) == series.at(part.last) == value


def test_rows_with_equal_values_stay_apart():
    rows = (
        Row(date(2026, 1, 1), date(2026, 6, 30), Decimal(1)),
        Row(date(2026, 7, 1), None, Decimal(1)),
    )
    slices = Series("rate", "", rows).slices(
        Period(date(2026, 6, 30), date(2026, 7, 1))
    )
    assert [part.days for part, _value in slices] == [1, 1]


@pytest.mark.parametrize(
    "rows",
    [
        ((date(2026, 1, 1), None), (date(2026, 2, 1), None)),
        ((date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 2, 1), None)),
        ((date(2026, 2, 1), date(2026, 2, 2)), (date(2026, 1, 1), date(2026, 1, 2))),
    ],
)
def test_rows_that_overlap_or_are_out_of_order_are_refused(rows):
    with pytest.raises(OverlapError):
        Series("rate", "", tuple(Row(*ends, Decimal(1)) for ends in rows))


def test_a_row_cannot_end_before_it_starts():
    assert Series("rate", "", (Row(MARCH.first, MARCH.first, Decimal(1)),)).rows
    with pytest.raises(InvalidPeriod):
        Row(date(2026, 1, 2), date(2026, 1, 1), Decimal(1))


@given(our.days)
def test_a_flat_series_has_its_value_on_every_day(day):
    assert Series.flat(Decimal(3)).at(day) == 3
