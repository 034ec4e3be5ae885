"""Twelve cases that were judged and ranked by hand (golden/risk.csv), and when suing
pays."""

import csv
import pathlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.risk import (
    CaseFacts,
    Light,
    SuitTerms,
    break_even,
    rank,
    signals,
)

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "risk.csv"
ROWS = list(csv.DictReader(GOLDEN.open()))
NUMBERS = ("lacking", "originals", "returned", "broken")
FLAGS = ("liquidation", "insolvent", "deceased", "reachable")
DAYS = ("paid_days", "answered_days", "loss_days")
MONEY = ("fee", "lawyer", "share", "agent", "yearly")


def read(row):
    facts = CaseFacts(
        row["title"],
        disputed=Decimal(row["disputed"]),
        **{name: int(row[name]) for name in NUMBERS},
        **{name: row[name] == "1" for name in FLAGS},
        **{name: int(row[name]) if row[name] else None for name in DAYS},
    )
    terms = SuitTerms(
        months=int(row["months"]), **{name: Decimal(row[name]) for name in MONEY}
    )
    return facts, Decimal(row["amount"]), terms


@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_the_lights_are_those_that_were_given_by_hand(row):
    facts, _amount, _terms = read(row)
    lights = tuple(one.light.name.lower() for one in signals(facts))
    wanted = tuple(row[f"{name}_light"] for name in ("title", "solvency", "time"))
    assert lights == wanted


@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_the_break_even_is_the_one_that_was_worked_out_by_hand(row):
    _facts, amount, terms = read(row)
    assert break_even(amount, terms) == Decimal(row["break_even"])


def test_the_order_is_that_of_the_hand():
    ordered = sorted(ROWS, key=lambda row: rank(*read(row)))
    assert [int(row["rank"]) for row in ordered] == list(range(1, len(ROWS) + 1))


def test_whoever_has_no_green_light_is_told_why():
    for row in ROWS:
        for one in signals(read(row)[0]):
            assert bool(one.reasons) is (one.light is not Light.GREEN)


@given(
    st.integers(1, 10**6), st.integers(0, 10**4), st.integers(0, 60), st.integers(0, 99)
)
def test_at_its_break_even_a_suit_brings_what_it_costs(amount, costs, months, share):
    terms = SuitTerms(
        lawyer=Decimal(costs),
        months=months,
        share=Decimal(share) / 100,
        yearly=Decimal("0.05"),
    )
    even = break_even(Decimal(amount), terms)
    gain = even * terms.brings(Decimal(amount)) - terms.costs
    assert abs(gain) <= terms.brings(Decimal(amount)) * Decimal("0.0001")


def test_a_suit_that_brings_nothing_has_none():
    assert break_even(Decimal(0), SuitTerms(lawyer=Decimal(1))) is None
