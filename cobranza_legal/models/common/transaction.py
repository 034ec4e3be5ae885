"""Ends of transactions and the clock: the only place where the suite ends a transaction
by itself or tries one out, and where moments of the database meet local ones."""

from contextlib import closing, contextmanager

import pytz
from psycopg2 import errors as pg

from odoo import fields
from odoo.tools.misc import Callbacks

CONCURRENCY = (pg.SerializationFailure, pg.DeadlockDetected, pg.LockNotAvailable)
"""Another transaction was there first: roll back and do it again."""


CONFLICTS = (*CONCURRENCY, pg.UniqueViolation)
"""The same where the retries are counted: of two that write the same thing at once, the
second may meet a unique index. Retries without an end would hide a fault."""


def once(env, create, again):
    """What ``create`` makes; ``again`` when another transaction made it first and we
    see it. SerializationFailure, which callers retry, when our snapshot is too old.
    """
    try:
        with env.cr.savepoint():
            return create()
    except pg.UniqueViolation as error:
        found = again()
        if not found:
            raise pg.SerializationFailure(str(error)) from error
        return found


def to_local(moment, zone):
    """A naive UTC moment as naive local time of ``zone`` (a pytz zone or its name)."""
    return pytz.utc.localize(moment).astimezone(_zone(zone)).replace(tzinfo=None)


def to_utc(moment, zone):
    """A naive local moment of ``zone`` as naive UTC."""
    return _zone(zone).localize(moment).astimezone(pytz.utc).replace(tzinfo=None)


def _zone(zone):
    return pytz.timezone(zone) if isinstance(zone, str) else zone


CLOCK = "cobranza_clock"
"""Key of the context under which a moved clock stands."""


class Clock:
    """A moment to which this code moves the clock of an environment. It is an object:
    a client, which sends a context as JSON, cannot make one."""

    __slots__ = ("moment",)

    def __init__(self, moment):
        self.moment = moment


def now(env):
    """Naive UTC moment of the environment: the present one but in a rehearsal."""
    return env.context[CLOCK].moment if is_rehearsed(env) else fields.Datetime.now()


def is_rehearsed(env):
    """Whether the clock of the environment was moved, by this code."""
    return isinstance(env.context.get(CLOCK), Clock)


def at(records, moment):
    """``records`` in an environment whose clock stands at a naive UTC moment; nothing
    that is done there can be committed by us."""
    return records.with_context(**{CLOCK: Clock(moment)})


@contextmanager
def undone(env):
    """What is done in the block never happened: rows, caches, and what was to follow
    the commit (notices, e-mails, wake-ups of crons). Locks are let go."""
    cursor = env.cr
    later, cursor.postcommit = cursor.postcommit, Callbacks()
    try:
        with closing(cursor.savepoint()):
            yield
    finally:
        cursor.postcommit = later


@contextmanager
def apart(env):
    """What is done in the block stays or goes as a whole: a fault undoes it, rows and
    caches, and is passed on. Other than with a savepoint of Odoo what is queued for the
    commit is neither run nor lost."""
    env.flush_all()
    with env.cr.savepoint(flush=False):
        try:
            yield
            env.flush_all()
        except BaseException:
            env.transaction.clear()
            raise


def commit(env):
    """Everything done so far is kept even if the process dies on the next line.

    Tests count and kill here; under a test cursor it releases the savepoint.
    """
    if is_rehearsed(env):
        raise AssertionError("what is rehearsed is never kept")
    env.cr.commit()


def rollback(env):
    """What was done since the last commit never happened."""
    env.cr.rollback()


def pg_array(values):
    """A PostgreSQL array as one literal, which the caller casts to its type.

    psycopg2 would write a constant for each value of a list, and the server would parse
    tens of thousands of them for each batch.
    """
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value):
    if value is None:
        return "NULL"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
