from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
import strategies as our
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel.errors import CurrencyMismatch, RefusedTerms
from kernel.imputation import (
    Claim,
    Declaration,
    ImputationOrder,
    Part,
    Preference,
    impute,
)
from kernel.money import Money, total

D = Decimal
CENT = D("0.01")
TODAY = date(2026, 11, 21)
MID_JUNE = date(2026, 6, 15)
CL = ImputationOrder(
    (Preference.DUE, Preference.OLDEST, Preference.LISTED),
    due_only=True,
    article="CC arts. 1595-1597",
)
ES = ImputationOrder((Preference.DUE, Preference.BURDEN), article="CC arts. 1172-1174")
ORDERS = {"cl": CL, "es": ES, "pro": ImputationOrder(())}
COINS = {"cl": ("CLP", D(1)), "es": ("EUR", CENT), "pro": ("EUR", CENT)}


def eur(amount):
    return Money.of(amount, "EUR")


def claim(text, currency):
    """From "A.interest=12.34@08-31^9": of debt A, due on 2026-08-31, with burden 9."""
    key, _is, rest = text.partition("=")
    debt, _dot, part = key.partition(".")
    amount, _at, rest = rest.partition("@")
    due, _at, burden = rest.partition("^")
    day = date.fromisoformat(f"2026-{due}")
    money = Money.of(amount, currency)
    return Claim(key, debt, Part(part), money, day, D(burden or 0))


def declaration(text):
    words = text.split()
    capital = [word[8:] for word in words if word.startswith("capital:")]
    return Declaration(
        named=tuple(word for word in words if len(word) == 1),
        consented="consented" in words,
        principal_first=frozenset(capital),
        reserved="unreserved" not in words,
    )


@pytest.mark.golden("imputation.csv")
def test_the_payment_goes_where_the_law_says(case):
    currency, unit = COINS[case["order"]]
    claims = [claim(one, currency) for one in case["claims"].split()]
    asked = Money.of(case["payment"], currency), claims, ORDERS[case["order"]]
    said = declaration(case["said"])
    if case["shares"] == "refused":
        with pytest.raises(RefusedTerms, match="not due"):
            impute(*asked, TODAY, unit, said)
        return
    found = impute(*asked, TODAY, unit, said)
    wanted = (one.split("=") for one in case["shares"].split())
    assert found.shares == tuple((key, Money.of(at, currency)) for key, at in wanted)
    assert found.leftover == Money.of(case["leftover"], currency)
    assert found.extinguished == tuple(case["lost"].split())


books = our.claim_books()
orders = our.imputation_orders
payments = our.amounts("EUR", 30000)


def named_of(claims, data):
    debts = sorted({one.debt for one in claims})
    return tuple(data.draw(st.permutations(debts)))


@settings(max_examples=60)
@given(books, orders, payments)
def test_shares_and_leftover_make_the_payment(claims, order, payment):
    found = impute(payment, claims, order, MID_JUNE, CENT)
    owed = {one.key: one.amount for one in claims}
    shares = [share for _key, share in found.shares]
    assert total(shares, "EUR") + found.leftover == payment
    assert found.leftover == max(eur(0), payment - total(owed.values(), "EUR"))
    for key, share in found.shares:
        assert eur(0) < share <= owed[key]


@settings(max_examples=60)
@given(books, orders, payments)
def test_inside_a_debt_no_part_is_paid_before_those_that_precede_it(
    claims, order, payment
):
    paid = dict(impute(payment, claims, order, MID_JUNE, CENT).shares)
    for one in claims:
        for two in claims:
            before = order.parts.index(one.part) < order.parts.index(two.part)
            if one.debt == two.debt and before and two.key in paid:
                assert paid.get(one.key, eur(0)) == one.amount


@settings(max_examples=60)
@given(books, orders, payments)
def test_no_debt_is_paid_before_one_that_the_law_prefers(claims, order, payment):
    order = replace(order, preferences=(Preference.DUE, *order.preferences[:1]))
    paid = dict(impute(payment, claims, order, MID_JUNE, CENT).shares)
    due = {one.debt for one in claims if one.due <= MID_JUNE}
    later = any(one.key in paid for one in claims if one.debt not in due)
    if later:
        for one in claims:
            if one.debt in due:
                assert paid.get(one.key, eur(0)) == one.amount


@settings(max_examples=60)
@given(books, orders, payments)
def test_what_is_left_over_finds_no_claim(claims, order, payment):
    """Idempotent: what remains after a payment, paid by its leftover, stays."""
    found = impute(payment, claims, order, MID_JUNE, CENT)
    paid = dict(found.shares)
    rest = [
        replace(one, amount=one.amount - paid.get(one.key, eur(0))) for one in claims
    ]
    again = impute(found.leftover, rest, order, MID_JUNE, CENT)
    assert (again.shares, again.leftover) == ((), found.leftover)


@settings(max_examples=60)
@given(books, orders, payments, payments)
def test_two_payments_do_what_one_does(claims, order, one, two):
    """Where nothing is shared in proportion."""
    order = replace(order, preferences=(*order.preferences, Preference.LISTED))
    at_once = dict(impute(one + two, claims, order, MID_JUNE, CENT).shares)
    first = dict(impute(one, claims, order, MID_JUNE, CENT).shares)
    rest = [replace(c, amount=c.amount - first.get(c.key, eur(0))) for c in claims]
    # A debt that is paid keeps its place.
    second = dict(impute(two, rest, order, MID_JUNE, CENT).shares)
    for key, share in at_once.items():
        assert share == first.get(key, eur(0)) + second.get(key, eur(0))


@settings(max_examples=60)
@given(books, orders, payments, st.data())
def test_the_debtor_is_obeyed(claims, order, payment, data):
    named = named_of(claims, data)
    said = Declaration(named=named, consented=True)
    paid = dict(impute(payment, claims, order, MID_JUNE, CENT, said).shares)
    for first, second in pairwise(named):
        if any(one.key in paid for one in claims if one.debt == second):
            for one in claims:
                if one.debt == first:
                    assert paid.get(one.key, eur(0)) == one.amount


@settings(max_examples=60)
@given(books, payments)
def test_in_proportion_no_debt_is_a_cent_off(claims, payment):
    found = impute(payment, claims, ImputationOrder(()), MID_JUNE, CENT)
    paid = dict(found.shares)
    whole = total((one.amount for one in claims), "EUR").amount
    if payment.amount >= whole:
        return
    for debt in {one.debt for one in claims}:
        own = [one for one in claims if one.debt == debt]
        owed = sum(one.amount.amount for one in own)
        got = sum(paid.get(one.key, eur(0)).amount for one in own)
        assert abs(got - payment.amount * owed / whole) < CENT


@settings(max_examples=60)
@given(books, payments)
def test_claims_finer_than_the_unit_lose_nothing(claims, payment):
    found = impute(payment, claims, ImputationOrder(()), MID_JUNE, D(20))
    owed = {one.key: one.amount for one in claims}
    shares = [share for _key, share in found.shares]
    assert total(shares, "EUR") + found.leftover == payment
    assert found.leftover == max(eur(0), payment - total(owed.values(), "EUR"))
    assert all(share <= owed[key] for key, share in found.shares)


def test_a_payment_finer_than_the_unit_is_spread_to_the_last_bit():
    claims = [claim(f"{debt}.principal=1@08-31", "CLP") for debt in "ABC"]
    payment = Money.of("2.7", "CLP")
    found = impute(payment, claims, ImputationOrder(()), TODAY, D(1))
    assert [share.amount for _key, share in found.shares] == [1, 1, D("0.7")]
    assert found.leftover.is_zero


def test_a_share_beyond_its_claim_goes_to_the_others():
    owed = {"A": "0.5", "B": "0.5", "C": "1.2"}
    claims = [claim(f"{key}.principal={at}@08-31", "EUR") for key, at in owed.items()]
    found = impute(eur("1.9"), claims, ImputationOrder(()), TODAY, D(1))
    assert [str(share.amount) for _key, share in found.shares] == ["0.5", "0.2", "1.2"]
    assert found.leftover.is_zero


def test_a_debt_named_twice_is_paid_once():
    claims = [claim(f"{debt}.principal=5@08-31", "EUR") for debt in "AB"]
    found = impute(eur(9), claims, ES, TODAY, CENT, Declaration(named=("A", "A")))
    assert found.shares == (("A.principal", eur(5)), ("B.principal", eur(4)))


def test_a_part_that_the_order_does_not_name_comes_last():
    order = ImputationOrder((), parts=(Part.INTEREST, Part.PRINCIPAL))
    claims = [
        claim(one, "EUR")
        for one in ("A.fee=5@08-31", "A.principal=5@08-31", "A.interest=5@08-31")
    ]
    found = impute(eur(7), claims, order, TODAY, CENT)
    assert found.shares == (("A.interest", eur(5)), ("A.principal", eur(2)))


def test_a_charge_without_its_principal_has_its_own_day():
    """And the day of a debt is that of its principal, not of its charges."""
    claims = [
        claim(one, "CLP")
        for one in ("A.fee=5@08-31", "B.principal=5@12-31", "B.fee=5@07-31")
    ]
    found = impute(Money.of(6, "CLP"), claims, CL, TODAY, D(1))
    assert [key for key, _share in found.shares] == ["A.fee", "B.fee"]
    said = Declaration(named=("B",))
    with pytest.raises(RefusedTerms):
        impute(Money.of(6, "CLP"), claims, CL, TODAY, D(1), said)


def test_what_makes_no_sense_is_refused():
    one = claim("A.fee=5@08-31", "EUR")
    with pytest.raises(ValueError, match="not negative"):
        impute(eur(-1), [one], ES, TODAY, CENT)
    with pytest.raises(ValueError, match="same key"):
        impute(eur(1), [one, one], ES, TODAY, CENT)
    with pytest.raises(CurrencyMismatch):
        impute(Money.of(1, "CLP"), [one], ES, TODAY, CENT)
    with pytest.raises(KeyError):
        impute(eur(1), [one], ES, TODAY, CENT, Declaration(named=("Z",)))
    with pytest.raises(ValueError, match="less than nothing"):
        replace(one, amount=eur(-1))
