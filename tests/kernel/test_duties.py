from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from kernel.duties import DutyFacts, FollowUpDuty, standing

DUTY = FollowUpDuty("copy", date(2026, 12, 8), "letter", "reminder", "art. 37")
NOTHING = DutyFacts(answered=False, received=False)

duties = st.lists(
    st.builds(
        FollowUpDuty,
        st.sampled_from("abcd"),
        st.dates(),
        st.just("letter"),
        condition=st.sampled_from(["silence", "unreceived", "always"]),
    ),
    unique_by=lambda duty: duty.key,
)
facts = st.builds(
    DutyFacts, st.booleans(), st.booleans(), st.frozensets(st.sampled_from("abcd"))
)


def test_a_duty_of_silence_ends_with_an_answer():
    duty = replace(DUTY, condition="silence")
    assert standing([duty], NOTHING) == (duty,)
    assert standing([duty], replace(NOTHING, answered=True)) == ()


def test_a_duty_of_what_was_not_received_ends_with_its_reception():
    duty = replace(DUTY, condition="unreceived")
    assert standing([duty], NOTHING) == (duty,)
    assert standing([duty], replace(NOTHING, received=True)) == ()


def test_a_duty_is_done_once():
    assert standing([DUTY], replace(NOTHING, done=frozenset({"copy"}))) == ()


@given(duties, facts)
def test_doing_what_stands_leaves_nothing(owed, known):
    todo = standing(owed, known)
    assert list(todo) == sorted(todo, key=lambda duty: (duty.due_on, duty.key))
    done = known.done | {one.key for one in todo}
    assert standing(owed, replace(known, done=done)) == ()
