"""What the tax on profits lets be deducted of an allowance for bad debts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .money import round_to

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class TaxClaim:
    """What a law may ask about one debt at the end of a period.

    ``open`` is what is open of it in the currency of the company, ``allowance`` what is
    booked for it, ``tax_share`` the part of its document that is tax. ``whole`` is what
    its debtor owes in all. ``related``: a related party. The days are those on which
    insolvency proceedings, and a liquidation, were opened, on which the debt was
    claimed before a court or in arbitration, on which the debtor was charged with a
    crime that the law names, and on which it last bought something. ``contacted`` and
    ``received`` say whether it was asked to pay and whether it is proven that a demand
    arrived.
    """

    key: int
    due: date
    open: Decimal
    allowance: Decimal = ZERO
    tax_share: Decimal = ZERO
    whole: Decimal = ZERO
    regime: str = "unknown"
    related: bool = False
    insolvent_on: "date | None" = None
    liquidated_on: "date | None" = None
    sued_on: "date | None" = None
    charged_on: "date | None" = None
    last_sale_on: "date | None" = None
    contacted: bool = False
    received: bool = False

    def days(self, on: date) -> int:
        """Days past due; negative before."""
        return (on - self.due).days


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something is deductible, since when, and how much of the debt."""

    code: str
    since: date
    percent: Decimal = HUNDRED


@dataclass(frozen=True, slots=True)
class Deducted:
    """``amount`` is deductible by ``ground``; None: by none."""

    amount: Decimal = ZERO
    ground: "Ground | None" = None


@dataclass(frozen=True, slots=True)
class TaxVerdict:
    """The answer of a law about a debt, in words: what is deductible of its allowance,
    since when, why or why not, and what evidence is missing. ``general``: it may be
    among the debts that a general allowance covers."""

    amount: Decimal = ZERO
    since: "date | None" = None
    why: str = ""
    lacking: str = ""
    general: bool = False


@dataclass(frozen=True, slots=True)
class TaxGeneral:
    """What is deductible of the allowance for all other debts together."""

    amount: Decimal = ZERO
    why: str = ""
    lacking: str = ""


def deducted(
    claim: TaxClaim,
    grounds: Iterable[Ground],
    on: date,
    step: Decimal,
    with_tax: bool = True,
) -> Deducted:
    """What is deductible on the day ``on``: by the ground in force that gives most,
    the earliest of those; never more than is booked. ``with_tax``: whether the tax of
    the document is part of the loss; ``step`` is the smallest amount."""
    held = [one for one in grounds if one.since <= on]
    if not held:
        return Deducted()
    best = min(held, key=lambda one: (-one.percent, one.since))
    share = Decimal(1) if with_tax else 1 - claim.tax_share
    limit = round_to(max(claim.open, ZERO) * share * best.percent / HUNDRED, step)
    return Deducted(max(min(limit, claim.allowance), ZERO), best)


def general(
    remaining: Decimal, booked: Decimal, percent: Decimal, step: Decimal
) -> Decimal:
    """What is deductible of what is booked for the remaining debts: a percentage of
    them, never more than is booked."""
    limit = round_to(max(remaining, ZERO) * percent / HUNDRED, step)
    return max(min(limit, booked), ZERO)
