"""Bands of procedures, lawyers and court fees: spain.md T16 to T18."""

from decimal import Decimal as D

import pytest
from kernel.procedure import Procedure

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
