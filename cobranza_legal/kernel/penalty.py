"""Agreed penalties for not paying: what of them may be asked for."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from .errors import NeedsJudge
from .money import Money, total


class Nature(str, Enum):
    """What the penalty stands for: a sum of money owed for something else, money lent,
    or a thing whose worth is not determined."""

    MONEY = "money"
    LOAN = "loan"
    UNDETERMINED = "undetermined"


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
class PenaltyClause:
    """``amount`` agreed for not paying, or for paying late (``for_delay``).

    A penalty for delay is claimed besides the principal; another only if that
    ``with_principal`` was agreed; besides damages and default interest only if
    ``with_damages``. CC (CL) arts. 1535, 1537, 1543; CC (ES) arts. 1152, 1153.
    """

    amount: Money
    for_delay: bool = False
    with_principal: bool = False
    with_damages: bool = False


@dataclass(frozen=True, slots=True)
class Penalty:
    """``amount`` that may be asked for and ``cut``, what the ``limit`` takes off.

    ``excludes`` names what may not be asked for besides: "principal", "damages".
    """

    amount: Money
    cut: Money
    limit: "Money | None"
    excludes: frozenset[str]
    article: str = ""


def penalty(
    clause: PenaltyClause,
    principal: Money,
    due: date,
    on: date,
    unit: Decimal,
    limit: "PenaltyLimit | None" = None,
    performed: "Money | None" = None,
    nature: Nature = Nature.MONEY,
    highest_interest: "Money | None" = None,
) -> Penalty:
    """What may be asked for on a day under a penalty clause, rounded once to ``unit``.

    Nothing until the debtor is in default (CC (CL) art. 1538). ``performed``, the part
    of the principal that was accepted, lowers in proportion a penalty that is not for
    delay (art. 1539). The ``limit`` bounds money owed for something else; a loan is
    bounded by ``highest_interest``, what the highest rate allowed gives until that day;
    of the rest a court decides (art. 1544): NeedsJudge where there is a limit.

    ValueError for a loan without its interest, CurrencyMismatch if currencies differ.
    """
    total((clause.amount,), principal.currency)
    asked = _asked(clause, principal, performed) if on > due else clause.amount * 0
    highest = _highest(principal, limit, nature, highest_interest)
    allowed = asked
    if limit is not None and highest is not None and asked > highest:
        allowed = asked * 0 if limit.void else highest
    amount = allowed.rounded(unit, ROUND_HALF_UP)
    kept = {
        "principal": clause.for_delay or clause.with_principal,
        "damages": clause.with_damages,
    }
    return Penalty(
        amount=amount,
        cut=asked.rounded(unit, ROUND_HALF_UP) - amount,
        limit=highest,
        excludes=frozenset(name for name, besides in kept.items() if not besides),
        article=limit.article if limit else "",
    )


def _asked(clause: PenaltyClause, principal: Money, performed: "Money | None") -> Money:
    """The penalty agreed, less the share of what was performed."""
    if performed is None or clause.for_delay:
        return clause.amount
    if principal.amount <= 0:
        return clause.amount * 0
    left = min(principal.amount, max(Decimal(0), (principal - performed).amount))
    asked = clause.amount.amount * left / principal.amount
    return Money(asked, clause.amount.currency)


def _highest(
    principal: Money,
    limit: "PenaltyLimit | None",
    nature: Nature,
    highest_interest: "Money | None",
) -> "Money | None":
    if limit is None:
        return None
    if nature is Nature.UNDETERMINED:
        raise NeedsJudge("A court moderates the penalty of what is undetermined.")
    if nature is Nature.LOAN and highest_interest is None:
        raise ValueError("The penalty of a loan needs the highest interest allowed.")
    return highest_interest if nature is Nature.LOAN else limit.of(principal)
