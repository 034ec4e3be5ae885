"""Tests without Odoo and without a database."""

import csv
from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"

settings.register_profile("default", deadline=None, derandomize=True)
settings.load_profile("default")


def read_golden(name: str) -> list[dict[str, str]]:
    """The rows of a golden file, at least one, every cell filled by its header."""
    with (GOLDEN / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows, f"{name} is empty"
    for row in rows:
        assert None not in row and None not in row.values(), f"{name}: {row}"
    return rows


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "golden(name): run once per row of tests/golden/name, as `case`"
    )


def pytest_generate_tests(metafunc):
    marker = metafunc.definition.get_closest_marker("golden")
    if marker:
        rows = read_golden(marker.args[0])
        metafunc.parametrize("case", rows, ids=[row["id"] for row in rows])


@pytest.fixture(scope="session", name="golden")
def golden_fixture():
    """The function that reads a golden file."""
    return read_golden
