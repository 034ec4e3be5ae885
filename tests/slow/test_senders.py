"""Two senders at the same time: nobody is written to twice, or more than permitted."""

import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
import world

DEBTORS, EACH = 10, 6
WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def crowd(machine, sink):
    """A kept database: sixty contacts of ten debtors, all due now; the law permits one
    in a week."""
    machine.begin(machine.source)
    assert machine.run(world.build_crowd, sink.port, DEBTORS, EACH)
    return machine.keep("crowd")


def send_together(machine, moment, senders=2):
    """Children that send at the same time, each coming back several times."""
    start = time.time() + 1
    pids = [machine.start(world.send_often, moment, start) for _one in range(senders)]
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
