from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import CurrencyMismatch
from kernel.money import Money
from kernel.penalty import PenaltyLimit, penalty

D = Decimal
DUE = date(2026, 10, 1)
LATE = date(2026, 10, 2)
DOUBLE = PenaltyLimit(article="CC art. 1544")
UNITS = {"CLP": D(1), "EUR": D("0.01")}


def limit_of(text):
    kind, _space, share = text.partition(" ")
    if kind == "none":
        return None
    if kind == "void":
        return PenaltyLimit(D(share), principal_included=False, void=True)
    return replace(DOUBLE, principal_included=not share)


@pytest.mark.golden("penalty.csv")
def test_the_penalty_is_what_the_law_leaves_of_it(case):
    def money(name):
        return Money.of(case[name], case["currency"]) if case[name] else None

    found = penalty(
        money("penalty"),
        money("principal"),
        DUE,
        date.fromisoformat(f"2026-{case['on']}"),
        UNITS[case["currency"]],
        limit_of(case["limit"]),
    )
    assert (found.amount, found.cut) == (money("amount"), money("cut"))


def clp(amount):
    return Money.of(amount, "CLP")


limits = st.builds(
    PenaltyLimit,
    factor=st.integers(0, 400).map(lambda n: D(n) / 100),
    principal_included=st.booleans(),
    void=st.booleans(),
)


@given(our.amounts("CLP"), our.amounts("CLP"), st.none() | limits)
def test_amount_and_cut_make_the_penalty(principal, asked, limit):
    found = penalty(asked, principal, DUE, LATE, D(1), limit)
    assert found.amount + found.cut == asked
    assert clp(0) <= found.amount
    if limit is None:
        assert (found.amount, found.limit) == (asked, None)
        return
    assert found.amount.amount <= found.limit.amount + D("0.5")
    if asked <= found.limit:
        assert found.amount == asked
    elif limit.void:
        assert found.amount == clp(0)


@given(our.amounts("CLP"), our.amounts("CLP"))
def test_debt_and_penalty_never_pass_the_double(principal, asked):
    found = penalty(asked, principal, DUE, LATE, D(1), DOUBLE)
    assert principal + found.amount <= principal * 2
    assert found.article == "CC art. 1544"


def test_a_limit_of_less_than_the_principal_leaves_nothing():
    limit = PenaltyLimit(D("0.5"))
    found = penalty(clp(9), clp(1000), DUE, LATE, D(1), limit)
    assert (found.amount, found.limit) == (clp(0), clp(0))


def test_the_penalty_is_in_the_currency_of_the_principal():
    with pytest.raises(CurrencyMismatch):
        penalty(Money.of(9, "EUR"), clp(9), DUE, LATE, D(1))
