"""The legal values that the country addons ship, read without Odoo."""

import csv
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from kernel.errors import MissingValue, NoSuchRule
from kernel.legal_table import LegalTable, LegalValue, Validity, check_values

ROOT = Path(__file__).resolve().parent.parent
COUNTRIES = ("cl", "es")


def data(country: str) -> Path:
    return ROOT / f"cobranza_legal_{country}" / "data"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def parameters(country: str) -> dict[str, dict[str, str]]:
    rows = read(data(country) / "cobranza.parameter.csv")
    return {row["id"]: row for row in rows}


def value_files(country: str) -> list[Path]:
    return sorted(data(country).glob("*/cobranza.parameter.value.csv"))


def value_rows(country: str) -> list[dict[str, str]]:
    return [row for path in value_files(country) for row in read(path)]


def legal_values(country: str) -> list[LegalValue]:
    known = parameters(country)
    return [
        LegalValue(
            code=known[row["parameter_id/id"]]["code"],
            key=row["key"],
            first=date.fromisoformat(row["date_from"]),
            last=date.fromisoformat(row["date_to"]) if row["date_to"] else None,
            value=None if row["no_rule"] else Decimal(row["value"]),
            source=row["source"],
        )
        for row in value_rows(country)
    ]


def validities(country: str) -> dict[str, Validity]:
    return {
        row["code"]: Validity(row["validity"]) for row in parameters(country).values()
    }


@pytest.fixture(params=COUNTRIES)
def country(request) -> str:
    return request.param


def table(country: str) -> LegalTable:
    return LegalTable(validities(country), legal_values(country))


USER_LOADS = {"cl.ipc", "es.ipc"}
"""Series that are declared without a value: nobody read one."""


def test_values_neither_overlap_nor_leave_gaps(country):
    for code, validity in validities(country).items():
        values = [one for one in legal_values(country) if one.code == code]
        assert bool(values) != (code in USER_LOADS), code
        check_values(validity, values)


def test_every_row_has_a_source_and_a_unit(country):
    assert all(row["source"].strip() for row in value_rows(country))
    assert all(row["unit"].strip() for row in parameters(country).values())


def test_every_parameter_of_law_names_its_article(country):
    published = {"cl.uf", "cl.utm", "cl.ipc", "es.ipc"}
    published.add("es.register.rai_minimum")  # a rule of the register, no law
    for row in parameters(country).values():
        assert row["article"].strip() or row["code"] in published, row["code"]


def test_external_ids_and_codes_are_unique(country):
    rows = [*parameters(country), *(row["id"] for row in value_rows(country))]
    assert not [name for name, times in Counter(rows).items() if times > 1]
    assert all(code.startswith(f"{country}.") for code in validities(country))


def test_values_lie_in_the_folder_of_their_first_month(country):
    for path in value_files(country):
        assert {row["date_from"][:7] for row in read(path)} == {path.parent.name}


def test_the_manifest_loads_every_file(country):
    """But the tables of places, which the rules read themselves."""
    addon = data(country).parent
    manifest = (addon / "__manifest__.py").read_text(encoding="utf-8")
    rules = (addon / "models" / "rules" / "rules.py").read_text(encoding="utf-8")
    for path in data(country).rglob("*.csv"):
        own = path.relative_to(addon)
        assert f'"{own}"' in manifest or f'"{addon.name}/{own}"' in rules


def test_a_missing_rule_has_no_value(country):
    for row in value_rows(country):
        assert not row["no_rule"] or Decimal(row["value"]) == 0


def test_spanish_rates_agree_with_the_golden_file(golden):
    rates = table("es")
    for row in golden("es_rates.csv"):
        for day in (row["first"], row["last"]):
            code = f"es.interest.{row['code']}"
            found = rates.number(code, date.fromisoformat(day))
            assert found == Decimal(row["value"]), row


@pytest.mark.parametrize(
    ("code", "day", "value"),
    [
        ("es.interest.legal", "2009-03-31", "5.50"),
        ("es.interest.legal", "2009-04-01", "4.00"),
        ("es.interest.legal", "2026-12-31", "3.25"),
        ("es.interest.commercial", "2013-02-23", "7.75"),
        ("es.interest.commercial", "2013-02-24", "8.75"),
        ("es.interest.commercial", "2024-07-01", "12.25"),
        ("es.interest.commercial", "2026-11-21", "10.40"),
        ("es.compensation.fixed", "2026-11-21", "40"),
        ("es.ecb.main", "2026-09-15", "2.40"),
        ("es.ecb.main", "2026-09-16", "2.65"),
    ],
)
def test_spanish_figures(code, day, value):
    assert table("es").number(code, date.fromisoformat(day)) == Decimal(value)


@pytest.mark.parametrize("code", ["es.interest.legal", "es.interest.commercial"])
def test_rates_that_are_not_published_are_missing(code):
    """Every shipped rate ends: the day after the last one has none."""
    rates = table("es")
    last = max(value.last for value in legal_values("es") if value.code == code)
    assert rates.number(code, last)
    after = last + timedelta(days=1)
    with pytest.raises(MissingValue, match=str(after)):
        rates.number(code, after)


@pytest.mark.parametrize(
    ("code", "key", "day", "value"),
    [
        ("cl.uf", "", "2024-12-09", "38362.26"),
        ("cl.uf", "", "2026-06-12", "40771.41"),
        ("cl.utm", "", "2025-08-31", "68647"),
        ("cl.fee.rate", "1", "1999-12-27", "0.09"),
        ("cl.fee.rate", "2", "2026-11-21", "0.06"),
        ("cl.fee.rate", "3", "2026-11-21", "0.03"),
        ("cl.fee.tier", "1", "2026-11-21", "10"),
        ("cl.fee.tier", "2", "2026-11-21", "50"),
        ("cl.fee.wait_days", "", "2013-12-12", "15"),
        ("cl.fee.wait_days", "", "2013-12-13", "20"),
        ("cl.fee.useful_days", "", "2013-12-13", "15"),
        ("cl.fee.useful_penalty_uf", "", "2026-11-21", "0.2"),
        ("cl.contact.hour_from", "", "2026-11-21", "8"),
        ("cl.contact.hour_to", "", "2026-11-21", "20"),
        ("cl.contact.max_call_visit_week", "", "2021-04-20", "1"),
        ("cl.contact.max_remote_week", "", "2021-04-20", "2"),
        ("cl.contact.remote_gap_days", "", "2021-04-20", "2"),
        ("cl.interest.current", "35", "2026-09-15", "20.06"),
        ("cl.interest.max", "45", "2026-09-15", "41.06"),
        ("cl.b2b.due_days", "", "2020-03-31", "60"),
        ("cl.b2b.due_days", "", "2020-04-01", "30"),
        ("cl.mype.max_sales_uf", "small", "2026-11-21", "25000"),
    ],
)
def test_chilean_figures(code, key, day, value):
    found = table("cl").number(code, date.fromisoformat(day), key)
    assert found == Decimal(value)


@pytest.mark.parametrize(
    ("code", "key", "day"),
    [
        ("cl.fee.rate", "1", "1999-12-26"),
        ("cl.fee.useful_days", "", "2013-12-12"),
        ("cl.contact.max_remote_week", "", "2021-04-19"),
    ],
)
def test_chilean_rules_that_did_not_exist_yet(code, key, day):
    with pytest.raises(NoSuchRule):
        table("cl").number(code, date.fromisoformat(day), key)


def test_a_uf_is_never_carried_to_the_next_day():
    with pytest.raises(MissingValue):
        table("cl").number("cl.uf", date(2026, 6, 13))


def test_the_current_interest_follows_from_the_highest_one():
    """Ley 18.010 arts. 6 and 6 bis: TIC × 1.5, TIC + 14, TIC + 21."""
    rates, day = table("cl"), date(2026, 9, 15)
    current = rates.number("cl.interest.current", day, "35")
    highest = {
        key: rates.number("cl.interest.max", day, key) for key in ("35", "44", "45")
    }
    assert highest == {
        "35": current * Decimal("1.5"),
        "44": current + 14,
        "45": current + 21,
    }


def test_the_half_yearly_rate_is_the_main_rate_of_the_ecb_plus_eight():
    """Ley 3/2004 art. 7.2: of the last operation before the half-year."""
    rates = table("es")
    main = rates.number("es.ecb.main", date(2026, 6, 30))
    assert rates.number("es.interest.commercial", date(2026, 7, 1)) == main + 8
