from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.billing import billed_difference
from kernel.errors import MissingValue, NoSuchRule
from kernel.indexation import Index, in_units, index_between, indexed, valued
from kernel.legal_table import LegalTable, LegalValue, Validity
from kernel.money import Money

D = Decimal
UF = Index("cl.uf", article="Ley 18.010 art. 3")
IPC = Index("cl.ipc", lag=1)
values = st.integers(10**5, 10**7).map(lambda n: D(n) / 100)
bases = st.integers(0, 10**9).map(lambda n: Money(D(n), "CLP"))


def clp(amount):
    return Money.of(amount, "CLP")


def table(code, validity, values):
    rows = [LegalValue(code, "", day, day, value) for day, value in values.items()]
    return LegalTable({code: validity}, rows)


UFS = table(
    "cl.uf",
    Validity.DAY,
    {date(2025, 12, 9): D("39643.59"), date(2026, 1, 9): D("39762.52")},
)
IPCS = table(
    "cl.ipc",
    Validity.MONTH,
    {
        date(2025, 12, 1): D("110.5"),
        date(2026, 1, 1): D("111.2"),
        date(2026, 5, 1): D("112.71"),
        date(2026, 6, 1): None,
    },
)


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


def test_an_amount_in_units_keeps_its_value():
    units = in_units(clp(198969), D("27205.11"))
    assert abs(units - D("7.31367")) < D("0.00001")
    assert valued(units, D("27205.11"), "CLP", D(1)) == clp(198969)


def test_a_unit_of_the_day_is_asked_for_its_own_days():
    since, on = date(2025, 12, 9), date(2026, 1, 9)
    found = index_between(clp(1000000), UFS, UF, since, on, D(1))
    assert found.amount == clp(1003000)
    assert (found.first, found.last) == (D("39643.59"), D("39762.52"))
    with pytest.raises(MissingValue, match="2026-01-10"):
        index_between(clp(1), UFS, UF, since, on + timedelta(days=1), D(1))


def test_a_monthly_index_is_that_of_the_month_before():
    """From January to June: the indexes of December and May."""
    since, on = date(2026, 1, 31), date(2026, 6, 1)
    found = index_between(clp(1105000), IPCS, IPC, since, on, D(1))
    assert (found.first, found.last) == (D("110.5"), D("112.71"))
    assert found.amount == clp(1127100)
    with pytest.raises(MissingValue, match="2026-04-30"):
        index_between(clp(1), IPCS, IPC, since, date(2026, 5, 31), D(1))
    with pytest.raises(NoSuchRule):
        index_between(clp(1), IPCS, IPC, since, date(2026, 7, 15), D(1))


def test_an_index_that_may_not_fall_leaves_the_amount():
    falling = table("x", Validity.DAY, {date(2026, 1, 1): D(9), date(2026, 1, 2): D(8)})
    span = date(2026, 1, 1), date(2026, 1, 2)
    index = Index("x", falls=False)
    assert index_between(clp(900), falling, index, *span, D(1)).amount == clp(900)
    index = Index("x")
    assert index_between(clp(900), falling, index, *span, D(1)).amount == clp(800)


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


@pytest.mark.parametrize("value", [0, -1])
def test_a_unit_costs_something(value):
    with pytest.raises(ValueError):
        in_units(clp(1), D(value))
