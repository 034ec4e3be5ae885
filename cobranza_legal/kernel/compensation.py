"""Fixed sums that the law grants a creditor for late payment."""

from dataclasses import dataclass

from .money import Money


@dataclass(frozen=True, slots=True)
class FixedCompensation:
    """``amount`` due once for each document (``kind`` names it in the ledger).

    ``values`` are the codes of the legal parameters it was read from.
    """

    kind: str
    amount: Money
    article: str
    codes: tuple[str, ...] = ()


def costs_beyond(compensation: Money, proven: Money) -> Money:
    """What the ``proven`` costs of collecting a document exceed its compensation by.

    It is claimed besides the compensation; zero if they stay inside. CurrencyMismatch
    if they differ in currency. Ley 3/2004 (ES) art. 8.1.
    """
    return max(Money.zero(proven.currency), proven - compensation)
