from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest
import strategies as our
from hypothesis import assume, given
from hypothesis import strategies as st
from kernel.calendars import WorkCalendar
from kernel.contact import (
    Clock,
    ContactClass,
    ContactRules,
    PastContact,
    Window,
    next_slot,
    next_slot_everywhere,
    obstacles,
    obstacles_anywhere,
)
from kernel.errors import InvalidPeriod, MissingValue, NoSlot

CPC_59 = dict.fromkeys(range(6), Window(time(8), time(20)))
FERIADOS = WorkCalendar(
    holidays=frozenset({date(2026, 12, 8), date(2026, 12, 25), date(2027, 1, 1)}),
    weekend=frozenset({6}),
    first=date(2026, 1, 1),
    last=date(2027, 12, 31),
)


def chile(gap=2, week_mode="rolling", **changes):
    """Ley 19.496 art. 37: calls and visits, and all other media."""
    personal = ContactClass(
        "personal", frozenset({"call", "visit"}), 1, hours=CPC_59, holidays=True
    )
    messages = ContactClass(
        "messages", frozenset({"sms", "whatsapp"}), None, hours=CPC_59, holidays=True
    )
    channels = frozenset({"email", "letter", "sms", "whatsapp"})
    remote = ContactClass("remote", channels, 2, gap_days=gap)
    rules = ContactRules(
        (personal, messages, remote), FERIADOS, week_mode, article="art. 37"
    )
    return replace(rules, **changes)


def past(text):
    """'call 2026-11-23T10:00;sms …' as contacts."""
    pairs = [one.split() for one in text.split(";") if one]
    return [PastContact(datetime.fromisoformat(at), channel) for channel, at in pairs]


def codes(rules, channel, at, history=()):
    return [one.code for one in obstacles(rules, channel, at, history)]


def monday(hour=10, minute=0, days=0):
    return datetime(2026, 11, 23, hour, minute) + timedelta(days=days)


@pytest.mark.golden("contact_cl.csv")
def test_the_contact_is_permitted_or_not_as_the_law_says(case):
    rules = chile(int(case["gap"]), case["week_mode"])
    at = datetime.fromisoformat(case["at"])
    found = codes(rules, case["channel"], at, past(case["history"]))
    assert found == case["expected"].split()


@given(our.contact_rules(), st.sampled_from(our.CHANNELS), our.moments, our.histories)
def test_the_next_slot_is_permitted_not_earlier_and_its_own(rules, channel, at, past):
    slot = next_slot(rules, channel, at, past)
    assert slot >= at
    assert obstacles(rules, channel, slot, past) == ()
    assert next_slot(rules, channel, slot, past) == slot


@given(
    our.contact_rules(),
    st.sampled_from(our.CHANNELS),
    our.moments,
    our.histories,
    st.data(),
)
def test_nothing_earlier_was_permitted(rules, channel, at, past, data):
    slot = next_slot(rules, channel, at, past)
    assume(slot > at)
    minutes = int((slot - at) / timedelta(minutes=1))
    for _try in range(5):
        wait = data.draw(st.integers(0, max(0, minutes - 1)))
        earlier = at + timedelta(minutes=wait)
        assert obstacles(rules, channel, earlier, past)


@given(
    our.contact_rules(),
    st.lists(st.tuples(st.sampled_from(our.CHANNELS), our.moments), max_size=12),
)
def test_no_week_ever_holds_more_than_the_limit(rules, wishes):
    """Planned in any order, earlier or later, the plan as a whole is lawful."""
    made = []
    for channel, asked in wishes:
        at = next_slot(rules, channel, asked, made)
        made.append(PastContact(at, channel))
    for group in rules.classes:
        times = sorted(one.at for one in made if one.channel in group.channels)
        assert_within(rules, group.limit, group.per_days, times)
        for one, two in pairwise(times):
            assert (two.date() - one.date()).days >= group.gap_days
    assert_within(rules, rules.total_limit, 7, sorted(one.at for one in made))


def assert_within(rules, limit, per_days, times):
    if limit is None:
        return
    for start in times:
        if rules.week_mode == "iso" and per_days == 7:
            year, week, _day = start.isocalendar()
            inside = [one for one in times if one.isocalendar()[:2] == (year, week)]
        else:
            end = start + timedelta(days=per_days)
            inside = [one for one in times if start <= one < end]
        assert len(inside) <= limit


def test_an_obstacle_says_when_it_ends_and_what_stops():
    rules = chile()
    (found,) = obstacles(rules, "call", monday(7, 59), [])
    assert (found.code, found.until) == ("hours", monday(8))
    assert found.detail == (("class", "personal"), ("value", None))
    (found,) = obstacles(rules, "call", monday(20), [])
    assert found.until == monday(8, days=1)
    (found,) = obstacles(rules, "call", datetime(2026, 12, 8, 11), [])
    assert (found.code, found.until) == ("holiday", datetime(2026, 12, 9))
    (found,) = obstacles(rules, "visit", monday(days=2), past("call 2026-11-23T10:00"))
    assert (found.code, found.until) == ("limit", monday(days=7))
    assert found.detail == (("class", "personal"), ("value", 1))
    (found,) = obstacles(rules, "sms", monday(days=1), past("email 2026-11-23T10:00"))
    assert (found.code, found.until) == ("gap", datetime(2026, 11, 25))


def test_all_obstacles_are_collected():
    history = past("email 2026-11-27T10:00;sms 2026-11-29T10:00")
    found = codes(chile(), "sms", datetime(2026, 11, 29, 22), history)
    assert found == ["hours", "limit", "gap"]


@pytest.mark.parametrize(
    ("channel", "asked", "slot"),
    [
        ("call", datetime(2026, 11, 28, 20), datetime(2026, 11, 30, 8)),
        ("call", datetime(2026, 12, 7, 20), datetime(2026, 12, 9, 8)),
        ("email", datetime(2026, 11, 29, 22), datetime(2026, 11, 29, 22)),
        ("inbound", datetime(2026, 11, 29, 22), datetime(2026, 11, 29, 22)),
    ],
)
def test_a_contact_waits_for_the_next_opening(channel, asked, slot):
    assert next_slot(chile(), channel, asked, []) == slot


def test_the_iso_week_opens_on_monday():
    history = past("call 2026-11-27T19:00")
    iso = chile(week_mode="iso")
    assert next_slot(iso, "call", datetime(2026, 11, 28, 9), history) == (
        datetime(2026, 11, 30, 8)
    )
    rolling = next_slot(chile(), "call", datetime(2026, 11, 28, 9), history)
    assert rolling == datetime(2026, 12, 4, 19)


def test_iso_weeks_count_years_and_only_spans_of_a_week():
    iso = chile(week_mode="iso")
    history = past("call 2026-12-31T10:00")
    assert codes(iso, "call", datetime(2027, 1, 2, 10), history) == ["limit"]
    monthly = replace(iso.classes[0], per_days=30)
    iso = replace(iso, classes=(monthly,))
    history = past("call 2026-11-22T10:00")
    assert codes(iso, "call", datetime(2026, 12, 1, 10), history) == ["limit"]


def test_contacts_on_both_sides_count_by_window():
    """Two a week: four days before and four days after share no window of seven."""
    rules = chile(gap=0)
    history = past("email 2026-11-19T10:00;email 2026-11-27T10:00")
    assert codes(rules, "email", monday(), history) == []
    history = past("email 2026-11-20T10:00;email 2026-11-27T10:00")
    assert codes(rules, "email", monday(), history) == []
    history = past("email 2026-11-20T10:01;email 2026-11-27T10:00")
    assert codes(rules, "email", monday(), history) == ["limit"]


def test_the_total_limit_counts_every_class():
    rules = chile(total_limit=2)
    history = past("call 2026-11-23T10:00;email 2026-11-24T10:00")
    at = datetime(2026, 11, 26, 10)
    assert codes(rules, "sms", at, history) == ["total_limit"]
    assert codes(rules, "inbound", at, history) == []
    slot = next_slot(rules, "sms", at, history)
    assert slot == monday(days=7)
    free = past("inbound 2026-11-23T10:00;inbound 2026-11-24T10:00")
    assert codes(rules, "sms", at, free) == []


@pytest.mark.parametrize(
    "closed", [{"limit": 0}, {"hours": {}}, {"limit": 0, "per_days": 1}]
)
@pytest.mark.parametrize("week_mode", ["rolling", "iso"])
def test_what_is_never_permitted_has_no_slot(closed, week_mode):
    group = ContactClass("never", frozenset({"call"}), **{"limit": None} | closed)
    rules = ContactRules((group,), FERIADOS, week_mode)
    (found,) = obstacles(rules, "call", monday(), [])
    assert found.until is None
    with pytest.raises(NoSlot, match="call"):
        next_slot(rules, "call", monday(), [])


def test_the_search_ends_after_a_year():
    """A class that opens on Mondays only, and every Monday is a holiday."""
    mondays = frozenset(date(2026, 11, 23) + timedelta(days=7 * n) for n in range(60))
    hours = {0: Window(time(8), time(20))}
    group = ContactClass("x", frozenset({"call"}), None, hours=hours, holidays=True)
    with pytest.raises(NoSlot):
        next_slot(ContactRules((group,), WorkCalendar(mondays)), "call", monday(), [])


def test_a_slot_may_be_366_days_away_and_no_more():
    group = ContactClass("x", frozenset({"call"}), 1, per_days=366)
    history = past("call 2026-11-23T10:00")
    slot = next_slot(ContactRules((group,), FERIADOS), "call", monday(), history)
    assert slot == monday(days=366)
    longer = replace(group, per_days=367)
    with pytest.raises(NoSlot):
        next_slot(ContactRules((longer,), FERIADOS), "call", monday(), history)


def test_unknown_holidays_are_an_error():
    with pytest.raises(MissingValue, match="holiday"):
        obstacles(chile(), "call", datetime(2028, 1, 3, 10), [])
    assert codes(chile(), "email", datetime(2028, 1, 3, 10)) == []


def test_times_are_naive():
    with pytest.raises(ValueError):
        obstacles(chile(), "call", monday().replace(tzinfo=timezone.utc), [])


def test_a_window_opens_before_it_closes():
    with pytest.raises(InvalidPeriod):
        Window(time(20), time(20))


# -- somebody who may be in several places -------------------------------------------


def clock(hours):
    """A place so many hours ahead of UTC."""
    ahead = timedelta(hours=hours)
    return Clock(lambda moment: moment + ahead, lambda moment: moment - ahead)


OFFICE = ContactRules(
    classes=(
        ContactClass(
            "all",
            frozenset({"call"}),
            1,
            hours=dict.fromkeys(range(5), Window(time(9), time(19))),
        ),
    ),
    calendar=WorkCalendar(holidays=frozenset()),
)
EAST, WEST = clock(0), clock(-2)


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-11-23T10:59", False),
        ("2026-11-23T11:00", True),
        ("2026-11-23T11:01", True),
        ("2026-11-23T18:59", True),
        ("2026-11-23T19:00", False),
        ("2026-11-23T19:01", False),
    ],
)
def test_only_the_hours_of_all_places_are_open(at, open_):
    moment = datetime.fromisoformat(at)
    found = obstacles_anywhere(OFFICE, "call", moment, (), (EAST, WEST))
    assert bool(found) != open_
    slot = next_slot_everywhere(OFFICE, "call", moment, (), (EAST, WEST))
    assert (slot == moment) == open_


def test_the_next_day_begins_where_it_begins_last():
    friday = datetime(2026, 11, 27, 19)
    slot = next_slot_everywhere(OFFICE, "call", friday, (), (EAST, WEST))
    assert slot == datetime(2026, 11, 30, 11)
    (found,) = obstacles_anywhere(OFFICE, "call", friday, (), (EAST, WEST))
    assert found.until == datetime(2026, 11, 30, 9)  # where it is closed now


def test_places_whose_hours_never_meet_have_no_slot():
    far = (clock(0), clock(11))
    with pytest.raises(NoSlot):
        next_slot_everywhere(OFFICE, "call", datetime(2026, 11, 23, 12), (), far)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.lists(st.integers(-4, 4), min_size=1, max_size=4),
    st.lists(st.integers(-200, 200), max_size=3),
)
def test_a_slot_of_all_places_is_permitted_in_each(asked, ahead, hours):
    history = [PastContact(asked + timedelta(hours=one), "call") for one in hours]
    clocks = [clock(one) for one in ahead]
    slot = next_slot_everywhere(OFFICE, "call", asked, history, clocks)
    assert slot >= asked
    assert not obstacles_anywhere(OFFICE, "call", slot, history, clocks)
    for one in clocks:
        assert slot >= one.utc(
            next_slot(
                OFFICE,
                "call",
                one.local(asked),
                [PastContact(one.local(past.at), "call") for past in history],
            )
        )
