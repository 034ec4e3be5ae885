"""Amounts, numbers and days as people and their programs type them; never a guess."""

import re
from collections.abc import Collection
from datetime import date, datetime, timezone
from decimal import Decimal

from .errors import UnclearText

DIGITS = 12
"""Of the whole part, at most."""
FRACTION = 2
"""Digits after the sign of a decimal part, where the currency has not more."""
GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")
DASH = re.compile(r"[.,]?\s*[-–—]$")
"""The stroke that closes an amount in a letter: 50.000.- or 50.000,–"""
BLANK_GROUPS = re.compile(r"(?<=[0-9])\s(?=[0-9]{3}(?![0-9]))")


def read_amount(
    text: str, decimals: int, thousands: str = "", symbols: Collection[str] = ()
) -> Decimal:
    """The amount that ``text`` says in a currency with so many ``decimals``.

    ``thousands`` is the sign between the groups of three digits in the language of the
    writer, and ``symbols`` are the signs and codes of the currency, which may stand
    before or after. Never negative. UnclearText for what is no amount and for what may
    be read in two ways: "1.500" is fifteen hundred where the point groups or where
    the currency has no decimals, and else nobody knows.
    """
    text = _bare(text, thousands, symbols)
    whole, fraction = _parts(text, decimals, thousands)
    if not whole or len(whole) > DIGITS:
        raise UnclearText("number", text)
    return Decimal(f"{whole}.{fraction}") if fraction else Decimal(whole)


def _bare(text, thousands, symbols):
    """Figures and separators alone."""
    text = text.strip()
    for symbol in sorted(filter(None, symbols), key=len, reverse=True):
        size = len(symbol)
        if text[:size].casefold() == symbol.casefold():
            text = text[size:].strip()
        elif text[-size:].casefold() == symbol.casefold():
            text = text[:-size].strip()
    text = DASH.sub("", text)
    if thousands and thousands not in ".,":
        text = text.replace(thousands, " ")
    text = BLANK_GROUPS.sub("", text)
    if not re.fullmatch(r"[0-9]+(?:[.,][0-9]+)*", text):
        raise UnclearText("number", text)
    return text


def _parts(text, decimals, thousands):
    """(digits before, digits after the sign of the decimals)."""
    signs = [one for one in text if one in ".,"]
    if not signs:
        return text, ""
    if len(set(signs)) > 1:
        whole, _sign, fraction = text.rpartition(signs[-1])
        if signs[-1] in whole or len(fraction) > max(decimals, FRACTION):
            raise UnclearText("number", text)
        return _grouped(whole), fraction
    if len(signs) > 1:
        return _grouped(text), ""
    whole, fraction = text.split(signs[0])
    if len(fraction) == 3:
        if decimals and signs[0] != thousands:
            raise UnclearText("ambiguous", text)
        return _grouped(text), ""
    if not decimals or len(fraction) > FRACTION:
        raise UnclearText("number", text)
    return whole, fraction


def _grouped(text):
    """The digits of groups of three."""
    if not GROUPS.fullmatch(text):
        raise UnclearText("number", text)
    return text.replace(".", "").replace(",", "")


# -- numbers of tables and of sources of legal values ---------------------------------

WITH_POINT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
WITH_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
WITH_GROUPS = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
EITHER = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
"""One point before three digits."""
LEGAL_DIGITS, LEGAL_DECIMALS = 15, 8
"""What a legal value is stored with."""


def read_number(text: str, point: str = "") -> Decimal:
    """A number of a table: 39643.59, 39643,59 or 39.643,59.

    ``point`` is the sign before the decimals where it is known: "." (nothing groups
    then) or "," (points group). Where it is not, one point before exactly three digits
    may be either: UnclearText("ambiguous"). UnclearText("number") for what is no
    number, ("digits") for more than a legal value is stored with.
    """
    text = text.strip()
    if not point and EITHER.fullmatch(text):
        raise UnclearText("ambiguous", text)
    if point == ",":
        forms = (WITH_COMMA, WITH_GROUPS, re.compile("-?[0-9]+"))
    else:
        forms = (WITH_POINT,) if point else (WITH_POINT, WITH_COMMA, WITH_GROUPS)
    found = next((form for form in forms if form.fullmatch(text)), None)
    if not found:
        raise UnclearText("number", text)
    plain = text if found is WITH_POINT else text.replace(".", "").replace(",", ".")
    if len(plain) > 2 * LEGAL_DIGITS:
        raise UnclearText("digits", text)
    return check_digits(Decimal(plain), text)


def check_digits(number: Decimal, text: str) -> Decimal:
    """``number`` when a legal value may have it; else UnclearText("digits")."""
    if not number.is_finite():
        raise UnclearText("number", text)
    digits = number.normalize().as_tuple()
    if len(digits.digits) > LEGAL_DIGITS or -digits.exponent > LEGAL_DECIMALS:
        raise UnclearText("digits", text)
    return number


def write_number(number: Decimal) -> str:
    """Text that ``read_number`` reads as this number: 2.1140 and never 2.114."""
    text = f"{number:f}"
    return f"{text}0" if EITHER.fullmatch(text) else text


# -- days -----------------------------------------------------------------------------

DAY = (
    r"(?:([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"|([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}))"
)
ONE_DAY = re.compile(DAY)
MOMENT = re.compile(
    DAY + r"(?:(?:T| +)([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r" ?(Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.IGNORECASE,
)
FIRST_YEAR, LAST_YEAR = 1900, 2199


def read_day(text: str) -> date:
    """2026-01-09, 09-01-2026, 09/01/2026 or 9.1.2026: the day comes before the month,
    and the year has four digits. UnclearText("day")."""
    found = ONE_DAY.fullmatch(text.strip())
    if not found:
        raise UnclearText("day", text)
    return _day(found.groups(), text)


def _day(parts, text):
    year, month, day, day2, month2, year2 = parts
    try:
        found = date(int(year or year2), int(month or month2), int(day or day2))
    except ValueError as error:
        raise UnclearText("day", text) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise UnclearText("day", text)
    return found


def read_moment(text: str) -> tuple[date, datetime | None, bool]:
    """(day, moment, aware) of a day with or without an hour: 2026-11-23, 23/11/2026
    10:30, 2026-11-23T10:30:00+01:00.

    ``moment`` is None when the hour is not told; naive UTC when the text names its
    offset (``aware``), else the local time of whoever wrote it. UnclearText("day").
    """
    found = MOMENT.fullmatch(text.strip())
    if not found:
        raise UnclearText("day", text)
    *parts, hour, offset = found.groups()
    day = _day(parts, text)
    if not hour:
        return day, None, False
    try:
        moment = datetime.fromisoformat(
            f"{day.isoformat()}T{hour.zfill(len(hour) + (hour[1] == ':'))}"
            f"{(offset or '').upper().replace('Z', '+00:00')}"
        )
    except ValueError as error:
        raise UnclearText("day", text) from error
    if offset:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment.date(), moment.replace(microsecond=0), bool(offset)
