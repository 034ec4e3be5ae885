from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import strategies as our
from hypothesis import assume, given
from hypothesis import strategies as st
from kernel.errors import (
    CurrencyMismatch,
    InvalidPeriod,
    MissingValue,
    RefusedDayCount,
)
from kernel.interest import (
    DayCount,
    InterestTerms,
    accrue,
    accrue_balances,
    late_period,
)
from kernel.legal_table import LegalTable, LegalValue, Validity, check_values
from kernel.money import Money, round_to
from kernel.periods import Period, Series

D = Decimal
CENT = D("0.01")
TINY = D("1E-12")
ONE_DAY = timedelta(days=1)


def eur(amount):
    return Money.of(amount, "EUR")


@pytest.fixture(scope="module")
def spain(golden):
    """The Spanish rates of the law sheet §1 as a legal table."""
    values = [
        LegalValue(
            row["code"],
            "",
            date.fromisoformat(row["first"]),
            date.fromisoformat(row["last"]),
            D(row["value"]),
            source=row["source"],
        )
        for row in golden("es_rates.csv")
    ]
    check_values(Validity.PERIOD, values)
    codes = dict.fromkeys(("legal", "tax", "commercial"), Validity.PERIOD)
    return LegalTable(codes, values)


def terms_of(case, spain):
    return InterestTerms(
        series=spain.series(case["code"]),
        spread=D(case["spread"]),
        day_count=DayCount(case["day_count"]),
        grace_days=int(case["grace"]),
        grace_retroactive=case["retroactive"] == "yes",
        refused=frozenset({DayCount.ACT_360, DayCount.THIRTY_360}),
    )


@pytest.mark.golden("es_interest.csv")
def test_interest_is_that_of_the_law(case, spain):
    terms = terms_of(case, spain)
    due, until = (date.fromisoformat(case[end]) for end in ("due", "until"))
    period = late_period(due, until, terms)
    base = eur(case["base"])
    if case["expected"] == "refused":
        with pytest.raises(RefusedDayCount, match="ACT/360"):
            accrue(base, terms, period)
    elif case["expected"].startswith("missing"):
        with pytest.raises(MissingValue) as caught:
            accrue(base, terms, period)
        assert caught.value.code == case["code"]
        assert caught.value.on.isoformat() == case["expected"].split()[1]
    else:
        found = accrue(base, terms, period)
        assert found.amount == eur(case["expected"])
        shown = [
            f"{part.days}@{part.rate}={round_to(part.amount, CENT)}"
            for part in found.slices
        ]
        assert " ".join(shown) == case["slices"]


def test_segments_are_rounded_once(spain):
    """T2 and T6: rounding each segment would give 21.61 and 399.10."""
    cases = (
        ("legal", 3000, date(2009, 3, 5), date(2009, 4, 30), "21.61", "21.62"),
        ("commercial", 2500, date(2025, 5, 5), date(2026, 11, 21), "399.10", "399.09"),
    )
    for code, base, due, until, bad, good in cases:
        terms = InterestTerms(spain.series(code))
        found = accrue(eur(base), terms, late_period(due, until, terms))
        by_rate = {}
        for part in found.slices:
            by_rate[part.rate] = by_rate.get(part.rate, 0) + part.amount
        assert sum(round_to(part, CENT) for part in by_rate.values()) == D(bad)
        assert found.amount == eur(good)


def test_t15_no_rate_of_2027_is_published(spain):
    for code in ("legal", "tax", "commercial"):
        with pytest.raises(MissingValue, match="2027-01-02"):
            spain.number(code, date(2027, 1, 2))
        assert spain.until(code) == date(2026, 12, 31)


@given(our.cents, our.interest_terms(), our.periods())
def test_interest_is_the_sum_of_its_days(base, terms, period):
    """An independent count: every day earns base × rate of that day."""
    assume(terms.day_count is not DayCount.THIRTY_360)
    days = [period.first + n * ONE_DAY for n in range(period.days)]
    years = sum(
        (terms.series.at(day) + terms.spread) / year_of(terms.day_count, day)
        for day in days
    )
    found = accrue(Money(base, "EUR"), terms, period)
    assert abs(found.exact - base * years / 100) < TINY
    assert found.amount == Money(round_to(found.exact, CENT), "EUR")


@given(our.cents, our.interest_terms(), our.periods(), st.data())
def test_interest_is_additive_over_any_split(base, terms, period, data):
    cut = data.draw(st.dates(period.first, period.last))
    whole = accrue(Money(base, "EUR"), terms, period).exact
    head = accrue(Money(base, "EUR"), terms, Period(period.first, cut)).exact
    tail = Period(cut + ONE_DAY, period.last) if cut < period.last else None
    rest = accrue(Money(base, "EUR"), terms, tail).exact
    assert abs(head + rest - whole) < TINY


def year_of(day_count, day):
    if day_count is DayCount.ACT_ACT:
        return date(day.year, 12, 31).timetuple().tm_yday
    return 365 if day_count is DayCount.ACT_365 else 360


@given(our.cents, our.interest_terms(), our.periods())
def test_slices_partition_the_period(base, terms, period):
    base += 1
    found = accrue(Money(base, "EUR"), terms, period)
    day = period.first
    for part in found.slices:
        assert part.period.first == day
        assert part.rate == terms.series.at(day) + terms.spread
        assert part.base == base
        assert part.amount == base * part.rate * part.days / (100 * part.year)
        day = part.period.last + ONE_DAY
    assert day == period.last + ONE_DAY
    assert abs(sum(part.amount for part in found.slices) - found.exact) < TINY


@given(our.cents, our.interest_terms(), our.periods())
def test_no_interest_without_days_without_rate_or_without_base(base, terms, period):
    none = accrue(Money(base, "EUR"), terms, None)
    assert (none.slices, none.exact, none.amount) == ((), 0, Money.zero("EUR"))
    flat = replace(terms, series=Series.flat(D(0)), spread=D(0))
    assert accrue(Money(base, "EUR"), flat, period).exact == 0
    assert accrue(eur(0), terms, period).exact == 0
    assert accrue(eur(-5), terms, period).exact == 0


@given(our.interest_terms(), st.integers(0, 48), our.days)
def test_by_30_360_every_month_has_thirty_days(terms, months, day):
    first = day.replace(day=1)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    last = date(year, month + 1, 1) - ONE_DAY
    assume(months and last <= our.END)
    terms = replace(terms, day_count=DayCount.THIRTY_360)
    found = accrue(eur(100), terms, Period(first, last))
    end = 1 if last.month == 2 else 0
    short = (30 - last.day) * end
    begin = first - ONE_DAY
    long = (30 - begin.day) if begin.month == 2 else 0
    assert sum(part.days for part in found.slices) == 30 * months - short + long


@pytest.mark.parametrize("count", DayCount)
def test_a_refused_day_count_is_refused_even_for_no_days(count):
    terms = InterestTerms(
        Series.flat(D(5)), day_count=count, refused=frozenset({count})
    )
    with pytest.raises(RefusedDayCount):
        accrue(eur(1), terms, None)


@given(our.days, st.integers(-5, 40), st.integers(0, 15), st.booleans())
def test_grace_forgives_or_reaches_back(due, late, grace, retroactive):
    terms = InterestTerms(
        Series.flat(D(5)), grace_days=grace, grace_retroactive=retroactive
    )
    period = late_period(due, due + late * ONE_DAY, terms)
    if late <= max(grace, 0):
        assert period is None
    else:
        assert period.days == (late if retroactive else late - grace)
        assert period.last == due + late * ONE_DAY


def test_grace_does_not_reach_back_unless_said():
    terms = InterestTerms(Series.flat(D(5)), grace_days=5)
    period = late_period(date(2026, 9, 5), date(2026, 9, 11), terms)
    assert period == Period(date(2026, 9, 11), date(2026, 9, 11))


@given(our.cents, our.interest_terms(), our.periods(), st.data())
def test_a_part_payment_splits_the_interest(base, terms, period, data):
    """Until the day of the payment on the old balance, from the next on the new."""
    assume(period.days > 1)
    paid_on = data.draw(st.dates(period.first, period.last - ONE_DAY))
    rest = Money(data.draw(st.integers(0, int(base))) * D(1), "EUR")
    balances = [(period.first, Money(base, "EUR")), (paid_on + ONE_DAY, rest)]
    found = accrue_balances(balances, terms, period)
    old = accrue(Money(base, "EUR"), terms, Period(period.first, paid_on))
    new = accrue(rest, terms, Period(paid_on + ONE_DAY, period.last))
    assert abs(found.exact - old.exact - new.exact) < TINY
    assert found.slices == old.slices + new.slices


def test_a_balance_from_before_the_period_holds():
    terms = InterestTerms(Series.flat(D("3.65")))
    period = Period(date(2026, 3, 1), date(2026, 3, 10))
    balances = [(date(2026, 1, 1), eur(500)), (date(2026, 2, 1), eur(1000))]
    found = accrue_balances(balances, terms, period)
    assert found.amount == eur("1.00")
    assert accrue_balances(balances, terms, None).amount == eur(0)


@pytest.mark.parametrize(
    ("balances", "error"),
    [
        ([], ValueError),
        ([(date(2026, 3, 2), eur(1))], InvalidPeriod),
        ([(date(2026, 3, 1), eur(1)), (date(2026, 3, 1), eur(2))], InvalidPeriod),
        ([(date(2026, 3, 1), eur(1)), (date(2026, 2, 1), eur(2))], InvalidPeriod),
        (
            [(date(2026, 3, 1), eur(1)), (date(2026, 3, 2), Money.of(1, "CLP"))],
            CurrencyMismatch,
        ),
    ],
)
def test_balances_that_make_no_sense_are_refused(balances, error):
    terms = InterestTerms(Series.flat(D(5)))
    with pytest.raises(error):
        accrue_balances(balances, terms, Period(date(2026, 3, 1), date(2026, 3, 9)))


def test_a_tie_is_rounded_up_although_its_segments_are_not_finite():
    """One ninth and eight ninths of half a cent: only their sum is exact."""
    terms = InterestTerms(Series.flat(D("1")), day_count=DayCount.ACT_360)
    period = Period(date(2026, 1, 1), date(2026, 1, 9))
    balances = [(date(2026, 1, 1), eur(20)), (date(2026, 1, 2), eur(20))]
    assert accrue_balances(balances, terms, period).exact == D("0.005")
    assert accrue_balances(balances, terms, period).amount == eur("0.01")
