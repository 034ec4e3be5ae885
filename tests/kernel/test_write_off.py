"""From when on a debt may be written off, and what of it is provided for."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.provision import Scale
from kernel.write_off import Term, loss, wholly_from

STUDENTS = Scale.parse("91: 25; 181: 50; 271: 75; 366: 100")


def test_t32_a_year_after_the_age_of_the_whole_allowance():
    aged = wholly_from(date(2025, 11, 5), STUDENTS)
    assert aged == date(2026, 11, 6)
    assert Term(None, aged).by_age == date(2027, 11, 6)


def test_a_year_after_the_first_run_that_provided_for_all():
    term = Term(date(2026, 11, 30), date(2026, 11, 6))
    assert term.by_provision == date(2027, 11, 30)


def test_without_run_or_age_there_is_no_day():
    assert wholly_from(date(2025, 11, 5), Scale.parse("1: 50")) is None
    assert (Term(None, None).by_provision, Term(None, None).by_age) == (None, None)


def test_a_year_after_the_twenty_ninth_of_february():
    assert Term(date(2028, 2, 29), None).by_provision == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("amount", "allowance", "released", "rest"),
    [(100, 100, 100, 0), (100, 60, 60, 40), (60, 100, 60, 0), (100, 0, 0, 100)],
)
def test_what_is_taken_of_the_allowance(amount, allowance, released, rest):
    found = loss(Decimal(amount), Decimal(allowance))
    assert (found.released, found.unprovided) == (released, rest)


AMOUNTS = st.decimals(0, 10**9, places=2)


@given(AMOUNTS, AMOUNTS)
def test_parts_add_up_and_none_is_negative(amount, allowance):
    found = loss(amount, allowance)
    assert found.released + found.unprovided == amount
    assert 0 <= found.released <= allowance
    assert found.unprovided >= 0
