"""Which late interest a debt bears in Chile, as a plain comparable key."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class InterestKey(NamedTuple):
    """``kind``: statutory (Ley 19.983), contract (``rate`` % a year) or none.

    The highest rate that may be agreed depends on the ``amount`` in pesos and on the
    day of the agreement, ``agreed_on``.
    """

    kind: str
    rate: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    agreed_on: "date | None" = None


def to_key(terms):
    """A key from a key or from the bare name of a kind."""
    return InterestKey(terms) if isinstance(terms, str) else terms
