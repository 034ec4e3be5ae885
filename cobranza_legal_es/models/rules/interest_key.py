"""Which late interest a debtor bears in Spain, as a plain comparable key."""

from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class InterestKey(NamedTuple):
    """``kind``: statutory (Ley 3/2004), legal_plus (legal interest plus ``points``),
    contract (``rate`` % a year), none, or uninformed: agreed, but the debtor is
    protected and was not told."""

    kind: str
    points: Decimal = ZERO
    rate: Decimal = ZERO
    grace_days: int = 0
    grace_retroactive: bool = False


def to_key(terms):
    """A key from a key or from the bare name of a kind."""
    return InterestKey(terms) if isinstance(terms, str) else terms
