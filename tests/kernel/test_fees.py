from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import CurrencyMismatch
from kernel.fees import (
    FeeTerms,
    Tier,
    charge_amount,
    fee_on,
)
from kernel.money import Money

D = Decimal
NOTHING = D("1E-15")


def chile(unit_value="27205.11", **changes):
    """Ley 19.496 art. 37: 9 % to 10 UF, 6 % to 50 UF, 3 % on the rest."""
    tiers = (Tier(D(10), D("0.09")), Tier(D(50), D("0.06")), Tier(None, D("0.03")))
    schedule = FeeTerms(
        "CLP",
        tiers,
        unit_value=D(unit_value),
        wait_days=20,
        reduction=D("0.2"),
        rounding_unit=D(1),
        article="art. 37",
    )
    return replace(schedule, **changes)


def clp(amount):
    return Money.of(amount, "CLP")


@pytest.mark.golden("cl_fees.csv")
def test_the_fee_is_that_of_the_law(case):
    fee = fee_on(
        chile(case["unit_value"]),
        clp(case["debt"]),
        int(case["days_late"]),
        int(case["unproven"]),
        clp(case["already"]),
    )
    assert fee.amount == clp(case["fee"])


def test_the_golden_file_holds_every_vector_of_the_sheet(golden):
    ids = {row["id"] for row in golden("cl_fees.csv")}
    wanted = "S1a S1b S2a S2b S3a S3b B01 B02 B03 B04 B07 B08 B13 B14 B15 B16 B17 B18"
    assert ids >= set(f"{wanted} B19 B21 R01 R02 R03 R04".split())


@given(our.fee_schedules(), our.pesos, our.pesos, st.integers(0, 3))
def test_fees_never_fall_when_the_debt_grows(schedule, base, more, unproven):
    days = schedule.wait_days + 1
    less = fee_on(schedule, clp(base), days, unproven)
    greater = fee_on(schedule, clp(base + more), days, unproven)
    assert less.exact <= greater.exact
    assert less.amount <= greater.amount


@given(our.fee_schedules(), st.integers(1, 10**6), st.integers(0, 3))
def test_fees_are_continuous_at_every_tier_border(schedule, step, unproven):
    """A step past a border costs at most the step at the dearest rate."""
    days = schedule.wait_days + 1
    dearest = max(tier.rate for tier in schedule.tiers)
    step = D(step) / 10**6
    for tier in schedule.tiers[:-1]:
        border = tier.up_to * schedule.unit_value
        below, at, above = (
            fee_on(schedule, clp(base), days, unproven).exact
            for base in (border - step, border, border + step)
        )
        assert 0 <= at - below <= dearest * step + NOTHING
        assert 0 <= above - at <= dearest * step + NOTHING


@given(our.fee_schedules(), our.pesos, st.integers(0, 3), st.integers(-50, 40))
def test_there_is_no_fee_inside_the_waiting_days(schedule, base, unproven, days):
    fee = fee_on(schedule, clp(base), days, unproven)
    if days <= schedule.wait_days:
        assert fee.amount.is_zero and not fee.exact
        assert (fee.parts, fee.formula) == ((), "0")
        return
    assert fee == fee_on(schedule, clp(base), days + 1000, unproven)


@given(our.fee_schedules(), our.pesos, st.integers(0, 3))
def test_the_parts_make_the_base_and_the_fee(schedule, base, unproven):
    fee = fee_on(schedule, clp(base), schedule.wait_days + 1, unproven)
    assert sum(part.base for part in fee.parts) == base
    made = sum(part.amount for part in fee.parts)
    assert fee.exact == max(D(0), made - fee.reduction) >= 0
    assert abs(fee.amount.amount - fee.exact) <= D("0.5")


@given(our.fee_schedules(), our.pesos, st.integers(0, 3))
def test_the_formula_tells_the_truth(schedule, base, unproven):
    fee = fee_on(schedule, clp(base), schedule.wait_days + 1, unproven)
    assert max(D(0), evaluate(fee.formula)) == fee.exact


def evaluate(formula):
    """The value of sums and differences of products of numbers and percentages."""
    gains, *losses = formula.split(" − ")
    gain = sum((product(term) for term in gains.split(" + ")), D(0))
    return gain - sum((product(term) for term in losses), D(0))


def product(term):
    result = D(1)
    for factor in term.split(" × "):
        hundredths = D("0.01") if factor.endswith("%") else D(1)
        result *= D(factor.rstrip("%")) * hundredths
    return result


def test_the_formula_is_compact():
    fee = fee_on(chile(), clp(1000000), 21, 1)
    text = "272051.10 × 9% + 727948.90 × 6% − 0.2 × 27205.11"
    assert fee.formula == text
    two = fee_on(chile(), clp(1000), 21, 2)
    assert two.formula == "1000 × 9% − 2 × 0.2 × 27205.11"
    assert not two.exact


@given(our.fee_schedules(), our.pesos, our.pesos, st.integers(0, 2))
def test_a_marginal_fee_is_the_difference_of_two_fees(schedule, already, base, n):
    days = schedule.wait_days + 1
    before = fee_on(schedule, clp(already), days)
    together = fee_on(schedule, clp(already + base), days, n if base else 0)
    fee = fee_on(schedule, clp(base), days, n, clp(already))
    assert fee.exact == max(D(0), together.exact - before.exact)
    assert sum(part.base for part in fee.parts) == base


@given(our.fee_schedules(), our.pesos, st.integers(0, 3))
def test_each_missing_notice_lowers_the_ceiling_by_the_reduction(schedule, base, n):
    days = schedule.wait_days + 1
    full = fee_on(schedule, clp(base), days)
    cut = fee_on(schedule, clp(base), days, n)
    off = n * schedule.reduction * schedule.unit_value
    assert cut.exact == max(D(0), full.exact - off)


@given(our.pesos, st.none() | st.integers(-5, 10**8))
def test_no_more_is_charged_than_the_ceiling_or_the_costs(base, incurred):
    fee = fee_on(chile(), clp(base), 21)
    charged = charge_amount(fee, None if incurred is None else clp(incurred))
    if incurred is None:
        assert charged == fee.amount
    else:
        assert charged == max(clp(0), min(fee.amount, clp(incurred)))


def test_the_costs_are_in_the_currency_of_the_fee():
    fee = fee_on(chile(), clp(1000), 21)
    with pytest.raises(CurrencyMismatch):
        charge_amount(fee, Money.of(1, "EUR"))
    with pytest.raises(CurrencyMismatch):
        fee_on(chile(), Money.of(1, "EUR"), 21)
    with pytest.raises(CurrencyMismatch):
        fee_on(chile(), clp(1), 21, 0, Money.of(1, "EUR"))


def test_the_strict_ceiling_rounds_down():
    """HALF_UP may pass the exact ceiling by half a peso; FLOOR never does."""
    fee = fee_on(chile(rounding=ROUND_FLOOR), clp(1000000), 21)
    assert fee.amount == clp(68161)
    assert fee.exact == D("68161.533")


@pytest.mark.parametrize("base", [-5, 0])
def test_a_debt_that_is_not_owed_has_no_fee_and_no_reduction(base):
    fee = fee_on(chile(), clp(base), 21, 1)
    assert fee.amount.is_zero
    assert (fee.parts, fee.reduction, fee.formula) == ((), 0, "0")


def test_the_smallest_debt_has_a_fee_and_a_full_tier_opens_no_other():
    assert fee_on(chile(), clp("0.5"), 21).exact == D("0.045")
    assert len(fee_on(chile("40000"), clp(400000), 21).parts) == 1


def test_notices_are_proven_unless_said_otherwise():
    fee = fee_on(chile("40000"), clp(300000), 21, already=clp(300000))
    assert fee.amount == clp(21000)


def test_fewer_than_no_notices_are_refused():
    with pytest.raises(ValueError):
        fee_on(chile(), clp(5), 21, -1)


@pytest.mark.parametrize(
    "limits", [(10,), (None, None), (None, 10), (50, 10, None), (0, None)]
)
def test_tiers_rise_and_end_with_the_rest(limits):
    tiers = tuple(Tier(None if to is None else D(to), D("0.1")) for to in limits)
    with pytest.raises(ValueError, match="tier"):
        chile(tiers=tiers)


@pytest.mark.parametrize("unit_value", [D(0), D(-1)])
def test_a_unit_without_value_is_refused(unit_value):
    with pytest.raises(ValueError):
        chile(unit_value=unit_value)
