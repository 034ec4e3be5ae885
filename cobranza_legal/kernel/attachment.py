"""What of a month's wages may be attached."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from .errors import RefusedTerms
from .fees import FeeTerms, Tier, TierPart, fee_on
from .money import Money, allocate, total

ZERO, ONE, TWO = Decimal(0), Decimal(1), Decimal(2)


class ExtraPay(str, Enum):
    """What an extra pay of the month does to the scale.

    SCALE: every step is twice as wide. FLOOR: only the part that is out of reach is,
    and the steps above it keep their width. SCALE attaches less.
    """

    SCALE = "scale"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Reduction:
    """A court's mercy to who has a family to keep: ``rate`` (0.10 is 10 %).

    ``points``: taken off the rates of the steps as percentage points, otherwise as a
    share of them. It reaches the first ``steps`` that attach anything. RefusedTerms if
    it lies outside ``lowest`` to ``highest``. LEC (ES) art. 607.4.
    """

    rate: Decimal
    points: bool = False
    steps: int = 4
    lowest: Decimal = Decimal("0.10")
    highest: Decimal = Decimal("0.15")

    def __post_init__(self):
        if not self.lowest <= self.rate <= self.highest:
            raise RefusedTerms(f"{self.rate} lies outside what a court may grant.")

    def of(self, rate: Decimal) -> Decimal:
        """A step's rate after it; never negative."""
        left = rate - self.rate if self.points else rate * (ONE - self.rate)
        return max(ZERO, left)


@dataclass(frozen=True, slots=True)
class WageScale:
    """Rates (0.30 is 30 %) on the steps of a month's net wages, in ``currency``.

    ``steps`` are limits in units that are counted from zero, each with its rate; the
    first is what nobody may touch. LEC (ES) art. 607.2: minimum wages; C. Trabajo (CL)
    art. 57: nothing up to 56 UF, all above.
    """

    currency: str
    steps: tuple[Tier, ...]
    rounding_unit: Decimal = Decimal("0.01")
    article: str = ""


@dataclass(frozen=True, slots=True)
class WageAttachment:
    """``amount`` that may be attached of the ``net`` of the month, the ``parts`` it is
    made of, unrounded, and what it is of each of the wages, in their order."""

    net: Money
    amount: Money
    parts: tuple[TierPart, ...]
    shares: tuple[Money, ...]
    formula: str
    article: str = ""

    @property
    def free(self) -> Money:
        """What is left to the debtor."""
        return self.net - self.amount


def attach_wages(
    wages: Sequence[Money],
    scale: WageScale,
    unit_value: Decimal,
    extra_pay: "ExtraPay | None" = None,
    reduction: "Reduction | None" = None,
) -> WageAttachment:
    """What of the net wages of a month may be attached, all of them added and rounded
    once; ``unit_value`` is the price of the unit of the scale in that month.

    ``extra_pay``: how the month's extra pay counts (None: there is none). ValueError
    for wages that are negative, CurrencyMismatch for another currency. LEC (ES) art.
    607; STS (3ª) 1340/2022; C. Trabajo (CL) art. 57.
    """
    if any(wage.amount < 0 for wage in wages):
        raise ValueError("Wages are not negative.")
    net = total(wages, scale.currency)
    steps = _reduced(scale.steps, reduction)
    if extra_pay is ExtraPay.FLOOR:
        steps = _raised(steps)
    elif extra_pay is ExtraPay.SCALE:
        unit_value *= TWO
    terms = FeeTerms(
        scale.currency,
        tiers=steps,
        unit_value=unit_value,
        rounding_unit=scale.rounding_unit,
        article=scale.article,
    )
    fee = fee_on(terms, net)
    weights = [wage.amount for wage in wages]
    shares = allocate(fee.amount, weights, scale.rounding_unit) if weights else ()
    return WageAttachment(
        net, fee.amount, fee.parts, shares, fee.formula, scale.article
    )


def _reduced(steps: tuple[Tier, ...], reduction: "Reduction | None"):
    if reduction is None:
        return steps
    left = reduction.steps
    found = []
    for step in steps:
        if step.rate and left:
            step = replace(step, rate=reduction.of(step.rate))
            left -= 1
        found.append(step)
    return tuple(found)


def _raised(steps: tuple[Tier, ...]) -> tuple[Tier, ...]:
    """The steps moved up by the width of the first."""
    floor = steps[0].up_to or ZERO
    return tuple(
        step if step.up_to is None else replace(step, up_to=step.up_to + floor)
        for step in steps
    )


@dataclass(frozen=True, slots=True)
class WageRule:
    """How wages are attached on a day: ``scale`` at ``unit_value`` a unit, what an
    extra pay does (None: nothing), and the ``lowest`` and ``highest`` reduction that a
    court may grant (None: none), as ``points`` or as a share."""

    scale: WageScale
    unit_value: Decimal
    extra_pay: "ExtraPay | None" = None
    points: bool = False
    lowest: "Decimal | None" = None
    highest: "Decimal | None" = None

    def attach(
        self, wages: Sequence[Money], has_extra: bool = False, rate: Decimal = ZERO
    ) -> WageAttachment:
        """As ``attach_wages``; ``rate`` of the reduction granted, zero: none.
        RefusedTerms for one that may not be granted."""
        reduction = None
        if rate:
            if self.lowest is None or self.highest is None:
                raise RefusedTerms("No reduction may be granted.")
            reduction = Reduction(
                rate, self.points, lowest=self.lowest, highest=self.highest
            )
        extra = self.extra_pay if has_extra else None
        return attach_wages(wages, self.scale, self.unit_value, extra, reduction)


@dataclass(frozen=True, slots=True)
class AssetOrder:
    """Kinds of assets in the order in which they are attached, best first; empty: no
    order. LEC (ES) art. 592; CPC (CL) art. 449."""

    kinds: tuple[str, ...] = ()
    article: str = ""

    def rank(self, kind: str) -> int:
        """1 for the best; 0 for a kind that it does not name."""
        return self.kinds.index(kind) + 1 if kind in self.kinds else 0

    def better(self, kind: str, known: "Sequence[str]") -> tuple[str, ...]:
        """Those of the ``known`` kinds that come before this one, best first."""
        own = self.rank(kind)
        ranks = {one: self.rank(one) for one in known}
        found = [one for one, rank in ranks.items() if 0 < rank < own]
        return tuple(sorted(found, key=ranks.get))
