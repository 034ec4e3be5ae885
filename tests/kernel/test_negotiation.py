"""When a claim may be filed after a negotiation: spain.md T20, T21 and section 12."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.negotiation import (
    Invited,
    Negotiation,
    NegotiationTerms,
    Window,
    best,
    window,
)

TERMS = NegotiationTerms(wait_days=30, meeting_months=3, valid_months=12)
DAY = date(2026, 11, 23)


def silent(*days):
    return Negotiation(tuple(Invited(key, day) for key, day in enumerate(days)))


@pytest.mark.parametrize(
    ("received", "first", "last"),
    [
        ("2026-11-23", "2026-12-24", "2027-11-23"),  # T20
        ("2026-11-07", "2026-12-08", "2027-11-07"),  # T21
    ],
)
def test_silence_ends_after_thirty_days_and_holds_a_year(received, first, last):
    found = window(silent(date.fromisoformat(received)), TERMS)
    assert (found.first, found.last) == tuple(map(date.fromisoformat, (first, last)))
    assert not found.admits(found.first - timedelta(days=1))
    assert found.admits(found.first) and found.admits(found.last)
    assert not found.admits(found.last + timedelta(days=1))


def test_an_attempt_without_reception_opens_nothing():
    found = window(Negotiation((Invited("a", DAY), Invited("b"))), TERMS)
    assert (found.lacks, found.who) == ("reception", ("b",))
    assert not found.admits(date(2027, 1, 1))
    sworn = window(Negotiation((Invited("a", DAY), Invited("b", sworn=DAY))), TERMS)
    assert sworn.first == date(2026, 12, 24)


def test_everybody_counts_and_the_last_reception_decides():
    assert window(silent(DAY, date(2026, 12, 1)), TERMS).first == date(2027, 1, 1)
    assert window(Negotiation(()), TERMS).lacks == "nobody"


def test_answers_proposals_meetings_and_the_end_in_writing():
    invited = silent(DAY).invited
    answered = Negotiation(invited, answer=date(2026, 11, 30))
    assert window(answered, TERMS).lacks == "running"
    proposed = Negotiation(
        invited, answer=date(2026, 11, 30), proposal=date(2026, 12, 10)
    )
    assert window(proposed, TERMS).first == date(2027, 1, 10)
    met = Negotiation(invited, meeting=date(2026, 12, 1))
    assert window(met, TERMS).first == date(2027, 3, 2)
    ended = Negotiation(invited, meeting=date(2026, 12, 1), ended=date(2026, 12, 5))
    found = window(ended, TERMS)
    assert (found.first, found.last) == (date(2026, 12, 6), date(2027, 12, 5))


@given(st.dates(date(2025, 4, 3), date(2040, 1, 1)), st.integers(0, 400))
def test_no_claim_is_filed_within_the_days_of_an_invitation(received, after):
    on = received + timedelta(days=after)
    admits = window(silent(received), TERMS).admits(on)
    assert not (admits and after <= TERMS.wait_days)


def test_the_best_of_several():
    old = Window(date(2025, 1, 1), date(2026, 1, 1))
    coming = Window(date(2026, 12, 24), date(2027, 11, 23))
    running = Window(lacks="running")
    assert best([], DAY) is None
    assert best([old, coming, running], DAY) is coming
    assert best([old, running], DAY) is old
    assert best([old, coming], date(2027, 1, 1)) is coming
