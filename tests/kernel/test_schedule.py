"""Instalments: the vectors of the law sheets, and what holds for every schedule."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kernel.calendars import WorkCalendar
from kernel.errors import InvalidPeriod, RefusedSchedule
from kernel.interest import DayCount
from kernel.money import Money, allocate
from kernel.periods import add_months
from kernel.schedule import (
    MOST_ROWS,
    Method,
    ScheduleTerms,
    WorkingDay,
    monthly_days,
    repay,
    repay_fixed,
    repay_given,
    whole_months,
)

D = Decimal
CENT = D("0.01")
START = date(2026, 11, 23)
FIRST = date(2026, 12, 23)


def eur(amount):
    return Money.of(amount, "EUR")


def terms(method=Method.FRENCH, rate="5.221", unit=CENT, **more):
    return ScheduleTerms(START, D(rate), method, unit, **more)


def sums(rows):
    return [row.amount.amount for row in rows]


def interests(rows):
    return [row.interest.amount for row in rows]


@pytest.mark.golden("schedules.csv")
def test_the_instalments_of_the_law_sheets(case):
    chosen = terms(Method(case["method"]), case["rate"], D(case["unit"]))
    amount = Money.of(case["amount"], case["currency"])
    rows = repay(amount, chosen, monthly_days(FIRST, int(case["rows"])))
    assert sums(rows) == [D(one) for one in case["sums"].split()]
    assert interests(rows) == [D(one) for one in case["interests"].split()]
    assert rows[-1].balance.is_zero


def test_interest_of_a_plan_over_three_debts():
    shares = allocate(eur("13.07"), [D(700), D(300), D(200)], CENT)
    assert [one.amount for one in shares] == [D("7.62"), D("3.27"), D("2.18")]


def test_a_first_payment_today_costs_no_interest():
    rows = repay(eur(1200), terms(), monthly_days(START, 4))
    assert interests(rows)[0] == 0
    assert len(set(sums(rows)[:-1])) == 1
    assert abs(rows[-1].amount.amount - rows[0].amount.amount) <= 4 * CENT


def test_in_the_grace_only_interest_is_paid():
    rows = repay(eur(1200), terms(grace=2), monthly_days(FIRST, 5))
    assert interests(rows)[:2] == [D("5.22"), D("5.22")]
    assert [row.principal.amount for row in rows[:2]] == [0, 0]
    assert rows[1].balance == eur(1200)
    assert rows[-1].balance.is_zero


def test_a_grace_without_interest_would_pay_nothing():
    with pytest.raises(RefusedSchedule) as caught:
        repay(eur(1200), terms(rate="0", grace=1), monthly_days(FIRST, 4))
    assert (caught.value.kind, caught.value.number) == ("small", 1)
    with pytest.raises(RefusedSchedule) as caught:
        repay(eur(1200), terms(grace=4), monthly_days(FIRST, 4))
    assert caught.value.kind == "grace"


def test_a_fixed_sum_runs_until_nothing_is_left():
    rows = repay_fixed(eur(1000), terms(Method.FIXED), FIRST, eur(300))
    assert sums(rows) == [300, 300, 300, D("109.66")]
    exact = repay_fixed(eur(900), terms(Method.FIXED, "0"), FIRST, eur(300))
    assert sums(exact) == [300, 300, 300]


def test_a_fixed_sum_that_does_not_pay_the_interest_is_refused():
    for instalment in ("5.22", "5.21"):
        with pytest.raises(RefusedSchedule) as caught:
            repay_fixed(eur(1200), terms(Method.FIXED), FIRST, eur(instalment))
        assert (caught.value.kind, caught.value.number) == ("interest", 1)
    with pytest.raises(RefusedSchedule) as caught:
        repay_fixed(eur(1200), terms(Method.FIXED), FIRST, eur("5.23"))
    assert (caught.value.kind, caught.value.number) == ("long", MOST_ROWS)


def test_given_sums_on_given_days_and_the_last_pays_the_rest():
    days = [START, date(2026, 12, 10), date(2027, 2, 1)]
    given_terms = terms(Method.GIVEN)
    rows = repay_given(eur(1000), given_terms, days, [eur(300), eur(300)])
    assert interests(rows) == [0, D("1.70"), D("3.01")]  # 17 days; a month and 22
    assert sums(rows) == [300, 300, D("404.71")]
    with pytest.raises(RefusedSchedule) as caught:
        repay_given(eur(1000), given_terms, days, [eur(300), eur(800)])
    assert (caught.value.kind, caught.value.number) == ("early", 3)


def test_a_row_that_pays_nothing_is_refused():
    with pytest.raises(RefusedSchedule) as caught:
        repay(eur("0.02"), terms(Method.LINEAR, "0"), monthly_days(FIRST, 3))
    assert (caught.value.kind, caught.value.number) == ("small", 1)


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        (WorkingDay.SAME, date(2026, 12, 26)),
        (WorkingDay.NEXT, date(2026, 12, 28)),
        (WorkingDay.PREVIOUS, date(2026, 12, 24)),
    ],
)
def test_a_working_day_moves_the_payment_and_not_its_interest(rule, due):
    calendar = WorkCalendar(frozenset({date(2026, 12, 25)}))
    moved = terms(working_day=rule, calendar=calendar)
    days = monthly_days(date(2026, 12, 26), 3)
    rows = repay(eur(900), moved, days)
    assert (rows[0].nominal, rows[0].due) == (days[0], due)
    assert interests(rows) == interests(repay(eur(900), terms(), days))


@pytest.mark.parametrize(
    ("since", "until", "months", "rest"),
    [
        (date(2027, 1, 31), date(2027, 2, 28), 1, 0),
        (date(2027, 2, 28), date(2027, 3, 31), 1, 0),
        (date(2028, 1, 30), date(2028, 2, 29), 1, 0),
        (date(2028, 2, 29), date(2028, 3, 30), 1, 0),
        (date(2026, 11, 23), date(2026, 12, 22), 0, 29),
        (date(2026, 11, 23), date(2026, 12, 24), 1, 1),
        (date(2026, 11, 23), date(2026, 11, 23), 0, 0),
        (date(2026, 11, 23), date(2027, 11, 23), 12, 0),
    ],
)
def test_whole_months(since, until, months, rest):
    found, period = whole_months(since, until)
    assert (found, period.days if period else 0) == (months, rest)


def test_what_makes_no_sense_is_an_error():
    day = monthly_days(FIRST, 2)
    with pytest.raises(RefusedSchedule):
        repay(eur(0), terms(), day)
    with pytest.raises(RefusedSchedule):
        repay(eur(10), terms(), ())
    with pytest.raises(ValueError, match="multiple"):
        repay(eur("10.001"), terms(), day)
    with pytest.raises(ValueError, match="below zero"):
        repay(eur(10), terms(rate="-0.1"), day)
    with pytest.raises(InvalidPeriod):
        repay(eur(10), terms(), (START.replace(day=22), FIRST))
    with pytest.raises(InvalidPeriod):
        repay(eur(10), terms(), (FIRST, FIRST))
    with pytest.raises(ValueError, match="sum"):
        repay_given(eur(10), terms(Method.GIVEN), day, [])


@given(
    method=st.sampled_from([Method.FRENCH, Method.LINEAR]),
    amount=st.integers(1_000, 10**9),
    in_pesos=st.booleans(),
    rate=st.integers(0, 4000),
    count=st.integers(1, 120),
    step=st.sampled_from([1, 1, 2, 3]),
    wait=st.integers(0, 70),
    grace=st.integers(0, 3),
    day_count=st.sampled_from(DayCount),
)
def test_every_schedule_repays_exactly(
    method, amount, in_pesos, rate, count, step, wait, grace, day_count
):
    unit = D(1) if in_pesos else CENT
    whole = Money.of(D(amount) * unit, "CLP" if in_pesos else "EUR")
    first = date.fromordinal(START.toordinal() + wait)
    days = monthly_days(first, count, step)
    chosen = ScheduleTerms(START, D(rate) / 100, method, unit, day_count, grace)
    try:
        rows = repay(whole, chosen, days)
    except RefusedSchedule as refusal:
        assume(False)
        raise AssertionError from refusal
    assert sum(row.principal.amount for row in rows) == whole.amount
    assert rows[-1].balance.is_zero
    assert [row.nominal for row in rows] == list(days)
    assert [row.number for row in rows] == list(range(1, count + 1))
    for row in rows:
        assert row.amount.amount > 0
        assert row.principal.amount % unit == 0
        assert row.interest.amount % unit == 0
    balances = [whole, *(row.balance for row in rows)]
    assert balances == sorted(balances, reverse=True)
    paying = sums(rows)[grace:]
    if method is Method.FRENCH and len(paying) > 1:
        assert set(paying[:-1]) == {paying[0]}


@given(
    amount=st.integers(100_00, 10**7),
    rate=st.integers(0, 3000),
    count=st.integers(2, 60),
)
def test_the_last_of_equal_instalments_differs_by_rounding_only(amount, rate, count):
    """Half a unit a row, which grows with the interest of the rows after it."""
    chosen = ScheduleTerms(START, D(rate) / 100, Method.FRENCH, CENT)
    rows = repay(eur(D(amount) / 100), chosen, monthly_days(FIRST, count))
    growth = (1 + D(rate) / 120_000) ** count
    assert abs(rows[-1].amount.amount - rows[0].amount.amount) <= count * growth * CENT


@given(day=st.dates(date(2024, 1, 1), date(2030, 12, 31)), months=st.integers(0, 40))
def test_months_added_are_whole_months(day, months):
    assert whole_months(day, add_months(day, months)) == (months, None)
