import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.vat_relief import (
    CLOSED,
    COMING,
    INSOLVENCY,
    OPEN,
    UNPAID,
    ReliefLaw,
    Unpaid,
    Window,
    alarm,
    blockers,
    insolvency_window,
    left_share,
    over_raised,
    part,
    split,
    starts,
    to_raise,
    unpaid_window,
)

CENT = Decimal("0.01")
GOLDEN = Path(__file__).parents[1] / "golden" / "vat_relief.csv"
ROWS = list(csv.DictReader(GOLDEN.open(encoding="utf-8")))


def law(*months, **vals):
    values = {
        "months": months or (12,),
        "span": 6,
        "insolvency_span": 3,
        "notice": 1,
        "back": 1,
        "least": Decimal(50),
        "business": frozenset({"company"}),
        "public": frozenset({"public"}),
    }
    return ReliefLaw(**{**values, **vals})


def unpaid(ground=UNPAID, **vals):
    values = {
        "start": date(2026, 1, 15),
        "window": Window(date(2027, 1, 15), date(2027, 7, 15)),
        "open": Decimal(1210),
        "total": Decimal(1210),
        "base": Decimal(1000),
        "tax": Decimal(210),
        "regime": "company",
        "proven": True,
    }
    return Unpaid(ground, **{**values, **vals})


@pytest.mark.parametrize("row", ROWS, ids=[row["source"] for row in ROWS])
def test_windows_to_the_day(row):
    start = date.fromisoformat(row["start"])
    if row["published"]:
        window = insolvency_window(date.fromisoformat(row["published"]), law())
    else:
        window = unpaid_window(start, law(int(row["months"])), start)
    assert str(window.opens) == row["opens"]
    assert str(window.closes) == row["closes"]
    day = timedelta(days=1)
    wanted = [
        (window.opens - day, COMING),
        (window.opens, OPEN),
        (window.opens + day, OPEN),
        (window.closes - day, OPEN),
        (window.closes, OPEN),
        (window.closes + day, CLOSED),
    ]
    assert [(on, window.standing(on)) for on, _found in wanted] == wanted


def test_the_second_choice_follows_the_first():
    both = law(6, 12)
    start = date(2026, 3, 31)
    first = unpaid_window(start, both, date(2027, 3, 30))
    second = unpaid_window(start, both, date(2027, 3, 31))
    over = unpaid_window(start, both, date(2027, 10, 1))
    assert str(first.opens) == "2026-09-30"
    assert str(second.opens) == "2027-03-31"
    assert over == second


def test_the_months_run_from_each_instalment_of_a_price_deferred_for_a_year():
    devengo = date(2025, 1, 10)
    near = [date(2025, 6, 1), date(2026, 1, 10)]
    far = [date(2025, 6, 1), date(2026, 1, 11)]
    assert starts(devengo, near) == [(devengo, tuple(near))]
    assert starts(devengo, far) == [(day, (day,)) for day in far]
    assert starts(devengo, []) == [(devengo, ())]


def test_alarms_to_the_day():
    window = Window(date(2027, 1, 15), date(2027, 7, 15))
    days = {
        "2027-01-14": 0,
        "2027-01-15": 1,
        "2027-05-15": 1,
        "2027-05-16": 2,
        "2027-06-29": 2,
        "2027-06-30": 3,
        "2027-07-15": 3,
        "2027-07-16": 0,
    }
    found = {day: alarm(window, date.fromisoformat(day)) for day in days}
    assert found == days


def test_t36_what_was_paid_before_lowers_both_pro_rata():
    assert part(unpaid(open=Decimal(726)), CENT) == (Decimal(600), Decimal(126))


def test_what_is_insured_or_secured_stays():
    half = unpaid(insured=Decimal("0.5"))
    assert part(half, CENT) == (Decimal(500), Decimal(105))
    assert part(unpaid(secured=Decimal(605)), CENT) == (Decimal(500), Decimal(105))
    assert part(unpaid(secured=Decimal(5000)), CENT) == (0, 0)


BLOCKED = [
    ({"open": Decimal(0)}, "paid"),
    ({"tax": Decimal(0)}, "no_tax"),
    ({"place": "outside"}, "outside"),
    ({"place": "unknown"}, "place"),
    ({"related": True}, "related"),
    ({"insured": Decimal(1)}, "covered"),
    ({"agreed": True}, "agreed"),
    ({"insolvent_on": date(2026, 1, 15)}, "insolvent"),
    ({"proven": False}, "unproven"),
    ({"regime": "public", "proven": False}, "certificate"),
    (
        {
            "regime": "consumer",
            "base": Decimal(50),
            "tax": Decimal("10.5"),
            "total": Decimal("60.5"),
            "open": Decimal("60.5"),
        },
        "small",
    ),
]


@pytest.mark.parametrize(("vals", "code"), BLOCKED)
def test_what_stands_against_it(vals, code):
    assert blockers(unpaid(**vals), law(), CENT) == (code,)


def test_nothing_stands_against_these():
    free = [
        unpaid(),
        unpaid(regime="public"),
        unpaid(base=Decimal(50), regime="company"),
        unpaid(base=Decimal("50.01"), regime="consumer"),
        unpaid(insolvent_on=date(2026, 1, 14)),
        unpaid(INSOLVENCY, insolvent_on=date(2026, 1, 15), proven=False),
    ]
    assert [blockers(one, law(), CENT) for one in free] == [()] * len(free)


def test_the_insolvency_of_public_bodies_and_later_sales_give_none():
    order = date(2026, 10, 1)
    public = unpaid(INSOLVENCY, insolvent_on=order, regime="public")
    assert blockers(public, law(), CENT) == ("public",)
    later = unpaid(INSOLVENCY, insolvent_on=date(2026, 1, 14))
    assert blockers(later, law(), CENT) == ("later",)
    assert blockers(unpaid(), law(other_tax="IGIC"), CENT) == ("other_tax",)


def test_242_collected_of_726_are_200_and_42():
    given_ = Decimal(600), Decimal(126)
    assert to_raise(Decimal(242), *given_, Decimal(0), CENT) == Decimal(42)
    assert to_raise(Decimal(242), *given_, Decimal(42), CENT) == 0
    assert to_raise(Decimal(726), *given_, Decimal(42), CENT) == Decimal(84)
    assert to_raise(Decimal(9999), *given_, Decimal(0), CENT) == Decimal(126)
    assert to_raise(Decimal(-5), *given_, Decimal(0), CENT) == 0
    assert to_raise(Decimal(5), Decimal(0), Decimal(0), Decimal(0), CENT) == 0


def test_what_is_relieved_is_no_loss_and_counts_once():
    net = Decimal(21) / Decimal(121)
    # nothing relieved: as the setting says
    assert left_share(net, Decimal(726), Decimal(0), False) == net
    # the whole is still owed: its tax is out of the base, whatever the setting
    for setting in (net, Decimal(0)):
        share = left_share(setting, Decimal(726), Decimal(126), False)
        assert round(Decimal(726) * (1 - share), 9) == 600
    # the base alone is owed: nothing more is taken off
    for setting in (net, Decimal(0)):
        share = left_share(setting, Decimal(600), Decimal(126), True)
        assert round(Decimal(600) * (1 - share), 9) == 600


amounts = st.decimals(0, 10**7, places=2)


@given(amounts, amounts, amounts, st.decimals(0, 1, places=2), amounts)
def test_never_more_than_the_whole(base, tax, open_, insured, secured):
    one = unpaid(
        base=base,
        tax=tax,
        total=base + tax,
        open=open_,
        insured=insured,
        secured=secured,
    )
    found = part(one, CENT)
    assert 0 <= found[0] <= base
    assert 0 <= found[1] <= tax


@given(amounts, amounts, st.lists(amounts, max_size=8))
def test_what_is_raised_in_steps_ends_where_one_step_would(base, tax, payments):
    raised, collected = Decimal(0), Decimal(0)
    for payment in payments:
        collected += payment
        raised += to_raise(collected, base, tax, raised, CENT)
    assert raised == to_raise(collected, base, tax, Decimal(0), CENT)
    assert raised <= tax


@given(amounts, st.lists(st.decimals("0.01", 10**6, places=2), min_size=1, max_size=6))
def test_parts_add_up(amount, weights):
    assert sum(split(amount, weights, CENT)) == amount


def test_nothing_to_split_by():
    with pytest.raises(ValueError, match="split"):
        split(Decimal(1), [Decimal(0)], CENT)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from([6, 12]))
def test_it_opens_before_it_closes(start, months):
    window = unpaid_window(start, law(months), start)
    assert start < window.opens < window.closes


@given(st.integers(0, 300000), st.integers(0, 100000), st.integers(0, 30000), st.data())
def test_what_was_raised_follows_what_is_collected(collected, base, tax, data):
    """Whatever was raised, one more act makes it what is in the money; never both."""
    raised = data.draw(st.integers(0, tax))
    cents = [Decimal(one) / 100 for one in (collected, base, tax, raised)]
    more, less = to_raise(*cents, CENT), over_raised(*cents, CENT)
    assert more >= 0 and less >= 0 and not (more and less)
    again = [*cents[:3], cents[3] + more - less]
    assert (to_raise(*again, CENT), over_raised(*again, CENT)) == (0, 0)


def test_money_that_came_back():
    whole = Decimal(1000), Decimal(210)
    assert over_raised(Decimal(0), *whole, Decimal(42), CENT) == 42
    assert over_raised(Decimal(242), *whole, Decimal(42), CENT) == 0
    assert over_raised(Decimal(121), *whole, Decimal(42), CENT) == 21
