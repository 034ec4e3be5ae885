"""What an address tells of where somebody is: tables that countries ship as CSV."""

import csv
import unicodedata
from functools import cache

from odoo.tools import file_open

APART = str.maketrans(dict.fromkeys("(/-;", ","))


@cache
def read_places(path):
    """{key: row} of a CSV of an addon, by its first column; ``path`` as
    ``addon/data/place.csv``. Keys are as ``plain`` gives them."""
    with file_open(path) as stream:
        rows = csv.DictReader(stream)
        key = rows.fieldnames[0]
        return {plain(row[key]): row for row in rows}


def plain(words):
    """Words without accents, capitals and signs at their ends: as addresses are
    compared."""
    parts = unicodedata.normalize("NFKD", (words or "").casefold())
    bare = "".join(one for one in parts if not unicodedata.combining(one))
    return " ".join(bare.strip(" .,)").split())


@cache
def places_of(path, words):
    """The rows of the places that ``words`` (the city of an address) name: the whole,
    else each part between commas, dashes or brackets."""
    places = read_places(path)
    whole = places.get(plain(words))
    if whole:
        return (whole,)
    parts = (words or "").translate(APART).split(",")
    return tuple(places[plain(one)] for one in parts if plain(one) in places)
