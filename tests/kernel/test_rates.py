"""The rate agreed, inside the limits of the law."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.billing import LateDebt, Movement, interest_bill, interest_to
from kernel.errors import MissingValue, NoSuchRule, RefusedTerms
from kernel.interest import DayCount, InterestTerms, accrue
from kernel.money import Money
from kernel.periods import Period, Row, Series
from kernel.rates import (
    AgreedRate,
    Breach,
    RateLimit,
    Segments,
)

D = Decimal
DAY = date(2026, 11, 21)
ONE = Period(DAY, DAY)
ONE_DAY = timedelta(days=1)
CMF = Segments((D(50), D(200), D(5000)), ("45", "44", "35", "34"))


def flat(value):
    return Series.flat(D(value))


@pytest.mark.golden("rate_limits.csv")
def test_the_rate_is_the_one_the_law_lets_run(case):
    limit = RateLimit(
        flat(case["limit"]),
        D(case["factor"]),
        D(case["points"]),
        Breach(case["breach"]),
        flat(case["instead"]) if case["instead"] else None,
        article=case["article"],
    )
    rate = AgreedRate(flat(case["agreed"]), **{case["kind"]: limit})
    if case["expected"] == "refused":
        with pytest.raises(RefusedTerms, match="art. 6"):
            rate.slices(ONE)
        return
    (found,) = rate.slices(ONE)
    assert found.rate == D(case["expected"])
    changed = D(case["expected"]) != D(case["agreed"])
    assert found.article == (case["article"] if changed else "")


@pytest.mark.parametrize(
    ("units", "key"),
    [
        ("0", "45"),
        ("50", "45"),
        ("50.01", "44"),
        ("200", "44"),
        ("200.01", "35"),
        ("5000", "35"),
        ("5000.01", "34"),
    ],
)
def test_the_segment_goes_by_the_size_of_the_operation(units, key):
    assert CMF.key(D(units) * D("40771.41"), D("40771.41")) == key


@pytest.mark.parametrize(
    ("limits", "keys"), [((50, 50), "abc"), ((50,), "a"), ((), ""), ((9, 1), "abc")]
)
def test_segments_that_make_no_sense_are_refused(limits, keys):
    with pytest.raises(ValueError):
        Segments(tuple(map(D, limits)), tuple(keys))


@pytest.mark.golden("cl_interest.csv")
def test_chilean_interest_is_that_of_the_law(case):
    first, *changes = case["rates"].split()
    values = [(date.min, first), *(one.split(":") for one in changes)]
    starts = [date.min, *(date.fromisoformat(one[0]) for one in values[1:])]
    lasts = [*(day - ONE_DAY for day in starts[1:]), None]
    rows = (
        Row(a, b, D(value[1]))
        for a, b, value in zip(starts, lasts, values, strict=True)
    )
    terms = InterestTerms(
        Series("tic", "35", tuple(rows)),
        day_count=DayCount(case["day_count"]),
        rounding_unit=D(1),
    )
    moved = (one.split(":") for one in case["payments"].split())
    debt = LateDebt(
        Money.of(case["base"], "CLP"),
        date.fromisoformat(case["due"]),
        tuple(Movement(date.fromisoformat(a), Money.of(b, "CLP")) for a, b in moved),
    )
    bill = interest_bill(debt, terms, date.fromisoformat(case["until"]))
    assert bill.amount == Money.of(case["expected"], "CLP")
    shown = " ".join(f"{one.days}@{one.rate}" for one in bill.slices)
    assert shown == case["slices"]


@given(our.series(), our.rate_limits(), our.rate_limits(), our.periods())
def test_rates_partition_the_period_and_keep_the_limits(series, floor, cap, period):
    floor = replace(floor, breach=Breach.LIMIT, agreed_on=None)
    cap = replace(cap, breach=Breach.LIMIT, agreed_on=None)
    day = period.first
    for one in AgreedRate(series, D(1), floor, cap).slices(period):
        assert one.period.first == day
        highest = cap.of(cap.series.at(day))
        assert one.rate <= highest
        assert one.rate >= min(highest, floor.of(floor.series.at(day)))
        day = one.period.last + ONE_DAY
    assert day == period.last + ONE_DAY


def test_a_rate_agreed_lawfully_stays_when_the_maximum_falls():
    """Ley 18.010 (CL) art. 6: the maximum of the moment of the agreement."""
    rows = (Row(date(2025, 1, 1), date(2025, 12, 31), D(30)),)
    rows += (Row(date(2026, 1, 1), None, D(20)),)
    maximum = RateLimit(Series("max", "35", rows), agreed_on=date(2025, 5, 1))
    span = Period(date(2025, 12, 1), date(2026, 2, 1))
    (one,) = AgreedRate(flat(25), cap=maximum).slices(span)
    assert (one.rate, one.article) == (25, "")
    every_day = replace(maximum, agreed_on=None)
    found = AgreedRate(flat(25), cap=every_day).slices(span)
    assert [part.rate for part in found] == [25, 20]
    over = AgreedRate(flat(35), cap=maximum).slices(span)
    assert [part.rate for part in over] == [30]


def test_a_rate_that_floats_is_judged_as_it_was_when_agreed():
    rows = (Row(date(2025, 1, 1), date(2025, 12, 31), D(15)),)
    rows += (Row(date(2026, 1, 1), None, D(40)),)
    maximum = RateLimit(flat(17), agreed_on=date(2025, 5, 1), article="art. 6")
    span = Period(date(2026, 1, 1), date(2026, 1, 1))
    rate = AgreedRate(Series("euribor", "", rows), D(2), cap=maximum)
    assert [one.rate for one in rate.slices(span)] == [42]
    (cut,) = replace(rate, spread=D(3)).slices(span)
    assert (cut.rate, cut.article) == (17, "art. 6")


def test_a_limit_is_a_multiple_plus_points():
    assert RateLimit(flat(10), D("1.5"), D(2)).of(D(10)) == 17


def test_interest_tells_the_article_that_changed_its_rate():
    limit = RateLimit(flat(5), article="Ley 18.010 art. 8")
    terms = InterestTerms(flat(9), cap=limit)
    (one,) = accrue(Money.of(100, "EUR"), terms, ONE).slices
    assert (one.rate, one.article) == (5, "Ley 18.010 art. 8")


def test_a_rate_raised_to_the_floor_keeps_its_article_under_the_cap():
    floor, cap = RateLimit(flat(5), article="floor"), RateLimit(flat(9), article="cap")
    (one,) = AgreedRate(flat(3), D(0), floor, cap).slices(ONE)
    assert (one.rate, one.article) == (5, "floor")


def test_where_the_law_has_no_limit_nothing_is_limited():
    rows = (Row(date(2026, 1, 1), date(2026, 6, 30), None),)
    rows += (Row(date(2026, 7, 1), date(2026, 12, 31), D(5)),)
    limit = RateLimit(Series("max", "", rows))
    span = Period(date(2026, 6, 1), date(2026, 7, 31))
    found = AgreedRate(flat(9), cap=limit).slices(span)
    assert [part.rate for part in found] == [9, 5]
    early = replace(limit, agreed_on=date(2026, 2, 1))
    assert [part.rate for part in AgreedRate(flat(9), cap=early).slices(span)] == [9]
    with pytest.raises(NoSuchRule):
        accrue(Money.of(1, "EUR"), InterestTerms(limit.series), span)


def test_a_limit_that_is_not_known_stops_the_interest():
    limit = RateLimit(Series("max", "35", (Row(DAY, DAY, D(5)),)))
    with pytest.raises(MissingValue, match="2026-11-22"):
        AgreedRate(flat(3), cap=limit).slices(Period(DAY, DAY + ONE_DAY))


def test_a_refusal_without_article_still_says_what_is_wrong():
    limit = RateLimit(flat(5), breach=Breach.REFUSE)
    with pytest.raises(RefusedTerms, match=r"^9 % is .* 5 % on 2026-11-21\.$"):
        AgreedRate(flat(9), cap=limit).slices(ONE)


def capitalising(*days, after=0):
    return InterestTerms(flat("3.65"), capitalised_on=days, capitalised_after=after)


def test_nothing_is_compounded_unless_the_terms_say_so():
    """CC (CL) art. 1559 N° 3; CC (ES) art. 1109; CCom (ES) art. 317."""
    span = Period(date(2026, 1, 1), date(2026, 7, 19))
    base = Money.of(10000, "EUR")
    assert accrue(base, capitalising(), span).exact == 200
    joined = accrue(base, capitalising(date(2026, 4, 10)), span)
    assert [one.base for one in joined.slices] == [10000, 10100]
    assert joined.exact == 201


@given(our.interest_terms(), our.periods(), st.sets(our.days, max_size=4))
def test_capitalised_interest_joins_the_base_of_the_next_day(terms, period, days):
    terms = replace(terms, capitalised_on=tuple(days))
    found = accrue(Money.of(10**6, "CLP"), terms, period)
    so_far, joined = D(0), D(0)
    for one in found.slices:
        if one.period.first - ONE_DAY in days and one.period.first > period.first:
            joined = so_far
        assert abs(one.base - 10**6 - joined) < D("1E-12")
        so_far += one.amount
    assert abs(so_far - found.exact) < D("1E-12")


@given(our.late_debts("CLP"), st.sets(st.integers(1, 400), max_size=4))
def test_capitalised_or_not_bills_telescope(debt, at):
    days = tuple(debt.due + n * ONE_DAY for n in at)
    terms = replace(capitalising(*days), rounding_unit=D(1))
    last, bills = None, []
    for late in (30, 61, 200, 420):
        on = debt.due + late * ONE_DAY
        bills.append(interest_bill(debt, terms, on, bills, last).amount)
        last = on
    whole = interest_to(debt, terms, last).amount
    assert sum((bill.amount for bill in bills), D(0)) == whole.amount


def test_interest_is_not_capitalised_more_often_than_allowed():
    """Ley 18.010 (CL) art. 9: periods of 30 days or more."""
    base = Money.of(10000, "CLP")
    span = Period(date(2026, 1, 1), date(2026, 12, 31))
    january, march = date(2026, 1, 30), date(2026, 3, 1)
    accrue(base, capitalising(january, march, after=30), span)
    for early in ((date(2026, 1, 29),), (january, march - ONE_DAY)):
        with pytest.raises(RefusedTerms, match=str(early[-1])):
            accrue(base, capitalising(*early, after=30), span)
    accrue(base, capitalising(date(2025, 12, 31), january, after=30), span)


def test_interest_claimed_in_court_bears_legal_interest():
    """CC (ES) art. 1109: 481.85 claimed on 2025-01-31, 100 days at 3.25 %."""
    legal = InterestTerms(flat("3.25"))
    claimed = date(2025, 1, 31)
    debt = LateDebt(Money.of("481.85", "EUR"), claimed)
    found = interest_to(debt, legal, claimed + 100 * ONE_DAY)
    assert found.amount == Money.of("4.29", "EUR")
