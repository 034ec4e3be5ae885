from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.billing import billed_difference
from kernel.indexation import indexed, valued
from kernel.money import Money

D = Decimal
values = st.integers(10**5, 10**7).map(lambda n: D(n) / 100)
bases = st.integers(0, 10**9).map(lambda n: Money(D(n), "CLP"))


def clp(amount):
    return Money.of(amount, "CLP")


@pytest.mark.golden("indexation.csv")
def test_the_amount_follows_the_index(case):
    found = indexed(
        clp(case["base"]),
        D(case["first"]),
        D(case["last"]),
        D(case["unit"]),
        falls=case["falls"] == "yes",
    )
    assert found.amount == clp(case["amount"])
    assert found.adjustment == clp(case["adjustment"])


@pytest.mark.golden("cl_units.csv")
def test_units_are_valued_on_the_day_and_rounded_once(case):
    found = valued(D(case["units"]), D(case["unit_value"]), "CLP", D(1))
    assert found == clp(case["pesos"])


@given(bases, values, st.lists(values, min_size=1, max_size=12))
def test_billed_monthly_is_billed_once(base, first, later):
    bills = []
    for last in later:
        whole = indexed(base, first, last, D(1)).adjustment
        bills.append(billed_difference(whole, bills))
    once = indexed(base, first, later[-1], D(1)).adjustment
    assert sum((bill.amount for bill in bills), D(0)) == once.amount


@given(bases, values, values)
def test_there_and_back_is_where_it_was(base, first, last):
    there = indexed(base, first, last, D("1E-9"))
    back = indexed(there.amount, last, first, D("1E-6"))
    assert abs(back.amount.amount - base.amount) <= D("1E-4")


@given(bases, values, values, st.integers(0, 10**6))
def test_what_follows_an_index_grows_with_it(base, first, last, more):
    low = indexed(base, first, last, D(1))
    high = indexed(base, first, last + more, D(1))
    assert low.amount <= high.amount
    assert abs(low.amount.amount - low.exact) <= D("0.5")


def test_the_rounding_is_the_one_asked_for():
    assert indexed(clp(1), D(2), D(3), D(1)).amount == clp(2)
    assert indexed(clp(1), D(2), D(3), D(1), ROUND_FLOOR).amount == clp(1)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (1, 0), (-1, 1)])
def test_an_index_is_positive(first, last):
    with pytest.raises(ValueError):
        indexed(clp(1), D(first), D(last), D(1))
