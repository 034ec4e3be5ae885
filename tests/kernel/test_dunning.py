from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.dunning import (
    BLOCKING,
    REASONS,
    DebtFacts,
    DebtorFacts,
    Decision,
    Ladder,
    Level,
    Reason,
    decide,
    net_claims,
    stand_still,
)

D = Decimal
DUE = date(2026, 3, 1)
LADDER = Ladder(
    1,
    (
        Level(11, 1, -3),
        Level(12, 2, 6, gap=5),
        Level(13, 3, 15, minimum=D(50), waits=True),
        Level(14, 4, 30, gap=10),
    ),
)
MOVES = {Reason.ADVANCED, Reason.ENTERED}


def after(days):
    return DUE + timedelta(days=days)


def debt(**changes):
    facts = DebtFacts(1, 7, 1, DUE, 0, None, D(100))
    return replace(facts, **changes)


def one(facts, today, ladder=LADDER, debtor=None):
    debtors = {7: debtor or DebtorFacts(7, D(100))}
    (decision,) = decide({1: ladder}, debtors, [facts], today)
    return decision


@given(our.books(), our.days)
def test_at_most_one_step_never_down_and_always_a_reason(book, today):
    ladders, debtors, debts = book
    decisions = decide(ladders, debtors, debts, today)
    assert [decision.debt for decision in decisions] == [facts.id for facts in debts]
    for facts, decision in zip(debts, decisions, strict=True):
        assert isinstance(decision.reason, Reason)
        assert decision.level >= facts.level
        assert (decision.level > facts.level) == (decision.reason in MOVES)
        if decision.reason in MOVES:
            assert_one_step(ladders[facts.ladder], facts, decision, today)
            assert decision.on == today and not decision.blockers
        elif decision.on is not None:
            assert decision.reason in {Reason.NOT_DUE, Reason.TOO_SOON}
            assert decision.on > today


def assert_one_step(ladder, facts, decision, today):
    between = [
        level for level in ladder.levels if facts.level < level.number < decision.level
    ]
    assert not between or (not facts.level and ladder.entry == "age")
    (target,) = (lvl for lvl in ladder.levels if lvl.number == decision.level)
    assert today >= facts.due + timedelta(days=target.days)


@given(our.books(), our.days)
def test_whatever_stops_a_debt_stops_it(book, today):
    ladders, debtors, debts = book
    for facts, decision in zip(
        debts, decide(ladders, debtors, debts, today), strict=True
    ):
        stops = {*facts.blockers, *debtors[facts.debtor].blockers}
        assert stops <= set(decision.blockers)
        if stops or facts.ladder is None or facts.claim <= 0:
            assert decision.reason not in MOVES
            assert decision.level == facts.level
            assert decision.reason == decision.blockers[0]
        known = [it for it in decision.blockers if it in BLOCKING]
        assert known == sorted(known, key=BLOCKING.index)


@given(our.books(), our.days, st.integers(1, 60))
def test_the_day_announced_is_the_first_day_of_the_next_act(book, today, wait):
    ladders, debtors, debts = book
    for facts in debts:
        (now,) = decide(ladders, debtors, [facts], today)
        if now.on is None or now.reason in MOVES:
            continue
        (eve,) = decide(ladders, debtors, [facts], now.on - timedelta(days=1))
        (then,) = decide(ladders, debtors, [facts], now.on)
        assert eve.reason in {Reason.NOT_DUE, Reason.TOO_SOON}
        assert then.reason not in {Reason.NOT_DUE, Reason.TOO_SOON}


@given(our.ladders(), our.days)
def test_day_by_day_a_debt_climbs_every_level_in_order(ladder, due):
    ladder = replace(ladder, entry="first")
    facts = DebtFacts(1, 7, 1, due, 0, None, D(100))
    debtors = {7: DebtorFacts(7, D(10**6))}
    climbed = []
    for days in range(-15, 250):
        today = due + timedelta(days=days)
        (decision,) = decide({1: ladder}, debtors, [facts], today)
        if decision.reason in MOVES:
            climbed.append(decision.level)
            facts = replace(facts, level=decision.level, level_since=today)
    assert climbed == [level.number for level in ladder.levels]
    assert decision == Decision(1, Reason.LAST_LEVEL, climbed[-1])


@pytest.mark.parametrize(
    ("days", "reason", "level", "on"),
    [
        (-4, Reason.NOT_DUE, 0, -3),
        (-3, Reason.ENTERED, 1, -3),
        (90, Reason.ENTERED, 1, 90),
    ],
)
def test_a_debt_enters_at_the_first_level_when_its_day_comes(days, reason, level, on):
    assert one(debt(), after(days)) == Decision(1, reason, level, after(on))


@pytest.mark.parametrize(
    ("days", "reason", "level", "on"),
    [
        (-4, Reason.NOT_DUE, 0, -3),
        (5, Reason.ENTERED, 1, 5),
        (14, Reason.ENTERED, 2, 14),
        (15, Reason.ENTERED, 3, 15),
        (29, Reason.ENTERED, 3, 29),
        (900, Reason.ENTERED, 4, 900),
    ],
)
def test_a_debt_may_enter_at_the_level_of_its_age(days, reason, level, on):
    by_age = replace(LADDER, entry="age")
    found = one(debt(), after(days), by_age)
    assert found == Decision(1, reason, level, after(on))


def test_age_counts_only_at_the_first_entry():
    by_age = replace(LADDER, entry="age")
    known = debt(level=1, level_since=after(-3))
    assert one(known, after(900), by_age).level == 2


@pytest.mark.parametrize(
    ("since", "days", "reason", "on"),
    [
        (-3, 5, Reason.NOT_DUE, 6),
        (4, 5, Reason.NOT_DUE, 9),
        (4, 6, Reason.TOO_SOON, 9),
        (4, 8, Reason.TOO_SOON, 9),
        (4, 9, Reason.ADVANCED, 9),
        (-3, 6, Reason.ADVANCED, 6),
        (None, 6, Reason.ADVANCED, 6),
    ],
)
def test_the_next_level_waits_for_its_day_and_its_gap(since, days, reason, on):
    known = debt(level=1, level_since=None if since is None else after(since))
    found = one(known, after(days))
    assert (found.reason, found.on) == (reason, after(on))
    assert found.level == (2 if reason is Reason.ADVANCED else 1)


def test_two_levels_never_fall_on_one_day():
    known = debt(level=2, level_since=after(40))
    assert one(known, after(40)).reason is Reason.TOO_SOON
    assert one(known, after(41)).reason is Reason.ADVANCED


@pytest.mark.parametrize(
    ("level", "step", "reason"),
    [
        (3, "pending", Reason.STEP_PENDING),
        (3, "unreleased", Reason.STEP_PENDING),
        (3, "done", Reason.ADVANCED),
        (3, "none", Reason.ADVANCED),
        (2, "pending", Reason.ADVANCED),
        (2, "unreleased", Reason.STEP_PENDING),
        (4, "pending", Reason.LAST_LEVEL),
    ],
)
def test_a_level_that_waits_holds_the_next_one_back(level, step, reason):
    known = debt(level=level, level_since=after(15), step=step)
    assert one(known, after(60)).reason is reason


@pytest.mark.parametrize(
    ("total", "reason"),
    [("49.99", Reason.BELOW_MINIMUM), ("50", Reason.ADVANCED)],
)
def test_the_debtors_total_reaches_the_minimum_of_the_target(total, reason):
    known = debt(level=2, level_since=after(6), claim=D(10))
    found = one(known, after(20), debtor=DebtorFacts(7, D(total)))
    assert found.reason is reason
    below = reason is Reason.BELOW_MINIMUM
    assert found.blockers == ((Reason.BELOW_MINIMUM,) if below else ())


def test_archived_levels_are_stepped_over():
    known = debt(level=2, level_since=after(6))
    ladder = replace(LADDER, levels=(LADDER.levels[0], LADDER.levels[3]))
    assert one(known, after(60), ladder).level == 4


@pytest.mark.parametrize("reason", BLOCKING)
@pytest.mark.parametrize("whose", ["debt", "debtor"])
def test_every_blocking_reason_stops_and_is_shown(reason, whose):
    known = debt(level=1, level_since=after(-3))
    if whose == "debt":
        found = one(replace(known, blockers=(reason,)), after(60))
    else:
        found = one(known, after(60), debtor=DebtorFacts(7, D(100), (reason,)))
    assert found == Decision(1, reason, 1, None, (reason,))


def test_the_gravest_reason_is_shown_and_all_are_kept():
    known = debt(blockers=(Reason.PROMISED, Reason.VOID, Reason.PROPOSAL))
    debtor = DebtorFacts(7, D(100), (Reason.INSOLVENT, Reason.PROMISED))
    found = one(known, after(60), debtor=debtor)
    assert found.reason is Reason.VOID
    assert found.blockers == (
        Reason.VOID,
        Reason.INSOLVENT,
        Reason.PROMISED,
        Reason.PROPOSAL,
    )


@pytest.mark.parametrize("ladder", [None, 2])
def test_a_debt_without_a_ladder_has_no_policy(ladder):
    assert one(debt(ladder=ladder), after(60)).reason is Reason.NO_POLICY
    assert one(debt(), after(60), Ladder(1, ())).reason is Reason.NO_POLICY


@pytest.mark.parametrize("claim", ["0", "-1"])
def test_what_a_credit_covers_is_left_alone(claim):
    assert one(debt(claim=D(claim)), after(60)).reason is Reason.COVERED
    assert one(debt(claim=D("0.01")), after(60)).reason is Reason.ENTERED
    paid = debt(claim=D(claim), blockers=(Reason.SETTLED,))
    assert one(paid, after(60)).blockers == (Reason.SETTLED,)


def test_blocking_reasons_are_distinct_and_leave_the_outcomes_out():
    assert len(set(BLOCKING)) == len(BLOCKING) == 18
    assert not MOVES & set(BLOCKING)
    assert len(set(REASONS)) == len(REASONS) == 33
    for reason in REASONS:
        assert getattr(Reason, reason.value.upper()) is reason


def test_a_reason_that_the_kernel_does_not_know_stops_by_its_gravity():
    own = Reason("in_case", 135)
    known = debt(blockers=(Reason.REPRESENTED, own, Reason.SUED))
    found = one(known, after(60))
    assert found.blockers == (Reason.SUED, own, Reason.REPRESENTED)
    alone = one(debt(blockers=(own,)), after(60))
    assert alone.reason is own
    assert type(alone.reason.value) is str


def test_a_debtor_must_be_known():
    with pytest.raises(KeyError):
        decide({1: LADDER}, {}, [debt()], after(0))


items = st.lists(
    st.tuples(our.days, st.integers(-500, 2000).map(lambda n: D(n) / 10)), max_size=8
).map(lambda pairs: [(n, due, amount) for n, (due, amount) in enumerate(pairs)])


@given(items, st.integers(0, 5000).map(D))
def test_never_more_is_claimed_than_is_owed(open_items, credit):
    left = net_claims(open_items, credit)
    total = sum((amount for _id, _due, amount in open_items), D(0))
    assert sum(left.values(), D(0)) == max(D(0), total - credit)
    for item, _due, amount in open_items:
        assert 0 <= left[item] <= max(D(0), amount)


@given(items, st.integers(0, 5000).map(D))
def test_a_credit_pays_the_oldest_first(open_items, credit):
    """Once something is left of an item, nothing later has been touched."""
    left = net_claims(open_items, credit)
    touched = True
    for item, _due, amount in sorted(open_items, key=lambda it: (it[1], it[0])):
        if amount <= 0:
            continue
        assert touched or left[item] == amount
        touched = not left[item]


def test_of_two_items_due_together_the_lower_id_is_paid_first():
    open_items = [(9, DUE, D(10)), (3, DUE, D(10)), (5, DUE, D("-0.5"))]
    assert net_claims(open_items, D(4)) == {3: D("5.5"), 5: D(0), 9: D(10)}


def test_a_negative_credit_is_refused():
    with pytest.raises(ValueError):
        net_claims([], D(-1))


@given(our.books(), our.days)
def test_judged_again_nothing_moves_and_what_would_is_said_to_be_due(book, today):
    ladders, debtors, debts = book
    found = decide(ladders, debtors, debts, today)
    for facts, before, still in zip(
        debts, found, stand_still(debts, found), strict=True
    ):
        assert still.level == facts.level
        assert (still.reason is Reason.DUE) == (before.reason in MOVES)
        if before.reason not in MOVES:
            assert still == before
        assert (still.on, still.blockers) == (before.on, before.blockers)
