"""Two senders at the same time: nobody is written to twice, or more than permitted."""

import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
import world

DEBTORS, EACH = 10, 6
MANY, WEEKLY = 100, 25
"""Contacts of each debtor of the large crowd, and how many a week the law permits."""
WEEK = timedelta(days=7)

MOST_IN_A_WEEK = """
    SELECT max(n) FROM (
        SELECT count(*) OVER (PARTITION BY debtor_id ORDER BY sent_at
               RANGE BETWEEN CURRENT ROW AND '6 days 23:59:59' FOLLOWING) AS n
          FROM cobranza_contact WHERE state = 'sent') spans"""
"""The most contacts that any debtor had in any seven days."""


@pytest.fixture(scope="module")
def crowd(machine, sink):
    """A kept database: sixty contacts of ten debtors, all due now; the law permits one
    in a week."""
    machine.begin(machine.source)
    assert machine.run(world.build_crowd, sink.port, DEBTORS, EACH)
    return machine.keep("crowd")


def send_together(machine, moment, *args, senders=2):
    """Children that send at the same time, each coming back several times."""
    start = time.time() + 1
    work = (world.send_often, moment, start, *args)
    pids = [machine.start(*work) for _one in range(senders)]
    for pid in pids:
        machine.wait(pid, others=True)


def test_two_senders_never_write_twice_nor_beyond_the_limit(machine, crowd, sink):
    machine.begin(crowd)
    moment = datetime.fromisoformat(world.NOON)
    for week in range(1, EACH + 1):
        send_together(machine, moment)
        sent = Counter(sink.recipients())
        assert len(sent) == DEBTORS
        assert set(sent.values()) == {week}, f"week {week}: {sent}"
        moment += WEEK
    identities = sink.identities()
    assert len(set(identities)) == len(identities) == DEBTORS * EACH
    states = machine.query("SELECT state, count(*) FROM cobranza_contact GROUP BY 1")
    assert states == [("sent", DEBTORS * EACH)]


@pytest.fixture(scope="module")
def thousand(machine, sink):
    """A kept database: a thousand contacts of ten debtors, all due now."""
    machine.begin(machine.source)
    assert machine.run(world.build_crowd, sink.port, DEBTORS, MANY)
    return machine.keep("thousand")


def test_a_thousand_contacts_of_ten_debtors(machine, thousand, sink, record_property):
    """Each week the last contact that the law permits, and never one more."""
    machine.begin(thousand)
    moment = datetime.fromisoformat(world.NOON)
    for week in range(1, MANY // WEEKLY + 1):
        begun = time.monotonic()
        send_together(machine, moment, 3, 20, WEEKLY)
        record_property(f"week {week}", f"{time.monotonic() - begun:.1f} s")
        sent = Counter(sink.recipients())
        assert len(sent) == DEBTORS
        assert set(sent.values()) == {week * WEEKLY}, f"week {week}: {sent}"
        moment += WEEK
    identities = sink.identities()
    assert len(set(identities)) == len(identities) == DEBTORS * MANY
    states = machine.query("SELECT state, count(*) FROM cobranza_contact GROUP BY 1")
    assert states == [("sent", DEBTORS * MANY)]
    assert machine.query(MOST_IN_A_WEEK) == [(WEEKLY,)]
