from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import UnclearAmount
from kernel.typed_amount import read_amount

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
    with pytest.raises(UnclearAmount):
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
    except UnclearAmount:
        return
    assert amount >= 0
    digits = "".join(one for one in text if one.isdigit())
    assert str(amount).replace(".", "").lstrip("0") == digits.lstrip("0")
