from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from kernel.dunning import DebtFacts, DebtorFacts, Ladder, Level, Reason, decide
from kernel.replay import (
    DebtHistory,
    Letter,
    Place,
    Run,
    Seen,
    Step,
    Swap,
    Tally,
    Timeline,
    begins_before,
    recorded,
    replay,
)

DUE = date(2026, 10, 1)
MOVES = (Reason.ENTERED, Reason.ADVANCED)
LADDER = Ladder(
    1, (Level(11, 1, 5), Level(12, 2, 15, gap=5, waits=True), Level(13, 3, 30))
)
OTHER = Ladder(2, (Level(21, 1, 10), Level(22, 2, 20)))


def after(days):
    return DUE + timedelta(days=days)


def runs(first=0, last=60, ladders=None, but=()):
    ladders = ladders or {1: LADDER, 2: OTHER}
    return [
        Run(100 + day, after(day), ladders)
        for day in range(first, last + 1)
        if day not in but
    ]


def seen(day, **values):
    values = {
        "run": 100 + day,
        "by_run": True,
        "stopped": False,
        "due": DUE,
        "claim": Decimal(100),
        "policy": 1,
        "episode": 1,
        "step": "done",
        "before": Place(),
        "after": Place(),
        **values,
    }
    return Seen(day=after(day), **values)


def played(*records, timeline=None, first=0, last=60, swap=None):
    history = DebtHistory(1, 7, records)
    timeline = timeline or Timeline(runs())
    steps = replay([history], timeline, after(first), after(last), swap)
    return [((one.day - DUE).days, one.level) for one in steps]


def test_a_debt_climbs_by_its_due_date_and_gaps():
    entered = seen(5, after=Place(11, after(5)), moved=True)
    assert played(entered) == [(5, 11), (15, 12), (30, 13)]


def test_it_moves_in_runs_only():
    entered = seen(7, after=Place(11, after(7)), moved=True)
    timeline = Timeline(runs(but=(5, 6, 15, 16)))
    assert played(entered, timeline=timeline) == [(7, 11), (17, 12), (30, 13)]


def test_what_stops_it_holds_it_from_its_moment_on():
    entered = seen(5, after=Place(11, after(5)))
    place = Place(11, after(5))
    stop = seen(14, by_run=False, stopped=True, before=place, after=place)
    free = seen(20, by_run=False, before=place, after=place)
    assert played(entered, stop, free) == [(5, 11), (21, 12), (30, 13)]
    early = replace(free, run=0)
    assert played(entered, stop, early) == [(5, 11), (20, 12), (30, 13)]


def test_a_step_that_waits_holds_the_next_one():
    place = Place(12, after(15))
    records = (
        seen(5, after=Place(11, after(5))),
        seen(15, before=Place(11, after(5)), after=place),
        seen(30, before=place, after=place, step="pending"),
        seen(33, by_run=False, before=place, after=place),
    )
    assert played(*records) == [(5, 11), (15, 12), (34, 13)]


def test_an_interrupted_run_moves_what_it_wrote():
    timeline = runs()
    timeline[15] = replace(timeline[15], whole=False)
    entered = seen(5, after=Place(11, after(5)))
    assert played(entered, timeline=Timeline(timeline))[1] == (16, 12)
    wrote = seen(15, before=Place(11, after(5)), after=Place(12, after(15)))
    assert played(entered, wrote, timeline=Timeline(timeline))[1] == (15, 12)


def test_a_level_from_outside_is_taken_over():
    entered = seen(5, after=Place(11, after(5)))
    given_ = seen(
        8, by_run=False, before=Place(12, after(1)), after=Place(12, after(1))
    )
    assert played(entered, given_) == [(5, 11), (30, 13)]


def test_a_window_begins_where_the_records_left_the_debt():
    entered = seen(5, after=Place(11, after(5)))
    assert played(entered, first=10) == [(15, 12), (30, 13)]


def test_another_policy_starts_again_where_it_has_no_earlier_level():
    entered = seen(12, after=Place(11, after(12)))
    swap = Swap(OTHER, lambda _debtor, day, steps: {one.debt: day for one in steps})
    assert played(entered, swap=swap) == [(12, 21), (20, 22)]
    assert played(entered, swap=replace(swap, instead=2)) == [
        (12, 11),
        (17, 12),
        (30, 13),
    ]


def test_another_policy_waits_for_its_own_acts():
    ladder = Ladder(3, (Level(31, 1, 5, waits=True), Level(32, 2, 10)))
    late = Swap(ladder, lambda *_args: {1: after(14)})
    entered = seen(5, after=Place(11, after(5)))
    assert played(entered, swap=late) == [(5, 31), (14, 32)]
    never = Swap(ladder, lambda *_args: {1: None})
    assert played(entered, swap=never) == [(5, 31)]


def test_what_began_before_its_first_record_is_known():
    swap = Swap(OTHER, lambda *_args: {})
    assert not begins_before(DebtHistory(1, 7, (seen(10),)), after(0), swap)
    assert begins_before(DebtHistory(1, 7, (seen(11),)), after(0), swap)
    assert not begins_before(DebtHistory(1, 7, (seen(11),)), after(12), swap)
    assert not begins_before(DebtHistory(1, 7, (seen(11, policy=None),)), DUE, swap)


def test_tally():
    steps = [
        Step(1, 7, after(5), 1, 11, 1, DUE, True),
        Step(2, 7, after(9), 1, 11, 1, DUE, True),
        Step(1, 7, after(15), 1, 12, 2, DUE, False),
    ]
    letters = [
        Letter(7, after(5), 11, after(5), False),
        Letter(7, after(9), 11, after(12), True),
        Letter(7, after(15), 12, None, True),
    ]
    tally = Tally()
    assert tally.per_debtor is None
    assert tally.days_to_first is None
    tally.count(steps, letters)
    assert (tally.steps, tally.limited) == (3, 2)
    assert tally.levels[11].letters == 2
    assert tally.per_debtor == 3
    assert tally.days_to_first == 7


# -- against an engine that looks every day --------------------------------------------

FREE, STOPPED = (), (Reason.ON_HOLD,)


@st.composite
def lives(draw):
    """[(due, {day: stopped}, {day: claim}, {day: step done})] of debts of one
    debtor."""
    debts = []
    for _number in range(draw(st.integers(1, 3))):
        days = st.integers(0, 60)
        debts.append(
            (
                after(draw(st.integers(-10, 20))),
                draw(st.dictionaries(days, st.booleans(), max_size=4)),
                draw(st.dictionaries(days, st.sampled_from([50, 500]), max_size=3)),
                draw(st.integers(0, 9)),
            )
        )
    return debts


@st.composite
def past_ladders(draw):
    days = sorted(draw(st.sets(st.integers(-5, 40), min_size=1, max_size=4)))
    levels = tuple(
        Level(
            10 + number,
            number,
            day,
            draw(st.sampled_from([None, Decimal(400), Decimal(800)])),
            draw(st.integers(0, 5)),
            draw(st.booleans()),
        )
        for number, day in enumerate(days, 1)
    )
    return Ladder(1, levels, draw(st.sampled_from(["first", "age"])))


def live(debts, ladder, run_days):
    """(histories, steps) of an engine that looks at every debt in every run, and writes
    down what has changed."""
    state = [
        {"level": 0, "place": Place(), "stop": False, "claim": 100, "said": None}
        for _debt in debts
    ]
    records, steps = [[] for _debt in debts], []
    for day in range(61):
        for one, (_due, stops, claims, _wait) in zip(state, debts, strict=True):
            one["stop"] = stops.get(day, one["stop"])
            one["claim"] = claims.get(day, one["claim"])
        if day not in run_days:
            continue
        facts = []
        for number, (one, debt) in enumerate(zip(state, debts, strict=True)):
            since = one["place"].since
            made = since is None or (after(day) - since).days >= debt[3]
            facts.append(
                DebtFacts(
                    number,
                    7,
                    1,
                    debt[0],
                    one["level"],
                    since,
                    Decimal(one["claim"]),
                    STOPPED if one["stop"] else FREE,
                    "done" if made else "pending",
                )
            )
        total = sum(
            (one.claim for one in facts if not one.blockers and one.due <= after(day)),
            Decimal(0),
        )
        decisions = decide({1: ladder}, {7: DebtorFacts(7, total)}, facts, after(day))
        for one, fact, decision, own in zip(
            state, facts, decisions, records, strict=True
        ):
            said = (decision.reason, decision.on, fact.claim)
            before, moved = one["place"], decision.reason in MOVES
            if moved:
                level = next(x for x in ladder.levels if x.number == decision.level)
                one["level"], one["place"] = level.number, Place(level.id, after(day))
                steps.append((after(day), fact.id, level.id))
            if said != one["said"] or moved:
                one["said"] = said
                own.append(
                    seen(
                        day,
                        stopped=one["stop"],
                        due=fact.due,
                        claim=fact.claim,
                        step=fact.step,
                        before=before,
                        after=one["place"],
                        moved=moved,
                    )
                )
    histories = [DebtHistory(n, 7, tuple(own)) for n, own in enumerate(records)]
    return histories, steps


@given(lives(), past_ladders(), st.sets(st.integers(0, 60), max_size=20))
def test_from_one_thing_to_the_next_gives_what_every_day_gave(debts, ladder, closed):
    days = set(range(61)) - closed
    histories, steps = live(debts, ladder, days)
    histories = [one for one in histories if one.seen]
    timeline = Timeline(
        [one for one in runs(ladders={1: ladder}) if one.id - 100 in days]
    )
    found = replay(histories, timeline, after(0), after(60)) if histories else []
    assert [(one.day, one.debt, one.level) for one in found] == steps
    written = [one for h in histories for one in recorded(h, after(0), after(60))]
    assert sorted((one.day, one.debt, one.level) for one in written) == sorted(steps)


@given(lives(), past_ladders(), st.integers(1, 59))
def test_a_later_window_gives_the_rest(debts, ladder, start):
    histories, steps = live(debts, ladder, set(range(61)))
    histories = [one for one in histories if one.seen]
    timeline = Timeline(runs(ladders={1: ladder}))
    found = replay(histories, timeline, after(start), after(60)) if histories else []
    rest = [one for one in steps if one[0] >= after(start)]
    assert [(one.day, one.debt, one.level) for one in found] == rest
