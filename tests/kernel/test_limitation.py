import csv
import pathlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.limitation import (
    Act,
    Obligor,
    Reach,
    Term,
    TermRow,
    barred_after,
    earliest,
    ends_on,
    limitation,
    next_loss,
)

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "limitation.csv"
PEOPLE = (
    Obligor("debtor", solidary=True),
    Obligor("co_debtor", solidary=True),
    Obligor("guarantor", solidary=False),
)
DEBTOR = PEOPLE[0]
FIVE = (TermRow(date(1900, 1, 1), 60),)


def day(text):
    return date.fromisoformat(text)


def rows(text):
    pairs = (one.split(":") for one in text.split(";") if one)
    return tuple(TermRow(day(first), int(months)) for first, months in pairs)


def acts(text):
    for one in filter(None, text.split(";")):
        kind, rest = one.split("@")
        when, who, reach = rest.split("/")
        yield Act(kind, day(when), who, Reach(reach))


def cases():
    with GOLDEN.open(encoding="utf-8", newline="") as stream:
        return [pytest.param(row, id=row["case"]) for row in csv.DictReader(stream)]


@pytest.mark.parametrize("row", cases())
def test_golden(row):
    term = Term(
        "ordinary",
        "any",
        day(row["start"]),
        rows(row["rows"]),
        frozenset(row["moved_by"].split()),
        turned_by=frozenset(row["turned_by"].split()),
        after=rows(row["after"]),
        personal=bool(row["personal"]),
    )
    who = next(one for one in PEOPLE if one.key == row["obligor"])
    found = limitation(term, acts(row["acts"]), who, PEOPLE)
    assert found.on == day(row["expected"])


def test_the_last_day_is_still_in_time():
    found = limitation(Term("ordinary", "any", day("2021-12-05"), FIVE), (), DEBTOR)
    assert not found.is_barred(day("2026-12-04"))
    assert not found.is_barred(day("2026-12-05"))
    assert found.is_barred(day("2026-12-06"))


def test_nothing_runs_while_a_suit_is_pending():
    term = Term("ordinary", "any", day("2021-12-05"), FIVE, frozenset({"suit"}))
    suit = Act("suit", day("2026-11-23"), "debtor", Reach.ALL, pending=True)
    found = limitation(term, [suit], PEOPLE[2], PEOPLE)
    assert found.on is None and not found.is_barred(date.max)
    ended = Act("suit", suit.day, "debtor", Reach.ALL, runs_from=day("2028-03-01"))
    assert limitation(term, [ended], DEBTOR).on == day("2033-03-01")


def test_a_suspension_adds_its_days_only():
    term = Term("ordinary", "freight", day("2026-01-10"), FIVE, frozenset({"claim"}))
    pause = Act(
        "claim",
        day("2026-03-01"),
        "debtor",
        runs_from=day("2026-03-31"),
        suspends=True,
    )
    assert limitation(term, [pause], DEBTOR).on == day("2031-02-09")


def test_of_an_unknown_kind_the_earliest_counts():
    start = day("2025-12-05")
    short, long = (
        limitation(Term("ordinary", kind, start, (TermRow(start, months),)), (), DEBTOR)
        for kind, months in (("commercial", 48), ("ordinary", 60))
    )
    executive = limitation(
        Term("executive", "invoice", start, (TermRow(start, 12),)), (), DEBTOR
    )
    found = earliest([long, short, executive])
    assert found["ordinary"].on == day("2029-12-05")
    assert found["executive"].on == day("2026-12-05")
    left = found.values()
    assert next_loss(left, day("2026-12-05")).term.action == "executive"
    assert next_loss(left, day("2026-12-06")).term.action == "ordinary"
    assert next_loss(left, day("2029-12-06")) is None
    assert barred_after(left) == day("2029-12-05")
    assert barred_after([]) is None


def test_a_term_without_a_length_has_no_end():
    assert ends_on(day("2025-12-05"), ()) is None


DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
ACTS = st.lists(
    st.builds(
        Act,
        st.sampled_from(["claim", "suit"]),
        DAYS,
        st.sampled_from([one.key for one in PEOPLE]),
        st.sampled_from(list(Reach)),
    ),
    max_size=5,
)
LENGTHS = st.lists(
    st.builds(TermRow, DAYS, st.integers(1, 240)), min_size=1, max_size=3
).map(lambda found: (TermRow(date(1900, 1, 1), 120), *found))


@given(DAYS, st.integers(1, 240), ACTS, st.sampled_from(PEOPLE))
def test_no_act_makes_a_claim_end_earlier(start, months, found, who):
    lengths = (TermRow(date(1900, 1, 1), months),)
    moved = Term("ordinary", "any", start, lengths, frozenset({"claim", "suit"}))
    plain = limitation(moved, (), who, PEOPLE).on
    assert limitation(moved, found, who, PEOPLE).on >= plain
    unmoved = Term("ordinary", "any", start, lengths)
    assert limitation(unmoved, found, who, PEOPLE).on == plain


@given(DAYS, LENGTHS, ACTS, st.sampled_from(PEOPLE))
def test_the_order_in_which_acts_are_known_does_not_matter(start, lengths, found, who):
    term = Term("ordinary", "any", start, lengths, frozenset({"claim", "suit"}))
    one = limitation(term, found, who, PEOPLE)
    assert limitation(term, found[::-1], who, PEOPLE).on == one.on


@given(DAYS, LENGTHS, ACTS)
def test_whoever_answers_for_the_whole_is_reached_by_all_that_reaches_the_debtor(
    start, lengths, found
):
    term = Term("ordinary", "any", start, lengths, frozenset({"claim", "suit"}))
    shared = [
        act
        for act in found
        if act.reach is not Reach.OWN and act.obligor != "guarantor"
    ]
    one, two = (limitation(term, shared, who, PEOPLE).on for who in PEOPLE[:2])
    assert one == two


@given(DAYS, st.integers(0, 2000))
def test_an_act_after_the_end_revives_nothing(start, late):
    term = Term("ordinary", "any", start, FIVE, frozenset({"claim"}))
    end = limitation(term, (), DEBTOR).on
    act = Act("claim", end + timedelta(days=1 + late), "debtor")
    assert limitation(term, [act], DEBTOR).on == end
