from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import CurrencyMismatch, NeedsJudge
from kernel.money import Money
from kernel.penalty import Nature, PenaltyClause, PenaltyLimit, penalty

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

    words = case["clause"].split()
    clause = PenaltyClause(
        money("penalty"),
        for_delay="delay" in words,
        with_principal="principal" in words,
        with_damages="damages" in words,
    )
    asked = {
        "clause": clause,
        "principal": money("principal"),
        "due": DUE,
        "on": date.fromisoformat(f"2026-{case['on']}"),
        "unit": UNITS[case["currency"]],
        "limit": limit_of(case["limit"]),
        "performed": money("performed"),
        "nature": Nature(case["nature"]),
        "highest_interest": money("interest"),
    }
    if case["amount"] == "judge":
        with pytest.raises(NeedsJudge):
            penalty(**asked)
        return
    found = penalty(**asked)
    assert (found.amount, found.cut) == (money("amount"), money("cut"))
    assert found.excludes == set(case["excludes"].split())


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
    found = penalty(PenaltyClause(asked), principal, DUE, LATE, D(1), limit)
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
    found = penalty(PenaltyClause(asked), principal, DUE, LATE, D(1), DOUBLE)
    assert principal + found.amount <= principal * 2
    assert found.article == "CC art. 1544"


@given(our.amounts("CLP"), our.amounts("CLP"), our.amounts("CLP"))
def test_what_was_performed_lowers_the_penalty_in_proportion(one, two, asked):
    principal, performed = max(one, two), min(one, two)
    clause = PenaltyClause(asked)
    found = penalty(clause, principal, DUE, LATE, D(1), performed=performed)
    if principal.is_zero:
        assert found.amount.is_zero
        return
    left = principal - performed
    exact = asked.amount * left.amount / principal.amount
    assert abs(found.amount.amount - exact) <= D("0.5")


def test_more_or_less_than_the_whole_is_not_performed():
    clause = PenaltyClause(clp(100))
    for performed, left in ((1500, 0), (-500, 100)):
        found = penalty(clause, clp(1000), DUE, LATE, D(1), performed=clp(performed))
        assert found.amount == clp(left)


def test_a_limit_of_less_than_the_principal_leaves_nothing():
    limit = PenaltyLimit(D("0.5"))
    found = penalty(PenaltyClause(clp(9)), clp(1000), DUE, LATE, D(1), limit)
    assert (found.amount, found.limit) == (clp(0), clp(0))


def test_a_loan_needs_the_interest_that_bounds_it():
    with pytest.raises(ValueError, match="highest interest"):
        penalty(
            PenaltyClause(clp(9)), clp(9), DUE, LATE, D(1), DOUBLE, nature=Nature.LOAN
        )


def test_the_penalty_is_in_the_currency_of_the_principal():
    with pytest.raises(CurrencyMismatch):
        penalty(PenaltyClause(Money.of(9, "EUR")), clp(9), DUE, LATE, D(1))
