from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.delivery import Reception
from kernel.effects import EffectFacts, EffectRule, effect

SENT, RECEIVED = date(2026, 11, 21), date(2026, 11, 23)
FACTS = EffectFacts(
    claims=True,
    demands=True,
    says=frozenset({"negotiate"}),
    attempted=SENT,
    reception=Reception("received", RECEIVED, "delivered", RECEIVED, content=True),
)
CLAIM = EffectRule("interruption", "CC 1973")


@pytest.mark.parametrize(
    ("needs", "reception", "expected"),
    [
        ("reception", Reception("received", RECEIVED), ("yes", "achieved", RECEIVED)),
        ("reception", Reception("nothing"), ("waiting", "reception", None)),
        ("reception", Reception("waiting"), ("waiting", "reception", None)),
        ("reception", Reception("refuted"), ("no", "reception", None)),
        ("reception", Reception("unruled"), ("no", "reception", None)),
        ("reception", Reception("third_party"), ("no", "reception", None)),
        ("attempt", Reception("nothing"), ("yes", "achieved", SENT)),
        ("attempt", Reception("refuted"), ("yes", "achieved", SENT)),
        ("content", Reception("received", RECEIVED), ("waiting", "content", None)),
        ("content", FACTS.reception, ("yes", "achieved", RECEIVED)),
        ("content", Reception("nothing"), ("waiting", "reception", None)),
    ],
)
def test_what_became_of_it(needs, reception, expected):
    rule = replace(CLAIM, needs=needs)
    found = effect(rule, replace(FACTS, reception=reception))
    assert (found.standing, found.why, found.day) == expected


@pytest.mark.parametrize(
    ("rule", "facts", "why"),
    [
        ({"given": False}, {}, "no_effect"),
        ({}, {"claims": False}, "no_claim"),
        ({"asks": "demands"}, {"demands": False}, "no_demand"),
        ({"asks": "demands"}, {"claims": False}, "no_demand"),
        ({"says": "register"}, {}, "not_said"),
    ],
)
def test_what_it_was(rule, facts, why):
    found = effect(replace(CLAIM, **rule), replace(FACTS, **facts))
    assert (found.standing, found.why, found.day) == ("no", why, None)
    assert found.article == "CC 1973"


@given(
    st.sampled_from(["attempt", "reception", "content"]),
    st.sampled_from(["received", "nothing", "waiting", "refuted", "unruled"]),
    st.booleans(),
)
def test_only_what_is_achieved_has_a_day(needs, code, content):
    day = RECEIVED if code == "received" else None
    facts = replace(FACTS, reception=Reception(code, day, content=content))
    found = effect(replace(CLAIM, needs=needs), facts)
    assert (found.day is not None) == (found.standing == "yes")
