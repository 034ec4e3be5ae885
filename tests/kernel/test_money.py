from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.errors import CurrencyMismatch, KernelError
from kernel.money import Money, allocate, round_to, total

amounts = st.integers(-(10**10), 10**10).map(lambda n: Decimal(n) / 1000)
weights = st.lists(st.integers(0, 1000).map(Decimal), min_size=1, max_size=12)
units = st.sampled_from([Decimal("0.01"), Decimal(1), Decimal("0.05"), Decimal(7)])


@given(amounts, weights, units)
def test_shares_always_sum_to_the_total(amount, parts, unit):
    shares = allocate(Money(amount, "EUR"), parts, unit)
    assert len(shares) == len(parts)
    assert total(shares, "EUR") == Money(amount, "EUR")


@given(st.integers(-(10**9), 10**9), weights)
def test_no_share_is_a_whole_step_away_from_its_proportion(steps, parts):
    cent = Decimal("0.01")
    shares = allocate(Money(steps * cent, "EUR"), parts, cent)
    shown = parts if any(parts) else [Decimal(1)] * len(parts)
    for share, part in zip(shares, shown, strict=True):
        assert abs(share.amount / cent * sum(shown) - steps * part) < sum(shown)


def test_ties_go_to_the_first_and_zero_weights_share_equally():
    hundred = Money.of(100, "EUR")
    shares = allocate(hundred, [Decimal(0)] * 3, Decimal("0.01"))
    assert [str(share.amount) for share in shares] == ["33.34", "33.33", "33.33"]
    shares = allocate(-hundred, [Decimal(1), Decimal(0), Decimal(2)], Decimal(1))
    assert [int(share.amount) for share in shares] == [-33, 0, -67]


def test_what_is_smaller_than_the_unit_goes_to_the_heaviest():
    shares = allocate(Money.of("10.005", "EUR"), [Decimal(1), Decimal(3)], Decimal(1))
    assert [str(share.amount) for share in shares] == ["3", "7.005"]


@pytest.mark.parametrize(
    ("parts", "unit"), [([], "1"), (["-1", "2"], "1"), (["1"], "0"), (["1"], "-1")]
)
def test_allocation_refuses_what_it_cannot_share(parts, unit):
    with pytest.raises(ValueError):
        allocate(Money.of(1, "EUR"), [Decimal(part) for part in parts], Decimal(unit))


@pytest.mark.parametrize("made", [1.5, True, None])
def test_money_is_never_made_of_a_float(made):
    with pytest.raises(TypeError):
        Money.of(made, "EUR")
    with pytest.raises(TypeError):
        Money(made, "EUR")


def test_money_is_never_multiplied_by_a_float():
    with pytest.raises(TypeError):
        Money.of(1, "EUR") * 1.5


@pytest.mark.parametrize("made", ["NaN", "Infinity"])
def test_money_is_finite(made):
    with pytest.raises(ValueError):
        Money.of(made, "EUR")


def test_arithmetic_keeps_the_currency():
    two, three = Money.of("2.50", "EUR"), Money.of(3, "EUR")
    assert two + three == Money.of("5.50", "EUR")
    assert two - three == -Money.of("0.5", "EUR")
    assert abs(two - three) == Money.of("0.5", "EUR")
    assert two * 2 == 2 * two == Money.of(5, "EUR")
    assert two * Decimal("0.1") == Money.of("0.25", "EUR")
    assert two < three and two <= three and three > two and three >= two
    assert two <= Money.of("2.5", "EUR") and two >= Money.of("2.5", "EUR")
    assert not two < Money.of("2.5", "EUR") and not two > Money.of("2.5", "EUR")
    assert Money.zero("EUR").is_zero and not two.is_zero
    assert total([], "EUR") == Money.zero("EUR")


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
        lambda a, b: total([a, b], "EUR"),
    ],
)
def test_currencies_do_not_mix(mix):
    with pytest.raises(CurrencyMismatch) as caught:
        mix(Money.of(1, "EUR"), Money.of(1, "CLP"))
    assert isinstance(caught.value, KernelError)
    assert isinstance(caught.value, TypeError)


def test_equal_amounts_of_two_currencies_differ():
    assert Money.of(1, "EUR") != Money.of(1, "CLP")


@pytest.mark.parametrize("other", [1, Decimal(1), "1"])
def test_money_does_not_add_bare_numbers(other):
    with pytest.raises(TypeError):
        Money.of(1, "EUR") + other


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [("4.5", "1", "5"), ("-4.5", "1", "-5"), ("1.025", "0.05", "1.05")]
    + [("2.344", "0.01", "2.34"), ("2.345", "0.01", "2.35"), ("1234", "50", "1250")],
)
def test_rounding_goes_half_up_to_any_step(amount, unit, expected):
    assert round_to(Decimal(amount), Decimal(unit)) == Decimal(expected)
    assert Money.of(amount, "X").rounded(Decimal(unit)) == Money.of(expected, "X")


def test_rounding_follows_the_rule_given_and_refuses_a_zero_step():
    assert round_to(Decimal("4.9"), Decimal(1), ROUND_FLOOR) == 4
    with pytest.raises(ValueError):
        round_to(Decimal(1), Decimal(0))
