"""Amounts as people type them, read without guessing."""

import re
from collections.abc import Collection
from decimal import Decimal

from .errors import UnclearAmount

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
    before or after. Never negative. UnclearAmount for what is no amount and for what
    may be read in two ways: "1.500" is fifteen hundred where the point groups or where
    the currency has no decimals, and else nobody knows.
    """
    text = _bare(text, thousands, symbols)
    whole, fraction = _parts(text, decimals, thousands)
    if not whole or len(whole) > DIGITS:
        raise UnclearAmount(text)
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
        raise UnclearAmount(text)
    return text


def _parts(text, decimals, thousands):
    """(digits before, digits after the sign of the decimals)."""
    signs = [one for one in text if one in ".,"]
    if not signs:
        return text, ""
    if len(set(signs)) > 1:
        whole, _sign, fraction = text.rpartition(signs[-1])
        if signs[-1] in whole or len(fraction) > max(decimals, FRACTION):
            raise UnclearAmount(text)
        return _grouped(whole), fraction
    if len(signs) > 1:
        return _grouped(text), ""
    whole, fraction = text.split(signs[0])
    if len(fraction) == 3:
        if decimals and signs[0] != thousands:
            raise UnclearAmount(text)
        return _grouped(text), ""
    if not decimals or len(fraction) > FRACTION:
        raise UnclearAmount(text)
    return whole, fraction


def _grouped(text):
    """The digits of groups of three."""
    if not GROUPS.fullmatch(text):
        raise UnclearAmount(text)
    return text.replace(".", "").replace(",", "")
