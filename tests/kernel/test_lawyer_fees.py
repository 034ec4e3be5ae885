from decimal import Decimal

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import CurrencyMismatch, RefusedTerms
from kernel.lawyer_fees import LawyerTerms, lawyer_fee, lawyer_fee_due
from kernel.money import Money

D = Decimal


def eur(amount):
    return Money.of(amount, "EUR")


@pytest.mark.golden("lawyer_fees.csv")
def test_a_lawyer_is_owed_what_was_agreed(case):
    cap = D(case["cap"]) if case["cap"] else None
    terms = LawyerTerms(
        "EUR", D(case["fixed"]), D(case["share"]), D(case["floor"]), cap
    )
    found = lawyer_fee(terms, eur(case["recovered"]))
    assert found.amount == eur(case["amount"])
    assert found.bound == eur(case["bound"])
    assert found.fixed + found.on_recoveries + found.bound == found.amount


terms = st.builds(
    lambda fixed, share, floor, more: LawyerTerms(
        "EUR",
        D(fixed),
        D(share) / 100,
        D(floor),
        None if more is None else floor + more,
    ),
    st.integers(0, 1000),
    st.integers(0, 100),
    st.integers(0, 1000),
    st.none() | st.integers(0, 1000).map(D),
)


@given(terms, our.amounts("EUR", 10**7), our.amounts("EUR", 10**7))
def test_more_recoveries_never_pay_less_and_stay_in_bounds(agreed, one, more):
    less, most = lawyer_fee(agreed, one), lawyer_fee(agreed, one + more)
    assert less.amount <= most.amount
    assert agreed.floor <= less.amount.amount
    assert agreed.cap is None or most.amount.amount <= agreed.cap
    due = lawyer_fee_due(agreed, one + more, less.amount)
    assert less.amount + due == most.amount


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": D("1.01")},
        {"share": D("-0.1")},
        {"fixed": D(-1)},
        {"floor": D(-1)},
        {"floor": D(2), "cap": D(1)},
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong):
    with pytest.raises(RefusedTerms):
        LawyerTerms("EUR", **wrong)
    with pytest.raises(CurrencyMismatch):
        lawyer_fee(LawyerTerms("CLP"), eur(1))
