"""Whether a write is the engine's own, which follows from a judgement and asks for no
other."""

CONTEXT_KEY = "cobranza_judging"


class Judging:
    """It is an object: a client, which sends a context as JSON, cannot make one."""

    __slots__ = ()


JUDGING = Judging()


def judging(records):
    """``records`` for the engine: what it writes touches no debtor."""
    return records.with_context(**{CONTEXT_KEY: JUDGING})


def is_judging(env):
    return isinstance(env.context.get(CONTEXT_KEY), Judging)
