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
