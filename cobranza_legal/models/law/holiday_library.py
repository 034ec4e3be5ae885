"""Public holidays from the optional ``holidays`` library; no Odoo in here.

Used by the button that adds years and by scripts/generate_holidays.py.
"""

import re
from datetime import date
from typing import NamedTuple

ISO_SUBDIVISION = re.compile(r"[A-Z]{1,3}|\d{1,3}")


class LibraryHoliday(NamedTuple):
    """``region`` is the ISO 3166-2 code without the country, "" nationwide."""

    day: date
    region: str
    purpose: str
    name: str


class LibraryMissing(ImportError):
    """The ``holidays`` library is not installed."""


def _days(library, country, years, **options):
    found = library.country_holidays(country, years=years, language="es", **options)
    return {day: found[day] for day in found}


def library_holidays(country, years):
    """The holidays of a country, nationwide ones first, then those of its regions.

    LibraryMissing without the library, KeyError for a country that it does not know.
    """
    try:
        import holidays as library  # optional: years beyond the shipped ones need it
    except ImportError as error:
        raise LibraryMissing from error
    try:
        kind = library.country_holidays(country)
    except NotImplementedError as error:
        raise KeyError(country) from error
    national = _days(library, country, years)
    rows = [LibraryHoliday(day, "", "public", name) for day, name in national.items()]
    if "bank" in kind.supported_categories:
        bank = _days(library, country, years, categories=("bank",))
        rows += [
            LibraryHoliday(day, "", "bank", name)
            for day, name in bank.items()
            if day not in national
        ]
    for region in filter(ISO_SUBDIVISION.fullmatch, kind.subdivisions):
        regional = _days(library, country, years, subdiv=region)
        rows += [
            LibraryHoliday(day, region, "public", name)
            for day, name in regional.items()
            if day not in national
        ]
    return sorted(rows, key=lambda row: (row.region, row.day, row.purpose))
