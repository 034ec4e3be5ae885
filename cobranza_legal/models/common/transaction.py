"""The only place where the suite ends a transaction by itself."""

from psycopg2 import errors as pg

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


def commit(env):
    """Everything done so far is kept even if the process dies on the next line.

    Tests count and kill here; under a test cursor it releases the savepoint.
    """
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
