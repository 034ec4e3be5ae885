"""Bands of procedures, lawyers and court fees: spain.md T16 to T18."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.procedure import Advice, Band, Option, Procedure, recommend

VERBAL = Procedure(
    "verbal",
    any_amount=frozenset({"lease"}),
    up_to=D(15000),
    lawyer_above=D(2000),
    fee=D(150),
    free_up_to=D(2000),
)
ORDINARY = Procedure("ordinario", above=D(15000), lawyer_above=D(2000), fee=D(300))
ORDER = Procedure("monitorio", fee=D(100), free_up_to=D(2000))


@pytest.mark.parametrize(
    ("amount", "verbal", "ordinary"),
    [("14999.99", True, False), ("15000", True, False), ("15000.01", False, True)],
)
def test_a_band_has_its_end_and_not_its_beginning(amount, verbal, ordinary):
    assert VERBAL.admits(D(amount), ["invoice"]) is verbal
    assert ORDINARY.admits(D(amount), ["invoice"]) is ordinary


def test_rents_go_by_the_verbal_suit_at_any_amount_and_nothing_beside_them():
    assert VERBAL.admits(D(20000), ["lease"])
    assert not VERBAL.admits(D(20000), ["lease", "invoice"])


@pytest.mark.parametrize(
    ("amount", "lawyer", "fee"),
    [("1999.99", False, 0), ("2000", False, 0), ("2000.01", True, 100)],
)
def test_lawyers_and_fees_begin_above_their_amounts(amount, lawyer, fee):
    assert VERBAL.needs_lawyer(D(amount)) is lawyer
    assert ORDER.needs_lawyer(D(amount)) is False
    assert ORDER.court_fee(D(amount)) == fee


def test_titles_that_are_not_admitted_are_named_once_in_their_order():
    known = Procedure("x", titles=frozenset({"cheque"}))
    assert known.refused_titles(["lease", "cheque", "lease", "deed"]) == (
        "lease",
        "deed",
    )
    assert ORDER.refused_titles(["lease"]) == ()


CHEAP = Option("verbal", "declaratory", True, D(150), 0, 2)
ORDERED = Option("order", "payment_order", True, D(100), 165, 1)
LACKING = Option("bill", "executive", False, D(150), 0, 0)


@pytest.mark.parametrize(
    ("options", "code", "reasons"),
    [
        ([CHEAP, ORDERED, LACKING], "order", ("nature",)),
        ([LACKING], "bill", ("only",)),
        ([LACKING, CHEAP], "verbal", ("only_ready",)),
        ([replace(ORDERED, code="other", cost=D(90)), ORDERED], "other", ("cheaper",)),
        ([replace(ORDERED, code="other", days=9), ORDERED], "other", ("faster",)),
        ([replace(ORDERED, code="other", order=0), ORDERED], "other", ("first",)),
        ([], None, ()),
    ],
)
def test_one_procedure_is_recommended_with_its_reasons(options, code, reasons):
    for order in (options, options[::-1]):
        assert recommend(order, (), D(1000)) == Advice(code, reasons)


BANDS = (
    Band("order", None, D("1999.99")),
    Band("verbal", D("1999.99"), D(6000)),
    Band("ordinario", D(6000)),
)


@pytest.mark.parametrize(
    ("amount", "code", "wished"),
    [
        ("1999.99", "order", "order"),
        ("2000", "verbal", "verbal"),
        ("6000", "verbal", "verbal"),
        ("6000.01", "order", "ordinario"),
    ],
)
def test_a_wish_of_the_company_holds_where_the_law_opens_it(amount, code, wished):
    found = recommend([CHEAP, ORDERED], BANDS, D(amount))
    assert (found.code, found.wished) == (code, wished)


@given(
    st.lists(
        st.builds(
            Option,
            st.sampled_from("abc"),
            st.sampled_from(("executive", "declaratory", "payment_order")),
            st.booleans(),
            st.decimals(0, 999, places=2),
            st.integers(0, 900),
            st.integers(0, 9),
        ),
        unique_by=lambda one: one.code,
    ),
    st.decimals(0, 99999, places=2),
)
def test_what_is_recommended_is_open_and_ready_before_what_is_not(options, amount):
    found = recommend(options, (), amount)
    chosen = [one for one in options if one.code == found.code]
    assert bool(chosen) is bool(options)
    if any(one.ready for one in options):
        assert chosen[0].ready
