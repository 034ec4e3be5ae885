from datetime import date

import pytest
from kernel.debit import DebitTerms, strikes_out
from kernel.lifecycle import DEBIT, DEBIT_BATCH

CORE, B2B = DebitTerms(return_days=5), DebitTerms(return_days=3)


def day(text):
    return date.fromisoformat(text)


def test_the_days_of_a_debit_before_christmas():
    """Submit by 12-22, D+5 2026-12-31, D+3 12-29: TARGET is closed on 25 and 26."""
    due = day("2026-12-23")
    assert CORE.submit_by(due) == day("2026-12-22")
    assert CORE.return_until(due) == day("2026-12-31")
    assert B2B.return_until(due) == day("2026-12-29")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2026-12-08", "2026-12-23"),
        ("2026-12-09", "2026-12-23"),
        ("2026-12-10", "2026-12-24"),
        ("2026-12-11", "2026-12-28"),  # the 25th is Christmas
    ],
)
def test_the_day_moves_with_the_notice(told, expected):
    assert CORE.collect_on(day("2026-12-23"), day(told), 14) == day(expected)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2026-12-22", "2026-12-23"),  # the bank takes it the banking day before
        ("2026-12-23", "2026-12-24"),
        ("2026-12-24", "2026-12-28"),
        ("2026-12-27", "2026-12-29"),  # a Sunday: Monday's were taken until Thursday
    ],
)
def test_without_notice_the_bank_needs_a_day(told, expected):
    assert CORE.collect_on(day("2026-12-23"), day(told)) == day(expected)


def test_again_between_5_and_15_days():
    first = day("2026-11-03")
    assert CORE.again_on(first, day("2026-11-06"), 2, 5, 15) == day("2026-11-09")
    assert CORE.again_on(first, day("2026-11-04"), 14, 5, 15) == day("2026-11-18")
    assert CORE.again_on(first, day("2026-11-05"), 14, 5, 15) is None


def test_where_nobody_says_the_term_is_that_of_the_house():
    plain = DebitTerms(target=False)
    assert plain.return_until(day("2026-12-24")) is None
    assert plain.return_until(day("2026-12-24"), 2) == day("2026-12-28")


def test_two_days_without_funds_are_enough():
    one, two = day("2026-10-05"), day("2026-10-12")
    assert not strikes_out([one, one], [])
    assert strikes_out([one, two], [])
    assert not strikes_out([one, two], [one])
    assert strikes_out([one, two], [day("2026-10-01")])


def test_every_state_of_a_debit_is_reached():
    assert not DEBIT.unreachable()
    assert DEBIT.final == {"returned", "refunded", "cancelled"}
    assert not DEBIT_BATCH.unreachable()
