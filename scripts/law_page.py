"""Writes docs/law.md: every legal figure that the country addons ship, from the rows.

law_page.py            writes the page
law_page.py --check    exit 1 when the page is not what the rows say
"""

import csv
import pathlib
import sys
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "law.md"
COUNTRIES = {"cl": "Chile", "es": "Spain"}
DAILY = 60
"""Series with more rows than this are shown by their first and last row."""
HEAD = """# The law in use

Every legal figure that the addons ship, by country: its article, what it is worth and
since when, and the file it stands in. Made by `scripts/law_page.py` from the rows,
checked by `make lint`: change the rows, not this page. Formulas and procedure (who
may be told what and when) are hooks of `cobranza.rules` in
`cobranza_legal_cl/models/rules` and `cobranza_legal_es/models/rules`; each names its
article.
"""


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def figure(row):
    if row["no_rule"]:
        return "no such rule"
    value = Decimal(row["value"])
    return f"{value.normalize():f}" if value == value.to_integral() else f"{value}"


def values(country):
    """{parameter's id: [(row, file)]} by start of validity."""
    found = {}
    folder = ROOT / f"cobranza_legal_{country}" / "data"
    for path in sorted(folder.glob("*/cobranza.parameter.value.csv")):
        place = path.parent.name
        for row in rows(path):
            found.setdefault(row["parameter_id/id"], []).append((row, place))
    for series in found.values():
        series.sort(key=lambda item: (item[0]["key"], item[0]["date_from"]))
    return found


def table(parameter, series):
    yield "| key | from | until | value | article | source | folder |"
    yield "|---|---|---|---|---|---|---|"
    shown = series if len(series) <= DAILY else [series[0], series[-1]]
    for row, place in shown:
        cells = [
            row["key"],
            row["date_from"],
            row["date_to"] or "",
            figure(row),
            row["article"] or parameter["article"],
            row["source"],
            f"`data/{place}`",
        ]
        yield "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
    if len(series) > DAILY:
        yield f"\n{len(series)} rows; the first and the last are shown."


def page():
    yield HEAD
    for country, name in COUNTRIES.items():
        addon = f"cobranza_legal_{country}"
        yield f"## {name} (`{addon}`)\n"
        found = values(country)
        for parameter in rows(ROOT / addon / "data" / "cobranza.parameter.csv"):
            code, unit = parameter["code"], parameter["unit"]
            yield f"### {parameter['name']}\n"
            about = f"`{code}`, {unit}, by {parameter['validity']}."
            article = parameter["article"]
            yield f"{about} {article}.\n" if article else f"{about}\n"
            if parameter["description"]:
                yield parameter["description"] + "\n"
            series = found.get(parameter["id"])
            if series:
                yield from table(parameter, series)
            else:
                yield "No value is shipped: it is loaded by the user."
            yield ""


def main():
    text = "\n".join(page()).rstrip() + "\n"
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stdout.write("docs/law.md is not what the rows say: scripts/law_page.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
