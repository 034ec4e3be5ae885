import csv
import pickle
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.kpi import (
    Amount,
    Sales,
    TaxMismatch,
    average_delay,
    best_dso,
    collection_index,
    countback,
    dso,
    fraction,
    meets,
    percent,
    roll_rate,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "kpi.csv"
CENT = Decimal("0.01")
MONEY = st.decimals("0", "10000000", places=2)
SOLD = st.decimals("0.01", "10000000", places=2)
DAYS = st.integers(1, 366).map(Decimal)


def golden():
    with GOLDEN.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _annualised(open_, sold, periods):
    return dso(Amount(open_), Sales(sold, Decimal(92)).annualised(int(periods)))


def _delay(open_, current, sold, days):
    return average_delay(Amount(open_), Amount(current), Sales(sold, days))


FORMULAS = {
    "dso": lambda open_, sold, days: dso(Amount(open_), Sales(sold, days)),
    "annualised": _annualised,
    "delay": _delay,
    "index": collection_index,
    "percent": percent,
}


@pytest.mark.parametrize("row", golden(), ids=lambda row: row["case"])
def test_golden(row):
    values = [Decimal(row[name]) for name in "abcd" if row[name]]
    found = FORMULAS[row["formula"]](*values)
    assert found == Decimal(row["value"])
    target = Decimal(row["target"]) if row["target"] else None
    wanted = {"yes": True, "no": False, "": None}[row["meets"]]
    assert meets(found, target, row["better"]) is wanted


def test_receivables_with_tax_are_not_set_against_sales_without():
    """T41: 36.30 days would be 30.00 times the tax."""
    sold = Decimal(1003750) / Decimal("1.21")
    with pytest.raises(TaxMismatch) as found:
        dso(Amount(Decimal(82500)), Sales(sold, Decimal(365), with_tax=False))
    assert "with tax" in str(found.value)
    again = pickle.loads(pickle.dumps(found.value))
    assert (again.receivables, again.sales) == (True, False)
    net = Amount(Decimal(82500) / Decimal("1.21"), with_tax=False)
    assert dso(net, Sales(sold, Decimal(365), with_tax=False)) == 30
    with pytest.raises(TaxMismatch):
        countback(Amount(Decimal(1)), [Sales(Decimal(1), Decimal(30), with_tax=False)])


def test_nothing_to_divide_by_is_no_figure():
    assert percent(Decimal(1), Decimal(0)) is None
    assert dso(Amount(Decimal(1)), Sales(Decimal(0), Decimal(365))) is None
    assert average_delay(*[Amount(Decimal(1))] * 2, Sales(Decimal(0), DAY)) is None
    assert meets(None, Decimal(5), "lower") is None
    assert meets(Decimal(5), Decimal(5), "lower", strict=False) is True


DAY = Decimal(1)


def test_counting_back_takes_whole_months_and_part_of_the_last():
    months = [
        Sales(Decimal(1000), Decimal(31)),
        Sales(Decimal(600), Decimal(30)),
        Sales(Decimal(500), Decimal(31)),
    ]
    assert countback(Amount(Decimal(1300)), months) == 46  # 31 + 30 × 300 / 600
    assert countback(Amount(Decimal(1000)), months) == 31
    assert countback(Amount(Decimal(0)), months) == 0
    assert countback(Amount(Decimal(-5)), months) == 0
    assert countback(Amount(Decimal(2101)), months) is None


@given(MONEY, SOLD, DAYS, SOLD)
def test_days_do_not_depend_on_the_unit_of_money(open_, sold, days, rate):
    one = dso(Amount(open_), Sales(sold, days))
    other = dso(Amount(open_ * rate), Sales(sold * rate, days))
    assert abs(one - other) <= CENT


@given(MONEY, MONEY, SOLD, DAYS)
def test_the_delay_is_what_is_overdue_in_days_of_sales(late, current, sold, days):
    sales = Sales(sold, days)
    whole = Amount(late + current)
    delay = average_delay(whole, Amount(current), sales)
    assert abs(delay - dso(Amount(late), sales)) <= CENT
    assert best_dso(Amount(current), sales) <= dso(whole, sales)


@given(MONEY, SOLD, MONEY)
def test_more_collected_is_a_better_index(begin, sales, paid):
    paid = min(paid, begin + sales)
    end = begin + sales - paid
    found = collection_index(begin, sales, end, Decimal(0))
    assert 0 <= found <= 100
    assert collection_index(begin, sales, end - min(end, CENT), Decimal(0)) >= found


@given(MONEY, SOLD, SOLD)
def test_a_strict_target_is_never_met_by_itself(part, whole, target):
    found = fraction(part, whole, Decimal(100))
    for better in ("lower", "higher"):
        assert not meets(found, found, better)
    lower, higher = (meets(found, target, better) for better in ("lower", "higher"))
    assert (lower, higher) != (True, True)


ITEMS = st.dictionaries(st.integers(0, 20), SOLD, max_size=12)


@given(ITEMS, ITEMS)
def test_no_more_rolls_than_was_there(before, after):
    rolled, whole = roll_rate(before, after)
    assert 0 <= rolled <= whole == sum(before.values())
    assert roll_rate(before, before) == (whole, whole)


@given(st.lists(st.tuples(MONEY, DAYS), min_size=1, max_size=24), MONEY)
def test_counting_back_stays_within_its_months(rows, open_):
    months = [Sales(sold, days) for sold, days in rows]
    found = countback(Amount(open_), months)
    if sum(sold for sold, _days in rows) < open_:
        assert found is None
    else:
        assert 0 <= found <= sum(days for _sold, days in rows)
