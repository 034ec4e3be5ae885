"""Databases and processes that die: everything around the tests of this folder.

Children are forked from a process that has only loaded the registry and holds no
connection: each begins like a worker that has just started. Odoo's registry belongs to
a name, so every try plays on a database of one and the same name, copied anew.
"""

import os
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress

import psycopg2


class Machine:
    """One database name, the registry of it, and children that work on it."""

    def __init__(self, source):
        self.source = source
        # each process of pytest-xdist plays on a database of its own
        self.db = f"{source}_slow{os.environ.get('PYTEST_XDIST_WORKER', '')}"
        self.copies = set()
        self.copy(source, self.db)
        self.registry = self._load()

    def _load(self):
        import odoo.init  # noqa: F401
        from odoo import sql_db
        from odoo.modules.registry import Registry
        from odoo.tools import config

        arguments = ["-c", os.environ["ODOO_RC"], "-d", self.db, "--log-level=error"]
        config.parse_config(arguments, setup_logging=True)
        registry = Registry(self.db)
        sql_db.close_all()
        return registry

    # -- databases -------------------------------------------------------------------

    def copy(self, source, target):
        self.copies.add(target)
        self._drop(target)
        subprocess.run(["createdb", "-T", source, target], check=True)

    def keep(self, name):
        """A copy of the database as it is now, to begin from again."""
        kept = f"{self.db}_{name}"
        self.copy(self.db, kept)
        return kept

    def begin(self, kept):
        self.copy(kept, self.db)

    def clean(self):
        for name in self.copies:
            self._drop(name)

    def _drop(self, name):
        command = ["dropdb", "--if-exists", "--force", name]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)

    def query(self, statement, values=None):
        with psycopg2.connect(dbname=self.db) as connection:
            cursor = connection.cursor()
            cursor.execute(statement, values)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    # -- processes -------------------------------------------------------------------

    def start(self, work, *args):
        """Begin ``work(env, *args)`` in a child; its process id."""
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            self._play(work, *args)
            status = 0
        finally:
            # a child never goes on into the tests of its parent
            if status:
                traceback.print_exc()
            sys.stderr.flush()
            os._exit(status)

    def _play(self, work, *args):
        from odoo.api import SUPERUSER_ID, Environment

        with self.registry.cursor() as cr:
            work(Environment(cr, SUPERUSER_ID, {}), *args)

    def wait(self, pid, others=False):
        """True when the child ended by itself, False when it was killed. Its backends
        are gone then, and with them their locks, unless ``others`` are still alive."""
        _pid, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not killed and status:
            raise AssertionError(f"the child failed ({status}), see its traceback")
        if not others:
            self._wait_for_backends()
        return not killed

    def _wait_for_backends(self):
        deadline = time.monotonic() + 20
        connection = psycopg2.connect(dbname="postgres")
        connection.autocommit = True
        cursor = connection.cursor()
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [self.db]
            )
            if cursor.fetchone() == (0,):
                break
            time.sleep(0.02)
        else:
            raise AssertionError("backends of a dead process are still there")
        connection.close()

    def run(self, work, *args):
        return self.wait(self.start(work, *args))


class Reaper:
    """Kills its own process right after the commit of a number; 0: just before the
    first one."""

    def __init__(self, number):
        self.number = number
        self.count = 0

    def watch(self):
        from odoo.sql_db import Cursor

        commit = Cursor.commit

        def watched(cursor):
            if self.number == 0:
                self.kill()
            commit(cursor)
            self.count += 1
            if self.count == self.number:
                self.kill()

        Cursor.commit = watched

    @staticmethod
    def kill():
        os.kill(os.getpid(), signal.SIGKILL)
        with suppress(InterruptedError):
            time.sleep(60)
