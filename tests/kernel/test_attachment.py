from decimal import Decimal

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.attachment import (
    AssetOrder,
    ExtraPay,
    Reduction,
    WageRule,
    WageScale,
    attach_wages,
)
from kernel.errors import CurrencyMismatch, RefusedTerms
from kernel.fees import Tier
from kernel.money import Money, total

D = Decimal
SPAIN = WageScale(
    "EUR",
    tuple(
        Tier(up_to and D(up_to), D(rate))
        for up_to, rate in (
            (1, "0"),
            (2, "0.30"),
            (3, "0.50"),
            (4, "0.60"),
            (5, "0.75"),
            (None, "0.90"),
        )
    ),
    article="LEC art. 607",
)
CHILE = WageScale("CLP", (Tier(D(56), D(0)), Tier(None, D(1))), D(1))
SCALES = {"es": SPAIN, "cl": CHILE}
SMI = D(1221)


@pytest.mark.golden("wages.csv")
def test_what_may_be_attached_of_wages(case):
    scale = SCALES[case["scale"]]

    def money(text):
        return tuple(Money.of(one, scale.currency) for one in text.split())

    rate, _space, how = case["reduction"].partition(" ")
    found = attach_wages(
        money(case["wages"]),
        scale,
        D(case["unit"]),
        ExtraPay(case["extra"]) if case["extra"] else None,
        Reduction(D(rate), how == "points") if rate else None,
    )
    assert (found.amount,) == money(case["attached"])
    assert found.shares == money(case["shares"])
    assert found.amount + found.free == found.net


wages = st.lists(our.amounts("EUR", 10**6), min_size=1, max_size=4)


@given(wages, our.amounts("EUR", 10**5), st.none() | st.sampled_from(ExtraPay))
def test_more_wages_never_leave_less(month, more, extra):
    poor = attach_wages(month, SPAIN, SMI, extra)
    rich = attach_wages([*month, more], SPAIN, SMI, extra)
    assert poor.amount <= rich.amount
    assert poor.free <= rich.free
    assert total(rich.shares, "EUR") == rich.amount
    assert not poor.amount.amount < 0


@given(wages, st.integers(10, 15).map(lambda n: D(n) / 100), st.booleans())
def test_a_reduction_and_an_extra_pay_never_attach_more(month, rate, points):
    plain = attach_wages(month, SPAIN, SMI).amount
    assert (
        attach_wages(month, SPAIN, SMI, None, Reduction(rate, points)).amount <= plain
    )
    floor = attach_wages(month, SPAIN, SMI, ExtraPay.FLOOR).amount
    scale = attach_wages(month, SPAIN, SMI, ExtraPay.SCALE).amount
    assert scale <= floor <= plain


def test_a_reduction_outside_what_the_law_grants_is_refused():
    for rate in ("0.09", "0.16"):
        with pytest.raises(RefusedTerms):
            Reduction(D(rate))


def test_wages_are_positive_and_of_one_currency():
    with pytest.raises(ValueError):
        attach_wages([Money.of(-1, "EUR")], SPAIN, SMI)
    with pytest.raises(CurrencyMismatch):
        attach_wages([Money.of(1, "CLP")], SPAIN, SMI)
    assert attach_wages([], SPAIN, SMI).shares == ()


def test_a_rule_knows_what_an_extra_pay_does_and_what_a_court_may_grant():
    rule = WageRule(SPAIN, SMI, ExtraPay.SCALE, lowest=D("0.10"), highest=D("0.15"))
    wage = [Money.of(5000, "EUR")]
    assert rule.attach(wage).amount == Money.of("1796.40", "EUR")
    assert rule.attach(wage, has_extra=True).amount == Money.of("790.60", "EUR")
    assert rule.attach(wage, rate=D("0.10")).amount == Money.of("1616.76", "EUR")
    with pytest.raises(RefusedTerms):
        rule.attach(wage, rate=D("0.20"))
    with pytest.raises(RefusedTerms):
        WageRule(CHILE, SMI).attach([Money.of(1, "CLP")], rate=D("0.10"))


def test_what_comes_before_an_asset_in_the_order_of_the_law():
    order = AssetOrder(("money", "movable", "real_estate", "wages"), "CPC art. 449")
    assert order.rank("real_estate") == 3
    assert order.better("wages", ["real_estate", "money"]) == ("money", "real_estate")
    assert order.better("money", ["wages"]) == ()
    assert order.better("jewels", ["money"]) == ()
    assert order.better("wages", ["jewels"]) == ()
    assert AssetOrder().better("wages", ["money"]) == ()
