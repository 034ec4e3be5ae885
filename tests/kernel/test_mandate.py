"""Mandates: references, identifiers, days and the choice (T49 to T54 of the sheet)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import MissingValue
from kernel.mandate import (
    NEAREST,
    Candidate,
    Scheme,
    choose,
    clean_identifier,
    clean_reference,
    creditor_digits,
    creditor_identifier,
    easter,
    identifier_key,
    identifier_problem,
    reference_key,
    reference_problem,
    target_calendar,
    target_day,
)
from stdnum import iban
from stdnum.es import nif
from stdnum.eu import at_02

CORE = Scheme(
    "core", "EUR", dormant_months=36, notice_days=14, refund_weeks=8,
    unauthorised_months=13,
)  # fmt: skip
DAY = date(2026, 11, 23)
COMMON = "abcdefXYZ0189+?/-:().,'"


@pytest.mark.parametrize(
    ("number", "identifier"),
    [
        ("B12345674", "ES11000B12345674"),
        ("A58818501", "ES30000A58818501"),
        ("12345678Z", "ES5800012345678Z"),
        ("X1234567L", "ES59000X1234567L"),
        ("Q2826000H", "ES37000Q2826000H"),
        ("G58818501", "ES03000G58818501"),
    ],
)
def test_t49_a_spanish_creditor_is_told_by_its_tax_number(number, identifier):
    assert creditor_identifier("ES", number) == identifier
    assert len(identifier) == 16
    assert at_02.is_valid(identifier)
    assert identifier_problem(identifier, "ES", 16, number) == ""
    assert identifier_problem(identifier, "ES", 16, f"ES{number}") == ""


def test_t50_check_digits_whatever_the_business_code():
    assert identifier_problem("ES23ZZZ47690558N") == ""
    assert identifier_problem("ES24ZZZ47690558N") == "digits"
    assert identifier_problem("ES23ABC47690558N") == ""
    assert identifier_key("ES23ABC47690558N") == identifier_key("es23 zzz 47690558n")


def test_t51_accounts_and_tax_numbers():
    assert iban.is_valid("ES9121000418450200051332")
    assert not iban.is_valid("ES9121000418450200051333")
    assert nif.is_valid("B12345674")
    assert not nif.is_valid("B12345675")


@pytest.mark.parametrize(
    ("last", "expires"),
    [
        (date(2023, 11, 20), date(2026, 11, 20)),
        (date(2024, 1, 31), date(2027, 1, 31)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 2, 28), date(2028, 2, 28)),
        (None, None),
    ],
)
def test_t52_a_mandate_sleeps_in_after_36_months(last, expires):
    assert CORE.expires(last) == expires


def test_t53_how_long_money_may_be_taken_back():
    assert CORE.refund_until(date(2026, 10, 5)) == date(2026, 11, 30)
    assert CORE.unauthorised_until(date(2026, 10, 5)) == date(2027, 11, 5)


def test_t54_the_debtor_is_told_fourteen_days_before():
    assert CORE.notify_by(date(2026, 12, 5)) == date(2026, 11, 21)
    assert CORE.notify_by(date(2026, 12, 5), agreed=2) == date(2026, 12, 3)
    assert CORE.notify_by(date(2026, 12, 5), agreed=0) == date(2026, 12, 5)


def test_the_days_of_the_sheet_before_christmas():
    due = date(2026, 12, 23)
    assert target_day(due) == due
    assert CORE.notify_by(due) == date(2026, 12, 9)
    assert CORE.refund_until(due) == date(2027, 2, 17)
    assert CORE.unauthorised_until(due) == date(2028, 1, 23)


def test_a_scheme_without_a_term_has_none():
    plain = Scheme("pac", has_file=False)
    assert plain.expires(DAY) is None
    assert plain.notify_by(DAY) is None
    assert plain.notify_by(DAY, agreed=5) == date(2026, 11, 18)
    assert plain.refund_until(DAY) is None
    assert plain.unauthorised_until(DAY) is None


# -- references and identifiers -------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("RES-2026/0001", ""),
        ("a+?/-:().,'z", ""),
        ("A" * 35, ""),
        ("A" * 36, "long"),
        ("", "empty"),
        ("   ", "empty"),
        ("AB CD", "charset"),
        ("MANDATO-Ñ", "charset"),
        ("AB_1", "charset"),
        ("/A", "slash"),
        ("A/", "slash"),
        ("A//B", "slash"),
        ("  M-1  ", ""),
    ],
)
def test_what_banks_refuse_as_a_reference(text, problem):
    assert reference_problem(text) == problem


@given(st.text(alphabet=COMMON, min_size=1, max_size=35))
def test_a_reference_of_the_charset_is_good_but_for_its_slashes(text):
    bad = text.startswith("/") or text.endswith("/") or "//" in text
    assert reference_problem(text) == ("slash" if bad else "")
    assert reference_key(text) == reference_key(text.lower())
    assert clean_reference(f" {text} ") == text


@given(
    st.text(alphabet="ABCDEFGHJKLMNPQRSUVW0123456789", min_size=1, max_size=28),
    st.sampled_from(["ES", "DE", "FR", "PT", "IT"]),
    st.text(alphabet="ABCXYZ0123456789", min_size=3, max_size=3),
)
def test_check_digits_are_those_of_the_public_library(number, country, suffix):
    made = creditor_identifier(country, number, suffix)
    assert at_02.is_valid(made)
    assert identifier_problem(made, country, len(made), number) == ""
    wrong = f"{(int(made[2:4]) + 1) % 100:02d}"
    assert identifier_problem(made[:2] + wrong + made[4:]) == "digits"
    assert creditor_digits(country, number.lower()) == made[2:4]


@pytest.mark.parametrize(
    ("text", "asked", "problem"),
    [
        ("", {}, "shape"),
        ("ES", {}, "shape"),
        ("ESXX000B12345674", {}, "shape"),
        ("ES11-000-B12345674", {}, ""),
        ("ES11000B12345674", {"country": "PT"}, "country"),
        ("ES11000B12345674", {"length": 17}, "length"),
        ("ES11000B12345674", {"national": "A58818501"}, "number"),
        ("ES11000B12345674", {"national": "ES-B12345674"}, ""),
        ("ES11000B12345674", {"national": ""}, ""),
    ],
)
def test_what_is_wrong_with_the_identifier_of_a_creditor(text, asked, problem):
    assert identifier_problem(text, **asked) == problem


def test_an_identifier_is_cleaned_before_it_is_kept():
    assert clean_identifier(" es11 000 b12345674 ") == "ES11000B12345674"


# -- banking days ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
        (2049, date(2049, 4, 18)),
        (2076, date(2076, 4, 19)),
    ],
)
def test_easter(year, sunday):
    assert easter(year) == sunday


@given(st.integers(1900, 2199))
def test_easter_is_a_sunday_of_spring_and_as_others_count_it(year):
    from dateutil.easter import easter as known

    assert easter(year) == known(year)
    assert easter(year).weekday() == 6


@pytest.mark.parametrize(
    "closed",
    [
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25",
        "2026-12-26", "2026-11-22", "2026-11-28",
    ],
)  # fmt: skip
def test_target_rests(closed):
    assert not target_calendar(2026, 2026).is_working(date.fromisoformat(closed))


@pytest.mark.parametrize(
    ("asked", "settled"),
    [
        ("2026-12-24", "2026-12-24"),
        ("2026-12-25", "2026-12-28"),
        ("2026-04-03", "2026-04-07"),
        ("2026-08-15", "2026-08-17"),
        ("2027-01-01", "2027-01-04"),
        ("2026-12-31", "2026-12-31"),
        # a national holiday is none of TARGET
        ("2026-12-08", "2026-12-08"),
    ],
)
def test_a_debit_is_settled_on_the_next_banking_day(asked, settled):
    assert target_day(date.fromisoformat(asked)) == date.fromisoformat(settled)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_settlement_day_is_never_far(day):
    found = target_day(day)
    assert day <= found <= day + timedelta(days=5)
    assert found.weekday() < 5


def test_target_is_not_asked_outside_of_what_is_known():
    with pytest.raises(MissingValue):
        target_calendar(2026, 2026).is_working(date(2027, 1, 1))


# -- the choice -----------------------------------------------------------------------


def test_without_mandates_there_is_none():
    assert choose([], "EUR", DAY) == (None, "none", None)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "valid"),
        ({"currency": "EUR"}, "valid"),
        ({"currency": "CLP"}, "currency"),
        ({"barred": True}, "scheme"),
        ({"account": False}, "account"),
        ({"expires": DAY}, "expired"),
        ({"expires": DAY + timedelta(days=1)}, "valid"),
        ({"state": "requested"}, "requested"),
        ({"state": "draft"}, "draft"),
        ({"state": "suspended"}, "suspended"),
        ({"state": "revoked"}, "revoked"),
        ({"state": "expired"}, "expired"),
        ({"state": "exhausted"}, "exhausted"),
    ],
)
def test_why_a_mandate_is_chosen_or_not(values, reason):
    one = Candidate(**{"key": 1, "state": "valid", **values})
    found = choose([one], "EUR", DAY)
    assert found.reason == reason
    assert found.candidate == (one if reason == "valid" else None)
    assert found.nearest == one


def test_of_several_the_safest_and_newest_is_chosen():
    old = Candidate(1, "valid", signed=date(2024, 1, 1))
    new = Candidate(2, "valid", signed=date(2025, 1, 1))
    once = Candidate(3, "valid", one_off=True, signed=date(2026, 1, 1))
    firm = Candidate(4, "valid", refundable=False, signed=date(2023, 1, 1))
    gone = Candidate(5, "revoked", signed=date(2026, 11, 1))
    assert choose([old, gone, new, once], "EUR", DAY).candidate == new
    assert choose([gone, firm, new], "EUR", DAY).candidate == firm
    assert choose([once, gone], "EUR", DAY).candidate == once


@given(
    st.lists(
        st.builds(
            Candidate,
            key=st.integers(),
            state=st.sampled_from(
                ["draft", "requested", "valid", "exhausted", "expired", "suspended",
                 "revoked"]
            ),
            currency=st.sampled_from(["", "EUR", "CLP"]),
            barred=st.booleans(),
            account=st.booleans(),
            one_off=st.booleans(),
            refundable=st.booleans(),
            expires=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
            signed=st.none() | st.dates(date(2020, 1, 1), date(2026, 12, 31)),
        )
    )
)  # fmt: skip
def test_what_is_chosen_may_be_debited_and_what_may_be_is_chosen(candidates):
    found = choose(candidates, "EUR", DAY)
    good = [one for one in candidates if not one.obstacle("EUR", DAY)]
    assert bool(found.candidate) is bool(good)
    if found.candidate:
        assert found.candidate in good
        assert all(one.rank() <= found.candidate.rank() for one in good)
    elif candidates:
        assert found.reason in NEAREST
