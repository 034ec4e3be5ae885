"""Tax numbers as they are compared: one number is one person, however it is written."""

import re

try:
    from stdnum import get_cc_module
    from stdnum.exceptions import ValidationError
except ImportError:  # numbers are compared by their letters and digits then

    def get_cc_module(cc, name):
        return None

    ValidationError = ValueError


SIGNS = re.compile(r"[^0-9A-Z]")


LEAST = 5
"""Letters and digits that a number has at least."""


def identity_key(number, country):
    """``number`` without signs, its country before it (``ES:B12345674``), however it is
    written: with the prefix of ``country``, of another one, or without any. "" when it
    is no number that tells somebody: too short, without digits, or one digit only."""
    bare = SIGNS.sub("", (number or "").upper())
    country = country.upper()
    if country and bare.startswith(country) and len(bare) > len(country):
        bare = bare.removeprefix(country)
    elif _is_of(bare[:2], bare[2:]):
        country, bare = bare[:2], bare[2:]
    bare = _compact(country, bare)
    digits = {one for one in bare if one.isdigit()}
    if len(bare) < LEAST or not digits or len(set(bare)) == 1:
        return ""
    return f"{country}:{bare}"


def _is_of(country, rest):
    """Whether two letters are the country of a valid number that follows them."""
    module = country.isalpha() and get_cc_module(country.lower(), "vat")
    return bool(module) and module.is_valid(rest)


def _compact(country, bare):
    """As the country writes it without signs; what it does not know stays."""
    module = country and get_cc_module(country.lower(), "vat")
    try:
        return SIGNS.sub("", module.compact(bare).upper()) if module else bare
    except ValidationError:
        return bare
