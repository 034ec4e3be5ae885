from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from kernel.owed import (
    Figures,
    Item,
    company_figures,
    figures,
    grouped,
    netted,
    spread,
)

TODAY = date(2026, 11, 23)


def item(line, open_, kind="invoice", due="2026-11-01", **more):
    day = date.fromisoformat(due)
    amount = Decimal(open_)
    values = {
        "line": line,
        "partner": 1,
        "company": 1,
        "currency": 1,
        "move": line,
        "document": f"D/{line}",
        "kind": kind,
        "due": day,
        "day": day,
        "paid_on": day,
        "original": amount,
        "open": amount,
        "open_company": amount,
    }
    return Item(**{**values, **more})


def one(items, **more):
    found = figures(items, TODAY, **more)
    return found.get(1, Figures())


# -- the four figures ------------------------------------------------------------------


def test_what_is_due_today_is_not_overdue():
    found = one(
        [
            item(1, 100),
            item(2, 30, due="2026-11-23"),
            item(3, 7, kind="charge"),
            item(4, -20, kind="payment"),
        ],
        charges={1: Decimal(5)},
    )
    assert (found.overdue, found.not_due, found.charges) == (100, 30, 12)
    assert (found.loose, found.total, found.balance) == (20, 122, 117)


def test_the_company_reads_all_currencies_at_the_rates_of_its_ledger():
    items = [
        item(1, 100),
        item(2, 30, currency=2, open_company=Decimal(27)),
        item(3, 10, currency=2, open_company=Decimal(9), due="2026-12-01"),
        item(4, -20, kind="payment", currency=2, open_company=Decimal(-18)),
    ]
    found = company_figures(items, TODAY, Decimal(5))
    assert (found.overdue, found.not_due, found.charges) == (127, 9, 5)
    assert (found.loose, found.total) == (18, 123)
    assert company_figures(items, TODAY, ceded={None}).overdue == 0


def test_a_refund_that_nobody_matched_gives_the_overpayment_back():
    found = one(
        [
            item(1, -100, kind="payment", due="2026-10-01"),
            item(2, 100, kind="payment", due="2026-10-20"),
            item(3, 100),
        ]
    )
    assert found == Figures(overdue=Decimal(100), claimable=Decimal(100))


def test_a_returned_payment_is_owed_again_as_far_as_no_credit_pays_it():
    found = one([item(1, 100, kind="payment"), item(2, -30, kind="credit_note")])
    assert (found.overdue, found.claimable, found.loose) == (70, 70, 0)


def test_entries_that_are_not_followed_cancel_each_other_out():
    found = one(
        [
            item(1, 100, kind="entry", followed=False),
            item(2, -100, kind="entry", followed=False),
            item(3, 50),
        ]
    )
    assert found == Figures(overdue=Decimal(50), claimable=Decimal(50))


def test_returned_money_that_is_a_debt_is_covered_like_any_other():
    found = one([item(1, 100, kind="payment", debt=7), item(2, -30, kind="payment")])
    assert (found.overdue, found.loose, found.covered) == (100, 30, 30)


def test_an_entry_that_is_not_followed_is_stopped_and_in_no_total():
    found = one([item(1, 100, kind="entry", followed=False), item(3, 50)])
    assert (found.overdue, found.total) == (50, 50)
    assert (found.claimable, found.stopped, found.balance) == (50, 100, 150)


def test_a_credit_counts_followed_or_not():
    found = one([item(1, -40, kind="entry", followed=False), item(2, 50)])
    assert (found.claimable, found.covered, found.loose) == (10, 40, 40)


def test_a_document_that_is_not_followed_is_owed_and_stopped():
    found = one([item(1, 100, followed=False)])
    assert (found.overdue, found.stopped, found.claimable) == (100, 100, 0)


def test_ceded_debts_are_owed_to_somebody_else():
    found = one([item(1, 500, debt=7), item(2, 100, debt=8)], ceded={7})
    assert (found.overdue, found.claimable, found.stopped) == (100, 100, 500)
    assert found.balance == 600


def test_a_dispute_stops_its_part_and_credits_pay_the_rest_first():
    found = one(
        [item(1, 100, debt=7), item(2, -30, kind="payment")],
        stops={7: Decimal(80)},
    )
    assert (found.claimable, found.covered, found.stopped) == (0, 20, 80)


def test_a_hint_covers_its_amount_and_is_in_no_balance():
    found = one([item(1, 100, hinted=Decimal(60))])
    assert (found.claimable, found.covered) == (40, 60)
    assert (found.balance, found.total) == (100, 100)


def test_a_residual_in_one_currency_only_is_an_item():
    own = item(1, 0, open_company=Decimal(3))
    other = item(2, 25, open_company=Decimal(0), currency=2)
    assert own.is_debit
    assert other.is_debit
    found = figures([own, other], TODAY)
    assert (found[1].total, found[2].total) == (0, 25)
    assert netted([own]) == [own]


# -- whatever the items ----------------------------------------------------------------

AMOUNTS = st.decimals(-500, 500, places=2).filter(bool)
KINDS = st.sampled_from(["invoice", "credit_note", "payment", "entry", "charge"])


@st.composite
def books(draw):
    rows = draw(
        st.lists(
            st.tuples(
                AMOUNTS,
                KINDS,
                st.dates(date(2026, 10, 1), date(2026, 12, 31)),
                st.sampled_from([1, 2]),
                st.sampled_from([1, 2]),
                st.booleans(),
                st.sampled_from([True, True, False]),
                st.decimals(0, 600, places=2),
            ),
            max_size=12,
        )
    )
    return [
        item(
            line,
            amount,
            kind=kind,
            due=due.isoformat(),
            partner=partner,
            currency=currency,
            blocked=blocked,
            followed=followed,
            debt=line if line % 3 else None,
            hinted=max(Decimal(0), min(hint, amount)),
        )
        for line, (
            amount,
            kind,
            due,
            partner,
            currency,
            blocked,
            followed,
            hint,
        ) in enumerate(rows, 1)
    ]


STOPS = st.dictionaries(
    st.integers(1, 12), st.one_of(st.none(), st.decimals(0, 600, places=2))
)


@given(books(), STOPS, st.sets(st.integers(1, 12)))
def test_the_parts_add_up_to_the_ledger(items, stops, ceded):
    ledger = defaultdict(Decimal)
    for row in items:
        ledger[row.currency] += row.open
    found = figures(items, TODAY, stops, ceded=ceded)
    assert {key: one.balance for key, one in found.items()} == ledger
    for one_ in found.values():
        assert min(one_.claimable, one_.covered, one_.stopped, one_.loose) >= 0


@given(books(), st.sets(st.integers(1, 12)))
def test_one_currency_at_par_gives_the_company_the_same_figures(items, ceded):
    for (_partner, currency), group in grouped(items).items():
        group = [replace(row, open_company=row.open) for row in group]
        found = company_figures(group, TODAY, ceded=ceded)
        named = figures(group, TODAY, ceded=ceded)[currency]
        for name in ("overdue", "not_due", "charges", "loose", "total"):
            assert getattr(found, name) == getattr(named, name)


@given(books())
def test_nobody_is_asked_for_more_than_the_balance(items):
    for group in grouped(items).values():
        group = [replace(row, followed=True, blocked=False) for row in group]
        [found] = figures(group, TODAY).values()
        assert found.claimable <= max(0, found.balance)
        assert found.total == found.balance


@given(books(), STOPS)
def test_netting_changes_no_sum_and_makes_no_item_larger(items, stops):
    before = {row.line: row.open for row in items}
    for group in grouped(items).values():
        left = netted(group)
        assert sum(row.open for row in left) == sum(row.open for row in group)
        assert all(
            0 < row.open / before[row.line] <= 1 and row.hinted <= max(0, row.open)
            for row in left
        )
        for line, share in spread(left, stops).items():
            [row] = [row for row in left if row.line == line]
            assert share.claimable + share.covered + share.stopped == row.open
