"""Reading a CSV of legal values strictly; no Odoo in here."""

import csv
import re
from datetime import date
from decimal import Decimal

LONG = ("code", "key", "date_from", "date_to", "value", "source")
SHORT = ("code", "date", "value")
DATE = re.compile(
    r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))"
)
PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
COMMA = re.compile(r"-?\d+,\d+")
THOUSANDS = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
DIGITS, DECIMALS = 15, 8
NO_RULE = "-"
"""In the place of a value: the law has no such rule on those days."""


class BadCell(ValueError):
    """``kind`` says what is wrong: date, number, ambiguous or digits."""

    def __init__(self, kind, text):
        self.kind = kind
        self.text = text
        super().__init__(f"{kind}: {text}")


def read_date(text):
    """2026-01-09, 09-01-2026 or 09/01/2026."""
    found = DATE.fullmatch(text.strip())
    if not found:
        raise BadCell("date", text)
    year, month, day, day2, month2, year2 = found.groups()
    try:
        return date(int(year or year2), int(month or month2), int(day or day2))
    except ValueError as error:
        raise BadCell("date", text) from error


def read_number(text):
    """39643.59, 39643,59 or 39.643,59; never a guess.

    One point before exactly three digits may be thousands (40.804 for 40804) or
    decimals: BadCell('ambiguous').
    """
    text = text.strip()
    if AMBIGUOUS.fullmatch(text):
        raise BadCell("ambiguous", text)
    if PLAIN.fullmatch(text):
        plain = text
    elif COMMA.fullmatch(text) or THOUSANDS.fullmatch(text):
        plain = text.replace(".", "").replace(",", ".")
    else:
        raise BadCell("number", text)
    number = Decimal(plain)
    digits = number.normalize().as_tuple()
    if len(digits.digits) > DIGITS or -digits.exponent > DECIMALS:
        raise BadCell("digits", text)
    return number


def write_number(number):
    """Text that ``read_number`` reads as this number: 2.1140 and never 2.114."""
    text = f"{number:f}"
    return f"{text}0" if AMBIGUOUS.fullmatch(text) else text


def read_rows(text):
    """[(line number, {column: text} or None)]: the rows after the optional header.

    None for a row that has neither three nor six cells. Empty lines are left out.
    """
    rows = []
    for at, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=";"), [])]
        if not any(cells) or (not rows and cells[0].lower() == "code"):
            continue
        names = {len(LONG): LONG, len(SHORT): SHORT}.get(len(cells))
        rows.append((at, dict(zip(names, cells, strict=True)) if names else None))
    return rows
