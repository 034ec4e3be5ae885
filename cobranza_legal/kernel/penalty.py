"""Agreed penalties for not paying: what of them may be asked for."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .money import Money, total


@dataclass(frozen=True, slots=True)
class PenaltyLimit:
    """No more than ``factor`` times the principal, itself included or not.

    What exceeds it is cut off, or the clause is ``void`` as a whole. CC (CL) art. 1544:
    double, the principal included, the excess cut. TRLGDCU (ES) arts. 83 and 85.6: a
    consumer's disproportionate penalty is void; from which share on is a setting.
    """

    factor: Decimal = Decimal(2)
    principal_included: bool = True
    void: bool = False
    article: str = ""

    def of(self, principal: Money) -> Money:
        """The highest penalty, unrounded; never negative."""
        factor = self.factor - 1 if self.principal_included else self.factor
        return principal * max(Decimal(0), factor)


@dataclass(frozen=True, slots=True)
class Penalty:
    """``amount`` that may be asked for besides the principal, and ``cut``, what the
    ``limit`` takes off; ``article`` of the limit."""

    amount: Money
    cut: Money
    limit: "Money | None"
    article: str = ""


def penalty(
    agreed: Money,
    principal: Money,
    due: date,
    on: date,
    unit: Decimal,
    limit: "PenaltyLimit | None" = None,
) -> Penalty:
    """What may be asked for on a day of a penalty ``agreed`` for paying late, rounded
    once to ``unit``; ``limit`` bounds that of money owed for something else than a
    loan (None: not bounded).

    Nothing until the debtor is in default (CC (CL) art. 1538). CC (CL) arts. 1535,
    1537, 1544; CC (ES) arts. 1152, 1153. CurrencyMismatch if currencies differ.
    """
    total((agreed,), principal.currency)
    asked = agreed if on > due else agreed * 0
    highest = limit.of(principal) if limit else None
    allowed = asked
    if highest is not None and asked > highest:
        allowed = asked * 0 if limit.void else highest
    amount = allowed.rounded(unit, ROUND_HALF_UP)
    return Penalty(
        amount=amount,
        cut=asked.rounded(unit, ROUND_HALF_UP) - amount,
        limit=highest,
        article=limit.article if limit else "",
    )
