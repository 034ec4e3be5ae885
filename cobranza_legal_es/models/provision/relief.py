"""LIVA art. 80 as data: what the relief of the tax of unpaid invoices hangs on."""

from odoo.addons.cobranza_legal.kernel.vat_relief import (
    INSOLVENCY,
    UNPAID,
    ReliefLaw,
)

from ..law.spain import REGIONS

CODES = {UNPAID: "R3", INSOLVENCY: "R2"}
"""Kinds of rectifying invoices of the SII."""


ARTICLES = {UNPAID: "LIVA, art. 80.Cuatro", INSOLVENCY: "LIVA, art. 80.Tres"}


ARTICLE = (
    "LIVA, art. 80.Tres y Cuatro; RIVA, art. 24; art. 80.Cinco: con garantía real, "
    "afianzado por bancos o asegurado, vinculados y fuera del territorio, no"
)


OUTSIDE = frozenset(code for region in ("CN", "CE", "ML") for code in REGIONS[region])
"""Provinces in which the tax is not in force (LIVA art. 3)."""


OUTSIDE_POSTAL = ("35", "38", "51", "52")


CANARY_CHARTS = "es_canary"


TERMS = {"year": ("year",), "half": ("half",), "either": ("half", "year")}
"""{choice of a creditor of small turnover: values of the law}."""


def relief_law(table, on, turnover, term, other_tax):
    """``ReliefLaw`` of a creditor. ``turnover``: Decimal of the year before, None
    when it is not known: then, and above that of the law, after a year only."""

    def months(name):
        return int(table.number(f"es.vat.{name}", on))

    small = turnover is not None and turnover <= table.number("es.vat.turnover", on)
    return ReliefLaw(
        tuple(months(name) for name in TERMS[term if small else "year"]),
        months("span"),
        months("insolvency"),
        months("notice"),
        months("back"),
        table.number("es.vat.minimum", on),
        frozenset({"company", "small_business"}),
        frozenset({"public"}),
        CODES,
        ARTICLES,
        other_tax,
        "952",
    )


def has_other_tax(company):
    """Whether a creditor is where the tax is not in force."""
    chart = (company.chart_template or "").startswith(CANARY_CHARTS)
    return chart or company.partner_id.state_id.code in OUTSIDE


def place(partner, spain, union, insolvency):
    """Empty, *outside* or *unknown* of a partner. In an insolvency debtors of the Union
    count, too (art. 80.Cinco.2.ª, Regulation (EU) 2015/848)."""
    country = partner.country_id
    if not country:
        return "unknown"
    if country != spain:
        return "" if insolvency and country in union else "outside"
    if partner.state_id:
        return "outside" if partner.state_id.code in OUTSIDE else ""
    code = (partner.zip or "").strip()[:2]
    if not code.isdigit():
        return "unknown"
    return "outside" if code in OUTSIDE_POSTAL else ""
