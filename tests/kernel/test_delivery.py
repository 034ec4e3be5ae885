"""When a contact counts as received: events in any order, contradictions, evidence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.delivery import DeliveryRules, Occurrence, received_on, reception

SENT, TODAY = date(2026, 11, 2), date(2026, 11, 30)
PAPER = DeliveryRules(
    proving=frozenset({"delivered"}),
    at_agreed=frozenset({"refused", "uncollected"}),
    refuting=frozenset({"unknown_address"}),
    evidence=True,
    content=frozenset({"content_certified"}),
    article="art. 1",
)
KINDS = [
    "posted",
    "notice_left",
    "delivered",
    "refused",
    "uncollected",
    "returned",
    "unknown_address",
    "content_certified",
]


def events(text):
    """ "delivered 5; refused 3?" are the days of November; "?" lacks its file."""
    found = []
    for part in text.split(";"):
        if part.strip():
            kind, day = part.split()
            day, lacking = day.rstrip("?"), day.endswith("?")
            found.append(Occurrence(kind, date(2026, 11, int(day)), not lacking))
    return found


def judge(text, agreed=False, rules=PAPER):
    return reception(rules, SENT, events(text), TODAY, agreed)


@pytest.mark.parametrize(
    ("text", "agreed", "code", "day"),
    [
        ("", False, "nothing", None),
        ("posted 2; notice_left 4", False, "nothing", None),
        ("posted 2; delivered 5", False, "received", 5),
        ("delivered 5; posted 2", False, "received", 5),
        ("delivered 9; delivered 5", False, "received", 5),
        ("refused 3; delivered 5", False, "received", 5),
        ("delivered 5; refused 5", False, "received", 5),
        ("delivered 5?", False, "no_evidence", None),
        ("delivered 5?; delivered 5", False, "received", 5),
        ("delivered 5; returned 9", False, "contradicted", None),
        ("returned 3; delivered 5", False, "contradicted", None),
        ("delivered 5; refused 9", False, "contradicted", None),
        ("delivered 5; uncollected 20", True, "contradicted", None),
        ("delivered 5; unknown_address 5", True, "contradicted", None),
        ("unknown_address 5", True, "refuted", None),
        ("refused 4", False, "elsewhere", None),
        ("refused 4", True, "received", 4),
        ("notice_left 4; uncollected 20; returned 22", True, "received", 20),
        ("refused 4; unknown_address 6", True, "refuted", None),
        ("refused 4?", True, "no_evidence", None),
    ],
)
def test_the_day_of_reception_and_why(text, agreed, code, day):
    found = judge(text, agreed)
    expected = day and date(2026, 11, day)
    assert (found.code, found.day) == (code, expected)


def test_a_kind_that_the_law_does_not_count_says_so():
    strict = DeliveryRules(proving=frozenset({"delivered"}))
    found = judge("refused 4", True, strict)
    assert (found.code, found.kind, found.event_day) == (
        "not_counted",
        "refused",
        date(2026, 11, 4),
    )


def test_only_a_certificate_with_its_file_proves_the_content():
    assert not judge("delivered 5").content
    assert not judge("delivered 5; content_certified 2?").content
    assert judge("delivered 5; content_certified 2").content
    assert not judge("content_certified 2").content


def test_what_may_still_bounce_waits_and_says_until_when():
    rules = DeliveryRules(
        proving=frozenset({"accepted"}),
        refuting=frozenset({"bounced"}),
        wait_days=3,
        dated="sent",
    )
    one = [Occurrence("accepted", SENT)]
    early = reception(rules, SENT, one, date(2026, 11, 4))
    assert (early.code, early.until) == ("waiting", date(2026, 11, 5))
    assert reception(rules, SENT, one, date(2026, 11, 5)).day == SENT
    bounced = [*one, Occurrence("bounced", date(2026, 11, 3))]
    assert reception(rules, SENT, bounced, TODAY).code == "refuted"


def test_a_channel_without_rules_proves_nothing():
    assert reception(None, SENT, events("delivered 5"), TODAY).code == "unruled"
    assert received_on(None, SENT, [("delivered", SENT)], TODAY) is None


histories = st.lists(
    st.builds(
        Occurrence,
        st.sampled_from(KINDS),
        st.dates(SENT, TODAY),
        st.booleans(),
    ),
    max_size=6,
)


@given(histories, st.booleans(), st.randoms())
def test_the_order_in_which_events_are_known_changes_nothing(known, agreed, random):
    shuffled = random.sample(known, len(known))
    first = reception(PAPER, SENT, known, TODAY, agreed)
    again = reception(PAPER, SENT, shuffled, TODAY, agreed)
    assert (first.code, first.day, first.content) == (
        again.code,
        again.day,
        again.content,
    )


@given(histories, st.booleans())
def test_what_is_received_rests_on_an_event_with_its_file(known, agreed):
    found = reception(PAPER, SENT, known, TODAY, agreed)
    if found.day:
        kinds = PAPER.proving | (PAPER.at_agreed if agreed else frozenset())
        assert any(
            one.kind in kinds and one.evidence and one.day == found.day for one in known
        )
        assert not {one.kind for one in known} & PAPER.refuting
