"""Agreements: limits, payment derived from money, breach, what is due early."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.agreement import (
    AgreementLimits,
    accelerate,
    excesses,
    fill,
    interest_of,
    interest_shares,
    missed,
    principal_of,
)
from kernel.billing import LateDebt, Movement, interest_to
from kernel.interest import InterestTerms
from kernel.money import Money
from kernel.periods import Period, Row, Series
from kernel.schedule import Method, ScheduleTerms, monthly_days, repay

D = Decimal
CENT = D("0.01")
START = date(2026, 11, 23)
FIRST = date(2026, 12, 23)
RESIDENCE = AgreementLimits(months=6, share=D(25))
DAY = timedelta(days=1)


def eur(amount):
    return Money.of(amount, "EUR")


def plan(amount=1200, count=4, rate="5.221", method=Method.FRENCH):
    chosen = ScheduleTerms(START, D(rate), method, CENT)
    return repay(eur(amount), chosen, monthly_days(FIRST, count))


def passed(rows, limits, rate="5.221", is_guaranteed=True):
    found = excesses(rows, START, D(rate), limits, is_guaranteed)
    return [(one.kind, one.limit, one.found) for one in found]


def test_t58_six_instalments_are_less_than_a_quarter_each():
    assert passed(plan(count=6), RESIDENCE) == [("share", D(300), D("203.06"))]
    assert passed(plan(count=4), RESIDENCE) == []
    assert RESIDENCE.most_rows == 4, "so six months cannot be reached"


def test_less_than_a_coin_is_not_asked_for():
    limits = AgreementLimits(share=D("33.34"), of_principal=True)
    thirds = plan(amount="0.05", count=3, rate="0", method=Method.LINEAR)
    assert excesses(thirds, START, D(0), limits, True, CENT) == ()
    assert excesses(thirds, START, D(0), limits, True) != ()


def test_a_quarter_of_the_principal_is_another_limit():
    of_principal = AgreementLimits(share=D(25), of_principal=True)
    assert passed(plan(count=4), of_principal) == [("share", D(300), D("298.05"))]
    assert passed(plan(count=4, method=Method.LINEAR), of_principal) == []


def test_what_rounding_leaves_for_the_last_row_is_no_excess():
    rows = plan(1000, 3, "0")
    assert passed(rows, AgreementLimits(share=D("33.333")), "0") == []


def test_months_are_counted_to_the_day_of_the_last_row():
    limits = AgreementLimits(months=4)
    assert passed(plan(count=4), limits) == []
    late = monthly_days(FIRST + DAY, 4)
    rows = repay(eur(1200), ScheduleTerms(START, D(0), Method.LINEAR, CENT), late)
    assert passed(rows, limits, "0") == [("months", 4, 5)]


def test_instalments_of_the_agreements_before_count_too():
    """Of a chain of which each replaced the one before: 25 % are four in all."""
    rows = plan(count=2)

    def found(before, start=START):
        all_ = excesses(rows, start, D("5.221"), RESIDENCE, True, CENT, before)
        return [(one.kind, one.limit, one.found) for one in all_]

    assert found(0) == found(2) == []
    assert found(3) == [("rows", D(4), D(5))]
    half_a_year_ago = date(2026, 5, 23)
    assert found(2, half_a_year_ago) == [("months", D(6), D(8))]


def test_rate_and_guarantee():
    limits = AgreementLimits(rate=D("5.22"), guarantee_from=D(1200))
    assert passed(plan(), limits, is_guaranteed=False) == [
        ("rate", D("5.22"), D("5.221")),
        ("guarantee", D(1200), D(1200)),
    ]
    less = plan(amount="1199.99")
    assert passed(less, limits, rate="5.22", is_guaranteed=False) == []


def paid(amount, on):
    return Movement(on, eur(amount))


def filled(movements, until=date(2027, 12, 31), parts=(300, 300, 300)):
    found = fill([eur(part) for part in parts], movements, until)
    return [(one.amount.amount, one.on) for one in found]


def test_an_advance_smaller_than_an_instalment_changes_no_other():
    assert filled([paid(100, START)]) == [(100, None), (0, None), (0, None)]
    assert filled([paid(100, START), paid(200, FIRST)]) == [
        (300, FIRST),
        (0, None),
        (0, None),
    ]


def test_a_bounced_payment_opens_the_last_paid():
    back = FIRST + 9 * DAY
    movements = [paid(600, FIRST), paid(-300, back)]
    assert filled(movements, back - DAY)[1] == (300, FIRST)
    assert filled(movements, back) == [(300, FIRST), (0, None), (0, None)]
    again = [*movements, paid(300, back + DAY)]
    assert filled(again)[1] == (300, back + DAY)


def test_what_lacks_of_all_until_a_part_may_be_dust():
    def on(*money):
        parts = [eur(300)] * 3
        return [one.on for one in fill(parts, money, FIRST, Decimal(1))]

    assert on(paid(299, START)) == [START, None, None]
    assert on(paid("298.99", START)) == [None, None, None]
    assert on(paid(299, START), paid(300, FIRST)) == [START, FIRST, None]
    assert on(paid(299, START), paid("299.99", FIRST)) == [START, None, None]
    amounts = [one.amount.amount for one in fill([eur(300)], [paid(299, START)], FIRST)]
    assert amounts == [299]


def test_payment_and_return_of_one_day_in_either_order():
    one = [paid(300, FIRST), paid(-300, FIRST)]
    assert filled(one) == filled(one[::-1]) == [(0, None)] * 3


def test_an_instalment_is_missed_from_the_day_after():
    rows = plan()
    nothing = fill([row.amount for row in rows], [], FIRST)
    assert missed(rows, nothing, FIRST) == ()
    assert missed(rows, nothing, FIRST + DAY) == rows[:1]
    both = monthly_days(FIRST, 2)[1] + DAY
    assert missed(rows, nothing, both) == rows[:2]
    cent_short = fill([row.amount for row in rows], [paid("303.26", FIRST)], FIRST)
    assert missed(rows, cent_short, FIRST + DAY) == rows[:1]
    in_time = fill([row.amount for row in rows], [paid("303.27", FIRST)], FIRST)
    assert missed(rows, in_time, FIRST + DAY) == ()


def due_early(on, principal=(), interest=()):
    rows = plan()
    done = fill([row.principal for row in rows], principal, on)
    costs = fill([row.interest for row in rows], interest, on)
    found = accelerate(rows, done, costs, START, on, CENT)
    return found.principal.amount, found.interest.amount


def test_interest_not_earned_is_not_due_early():
    assert due_early(START) == (1200, 0)
    assert due_early(FIRST) == (1200, D("5.22"))
    half = FIRST + 15 * DAY  # 15 of 31 days of 3.92
    assert due_early(half) == (1200, D("5.22") + D("1.90"))
    assert due_early(date(2030, 1, 1)) == (1200, D("13.07"))
    money = [paid("298.05", FIRST)], [paid("5.22", FIRST)]
    assert due_early(half, *money) == (D("901.95"), D("1.90"))


def test_interest_paid_ahead_is_not_given_back_by_acceleration():
    assert due_early(FIRST, interest=[paid("13.07", START)]) == (1200, 0)


@pytest.fixture(scope="module", name="commercial")
def commercial_fixture(golden):
    """The rates of Ley 3/2004."""
    rows = [row for row in golden("es_rates.csv") if row["code"] == "commercial"]
    days = [
        [date.fromisoformat(row[name]) for name in ("first", "last")] for row in rows
    ]
    values = [D(row["value"]) for row in rows]
    found = (Row(*both, value) for both, value in zip(days, values, strict=True))
    return InterestTerms(Series("commercial", "", tuple(found)))


@pytest.mark.parametrize(
    ("suspended", "interest"),
    [((date(2026, 3, 2), date(2026, 6, 15)), "210.68"), (None, "505.45")],
)
def test_default_interest_stops_while_an_agreement_runs(
    commercial, suspended, interest
):
    """Signed on 03-01, broken on 06-15: both days earn none of the other's interest."""
    periods = (Period(*suspended),) if suspended else ()
    debt = LateDebt(eur(10_000), date(2026, 1, 31), suspended=periods)
    assert interest_to(debt, commercial, date(2026, 7, 31)).amount == eur(interest)


@given(
    parts=st.lists(st.integers(1, 50_000), min_size=1, max_size=12),
    money=st.lists(
        st.tuples(st.integers(-30_000, 60_000), st.integers(0, 400)), max_size=12
    ),
    on=st.integers(0, 400),
)
def test_what_is_open_of_the_parts_is_what_is_open_of_the_whole(parts, money, on):
    cents = [Money(D(part) * CENT, "EUR") for part in parts]
    movements = [
        Movement(START + day * DAY, Money(D(amount) * CENT, "EUR"))
        for amount, day in money
    ]
    until = START + on * DAY
    found = fill(cents, movements, until)
    whole = sum(D(part) for part in parts) * CENT
    came = sum((one.amount.amount for one in movements if one.on <= until), D(0))
    assert sum(one.amount.amount for one in found) == min(max(came, D(0)), whole)
    assert found == fill(cents, movements[::-1], until)
    open_seen = False
    for part, one in zip(cents, found, strict=True):
        assert (one.on is not None) == (one.amount == part)
        assert not (open_seen and one.amount.amount), "the first first"
        open_seen = open_seen or one.amount < part


def test_interest_of_each_instalment_over_three_debts():
    rows = interest_shares(
        [row.interest for row in plan()], [D(700), D(300), D(200)], CENT
    )
    whole = [sum(share.amount for share in debt) for debt in zip(*rows, strict=True)]
    assert whole == [D("7.62"), D("3.27"), D("2.18")]
    assert [one.amount for one in rows[0]] == [D("3.05"), D("1.30"), D("0.87")]


@given(
    interests=st.lists(st.integers(0, 5_000), min_size=1, max_size=24),
    weights=st.lists(st.integers(1, 10**6), min_size=1, max_size=8),
)
def test_shares_of_interest_sum_to_the_row_and_nearly_to_the_part(interests, weights):
    cents = [Money(D(one) * CENT, "EUR") for one in interests]
    parts = [D(weight) for weight in weights]
    rows = interest_shares(cents, parts, CENT)
    for shares, interest in zip(rows, cents, strict=True):
        assert sum(share.amount for share in shares) == interest.amount
        assert min(share.amount for share in shares) >= 0
    total_interest = sum(one.amount for one in cents)
    for debt, part in zip(zip(*rows, strict=True), parts, strict=True):
        ideal = total_interest * part / sum(parts)
        assert abs(sum(share.amount for share in debt) - ideal) <= CENT * len(parts)


@given(on=st.integers(-5, 150), count=st.integers(1, 5), rate=st.integers(0, 3000))
def test_acceleration_never_asks_for_more_than_the_plan(on, count, rate):
    rows = plan(count=count, rate=D(rate) / 100)
    nothing = fill([row.principal for row in rows], [], START)
    free = fill([row.interest for row in rows], [], START)
    day = START + on * DAY
    found = accelerate(rows, nothing, free, START, day, CENT)
    later = accelerate(rows, nothing, free, START, day + DAY, CENT)
    assert found.principal == principal_of(rows) == eur(1200)
    assert found.interest <= later.interest <= interest_of(rows)
