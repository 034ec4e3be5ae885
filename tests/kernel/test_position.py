from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from kernel.money import round_to
from kernel.position import (
    ChargeItem,
    Credit,
    InterestSlice,
    LegalUse,
    Payment,
    Principal,
    Section,
    Statement,
    share_slices,
)

DAY = date(2026, 10, 5)
CENT = Decimal("0.01")


def cut(amount, days=10):
    last = DAY + timedelta(days=days - 1)
    return InterestSlice(DAY, last, days, Decimal(1000), Decimal(10), Decimal(amount))


def principal(original, *paid):
    payments = tuple(Payment(DAY, Decimal(one), "cash", "BNK/1") for one in paid)
    return Principal(1, "INV/1", DAY, DAY, Decimal(original), payments)


def charge(kind, amount, known=7, **values):
    amount = Decimal(amount)
    return ChargeItem(known, 1, "INV/1", kind, DAY, amount, amount, **values)


def test_a_section_adds_up_its_parts():
    section = Section(
        "EUR",
        principals=(principal("1000", "250", "50"), principal("10")),
        charges=(
            charge("interest", "3.10"),
            charge("interest", "1.05", known=None),
            charge("compensation", "40"),
            charge("cost", "12"),
        ),
        credits=(Credit(DAY, "BNK/2", Decimal(100)),),
    )
    assert (section.original, section.paid, section.principal) == (1010, 300, 710)
    assert [one.kind for one in section.interest] == ["interest", "interest"]
    assert [one.kind for one in section.fees] == ["compensation"]
    assert [one.kind for one in section.costs] == ["cost"]
    assert section.accruing == Decimal("1.05")
    assert section.total == Decimal(710) + Decimal("56.15") - 100


def test_a_section_says_the_four_figures_of_a_day():
    section = Section(
        "EUR",
        principals=(principal("1000", "250"), replace(principal("10"), due=DAY)),
        charges=(charge("interest", "3.10"), charge("cost", "12", known=None)),
        credits=(Credit(DAY, "BNK/2", Decimal(100)),),
    )
    today = section.figures(DAY)
    assert (today.overdue, today.not_due, today.charges) == (0, 760, Decimal("15.10"))
    assert (today.loose, today.total) == (100, section.total)
    tomorrow = section.figures(DAY + timedelta(days=1))
    assert (tomorrow.overdue, tomorrow.not_due) == (760, 0)
    assert today.says
    assert not Section("EUR").figures(DAY).says


def test_what_is_paid_of_a_charge_is_not_owed():
    part = replace(charge("compensation", "40"), open=Decimal(15))
    assert Section("EUR", charges=(part,)).total == 15


def test_each_article_and_value_is_told_once():
    use = LegalUse("rate", "", DAY, Decimal(10), "Gazette")
    later = replace(use, day=DAY + timedelta(days=1))
    new = replace(later, value=Decimal(12))
    section = Section(
        "EUR",
        charges=(
            charge("interest", "1", article="art. 7", values=(later, use)),
            charge("interest", "2", article="art. 7", values=(use, new)),
            charge("compensation", "40", article="art. 8"),
        ),
    )
    assert section.articles == ("art. 7", "art. 8")
    assert section.values == (use, new)


def test_the_shares_of_rounded_slices_sum_to_the_sum_rounded_once():
    # Ley 3/2004 on 2,500 from 2025-05-06 to 2026-11-21: slice by slice it is 399.10
    exact = [
        Decimal(2500) * rate * days / 36500
        for rate, days in (
            (Decimal("11.15"), 56),
            (Decimal("10.15"), 365),
            (Decimal("10.40"), 144),
        )
    ]
    shares = [one.amount for one in share_slices([cut(one) for one in exact], CENT)]
    assert sum(shares) == Decimal("399.09")
    assert shares == [Decimal("42.77"), Decimal("253.75"), Decimal("102.57")]


def test_nothing_is_shared_over_no_slices():
    assert share_slices([], CENT) == ()
    assert charge("interest", "5").adjustment == 0


def test_what_the_slices_do_not_explain_is_an_adjustment():
    item = charge("interest", "4.50", slices=(cut("5.00"),))
    assert item.adjustment == Decimal("-0.50")


AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=7)


@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.sampled_from(["0.01", "1"]))
def test_no_share_is_a_whole_unit_away_from_its_slice(amounts, step):
    step = Decimal(step)
    shares = share_slices([cut(one) for one in amounts], step)
    assert sum(one.amount for one in shares) == round_to(sum(amounts), step)
    for exact, one in zip(amounts, shares, strict=True):
        assert abs(one.amount - exact) < 2 * step
        assert one.amount % step == 0


def test_a_currency_in_which_nothing_is_owed_has_an_empty_section():
    position = Statement(DAY, (Section("EUR", (principal("10"),)),))
    assert position.section("EUR").total == 10
    assert position.section("CLP") == Section("CLP")
