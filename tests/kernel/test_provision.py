import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.provision import (
    BadScale,
    Claim,
    Scale,
    charged_and_released,
    movements,
    provide,
    shared_out,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "provision.csv"
CENT = Decimal("0.01")
RESIDENCE = Scale.parse("0: 0; 91: 25; 181: 50; 271: 75; 366: 100")
MONEY = st.decimals("0", "1000000", places=2)
PERCENT = st.decimals("0", "100", places=2)
SHARE = st.decimals("0", "1", places=4)


def golden():
    with GOLDEN.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", golden(), ids=lambda row: f"{row['case']} {row['on']}")
def test_golden(row):
    days = (date.fromisoformat(row["on"]) - date.fromisoformat(row["due"])).days
    assert days == int(row["days"])
    claim = Claim(1, days, Decimal(row["open"]))
    found = provide(claim, Scale.parse(row["scale"]), Decimal(row["step"]))
    assert found.target == Decimal(row["target"])


@pytest.mark.parametrize(
    "text",
    ["", "x", "91", "91: 101", "91: -1", "91: 25; 90: 50", "-1: 5", "1: NaN", ";1: 2"],
)
def test_a_scale_that_cannot_be_read_is_refused(text):
    with pytest.raises(BadScale):
        Scale.parse(text)


def test_buckets_end_where_the_next_begins():
    spans = [(one.first, one.last) for one in RESIDENCE.buckets]
    assert spans == [(0, 90), (91, 180), (181, 270), (271, 365), (366, None)]
    assert RESIDENCE.bucket(-1) is None


def test_an_assessment_wins_and_an_exclusion_wins_over_it():
    claim = {"key": 1, "days": 10, "open": Decimal(1000)}
    assert provide(Claim(**claim, fixed=Decimal(80)), RESIDENCE, CENT).target == 800
    old = {**claim, "days": 400}
    assert provide(Claim(**old, fixed=Decimal(0)), RESIDENCE, CENT).target == 0
    out = Claim(**old, fixed=Decimal(80), excluded="related")
    assert provide(out, RESIDENCE, CENT).target == 0


def test_tax_expected_back_and_what_is_insured_are_no_risk():
    claim = Claim(
        1,
        400,
        Decimal("1210.00"),
        tax_share=Decimal(210) / 1210,
        insured=Decimal("0.9"),
    )
    found = provide(claim, RESIDENCE, CENT)
    assert (found.base, found.target) == (Decimal("100.00"), Decimal("100.00"))


@given(MONEY, st.integers(-50, 800), SHARE, SHARE, st.none() | PERCENT)
def test_never_more_than_what_is_open_nor_negative(open_, days, tax, insured, fixed):
    found = provide(Claim(1, days, open_, tax, insured, fixed), RESIDENCE, CENT)
    assert 0 <= found.target <= found.base <= open_


@given(MONEY, st.integers(-50, 800), st.integers(0, 400))
def test_it_never_falls_with_age(open_, days, more):
    young, old = (
        provide(Claim(1, age, open_), RESIDENCE, CENT) for age in (days, days + more)
    )
    assert young.target <= old.target


@given(
    st.dictionaries(st.integers(1, 9), MONEY), st.dictionaries(st.integers(1, 9), MONEY)
)
def test_what_is_booked_becomes_the_target(targets, booked):
    changes = movements(targets, booked)
    assert sum(booked.values()) + sum(changes.values()) == sum(targets.values())
    up, down = charged_and_released(changes.values())
    assert up >= 0 and down >= 0 and up - down == sum(changes.values())
    assert not movements(targets, targets)


@given(
    st.lists(st.decimals("-999", "999", places=2)), st.decimals("-999", "999", places=2)
)
def test_what_was_booked_beside_the_runs_is_set_off_first(changes, other):
    up, down = charged_and_released(changes, other)
    assert up >= 0 and down >= 0 and up - down == sum(changes) + other
    plain = charged_and_released(changes)
    assert up <= max(plain[0], plain[0] + other)
    assert down <= max(plain[1], plain[1] - other)


PARTS = st.dictionaries(st.sampled_from("abc"), MONEY, min_size=1)


@given(st.decimals("-10000", "10000", places=2), PARTS)
def test_what_is_shared_out_adds_up(amount, parts):
    found = shared_out(amount, parts, CENT)
    assert sum(part for _name, part in found) == amount
    assert {name for name, _part in found} <= set(parts)


def test_the_largest_takes_what_rounding_leaves():
    found = dict(shared_out(Decimal(-100), dict.fromkeys("abc", Decimal(1)), CENT))
    assert found == {
        "a": Decimal("-33.34"),
        "b": Decimal("-33.33"),
        "c": Decimal("-33.33"),
    }
