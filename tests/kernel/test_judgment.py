from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import MissingValue
from kernel.interest import InterestTerms
from kernel.judgment import (
    EnforcementTerm,
    Grant,
    JudgmentTerms,
    Part,
    Receipt,
    Spread,
    difference,
    enforcement_ceiling,
    owed_after,
    spread,
)
from kernel.money import Money, total
from kernel.periods import Row, Series

D = Decimal
LEGAL = Series("legal", "", (Row(date(2026, 1, 1), date(2026, 12, 31), D("3.25")),))
SPAIN = JudgmentTerms(
    order=(
        Part.INTEREST,
        Part.PRINCIPAL,
        Part.FEES,
        Part.DEFAULT,
        Part.AFTER,
        Part.COSTS,
    ),
    bearing=frozenset(Part) - {Part.COSTS, Part.AFTER},
    interest=InterestTerms(LEGAL, spread=D(2)),
    article="LEC art. 576",
)
CHILE = JudgmentTerms(
    order=(
        Part.COSTS,
        Part.INTEREST,
        Part.DEFAULT,
        Part.AFTER,
        Part.FEES,
        Part.PRINCIPAL,
    ),
)
COUNTRIES = {"es": (SPAIN, "EUR"), "cl": (CHILE, "CLP")}
DAY = date(2026, 3, 1)


def eur(amount):
    return Money.of(amount, "EUR")


def parts_of(text, currency):
    pairs = (one.split("=") for one in text.replace("+", " ").split())
    return tuple((Part(part), Money.of(amount, currency)) for part, amount in pairs)


def receipt_of(text, currency):
    on, amount, booked = text.split(":")
    day = date.fromisoformat(on)
    return Receipt(day, Money.of(amount, currency), parts_of(booked, currency))


@pytest.mark.golden("judgment.csv")
def test_what_is_owed_after_a_judgment(case):
    terms, currency = COUNTRIES[case["country"]]
    grants = [
        Grant(part, money, money) for part, money in parts_of(case["granted"], currency)
    ]
    receipts = [receipt_of(one, currency) for one in case["receipts"].split()]
    read = date.fromisoformat
    found = owed_after(grants, read(case["judged"]), terms, receipts, read(case["on"]))
    assert dict(found.parts) == dict(parts_of(case["owed"], currency))
    assert found.surplus == Money.of(case["left"], currency)


def test_what_was_claimed_stays_whatever_is_paid():
    """Claimed 10,000, granted 9,000, later 4,000 paid, credit note 500, cost 60."""
    grants = (
        Grant(Part.PRINCIPAL, eur(10000), eur(9000)),
        Grant(Part.COSTS, eur(0), eur(60)),
    )
    receipts = [
        Receipt(date(2026, 4, 1), eur(4000), ((Part.PRINCIPAL, eur(4000)),)),
        Receipt(date(2026, 5, 1), eur(500), ((Part.PRINCIPAL, eur(500)),)),
    ]
    found = owed_after(grants, DAY, SPAIN, receipts, date(2026, 5, 31))
    assert [one.claimed for one in grants] == [eur(10000), eur(0)]
    assert grants[0].refused == eur(1000)
    assert grants[1].refused == eur(0)
    assert found.of(Part.PRINCIPAL) == eur(4500)
    assert found.costs == eur(60)
    bases = [(one.days, one.base) for one in found.accrual.slices]
    assert bases == [(31, D(9000)), (30, D(5000)), (30, D(4500))]
    assert found.without_costs == eur(4500) + found.accrual.amount


amounts = our.amounts("EUR", 10**6)
books = st.dictionaries(st.sampled_from(Part), amounts, max_size=6)
orders = st.lists(st.sampled_from(Part), unique=True)


@given(amounts, books, orders)
def test_shares_and_rest_make_the_amount_and_nobody_gets_too_much(money, owed, order):
    found = spread(money, owed, order)
    assert total((one for _part, one in found.shares), "EUR") + found.left == money
    assert all(found.of(part) <= owed[part] for part in owed)
    if found.left.amount:
        assert all(found.of(part) == owed[part] for part in owed)
    named = [part for part in order if part in owed]
    for one, two in pairwise(named):
        assert found.of(one) == owed[one] or not found.of(two).amount


@given(
    amounts,
    st.lists(st.tuples(st.dates(DAY, date(2026, 12, 31)), amounts), max_size=5),
)
def test_granted_and_interest_are_paid_or_owed(granted, paid):
    receipts = [Receipt(on, money) for on, money in paid]
    grants = [Grant(Part.PRINCIPAL, granted, granted)]
    found = owed_after(grants, DAY, SPAIN, receipts, date(2026, 12, 31))
    came = total((one.amount for one in receipts), "EUR")
    assert granted + found.accrual.amount == came - found.surplus + found.total
    flat = owed_after(grants, DAY, SPAIN, (), date(2026, 12, 31))
    assert found.accrual.amount <= flat.accrual.amount
    assert [one.on for one, _spread in found.spreads] == sorted(on for on, _m in paid)


def test_the_certificate_is_compared_with_the_order_of_the_law():
    owed = dict(parts_of("principal=1000 default=100 costs=80", "EUR"))
    computed = spread(eur(300), owed, SPAIN.order)
    certified = Spread(parts_of("principal=220 costs=80", "EUR"), eur(0))
    assert difference(computed, certified) == parts_of("principal=-80 costs=80", "EUR")
    assert difference(computed, computed) == ()


def test_a_rate_that_is_not_known_is_an_error():
    grants = [Grant(Part.PRINCIPAL, eur(1000), eur(1000))]
    with pytest.raises(MissingValue):
        owed_after(grants, DAY, SPAIN, (), date(2027, 1, 2))


def test_receipts_and_grants_make_sense():
    with pytest.raises(ValueError):
        Grant(Part.COSTS, eur(0), eur(-1))
    with pytest.raises(ValueError):
        Receipt(DAY, eur(-1))
    with pytest.raises(ValueError):
        Receipt(DAY, eur(1), ((Part.COSTS, eur(2)),))
    with pytest.raises(ValueError):
        owed_after((), DAY, SPAIN, (), DAY)


def test_thirty_percent_beside_what_is_claimed_and_never_a_cent_more():
    assert enforcement_ceiling(eur(10000), D("0.30")) == eur(3000)
    assert enforcement_ceiling(eur("0.05"), D("0.30")) == eur("0.01")


def test_five_years_to_enforce_and_an_alarm_at_four():
    term = EnforcementTerm(60, 48, "LEC art. 518")
    assert term.ends(date(2026, 11, 23)) == date(2031, 11, 23)
    assert term.alarm(date(2026, 11, 23)) == date(2030, 11, 23)
    assert term.ends(date(2028, 2, 29)) == date(2033, 2, 28)
