import pickle
from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from decimal import Decimal

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import (
    GapError,
    InvalidPeriod,
    KernelError,
    MissingValue,
    NoSuchRule,
    OverlapError,
)
from kernel.legal_table import LegalTable, LegalValue, Validity, check_values

DECLARED = {"uf": Validity.DAY, "utm": Validity.MONTH, "rate": Validity.PERIOD}
D = Decimal


def value(code, first, last, number, key="", rank=0):
    return LegalValue(
        code, key, first, last, None if number is None else D(number), rank
    )


def table(*values):
    return LegalTable(DECLARED, values)


def rate(first, last, number, **extra):
    return value("rate", first, last, number, **extra)


JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
ONE_DAY = timedelta(days=1)


@given(st.sets(our.days, max_size=20), our.days)
def test_a_daily_value_holds_on_its_day_only(known, day):
    rows = table(*(value("uf", one, None, one.toordinal()) for one in known))
    if day in known:
        assert rows.number("uf", day) == day.toordinal()
        return
    with pytest.raises(MissingValue) as caught:
        rows.get("uf", day)
    assert caught.value.on == day and "uf" in str(caught.value)
    assert day.isoformat() in str(caught.value)


@given(st.sets(st.integers(0, 59), max_size=20), our.days)
def test_a_monthly_value_holds_in_its_month_only(months, day):
    firsts = [date(2023 + month // 12, month % 12 + 1, 1) for month in months]
    rows = table(*(value("utm", one, None, one.month) for one in firsts))
    if day.replace(day=1) in firsts:
        assert rows.number("utm", day) == day.month
        return
    with pytest.raises(MissingValue):
        rows.get("utm", day)


@given(our.series(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_period_value_is_never_extrapolated(series, day):
    rows = table(*(rate(row.first, row.last, row.value) for row in series.rows))
    if our.START <= day <= our.END:
        assert rows.number("rate", day) == series.at(day)
        return
    with pytest.raises(MissingValue):
        rows.number("rate", day)


def test_an_open_row_holds_from_its_first_day_on():
    rows = table(rate(JAN, None, 1))
    assert rows.number("rate", JAN) == rows.number("rate", date(2099, 1, 1)) == 1
    with pytest.raises(MissingValue):
        rows.number("rate", JAN - ONE_DAY)
    assert rows.until("rate") is None


def test_keys_and_codes_are_apart():
    rows = table(rate(JAN, None, 1, key="b2b"), rate(JAN, None, 2, key="b2c"))
    assert rows.number("rate", JAN, "b2c") == 2
    assert rows.codes == {"rate"}
    for code, key in (("rate", ""), ("uf", "b2b"), ("unknown", "")):
        with pytest.raises(MissingValue) as caught:
            rows.number(code, JAN, key)
        assert (caught.value.code, caught.value.key) == (code, key)


def test_no_such_rule_is_said_and_not_defaulted():
    rows = table(rate(JAN, FEB - ONE_DAY, None), rate(FEB, None, 5))
    assert rows.get("rate", JAN).value is None
    with pytest.raises(NoSuchRule):
        rows.number("rate", JAN)
    assert rows.number_or_none("rate", JAN) is None
    assert rows.number_or_none("rate", FEB) == 5
    with pytest.raises(MissingValue) as caught:
        rows.number_or_none("rate", JAN - ONE_DAY)
    assert not isinstance(caught.value, NoSuchRule)


@pytest.mark.parametrize(("code", "first"), [("uf", JAN), ("utm", JAN), ("rate", JAN)])
def test_the_highest_rank_wins(code, first):
    rows = [value(code, first, None, rank, rank=rank) for rank in (1, 0, 2)]
    assert table(*rows).number(code, first) == 2


rank_rows = st.lists(
    st.tuples(our.periods(date(2026, 1, 1), date(2026, 3, 31)), st.integers(0, 9)),
    min_size=1,
    max_size=5,
)


@given(rank_rows, st.dates(date(2025, 12, 25), date(2026, 4, 5)))
def test_a_correction_overrides_exactly_the_days_it_covers(ranked, day):
    """Each row has its own rank, so that they may overlap at will."""
    rows = [
        rate(period.first, period.last, number, rank=rank)
        for rank, (period, number) in enumerate(ranked)
    ]
    covering = [row for row in rows if row.first <= day <= row.last]
    legal = table(*rows)
    if covering:
        expected = max(covering, key=lambda row: row.rank)
        assert legal.get("rate", day) is expected
        assert legal.series("rate").at(day) == expected.value
        return
    for ask in (legal.number, lambda code, on: legal.series(code).at(on)):
        with pytest.raises(MissingValue):
            ask("rate", day)


def test_a_correction_splits_the_series():
    rows = table(
        rate(JAN, None, 1), rate(FEB, FEB, 9, rank=1), rate(MAR, None, None, rank=1)
    )
    assert [(row.first, row.last, row.value) for row in rows.series("rate").rows] == [
        (JAN, FEB - ONE_DAY, 1),
        (FEB, FEB, 9),
        (FEB + ONE_DAY, MAR - ONE_DAY, 1),
        (MAR, None, None),
    ]


def test_a_row_under_a_correction_does_not_cut_it():
    rows = table(
        rate(JAN, FEB, 1), rate(FEB + ONE_DAY, None, 2), rate(JAN, MAR, 9, rank=1)
    )
    found = [(row.first, row.last, row.value) for row in rows.series("rate").rows]
    assert found == [(JAN, MAR, 9), (MAR + ONE_DAY, None, 2)]


def test_a_corrected_row_does_not_close_the_gap_between_two_stretches():
    rows = table(rate(JAN, JAN, 9, rank=1), rate(MAR, MAR, 1))
    found = [(row.first, row.last) for row in rows.series("rate").rows]
    assert found == [(JAN, JAN), (MAR, MAR)]
    assert LegalValue("uf", "", JAN, None, D(1)).rank == 0


def test_the_last_day_covered_is_known():
    rows = table(rate(JAN, FEB, 1), value("utm", FEB, None, 1))
    assert rows.until("rate") == FEB
    assert rows.until("utm") == MAR - ONE_DAY
    with pytest.raises(MissingValue):
        rows.until("uf")
    with pytest.raises(MissingValue):
        rows.series("uf").at(JAN)


def test_a_table_is_frozen_against_its_own_sources():
    declared, values = dict(DECLARED), [rate(JAN, None, 1)]
    rows = LegalTable(declared, values)
    declared.clear()
    values.clear()
    assert rows.number("rate", JAN) == 1
    with pytest.raises(FrozenInstanceError):
        rows.parameters = {}
    with pytest.raises(TypeError):
        rows.parameters["rate"] = Validity.DAY


def test_an_undeclared_parameter_is_refused():
    with pytest.raises(KernelError, match="tmc"):
        table(value("tmc", JAN, None, 1))


@pytest.mark.parametrize(
    ("validity", "ends"),
    [
        (Validity.DAY, [(JAN, None), (JAN, None)]),
        (Validity.MONTH, [(JAN, None), (JAN + ONE_DAY, None)]),
        (Validity.PERIOD, [(JAN, None), (FEB, None)]),
        (Validity.PERIOD, [(FEB, None), (JAN, FEB)]),
        (Validity.PERIOD, [(JAN, MAR), (FEB, FEB)]),
    ],
)
@pytest.mark.parametrize("rank", [0, 1])
def test_contradictions_are_refused_by_check_and_by_table(validity, ends, rank):
    rows = [value("code", *pair, 1, rank=rank) for pair in ends]
    with pytest.raises(OverlapError, match="code"):
        check_values(validity, rows)
    with pytest.raises(OverlapError, match="code"):
        LegalTable({"code": validity}, rows)


def test_a_gap_is_refused_only_between_periods_of_rank_zero():
    gap = [rate(JAN, JAN, 1), rate(FEB, None, 1)]
    with pytest.raises(GapError, match="2026-01-02"):
        check_values(Validity.PERIOD, gap)
    check_values(
        Validity.PERIOD, [rate(JAN, JAN, 1, rank=1), rate(FEB, None, 1, rank=1)]
    )
    check_values(Validity.PERIOD, [rate(JAN, JAN, 1, key="a"), rate(FEB, None, 1)])
    check_values(Validity.PERIOD, [rate(FEB, None, 1), rate(JAN, FEB - ONE_DAY, 1)])
    check_values(Validity.DAY, [value("uf", JAN, None, 1), value("uf", FEB, None, 1)])
    check_values(
        Validity.MONTH, [value("utm", JAN, None, 1), value("utm", MAR, None, 1)]
    )
    with pytest.raises(MissingValue) as caught:
        table(*gap).number("rate", JAN + ONE_DAY)
    assert caught.value.on == JAN + ONE_DAY


def test_a_value_that_ends_before_it_starts_is_refused():
    with pytest.raises(InvalidPeriod):
        check_values(Validity.PERIOD, [rate(FEB, JAN, 1)])


def test_errors_survive_a_process_border():
    error = pickle.loads(pickle.dumps(NoSuchRule("uf", JAN, "x")))
    assert (error.code, error.on, error.key) == ("uf", JAN, "x")
    assert str(error) == "The law has no uf[x] on 2026-01-01."
