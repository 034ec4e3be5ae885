"""What Spain is made of: provinces, regions, kinds of tax number. No Odoo in here."""

import re

REGIONS = {
    "AN": ("AL", "CA", "CO", "GR", "H", "J", "MA", "SE"),
    "AR": ("HU", "TE", "Z"),
    "AS": ("O",),
    "CB": ("S",),
    "CE": ("CE",),
    "CL": ("AV", "BU", "LE", "P", "SA", "SG", "SO", "VA", "ZA"),
    "CM": ("AB", "CR", "CU", "GU", "TO"),
    "CN": ("GC", "TF"),
    "CT": ("B", "GI", "L", "T"),
    "EX": ("BA", "CC"),
    "GA": ("C", "LU", "OR", "PO"),
    "IB": ("PM",),
    "MC": ("MU",),
    "MD": ("M",),
    "ML": ("ME",),
    "NC": ("NA",),
    "PV": ("BI", "SS", "VI"),
    "RI": ("LO",),
    "VC": ("A", "CS", "V"),
}
"""Provinces (``res.country.state``) of each autonomous community (ISO 3166-2)."""


REGION_OF = {state: region for region, states in REGIONS.items() for state in states}


CANARY_ISLANDS = frozenset(REGIONS["CN"])


POSTAL_CODE = re.compile(r"(?:E(?:S)?-?)?([0-9]{2})[0-9]{3}")
"""Spanish postal codes: the first two digits are the province."""


NIF = re.compile(r"(?:ES)?([0-9KLMXYZ]|[A-HJNP-SUVW])[0-9]{7}[0-9A-Z]")


PUBLIC = frozenset("PQS")
"""Local corporations, public bodies, organs of the State (Orden EHA/451/2008)."""


NOT_FOR_PROFIT = frozenset("GHR")
"""Associations and foundations, owners' communities, religious congregations."""


def nif_kind(vat):
    """person, company, public, not_for_profit; None when it is no Spanish number."""
    found = NIF.fullmatch(re.sub(r"[^0-9A-Z]", "", (vat or "").upper()))
    if not found:
        return None
    letter = found[1]
    if letter in PUBLIC:
        return "public"
    if letter in NOT_FOR_PROFIT:
        return "not_for_profit"
    return "person" if letter in "0123456789KLMXYZ" else "company"


def province_digits(postal_code):
    """The two digits of a postal code that name its province, "" when it is none."""
    found = POSTAL_CODE.fullmatch((postal_code or "").replace(" ", "").upper())
    return found[1] if found else ""
