from dataclasses import replace
from decimal import Decimal

import pytest
import strategies as our
from hypothesis import given, settings
from kernel.compensation import costs_beyond
from kernel.errors import CurrencyMismatch
from kernel.fees import Band, FeeTerms, Tier, charge_amount, fee_on, percent_terms
from kernel.money import Money

D = Decimal
HALF_CENT = D("0.005")


def limit(text):
    return None if text == "rest" else D(text)


def terms_of(case):
    split = {
        name: [part.split(":") for part in case[name].split()]
        for name in ("tiers", "bands")
    }
    return FeeTerms(
        case["currency"],
        fixed=D(case["fixed"]),
        tiers=tuple(Tier(limit(to), D(rate)) for to, rate in split["tiers"]),
        bands=tuple(Band(limit(to), D(a), D(b)) for to, a, b in split["bands"]),
        floor=D(case["floor"]),
        cap=D(case["cap"]) if case["cap"] else None,
        rounding_unit=D(case["unit"]),
    )


@pytest.mark.golden("charges.csv")
def test_the_charge_is_that_of_the_law_or_of_the_contract(case):
    base = Money.of(case["base"], case["currency"])
    fee = fee_on(terms_of(case), base)
    charged = fee.amount * int(case["documents"])
    assert charged == Money.of(case["expected"], case["currency"])
    assert fee.formula == case["formula"]


@pytest.mark.golden("costs.csv")
def test_proven_costs_are_claimed_beyond_the_compensation(case):
    fixed, proven = (Money.of(case[name], "EUR") for name in ("compensation", "proven"))
    assert costs_beyond(fixed, proven) == Money.of(case["expected"], "EUR")


def test_costs_and_compensation_are_in_one_currency():
    with pytest.raises(CurrencyMismatch):
        costs_beyond(Money.of(40, "EUR"), Money.of(40000, "CLP"))


@settings(max_examples=60)
@given(our.fee_terms(), our.cents)
def test_a_fee_is_its_parts_inside_its_bounds(terms, base):
    fee = fee_on(terms, Money(base, "EUR"))
    fixed = terms.fixed
    percents = sum(part.amount for part in fee.parts)
    if not base:
        assert (fee.exact, fee.formula) == (0, "0")
        return
    made = percents + fixed
    made += next(
        (
            band.fixed
            for band in terms.bands
            if band.up_to is None or base <= band.up_to
        ),
        D(0),
    )
    low = max(made, terms.floor) if made else D(0)
    assert fee.exact == (low if terms.cap is None else min(low, terms.cap))
    assert abs(fee.amount.amount - fee.exact) <= HALF_CENT
    assert all(part.amount == part.base * part.rate for part in fee.parts)


@settings(max_examples=60)
@given(our.fee_terms(), our.cents, our.cents)
def test_without_bands_fees_never_fall_when_the_debt_grows(terms, base, more):
    terms = replace(terms, bands=())
    less, greater = (fee_on(terms, Money(one, "EUR")) for one in (base, base + more))
    assert less.amount <= greater.amount


@settings(max_examples=60)
@given(our.fee_terms(), our.cents)
def test_bounds_hold(terms, base):
    fee = fee_on(terms, Money(base, "EUR"))
    assert fee.exact >= (terms.floor if fee.exact else 0)
    assert terms.cap is None or fee.exact <= terms.cap


@given(our.fee_schedules(), our.pesos)
def test_tiers_cost_the_same_in_a_contract_and_in_the_law(schedule, base):
    schedule = replace(schedule, unit_value=D(1))
    law = fee_on(schedule, Money(base, "CLP"), schedule.wait_days + 1)
    terms = FeeTerms("CLP", tiers=schedule.tiers, rounding_unit=D(1))
    contract = fee_on(terms, Money(base, "CLP"))
    assert (contract.amount, contract.parts) == (law.amount, law.parts)


def test_a_fee_of_a_contract_is_a_ceiling_on_costs_too():
    """A consumer pays an agreed fee only as far as its cost is proven (ES §1.3)."""
    fee = fee_on(FeeTerms("EUR", fixed=D(35)), Money.of(500, "EUR"))
    assert charge_amount(fee, Money.of("4.20", "EUR")) == Money.of("4.20", "EUR")
    assert charge_amount(fee, Money.zero("EUR")).is_zero


def test_percent_terms_are_one_tier():
    terms = percent_terms(D("0.01"), "CLP", rounding_unit=D(1), article="2 ter")
    fee = fee_on(terms, Money.of(1190000, "CLP"))
    assert (fee.amount, terms.article) == (Money.of(11900, "CLP"), "2 ter")


def test_a_fee_is_in_the_currency_of_its_base():
    with pytest.raises(CurrencyMismatch):
        fee_on(FeeTerms("EUR", fixed=D(1)), Money.of(1, "CLP"))


@pytest.mark.parametrize(
    "changes",
    [
        {"floor": D(5), "cap": D(4)},
        {"floor": D(-1)},
        {"tiers": (Tier(D(5), D("0.1")),)},
        {"bands": (Band(D(5)), Band(D(4)), Band(None))},
    ],
)
def test_terms_that_make_no_sense_are_refused(changes):
    with pytest.raises(ValueError):
        FeeTerms("EUR", **changes)
