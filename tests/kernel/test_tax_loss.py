from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from kernel.periods import add_months
from kernel.tax_loss import Ground, TaxClaim, deducted, general

CENT = Decimal("0.01")
CLOSE = date(2026, 12, 31)
MONEY = st.decimals(0, 10**6, places=2)
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def claim(due=date(2026, 6, 20), open_="1000", allowance="500", **more):
    return TaxClaim(1, due, Decimal(open_), Decimal(allowance), **more)


def six_months(one):
    return Ground("six_months", add_months(one.due, 6))


def test_t33_six_months_of_the_calendar():
    one = claim(date(2025, 11, 5))
    ground = six_months(one)
    assert ground.since == date(2026, 5, 5)
    assert one.days(ground.since) == 181
    day = timedelta(days=1)
    assert deducted(one, [ground], ground.since - day, CENT).amount == 0
    assert deducted(one, [ground], ground.since, CENT).amount == 500


def test_t34_what_is_booked_too_early_is_not_deductible():
    late, early = claim(date(2026, 8, 15), allowance="250"), claim()
    assert six_months(late).since == date(2027, 2, 15)
    assert deducted(late, [six_months(late)], CLOSE, CENT).amount == 0
    assert deducted(early, [six_months(early)], CLOSE, CENT).amount == 500


def test_the_last_day_of_a_short_month():
    assert six_months(claim(date(2025, 8, 31))).since == date(2026, 2, 28)


def test_the_ground_that_gives_most_and_of_those_the_earliest():
    one = claim(allowance="1000")
    grounds = [
        Ground("quarter", date(2026, 1, 1), Decimal(25)),
        Ground("late", date(2026, 6, 1)),
        Ground("early", date(2026, 5, 1)),
        Ground("to come", date(2027, 1, 1)),
    ]
    assert deducted(one, grounds, CLOSE, CENT).ground.code == "early"
    assert deducted(one, grounds[:1], CLOSE, CENT).amount == 250


def test_the_tax_of_the_document_may_be_no_loss():
    one = claim(open_="1190", allowance="1190", tax_share=Decimal(190) / 1190)
    ground = [Ground("days", date(2026, 1, 1))]
    assert deducted(one, ground, CLOSE, CENT).amount == 1190
    assert deducted(one, ground, CLOSE, CENT, with_tax=False).amount == 1000


def test_a_general_allowance_is_limited_and_booked():
    assert general(Decimal(50000), Decimal(900), Decimal(1), CENT) == 500
    assert general(Decimal(50000), Decimal(300), Decimal(1), CENT) == 300
    assert general(Decimal(-5), Decimal(300), Decimal(1), CENT) == 0


@given(MONEY, MONEY, st.lists(DAYS, max_size=4), DAYS, DAYS)
def test_never_more_than_booked_nor_open_and_it_stays(open_, booked, since, on, due):
    one = TaxClaim(1, due, open_, booked)
    grounds = [Ground(str(day), day) for day in since]
    found = deducted(one, grounds, on, CENT)
    assert 0 <= found.amount <= min(open_, booked)
    assert (found.ground is None) == all(day > on for day in since)
    later = deducted(one, grounds, on + timedelta(days=30), CENT)
    assert later.amount >= found.amount
