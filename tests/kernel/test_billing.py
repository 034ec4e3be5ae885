"""Interest billed in pieces is interest billed once, whatever happens in between."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
import strategies as our
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from kernel.billing import (
    InterestBill,
    LateDebt,
    Movement,
    billed_difference,
    interest_bill,
    interest_to,
    timeline,
)
from kernel.errors import CurrencyMismatch, MissingValue
from kernel.interest import DayCount, InterestTerms, accrue_balances, late_period
from kernel.money import Money
from kernel.periods import Period, Row, Series, add_months

D = Decimal
ONE_DAY = timedelta(days=1)
currencies = st.sampled_from(["EUR", "CLP"])


def eur(amount):
    return Money.of(amount, "EUR")


def limited(rate, agreed, limit, day, sign):
    """The rate of a day within a limit, read from the law anew."""
    if limit is None:
        return rate
    judged = rate if limit.agreed_on is None else agreed
    asked = limit.agreed_on or day
    bound = limit.series.at(asked) * limit.factor + limit.points
    if sign * judged <= sign * bound:
        return rate
    if limit.breach == "limit":
        return bound
    return limit.instead.at(day) if limit.instead else D(0)


def rate_on(terms, day):
    def agreed(on):
        return terms.series.at(on) + terms.spread

    rate = agreed(day)
    for limit, sign in ((terms.floor, -1), (terms.cap, 1)):
        at = limit.agreed_on if limit and limit.agreed_on else day
        rate = limited(rate, agreed(at), limit, day, sign)
    return rate


def year_share(count, day):
    """The fraction of a year that one day is."""
    if count is DayCount.THIRTY_360:
        before = day - ONE_DAY
        numbers = [one.month * 30 + min(one.day, 30) for one in (before, day)]
        days = 360 * (day.year - before.year) + numbers[1] - numbers[0]
        return Fraction(days, 360)
    leap = (date(day.year, 12, 31) - date(day.year, 1, 1)).days + 1
    years = {"ACT/365": 365, "ACT/360": 360, "ACT/ACT": leap}
    return Fraction(1, years[count.value])


def day_by_day(debt, terms, until):
    """An independent count: what each day in default earns on its own balance."""
    grace_end = debt.due + terms.grace_days * ONE_DAY
    until = min(until, debt.ends_on or until)
    day = debt.due if terms.grace_retroactive else grace_end
    earned = Fraction(0)
    while until > grace_end and (day := day + ONE_DAY) <= until:
        if any(one.first <= day <= one.last for one in debt.suspended):
            continue
        balance = debt.principal.amount
        for one in debt.movements:
            forgiven = debt.due < one.on <= grace_end
            if forgiven or one.on < day:
                balance -= one.amount.amount
        if balance > 0:
            rate = Fraction(rate_on(terms, day)) / 100
            earned += Fraction(balance) * rate * year_share(terms.day_count, day)
    halves = earned / Fraction(terms.rounding_unit) + Fraction(1, 2)
    return (halves.numerator // halves.denominator) * terms.rounding_unit


def known_by(debt, lags, day):
    """The debt as it is known on a day: each movement some days after it happened."""
    moved = zip(debt.movements, lags, strict=False)
    seen = (one for one, lag in moved if one.on + lag * ONE_DAY <= day)
    return replace(debt, movements=tuple(seen))


@settings(max_examples=120)
@given(st.data())
def test_billed_monthly_is_billed_once(data):
    """Over changing and later corrected rates, limits, part payments, refunds, payments
    that are learnt of months later, leap years and grace, in euros and in pesos."""
    currency = data.draw(currencies)
    debt = data.draw(our.late_debts(currency))
    terms = data.draw(our.limited_terms(currency))
    corrected = data.draw(st.just(terms) | our.limited_terms(currency))
    corrected = replace(corrected, grace_days=terms.grace_days)
    lags = data.draw(st.lists(st.integers(0, 120), min_size=5, max_size=5))
    months = data.draw(st.integers(1, 15))
    bills, last = [], None
    for month in range(months):
        on = add_months(debt.due, month) + timedelta(days=20)
        bill = interest_bill(known_by(debt, lags, on), terms, on, bills, last)
        bills.append(bill.amount)
        last = on
    end = last + timedelta(days=data.draw(st.integers(0, 31)))
    bills.append(interest_bill(debt, corrected, end, bills, last).amount)
    once = interest_to(debt, corrected, end).amount
    assert sum((bill.amount for bill in bills), D(0)) == once.amount
    assert once == Money(day_by_day(debt, corrected, end), currency)


@settings(max_examples=50)
@given(our.late_debts("EUR"), our.limited_terms("EUR"), st.data())
def test_without_news_no_bill_corrects_another(debt, terms, data):
    steps = data.draw(st.lists(st.integers(0, 60), min_size=1, max_size=6))
    on, last, bills = debt.due, None, []
    for step in steps:
        on += timedelta(days=step)
        bill = interest_bill(debt, terms, on, bills, last)
        assert bill.correction == eur(0) and bill.own >= eur(0)
        bills.append(bill.amount)
        last = on
    assert sum((bill.amount for bill in bills), D(0)) == (
        interest_to(debt, terms, on).amount.amount
    )


@settings(max_examples=50)
@given(our.late_debts("CLP"), our.limited_terms("CLP"), st.data())
def test_the_days_billed_follow_one_another(debt, terms, data):
    """Also the slices: those of a bill lie in its period and make its own interest."""
    lengths = data.draw(st.lists(st.integers(1, 60), min_size=1, max_size=6))
    on, last, days, made = debt.due, None, [], D(0)
    for length in lengths:
        on += timedelta(days=length)
        bill = interest_bill(debt, terms, on, (), last)
        last = on
        if bill.period:
            days.append(bill.period)
            made += sum(one.amount for one in bill.slices)
            for one in bill.slices:
                assert bill.period.first <= one.period.first <= one.period.last <= on
        else:
            assert not bill.slices
    whole = late_period(debt.due, on, terms)
    for one, two in pairwise(days):
        assert two.first == one.last + ONE_DAY
    if whole:
        assert (days[0].first, days[-1].last) == (whole.first, whole.last)
    assert abs(made - interest_to(debt, terms, on).exact) < D("1E-9")


@settings(max_examples=30)
@given(our.late_debts("EUR"), our.limited_terms("EUR"), our.days)
def test_the_order_of_the_movements_does_not_matter(debt, terms, until):
    assume(until < date(2025, 12, 31))
    backwards = replace(debt, movements=debt.movements[::-1])
    assert interest_to(backwards, terms, until) == interest_to(debt, terms, until)


SIMPLE = InterestTerms(Series.flat(D("3.65")))
LATE = LateDebt(eur(1000), date(2026, 1, 31))


def paid(debt, day, amount):
    one = Movement(day, eur(amount))
    return replace(debt, movements=(*debt.movements, one))


def test_a_payment_earns_until_its_day_and_a_refund_from_the_day_after():
    debt = paid(LATE, date(2026, 2, 10), 1000)
    assert interest_to(debt, SIMPLE, date(2026, 12, 31)).amount == eur("1.00")
    back = paid(debt, date(2026, 2, 20), -500)
    assert interest_to(back, SIMPLE, date(2026, 2, 20)).amount == eur("1.00")
    assert interest_to(back, SIMPLE, date(2026, 3, 2)).amount == eur("1.50")


def test_a_backdated_payment_is_given_back_by_the_next_bill():
    until = date(2026, 2, 20)
    first = interest_bill(LATE, SIMPLE, until)
    assert (first.own, first.correction) == (eur("2.00"), eur(0))
    debt = paid(LATE, date(2026, 2, 10), 1000)
    second = interest_bill(debt, SIMPLE, date(2026, 3, 2), [first.amount], until)
    assert (second.own, second.correction) == (eur(0), eur("-1.00"))
    assert second.amount == eur("-1.00")
    assert second.period == Period(date(2026, 2, 21), date(2026, 3, 2))


def test_interest_that_stopped_earlier_is_given_back():
    """Insolvency: TRLC (ES) art. 152; Ley 20.720 (CL) art. 264."""
    first = interest_bill(LATE, SIMPLE, date(2026, 2, 20))
    stop = date(2026, 2, 10)
    bill = interest_bill(LATE, SIMPLE, stop, [first.amount], date(2026, 2, 20))
    assert (bill.period, bill.own, bill.slices) == (None, eur(0), ())
    assert bill.correction == eur("-1.00")


@settings(max_examples=80)
@given(st.data())
def test_what_ends_and_is_suspended_earns_as_day_by_day(data):
    """Spans that overlap or touch, before and after the end, billed in two pieces."""
    debt = data.draw(our.late_debts("EUR"))
    terms = data.draw(our.limited_terms("EUR"))
    days = st.integers(-10, 200)
    spans = data.draw(st.lists(st.tuples(days, st.integers(0, 60)), max_size=3))
    debt = replace(
        debt,
        ends_on=data.draw(st.none() | days.map(lambda day: debt.due + day * ONE_DAY)),
        suspended=tuple(
            Period(debt.due + day * ONE_DAY, debt.due + (day + more) * ONE_DAY)
            for day, more in spans
        ),
    )
    end = debt.due + data.draw(st.integers(1, 250)) * ONE_DAY
    whole = interest_to(debt, terms, end).amount
    assert whole == Money(day_by_day(debt, terms, end), "EUR")
    half = debt.due + data.draw(st.integers(0, 250)) * ONE_DAY
    first = interest_bill(debt, terms, min(half, end))
    second = interest_bill(debt, terms, end, [first.amount], min(half, end))
    assert first.amount + second.amount == whole
    assert not debt.ends_on or not second.period or second.period.last <= debt.ends_on


SPAIN_2026 = InterestTerms(
    Series(
        "rate",
        "",
        (
            Row(date(2026, 1, 1), date(2026, 6, 30), D("10.15")),
            Row(date(2026, 7, 1), date(2026, 12, 31), D("10.40")),
        ),
    )
)
AGREED = Period(date(2026, 3, 2), date(2026, 6, 15))


def test_no_default_interest_runs_during_an_agreement():
    """The vector of an agreement of 2026-03-01 that is broken on 2026-06-15."""
    debt = LateDebt(eur(10000), date(2026, 1, 31), suspended=(AGREED,))
    whole = interest_to(debt, SPAIN_2026, date(2026, 7, 31))
    assert whole.amount == eur("210.68")
    parts = [(one.period, round(one.amount, 2)) for one in whole.slices]
    assert parts == [
        (Period(date(2026, 2, 1), date(2026, 3, 1)), D("80.64")),
        (Period(date(2026, 6, 16), date(2026, 6, 30)), D("41.71")),
        (Period(date(2026, 7, 1), date(2026, 7, 31)), D("88.33")),
    ]
    fallen_away = replace(debt, suspended=())
    whole = interest_to(fallen_away, SPAIN_2026, date(2026, 7, 31))
    assert whole.amount == eur("505.45")


def test_a_suspension_that_is_learnt_of_late_is_given_back_by_the_next_bill():
    debt = LateDebt(eur(10000), date(2026, 1, 31))
    first = interest_bill(debt, SPAIN_2026, date(2026, 4, 30))
    known = replace(debt, suspended=(AGREED,))
    end = date(2026, 7, 31)
    bill = interest_bill(known, SPAIN_2026, end, [first.amount], date(2026, 4, 30))
    assert bill.correction.amount < 0
    assert first.amount + bill.amount == eur("210.68")


def test_interest_ends_on_the_day_of_the_insolvency_whenever_it_is_looked_at():
    """TRLC (ES) art. 152: the day of the declaration still earns."""
    debt = LateDebt(eur(1000), date(2026, 5, 5), ends_on=date(2026, 6, 10))
    first = interest_bill(debt, SPAIN_2026, date(2026, 5, 31))
    assert first.amount == eur("7.23")
    end = date(2026, 11, 23)
    bill = interest_bill(debt, SPAIN_2026, end, [first.amount], date(2026, 5, 31))
    assert bill.period == Period(date(2026, 6, 1), date(2026, 6, 10))
    assert interest_to(debt, SPAIN_2026, end).amount == eur("10.01")


def test_what_fell_due_after_the_end_bears_no_interest():
    debt = LateDebt(eur(1000), date(2026, 6, 30), ends_on=date(2026, 6, 10))
    bill = interest_bill(debt, SPAIN_2026, date(2026, 11, 23))
    assert (bill.period, bill.amount) == (None, eur(0))


def test_suspended_days_need_no_rate_and_capitalise_nothing():
    known = Series("rate", "", (Row(date(2026, 1, 1), date(2026, 2, 10), D("3.65")),))
    terms = InterestTerms(known, capitalised_on=(date(2026, 2, 10),))
    span = Period(date(2026, 2, 11), date(2026, 3, 31))
    debt = LateDebt(eur(1000), date(2026, 1, 31), suspended=(span,))
    assert interest_to(debt, terms, date(2026, 3, 31)).amount == eur("1.00")
    with pytest.raises(MissingValue, match="2026-04-01"):
        interest_to(debt, terms, date(2026, 4, 1))


def test_the_same_day_is_not_billed_twice():
    until = date(2026, 2, 20)
    first = interest_bill(LATE, SIMPLE, until)
    again = interest_bill(LATE, SIMPLE, until, [first.amount], until)
    assert (again.amount, again.period) == (eur(0), None)


def test_what_was_paid_within_the_grace_was_never_late():
    terms = replace(SIMPLE, grace_days=5, grace_retroactive=True)
    debt = paid(LATE, date(2026, 2, 5), 600)
    assert interest_to(debt, terms, date(2026, 2, 5)).amount == eur(0)
    assert interest_to(debt, terms, date(2026, 2, 10)).amount == eur("0.40")
    late = paid(LATE, date(2026, 2, 6), 600)
    assert interest_to(late, terms, date(2026, 2, 10)).amount == eur("0.76")


def test_a_paid_debt_needs_no_rate():
    rates = Series("rate", "", (Row(date(2026, 1, 1), date(2026, 2, 10), D("3.65")),))
    terms = InterestTerms(rates)
    debt = paid(LATE, date(2026, 2, 10), 1000)
    assert interest_to(debt, terms, date(2026, 12, 31)).amount == eur("1.00")
    with pytest.raises(MissingValue, match="2026-02-11"):
        interest_to(LATE, terms, date(2026, 2, 11))


def test_an_overpaid_debt_earns_nothing_until_the_excess_is_back():
    debt = paid(paid(LATE, date(2026, 2, 10), 1500), date(2026, 3, 1), -700)
    shown = timeline(debt, Period(date(2026, 2, 1), date(2026, 3, 31)))
    assert [money.amount for _day, money in shown] == [1000, -500, 200]
    short = timeline(debt, Period(date(2026, 2, 1), date(2026, 3, 1)))
    assert short == shown[:2]
    found = interest_to(debt, SIMPLE, date(2026, 3, 11))
    assert [one.base for one in found.slices] == [1000, 200]
    assert found.amount == eur("1.20")


def test_the_timeline_starts_a_balance_at_every_cut():
    period = Period(date(2026, 2, 1), date(2026, 3, 31))
    shown = timeline(LATE, period, [date(2026, 3, 1)])
    assert shown == ((date(2026, 2, 1), eur(1000)), (date(2026, 3, 1), eur(1000)))
    assert accrue_balances(shown, SIMPLE, period).amount == eur("5.90")


def test_amounts_of_one_debt_are_in_one_currency():
    pesos = Money.of(5, "CLP")
    with pytest.raises(CurrencyMismatch):
        replace(LATE, movements=(Movement(date(2026, 2, 1), pesos),))
    with pytest.raises(CurrencyMismatch):
        interest_bill(LATE, SIMPLE, date(2026, 3, 1), [pesos])


@given(st.lists(st.integers(-(10**6), 10**6)), st.integers(-(10**6), 10**6))
def test_the_difference_completes_the_bills(billed, whole):
    bills = [eur(one) for one in billed]
    left = billed_difference(eur(whole), bills)
    assert left + eur(sum(billed)) == eur(whole)


def test_a_bill_asks_for_its_own_and_for_what_others_lack():
    whole = interest_to(LATE, SIMPLE, date(2026, 2, 10))
    bill = InterestBill(None, eur(3), eur(-1), (), whole)
    assert bill.amount == eur(2)
