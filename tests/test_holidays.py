"""The shipped holidays are those of the library, and of the law where it is read."""

import csv
import importlib.util
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
library = pytest.importorskip("holidays")


def script():
    path = ROOT / "scripts" / "generate_holidays.py"
    spec = importlib.util.spec_from_file_location("generate_holidays", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shipped(country: str) -> list[dict[str, str]]:
    with script().csv_path(country).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def days(country: str, region: str = "", purposes=("public",)) -> set[date]:
    return {
        date.fromisoformat(row["date"])
        for row in shipped(country)
        if row["region"] in ("", region) and row["purpose"] in purposes
    }


@pytest.mark.parametrize("country", ["CL", "ES"])
def test_the_files_are_what_the_script_writes(country):
    assert shipped(country) == list(script().shipped_rows(country))


@pytest.mark.parametrize("country", ["CL", "ES"])
def test_every_region_has_the_days_of_the_library(country):
    kind = library.country_holidays(country)
    regions = [code for code in kind.subdivisions if code.isupper()]
    assert len(regions) == {"CL": 16, "ES": 19}[country]
    for region in regions:
        expected = library.country_holidays(
            country, subdiv=region, years=range(2020, 2037)
        )
        assert days(country, region) == set(expected), region


@pytest.mark.parametrize("country", ["CL", "ES"])
def test_every_year_from_2020_to_2036_is_there(country):
    assert {day.year for day in days(country)} == set(range(2020, 2037))


def test_the_chilean_year_2026_is_that_of_the_law():
    expected = """01-01 04-03 04-04 05-01 05-21 06-21 06-29 07-16 08-15 09-18 09-19
        10-12 10-31 11-01 12-08 12-25"""
    found = {f"{day:%m-%d}" for day in days("CL") if day.year == 2026}
    assert found == set(expected.split())


@pytest.mark.parametrize(
    "day",
    ["2027-06-28", "2027-09-17", "2027-10-11", "2028-06-26", "2028-10-09", "2028-10-27"]
    + ["2029-09-17", "2029-10-15"],
)
def test_movable_chilean_holidays(day):
    assert date.fromisoformat(day) in days("CL")


def test_the_last_day_of_the_year_is_for_chilean_banks_only():
    assert date(2026, 12, 31) not in days("CL")
    assert date(2026, 12, 31) in days("CL", purposes=("public", "bank"))


def test_the_holiday_of_two_municipalities_names_them():
    rows = [row for row in shipped("CL") if row["region"] == "NB"]
    assert {row["place"] for row in rows} == {"Chillán, Chillán Viejo"}


def test_regional_holidays_stay_in_their_region():
    assert date(2026, 9, 11) in days("ES", "CT")
    assert date(2026, 9, 11) not in days("ES", "MD")
    assert date(2026, 6, 7) in days("CL", "AP")
    assert date(2026, 6, 7) not in days("CL", "RM")
