from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from kernel.behaviour import Part, habit

DAY = date(2026, 11, 23)
D = Decimal


def part(debt, ago, late, amount):
    """Due so many days ago and paid so many days late; None: open."""
    due = DAY - timedelta(days=ago)
    paid_on = None if late is None else due + timedelta(days=late)
    return Part(debt, due, paid_on, D(amount))


parts = st.lists(
    st.builds(
        part,
        st.integers(1, 5),
        st.integers(-30, 500),
        st.one_of(st.none(), st.integers(-40, 300)),
        st.integers(1, 10**6).map(lambda cents: D(cents) / 100),
    ),
    max_size=12,
)


def test_days_are_weighted_by_money_and_what_is_open_counts_until_today():
    found = habit(
        [part(1, 300, 30, 100), part(1, 300, -5, 200), part(2, 40, None, 100)], DAY
    )
    assert found.days == D(30 * 100 + 40 * 100) / 400
    assert found.on_time == D("0.5")
    assert found.debts == 2


def test_an_early_payment_does_not_make_up_for_a_late_one():
    assert habit([part(1, 50, -20, 100), part(2, 50, 20, 100)], DAY).days == 10


def test_the_trend_is_the_younger_half_less_the_older():
    worse = habit([part(1, 300, 5, 100), part(2, 60, 25, 100)], DAY)
    assert worse.trend == 20
    assert habit([part(2, 60, 25, 100)], DAY).trend is None


def test_what_is_not_due_or_too_old_says_nothing():
    assert habit([], DAY) is None
    assert habit([part(1, 0, None, 100), part(2, -5, -9, 100)], DAY) is None
    assert habit([part(1, 366, 10, 100)], DAY) is None
    assert habit([part(1, 365, 10, 100)], DAY).days == 10


@given(parts)
def test_it_lies_between_the_best_and_the_worst(rows):
    found = habit(rows, DAY)
    if found:
        assert 0 <= found.days <= 500
        assert 0 <= found.on_time <= 1
        assert (found.days == 0) == (found.on_time == 1)


@given(parts, st.integers(2, 9))
def test_the_unit_of_money_does_not_matter(rows, factor):
    more = [Part(one.debt, one.due, one.paid_on, one.amount * factor) for one in rows]
    one, other = habit(rows, DAY), habit(more, DAY)
    if one:
        assert abs(one.days - other.days) < D("1e-9")
        assert abs(one.on_time - other.on_time) < D("1e-9")
