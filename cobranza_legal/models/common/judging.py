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
    """``records`` for the sender, which commits for each contact: it says of the
    debtors that it touches that they are still to be judged, and judges them once, with
    its batch."""
    return records.with_context(**{CONTEXT_KEY: DEFERRING})


def is_deferring(env):
    return isinstance(env.context.get(CONTEXT_KEY), Deferring)
