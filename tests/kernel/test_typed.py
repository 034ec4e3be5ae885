from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import UnclearText
from kernel.typed import (
    read_amount,
    read_day,
    read_moment,
    read_number,
    write_number,
)

CHILE = {"decimals": 0, "thousands": ".", "symbols": ("$", "CLP")}
SPAIN = {"decimals": 2, "thousands": ".", "symbols": ("€", "EUR")}
USA = {"decimals": 2, "thousands": ",", "symbols": ("$", "USD")}
KUWAIT = {"decimals": 3, "thousands": ",", "symbols": ("KWD",)}
FRANCE = {"decimals": 2, "thousands": "\u202f", "symbols": ("€",)}


@pytest.mark.parametrize(
    ("place", "text", "amount"),
    [
        (CHILE, "50.000", "50000"),
        (CHILE, "50,000", "50000"),
        (CHILE, "50000", "50000"),
        (CHILE, "$50.000", "50000"),
        (CHILE, "$\u00a050.000.-", "50000"),
        (CHILE, "50.000,-", "50000"),
        (CHILE, "clp 1.250.000", "1250000"),
        (CHILE, "1 250 000", "1250000"),
        (CHILE, "1.250.000,00", "1250000"),
        (SPAIN, "1.500", "1500"),
        (SPAIN, "1.500,5", "1500.5"),
        (SPAIN, "1.500,50 €", "1500.50"),
        (SPAIN, "1,500.50", "1500.50"),
        (SPAIN, "€ 1500,50", "1500.50"),
        (SPAIN, "12.5", "12.5"),
        (SPAIN, "12,50", "12.50"),
        (SPAIN, "1.234.567", "1234567"),
        (SPAIN, "1\u00a0500,50\u00a0EUR", "1500.50"),
        (USA, "1,500", "1500"),
        (USA, "$1,500.00", "1500.00"),
        (KUWAIT, "1,234.567", "1234.567"),
        (FRANCE, "1\u202f500,50", "1500.50"),
        ({"decimals": 2, "thousands": "’"}, "1’500.50", "1500.50"),
        (SPAIN, "0", "0"),
    ],
)
def test_what_people_type_is_read_as_they_mean_it(place, text, amount):
    assert read_amount(text, **place) == Decimal(amount)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (SPAIN, "1,500"),
        (USA, "1.500"),
        (KUWAIT, "1.500"),
        (CHILE, "50,00"),
        (CHILE, "50.0"),
        (CHILE, "1.234,567"),
        (SPAIN, "1.234,567"),
        (SPAIN, "12.34,50"),
        (SPAIN, "1.50,000.00"),
        (SPAIN, "1.2.3"),
        (SPAIN, "0.500"),
        (SPAIN, "12.345.67"),
        (SPAIN, "12,3456"),
        (SPAIN, "10 50"),
        (SPAIN, "1 23 456"),
        (SPAIN, "50 US$"),
        (CHILE, "US$50"),
        (SPAIN, "-5"),
        (SPAIN, "+5"),
        (SPAIN, "1e9"),
        (SPAIN, "NaN"),
        (SPAIN, "Infinity"),
        (SPAIN, "٣"),
        (SPAIN, "½"),
        (SPAIN, ""),
        (SPAIN, "€"),
        (SPAIN, "."),
        (SPAIN, ",50"),
        (SPAIN, "50,"),
        (SPAIN, "1234567890123"),
    ],
)
def test_what_may_mean_something_else_is_refused(place, text):
    with pytest.raises(UnclearText):
        read_amount(text, **place)


@given(
    units=st.integers(0, 10**12 - 1),
    decimals=st.integers(0, 2),
    signs=st.sampled_from([(",", "."), (".", ","), ("\u00a0", ","), ("", ".")]),
    fraction=st.integers(0, 99),
    symbol=st.sampled_from(["", "€", "$", "CLP"]),
)
def test_what_is_written_in_a_language_is_read_back(
    units, decimals, signs, fraction, symbol
):
    thousands, point = signs
    amount = Decimal(units)
    text = f"{units:,}".replace(",", thousands)
    if decimals:
        cents = fraction % 10**decimals
        amount += Decimal(cents).scaleb(-decimals)
        text += f"{point}{cents:0{decimals}d}"
    for written in (f"{symbol} {text}", f"{text}\u00a0{symbol}"):
        assert read_amount(written, decimals, thousands, (symbol,)) == amount


@given(st.text(alphabet="0123456789., $€-", max_size=14), st.integers(0, 3))
def test_whatever_is_typed_is_read_with_all_its_digits_or_refused(text, decimals):
    try:
        amount = read_amount(text, decimals, ".", ("$", "€"))
    except UnclearText:
        return
    assert amount >= 0
    digits = "".join(one for one in text if one.isdigit())
    assert str(amount).replace(".", "").lstrip("0") == digits.lstrip("0")


@pytest.mark.parametrize(
    ("text", "point", "number"),
    [
        ("39643.59", "", "39643.59"),
        ("39643,59", "", "39643.59"),
        ("39.643,59", "", "39643.59"),
        ("1.039.643", "", "1039643"),
        ("0.804", "", "0.804"),
        ("-0,4", "", "-0.4"),
        (" 7 ", "", "7"),
        ("40.804", ",", "40804"),
        ("40.804", ".", "40.804"),
    ],
)
def test_numbers_of_tables_are_read_by_their_form(text, point, number):
    assert read_number(text, point) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "point", "kind"),
    [
        ("40.804", "", "ambiguous"),
        ("1,000.50", "", "number"),
        ("23,66", ".", "number"),
        ("40934.58", ",", "number"),
        ("40,934.58", ",", "number"),
        ("", "", "number"),
        ("1e3", "", "number"),
        ("٣", "", "number"),
        ("NaN", "", "number"),
        ("1." + "1" * 20, "", "digits"),
        ("9" * 5000, "", "digits"),
    ],
)
def test_numbers_that_are_not_clear_are_refused(text, point, kind):
    with pytest.raises(UnclearText) as caught:
        read_number(text, point)
    assert caught.value.kind == kind


@given(st.decimals(-(10**6), 10**6, places=4))
def test_a_number_that_is_written_is_read_back(number):
    assert read_number(write_number(number)) == number


@pytest.mark.parametrize(
    "text", ["2026-01-09", "09-01-2026", "9/1/2026", "09.01.2026", " 2026-1-9 "]
)
def test_days_are_read_as_people_write_them(text):
    assert read_day(text) == date(2026, 1, 9)


@pytest.mark.parametrize(
    "text",
    ["", "2026-13-01", "30/02/2026", "20260109", "9/1/26", "0206-01-09", "01/13/2026"],
)
def test_what_is_no_day_is_refused(text):
    for read in (read_day, read_moment):
        with pytest.raises(UnclearText) as caught:
            read(text)
        assert caught.value.kind == "day"


@pytest.mark.parametrize(
    ("text", "moment", "aware"),
    [
        ("2026-11-23", None, False),
        ("23/11/2026", None, False),
        ("2026-11-23 10:30", "2026-11-23 10:30:00", False),
        ("23-11-2026 9:30", "2026-11-23 09:30:00", False),
        ("2026-11-23T10:30:00.5+01:00", "2026-11-23 09:30:00", True),
        ("2026-11-23T10:30:00Z", "2026-11-23 10:30:00", True),
        ("2026-11-23 23:30 -0300", "2026-11-24 02:30:00", True),
    ],
)
def test_moments_keep_whether_their_offset_was_told(text, moment, aware):
    _day, found, told = read_moment(text)
    assert (found and str(found), told) == (moment, aware)


@given(st.text(alphabet="0123456789-/.:TZ +", max_size=26))
def test_any_text_is_read_or_our_own_error(text):
    for read in (read_day, read_moment, read_number):
        try:
            read(text)
        except UnclearText as error:
            assert error.kind in ("day", "number", "ambiguous", "digits")
