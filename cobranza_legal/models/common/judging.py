"""Whether a write is the engine's own, which follows from a judgement and asks for no
other."""

CONTEXT_KEY = "cobranza_judging"


class Judging:
    """It is an object: a client, which sends a context as JSON, cannot make one."""

    __slots__ = ()


class Deferring:
    """As above."""

    __slots__ = ()


JUDGING = Judging()


DEFERRING = Deferring()


def judging(records):
    """``records`` for the engine: what it writes touches no debtor."""
    return records.with_context(**{CONTEXT_KEY: JUDGING})


def is_judging(env):
    return isinstance(env.context.get(CONTEXT_KEY), Judging)


def deferring(records):
    """``records`` for work of many commits: what it touches is looked at by the next
    run, and judged by whoever does the work, once, at its end."""
    return records.with_context(**{CONTEXT_KEY: DEFERRING})


def is_deferring(env):
    return isinstance(env.context.get(CONTEXT_KEY), Deferring)
