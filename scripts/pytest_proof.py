"""Counts the HTTP tests and browser runs that really happened; stops running clocks.

pytest-odoo skips HttpCase without a word when it serves no HTTP, and Odoo skips
tours without websocket-client or a browser: with --require-browser a run in which
none happened is a failure. --passed FILE lists the tests that passed.

A test that would read the clock of the machine fails: it may pass today and not on
another day, or in another hour.

Odoo's registry and all that was imported stay for the whole run: the garbage collector
leaves them alone and comes less often, which is a fifteenth of the time.

The slowest classes run first (slow_tests.csv), else one process may begin the longest
when the other has nothing left to do. --slow FILE writes the seconds of this run.
"""

import csv
import gc
import os
from collections import defaultdict
from pathlib import Path

import pytest
from freezegun.api import freeze_factories

from odoo.tests.common import ChromeBrowser, HttpCase, TransactionCase

PROOF = "cobranza_ran"
ROOT = Path(__file__).resolve().parent.parent
SLOW = ROOT / "scripts" / "slow_tests.csv"
LEAST = 3
"""Seconds of a class from which on its place in the order matters."""


def pytest_addoption(parser):
    parser.addoption("--require-browser", action="store_true")
    parser.addoption("--passed", type=Path)
    parser.addoption("--slow", type=Path)


_passed, _failed, _kinds = set(), set(), {}
_seconds = defaultdict(float)


def _without_faketime(spawn_chrome):
    """Chromium does not start under faketime; FrozenBrowser tells pages the time."""

    def spawn(self, cmd):
        preload = os.environ.pop("LD_PRELOAD", None)
        try:
            return spawn_chrome(self, cmd)
        finally:
            if preload:
                os.environ["LD_PRELOAD"] = preload

    return spawn


def pytest_configure(config):
    browser_js = HttpCase.browser_js

    def counted_browser_js(self, *args, **kwargs):
        result = browser_js(self, *args, **kwargs)
        self.cobranza_browser_ran = True
        return result

    HttpCase.browser_js = counted_browser_js
    ChromeBrowser._spawn_chrome = _without_faketime(ChromeBrowser._spawn_chrome)
    if hasattr(config, "workerinput"):
        # it would delete the files that another process has not committed
        TransactionCase._gc_filestore = classmethod(lambda cls: None)


def _class_of(nodeid):
    """file::class; the scope that --dist loadscope gives to one process."""
    return nodeid.rsplit("::", 1)[0]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The slowest classes first, each whole; the others stay in their order."""
    with SLOW.open(encoding="utf-8", newline="") as stream:
        seconds = {
            row["class"]: float(row["seconds"]) for row in csv.DictReader(stream)
        }
    items.sort(key=lambda item: -seconds.get(_class_of(item.nodeid), 0))


def pytest_collection_finish():
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    place = item.path.relative_to(ROOT) if item.path.is_relative_to(ROOT) else None
    ours = place and place.parts[0].startswith("cobranza_legal")
    if ours and not freeze_factories:
        pytest.fail(
            f"{item.nodeid} would read the clock of the machine. Derive its case from "
            "FrozenCase (cobranza_legal/tests/common/base.py), or freeze it otherwise.",
            pytrace=False,
        )


def pytest_runtest_teardown(item):
    instance = getattr(item, "instance", None)
    if isinstance(instance, HttpCase):
        browser = getattr(instance, "cobranza_browser_ran", False)
        item.user_properties.append((PROOF, "browser" if browser else "http"))


def pytest_runtest_logreport(report):
    _seconds[_class_of(report.nodeid)] += report.duration
    if report.failed:  # a subtest and the clearing up count too
        _failed.add(report.nodeid)
    if report.when == "call" and report.passed:
        _passed.add(report.nodeid)
    if report.when == "teardown" and report.nodeid in _passed:
        kind = dict(report.user_properties).get(PROOF)
        if kind:
            _kinds[report.nodeid] = kind


def _counts():
    kinds = list(_kinds.values())
    return kinds.count("http"), kinds.count("browser")


def _write_slow(path):
    slow = [(-spent, name) for name, spent in _seconds.items() if spent >= LEAST]
    rows = [(name, round(-spent)) for spent, name in sorted(slow)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([("class", "seconds"), *rows])


def pytest_sessionfinish(session, exitstatus):
    config = session.config
    if hasattr(config, "workerinput"):
        return
    if path := config.getoption("--passed"):
        lines = (f"{test}\n" for test in sorted(_passed - _failed))
        path.write_text("".join(lines))
    if path := config.getoption("--slow"):
        _write_slow(path)
    if not config.getoption("--require-browser"):
        return
    if exitstatus == 0 and not all(_counts()):
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter, config):
    http, browser = _counts()
    terminalreporter.write_line(
        f"HTTP tests passed: {http}, browser tests passed: {browser}"
    )
    if config.getoption("--require-browser") and not (http and browser):
        terminalreporter.write_line(
            "No HTTP test or no browser tour really ran: see the skips above."
        )
