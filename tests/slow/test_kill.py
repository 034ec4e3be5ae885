"""A cron that dies at any of its commits and runs again ends like one that did not."""

import os

import pytest
import world
from dump import Dump, difference
from machine import Reaper

MOST = 80
"""No cron has so many commits here: a try with more would never end."""


def rerun(machine, cron):
    assert machine.run(world.play, cron)
    return Dump(machine.query)


def clean_run(machine, kept, cron):
    machine.begin(kept)
    before = Dump(machine.query)
    after = rerun(machine, cron)
    assert difference(before.tables, after.tables), f"{cron} has nothing to do"
    return after


@pytest.mark.parametrize(
    ("cron", "state"),
    [
        ("follow_up", "book"),
        ("upkeep", "book"),
        ("bill", "planned"),
        ("debits", "debited"),
    ],
)
def test_a_cron_killed_after_any_commit_ends_like_one_that_was_not(
    machine, request, cron, state
):
    kept = request.getfixturevalue(state)
    expected = clean_run(machine, kept, cron)
    for number in range(MOST):
        machine.begin(kept)
        ended = machine.run(world.play, cron, Reaper(number))
        found = rerun(machine, cron)
        assert not difference(expected.tables, found.tables), f"killed at {number}"
        if ended:
            break
    assert 3 < number < MOST - 1, f"{cron} commits {number} times"


def test_the_next_day_ends_what_was_interrupted(machine, book):
    machine.begin(book)
    assert not machine.run(world.play, "follow_up", Reaper(6))
    assert machine.query("SELECT state FROM cobranza_run ORDER BY id DESC LIMIT 1") == [
        ("draft",)
    ]
    assert machine.run(world.play, "follow_up", None, world.NEXT_DAY)
    states = machine.query("SELECT day::text, state FROM cobranza_run ORDER BY id")
    assert states[-2:] == [("2026-11-23", "failed"), ("2026-11-24", "done")]


def doubtful(machine):
    """[(debtor's name, Message-ID)] of the contacts in doubt."""
    return machine.query(
        """SELECT p.name, c.attempt FROM cobranza_contact c
             JOIN cobranza_debtor r ON r.id = c.debtor_id
             JOIN res_partner p ON p.id = r.partner_id
            WHERE c.state = 'in_doubt'"""
    )


@pytest.mark.parametrize("state", ["planned", "noticed"])
def test_a_sender_killed_after_any_commit_sends_the_rest_once(
    machine, request, sink, state
):
    planned = request.getfixturevalue(state)
    sink.empty()  # the book was made with letters of its own
    expected = clean_run(machine, planned, "send")
    everybody = sink.recipients()
    assert len(everybody) > 5
    doubts = 0
    for number in range(MOST):
        sink.empty()
        machine.begin(planned)
        ended = machine.run(world.play, "send", Reaper(number))
        found = rerun(machine, "send")
        sent = sink.recipients()
        assert len(sent) == len(set(sent)), f"killed at {number}: sent twice"
        unknown = doubtful(machine)
        assert len(unknown) <= 1, f"killed at {number}"
        if unknown:
            doubts += 1
            name = unknown[0][0]
            assert not difference(expected.without(name), found.without(name))
            assert len(everybody) - len(sent) <= 1
        else:
            assert sent == everybody, f"killed at {number}"
            assert not difference(expected.tables, found.tables), f"killed at {number}"
        if ended:
            break
    assert number < MOST - 1
    # each e-mail has one commit after which it may have left or not
    assert doubts == len(everybody)


@pytest.mark.parametrize("number", [1, 2, 4])
def test_killed_inside_the_dialogue_nothing_is_sent_twice(
    machine, planned, sink, number
):
    expected = clean_run(machine, planned, "send")
    everybody = sink.recipients()
    sink.empty()
    machine.begin(planned)

    def die_in_the_dialogue(env):
        sink.kill_sender(os.getpid(), number)
        world.play(env, "send")

    assert not machine.run(die_in_the_dialogue), "the sender survived"
    assert len(sink.messages()) == number
    found = rerun(machine, "send")
    assert sink.recipients() == everybody
    [(name, attempt)] = doubtful(machine)
    assert attempt in sink.identities()
    assert not difference(expected.without(name), found.without(name))
    before = len(sink.messages())
    rerun(machine, "send")
    assert len(sink.messages()) == before, "a contact in doubt was sent again"


def test_the_upkeep_of_debits_leaves_nothing_undone_and_nothing_twice(machine, debited):
    clean_run(machine, debited, "debits")
    states = machine.query("SELECT state FROM cobranza_debit ORDER BY document")
    assert [state for (state,) in states] == [
        *("paid", "paid", "presented", "presented", "cancelled", "cancelled")
    ]
    mandates = machine.query(
        "SELECT state, alarmed_on IS NOT NULL FROM cobranza_mandate ORDER BY id"
    )
    assert mandates == [("valid", False)] * 4 + [("expired", False), ("valid", True)]
    tasks = machine.query(
        """SELECT res_model, count(*) FROM mail_activity
            WHERE res_model LIKE 'cobranza%' AND (res_model != 'cobranza.debtor'
               OR summary IN ('A direct debit neither was paid nor came back',
                              'Un adeudo no consta ni cobrado ni devuelto'))
            GROUP BY 1 ORDER BY 1"""
    )
    assert tasks == [
        ("cobranza.debit.batch", 1),
        ("cobranza.debtor", 2),
        ("cobranza.mandate", 2),
    ]
    again = Dump(machine.query)
    assert not difference(again.tables, rerun(machine, "debits").tables)


def test_debtors_who_were_told_are_told_of_the_day_that_stands(machine, noticed, sink):
    clean_run(machine, noticed, "send")
    assert len(sink.recipients()) == world.PAYERS
    debits = machine.query(
        "SELECT DISTINCT state, notified_on::text, collect_on::text FROM cobranza_debit"
    )
    assert debits == [("notified", "2026-11-23", "2026-12-23")]
