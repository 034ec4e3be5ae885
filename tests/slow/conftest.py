import os
import shutil
import signal
import subprocess
import sys
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path

import pytest
import world
from machine import Machine

HERE = Path(__file__).parent


class Sink:
    """The SMTP server's folder: what it has taken, and whom it kills."""

    def __init__(self, folder):
        self.folder = folder
        command = [sys.executable, str(HERE / "sink.py"), str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def empty(self):
        for path in self.folder.iterdir():
            path.unlink()

    def messages(self):
        paths = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(path.read_bytes()) for path in paths]

    def recipients(self):
        """The addresses written to, one for each message, sorted."""
        return sorted(parseaddr(one["To"])[1] for one in self.messages())

    def identities(self):
        return [one["Message-Id"].strip() for one in self.messages()]

    def kill_sender(self, pid, number):
        (self.folder / "victim").write_text(f"{pid} {number}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


@pytest.fixture(scope="session")
def sink(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sink")
    server = Sink(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _empty_sink(sink):
    sink.empty()


@pytest.fixture(scope="session")
def machine():
    if not os.environ.get("COBRANZA_DB"):
        pytest.skip("run by make test-slow: it needs a database with the addons")
    own = Machine(os.environ["COBRANZA_DB"])
    yield own
    own.clean()


@pytest.fixture(scope="session")
def book(machine, sink):
    """A kept database: the interrupted Monday, before any cron."""
    assert machine.run(world.build, sink.port)
    assert machine.run(world.complicate)
    return machine.keep("book")


@pytest.fixture(scope="session")
def planned(machine, book):
    """A kept database: the follow-up of the day has run, nothing has left."""
    machine.begin(book)
    assert machine.run(world.play, "follow_up")
    return machine.keep("planned")


@pytest.fixture(scope="session")
def debited(machine, sink):
    """A kept database: direct debits that the upkeep has to look after."""
    machine.begin(machine.source)
    assert machine.run(world.build_debits, sink.port)
    return machine.keep("debited")


@pytest.fixture(scope="session")
def noticed(machine, sink):
    """A kept database: debtors are to be told of their debits, nothing has left."""
    machine.begin(machine.source)
    assert machine.run(world.build_notices, sink.port)
    return machine.keep("noticed")
