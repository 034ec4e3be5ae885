from dataclasses import replace
from decimal import Decimal
from functools import reduce
from operator import mul

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.priority import DEFAULT, Priority, Weights

D = Decimal

weights = st.integers(0, 500).map(lambda n: D(n) / 100)
sets = st.builds(
    Weights,
    amount=st.sampled_from([D(0), D("0.5"), D("0.75"), D(1)]),
    age=weights,
    broken=weights,
    act=weights,
    large=weights,
    large_from=our.cents,
    habit=weights,
)
facts = st.builds(
    Priority,
    overdue=our.cents,
    days_late=st.integers(0, 4000),
    broken_promises=st.integers(0, 20),
    workable=st.booleans(),
    act_due=st.booleans(),
    weights=sets,
    habit_days=st.integers(0, 900).map(D),
)


@pytest.mark.parametrize(
    ("values", "score"),
    [
        ((D(1000), 0, 0), D(1000)),
        ((D(1000), 30, 0), D(2000)),
        ((D(1000), 30, 1), D(3000)),
        ((D(1000), 30, 1, True, True), D(3750)),
        ((D(1000), 30, 1, False, True), D(0)),
        ((D(-5), 30, 1), D(0)),
    ],
)
def test_the_default_weights(values, score):
    assert Priority(*values).score == score


@pytest.mark.parametrize(
    ("changed", "score"),
    [
        ({"amount": D("0.5")}, D(100)),
        ({"amount": D(0)}, D(1)),
        ({"large": D(2), "large_from": D(10000)}, D(30000)),
        ({"large": D(2), "large_from": D(10001)}, D(10000)),
        ({"large": D(2), "large_from": D(0)}, D(10000)),
        ({"habit": D(1)}, D(10000)),
    ],
)
def test_each_weight_does_what_it_says(changed, score):
    own = replace(DEFAULT, **changed)
    assert Priority(D(10000), 0, 0, weights=own).score == score


@given(facts)
def test_what_is_shown_multiplies_to_the_score(priority):
    shown = [D(value) for value in priority.parts()["factors"].values()]
    assert reduce(mul, shown, D(1)) == priority.score


@given(facts)
def test_a_stored_debtor_has_the_same_score_again(priority):
    again = Priority.of_parts(priority.parts(), priority.weights)
    assert again == priority
    assert again.score == priority.score


@given(facts, st.integers(1, 400), our.cents)
def test_later_larger_and_more_often_broken_never_count_less(priority, days, more):
    base = replace(priority, workable=True)
    worse = replace(
        base,
        overdue=base.overdue + more,
        days_late=base.days_late + days,
        broken_promises=base.broken_promises + 1,
        act_due=True,
    )
    assert worse.score >= base.score


def test_parts_of_an_older_version_are_understood():
    old = {"overdue": "10", "days_late": "30", "broken_promises": "0"}
    assert Priority.of_parts(old, DEFAULT).score == D(20)


def test_the_habit_counts_with_its_weight_only():
    late = replace(Priority(D(100), 0, 0), habit_days=D(45))
    assert late.score == 100
    assert replace(late, weights=Weights(habit=D("0.5"))).score == D("175.00")
