from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.receipts import Match, Sum, doubtful, match

DAY = date(2026, 11, 23)


def money(key, amount, days=0, not_of=()):
    day = DAY + timedelta(days=days)
    return Sum(key, day, Decimal(amount), frozenset(not_of))


@pytest.mark.parametrize(
    ("days", "found"), [(-6, 0), (-5, 1), (0, 1), (30, 1), (31, 0)]
)
def test_the_days_around_a_certificate(days, found):
    assert len(match([money("a", 100)], [money(1, 100, days)])) == found


@pytest.mark.parametrize(
    ("amount", "found"), [("99.98", 0), ("99.99", 1), ("100.01", 1), ("100.02", 0)]
)
def test_to_the_cent(amount, found):
    assert len(match([money("a", 100)], [money(1, amount)])) == found


def test_the_nearest_day_comes_first():
    paid = [money("a", 100), money("b", 100, 10)]
    entries = [money(1, 100, 11), money(2, 100, 1)]
    found = set(match(paid, entries))
    assert found == {Match(("a",), (2,)), Match(("b",), (1,))}


def test_one_entry_of_several_certificates_and_several_of_one():
    paid = [money("a", 60), money("b", 40, 3), money("c", 500)]
    entries = [money(1, 100, 5), money(2, 300, 9), money(3, 200, 1)]
    found = {
        (frozenset(one.paid), frozenset(one.entries)) for one in match(paid, entries)
    }
    assert found == {
        (frozenset("ab"), frozenset({1})),
        (frozenset("c"), frozenset({2, 3})),
    }


def test_what_a_person_has_refused_is_not_asked_again():
    assert not match([money("a", 100, not_of=[1])], [money(1, 100)])
    assert not doubtful([money("a", 100, not_of=[1])], [money(1, 90)])


def test_another_sum_near_it_is_doubtful():
    assert doubtful([money("a", 100)], [money(1, 90, 1), money(2, 90, 60)]) == {
        "a": (1,)
    }


SUMS = st.lists(
    st.tuples(st.integers(1, 300), st.integers(-10, 40)), min_size=0, max_size=6
)


@given(SUMS, SUMS)
def test_nothing_is_matched_twice_and_sums_agree(paid, entries):
    paid = [money(("p", n), *one) for n, one in enumerate(paid)]
    entries = [money(("e", n), *one) for n, one in enumerate(entries)]
    amounts = {one.key: one.amount for one in (*paid, *entries)}
    found = match(paid, entries)
    used = [key for one in found for key in (*one.paid, *one.entries)]
    assert len(used) == len(set(used))
    for one in found:
        gap = sum(amounts[key] for key in one.paid)
        gap -= sum(amounts[key] for key in one.entries)
        assert abs(gap) <= Decimal("0.01")
