#!/usr/bin/env python3
"""Writes the holidays that the country addons ship, from the ``holidays`` library.

.work/venv/bin/python scripts/generate_holidays.py
"""

import csv
import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
YEARS = range(2020, 2037)
COLUMNS = ("id", "date", "country_id/id", "region", "place", "purpose", "name")
# Law 20.768 names two municipalities; the library gives the day to the whole region.
PLACES = {("CL", "NB", 8, 20): "Chillán, Chillán Viejo"}


def library_module():
    path = ROOT / "cobranza_legal" / "models" / "law" / "holiday_library.py"
    spec = importlib.util.spec_from_file_location("holiday_library", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shipped_rows(country):
    """The rows of the CSV of a country, as the library gives them today."""
    for one in library_module().library_holidays(country, YEARS):
        code = country.lower()
        where = f"{code}_{one.region.lower()}" if one.region else code
        yield {
            "id": f"holiday_{where}_{one.purpose}_{one.day:%Y_%m_%d}",
            "date": one.day.isoformat(),
            "country_id/id": f"base.{code}",
            "region": one.region,
            "place": PLACES.get((country, one.region, one.day.month, one.day.day), ""),
            "purpose": one.purpose,
            "name": one.name,
        }


def csv_path(country):
    addon = ROOT / f"cobranza_legal_{country.lower()}"
    return addon / "data" / "cobranza.holiday.csv"


def main():
    for country in ("CL", "ES"):
        path = csv_path(country)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(shipped_rows(country))
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
