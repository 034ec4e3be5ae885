from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.legal_table import LegalTable, LegalValue, Validity
from kernel.published import Rate, merge_rates

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
ONE_DAY = timedelta(days=1)
D = Decimal


def stored(first, last, number, rank=10, key=""):
    value = None if number is None else D(number)
    return LegalValue("x", key, first, last, value, rank)


def rate(first, last, number, key=""):
    return Rate(first, last, D(number), key)


def merge(values, rates, validity=Validity.PERIOD, closable=()):
    return merge_rates("x", validity, values, rates, closable)


@pytest.mark.parametrize("validity", list(Validity))
def test_what_is_there_already_is_passed_over(validity):
    held = [stored(JAN, None, "1.50", rank=0)]
    found = merge(held, [rate(JAN, None, "1.5")], validity)
    assert (found.new, found.different, found.closed) == ((), (), ())


@pytest.mark.parametrize("validity", [Validity.DAY, Validity.MONTH])
def test_a_stored_day_wins_and_the_difference_is_told(validity):
    held = stored(JAN, None, "1")
    found = merge([held], [rate(JAN, None, "2"), rate(FEB, None, "3")], validity)
    assert found.new == (rate(FEB, None, "3"),)
    assert found.different == ((rate(JAN, None, "2"), held),)


def test_only_the_days_that_nothing_covers_are_new():
    held = stored(JAN, FEB - ONE_DAY, "1")
    found = merge([held], [rate(JAN, MAR, "1")])
    assert found.new == (rate(FEB, MAR, "1"),)
    assert not found.different


def test_the_days_before_and_after_what_is_stored_are_new():
    held = stored(FEB, MAR - ONE_DAY, "1")
    found = merge([held], [rate(JAN, None, "2")])
    assert found.new == (rate(JAN, FEB - ONE_DAY, "2"), rate(MAR, None, "2"))
    assert found.different == ((rate(JAN, None, "2"), held),)


def test_a_rule_that_did_not_exist_is_not_filled_in():
    held = stored(JAN, FEB, None)
    assert merge([held], [rate(JAN, FEB, "1")]).different


def test_a_later_publication_ends_an_open_value_that_may_be_closed():
    held = stored(JAN, None, "1")
    rates = [rate(FEB, FEB, "2"), rate(FEB + ONE_DAY, None, "1")]
    assert merge([held], rates).different == ((rates[0], held),)
    found = merge([held], rates, closable={("", JAN)})
    assert found.new == tuple(rates)
    assert found.closed == ((held, FEB - ONE_DAY),)
    assert not found.different


def test_a_publication_from_the_same_day_never_closes_what_is_stored():
    held = stored(JAN, None, "1")
    assert merge([held], [rate(JAN, None, "2")], closable={("", JAN)}).different


def test_keys_do_not_meet():
    held = stored(JAN, None, "1", key="a")
    assert merge([held], [rate(JAN, None, "2", "b")]).new


days = st.integers(0, 40).map(lambda n: JAN + timedelta(days=n))
spans = st.tuples(days, days).map(sorted)


@given(spans, st.lists(spans, max_size=1), st.booleans())
def test_merged_values_cover_the_published_days_and_change_no_stored_one(
    published, held, open_end
):
    values = [stored(one, None if open_end else two, "1") for one, two in held]
    found = merge(values, [rate(*published, "2")])
    fresh = [stored(one.first, one.last, one.value) for one in found.new]
    table = LegalTable({"x": Validity.PERIOD}, values + fresh)
    before = LegalTable({"x": Validity.PERIOD}, values).series("x")
    day = published[0]
    while day <= published[1]:
        kept = any(
            row.first <= day and (row.last is None or day <= row.last)
            for row in before.rows
        )
        assert table.number("x", day) == (D(1) if kept else D(2))
        day += ONE_DAY
