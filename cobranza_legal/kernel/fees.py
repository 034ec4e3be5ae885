"""Collection fees, as a law, a contract or a price list sets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from .errors import CurrencyMismatch
from .money import Money, round_to

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Tier:
    """``rate`` (0.09 is 9 %) on the part of the base up to ``up_to`` units.

    ``up_to`` is counted from zero in the unit of the terms; None is the rest.
    """

    up_to: "Decimal | None"
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """``fixed`` + ``rate`` (0.01 is 1 %) of the whole base, where it is ``up_to``.

    ``up_to`` is the largest base of the band; None is the rest.
    """

    up_to: "Decimal | None"
    rate: Decimal = ZERO
    fixed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """A fee in ``currency``: the sum of whatever is given, inside its limits.

    ``fixed`` once; ``tiers`` each on its own part of the base; ``bands`` on the whole
    base, by the one that it falls in. ``unit_value`` is the price in ``currency`` of
    the unit that tiers and reduction are counted in. Up to and including ``wait_days``
    days late the fee is zero; ``reduction`` units are taken off for each document whose
    free notice is not proven. ``floor`` and ``cap`` bound the result. ValueError for a
    floor over the cap, for a negative bound, for a unit without value, and for tiers or
    bands that do not rise or do not end with the rest.

    Ley 19.496 (CL) art. 37: tiers in UF, 20 days; Ley 19.983 (CL) art. 2 ter: 1 % of
    what is unpaid; Ley 3/2004 (ES) art. 8.1: 40 EUR.
    """

    currency: str
    tiers: tuple[Tier, ...] = ()
    fixed: Decimal = ZERO
    bands: tuple[Band, ...] = ()
    unit_value: Decimal = ONE
    wait_days: int = 0
    reduction: Decimal = ZERO
    floor: Decimal = ZERO
    cap: "Decimal | None" = None
    rounding_unit: Decimal = Decimal("0.01")
    rounding: str = ROUND_HALF_UP
    article: str = ""

    def __post_init__(self):
        if self.unit_value <= 0:
            raise ValueError("The unit of a fee needs a positive value.")
        for steps in (self.tiers, self.bands):
            if steps:
                _check_limits([step.up_to for step in steps])
        if self.floor < 0 or (self.cap is not None and self.cap < self.floor):
            raise ValueError("The bounds of a fee are 0 ≤ floor ≤ cap.")


@dataclass(frozen=True, slots=True)
class TierPart:
    """``base`` × ``rate`` = ``amount``, unrounded, of one tier."""

    base: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee and how it came about.

    ``amount`` is ``exact`` rounded once; ``exact`` is the sum of ``parts`` and fixed
    sums less ``reduction`` (currency, not units), inside the bounds, never negative.
    ``formula`` is the same in plain symbols.
    """

    amount: Money
    exact: Decimal
    parts: tuple[TierPart, ...]
    reduction: Decimal
    formula: str


def percent_terms(rate: Decimal, currency: str, **more) -> FeeTerms:
    """A flat ``rate`` (0.01 is 1 %) of the base; ``more`` as for ``FeeTerms``."""
    return FeeTerms(currency, tiers=(Tier(None, rate),), **more)


def fee_on(
    terms: FeeTerms,
    base: Money,
    days_late: "int | None" = None,
    unproven: int = 0,
    already: "Money | None" = None,
) -> Fee:
    """The fee on the overdue ``base``, all of its documents together, rounded once.

    ``days_late`` None: the waiting days are over. ``unproven``: how many documents of
    the base lack the proof of a free notice. ``already``: what has paid its fee before
    and fills the lower tiers (None: nothing).

    Zero inside the waiting days and for a base that is not positive. The floor does not
    make a fee out of nothing: terms that give zero stay zero. CurrencyMismatch if an
    amount is in another currency, ValueError for a negative ``unproven``.
    """
    already = already or Money.zero(terms.currency)
    for money in (already, base):
        if money.currency != terms.currency:
            raise CurrencyMismatch(f"{money.currency} is not {terms.currency}.")
    if unproven < 0:
        raise ValueError("The number of unproven notices cannot be negative.")
    waited = days_late is None or days_late > terms.wait_days
    parts: tuple[TierPart, ...] = ()
    fixed = reduction = ZERO
    if waited and base.amount > 0:
        low = max(ZERO, already.amount)
        parts = _tier_parts(terms, low, low + base.amount)
        band = _band(terms.bands, base.amount)
        fixed = terms.fixed + band.fixed
        if band.rate:
            part = TierPart(base.amount, band.rate, base.amount * band.rate)
            parts = (*parts, part)
        reduction = terms.reduction * unproven * terms.unit_value
    made = fixed + sum((part.amount for part in parts), ZERO) - reduction
    exact = max(made, terms.floor) if made > 0 else ZERO
    exact = exact if terms.cap is None else min(exact, terms.cap)
    rounded = round_to(exact, terms.rounding_unit, terms.rounding)
    return Fee(
        amount=Money(rounded, terms.currency),
        exact=exact,
        parts=parts,
        reduction=reduction,
        formula=_formula(terms, fixed, parts, unproven, made),
    )


def charge_amount(fee: Fee, incurred: "Money | None") -> Money:
    """What may be charged: the ceiling, or the costs incurred if they are lower.

    ``incurred`` None charges the full ceiling.
    """
    if incurred is None:
        return fee.amount
    return max(Money.zero(incurred.currency), min(fee.amount, incurred))


def _check_limits(limits: "Sequence[Decimal | None]") -> None:
    """ValueError unless the upper limits rise from zero and end with the rest."""
    if limits[-1] is not None or None in limits[:-1]:
        raise ValueError("The last tier, and only the last, is the rest.")
    if any(low >= high for low, high in pairwise([ZERO, *limits[:-1]])):
        raise ValueError("The tiers of a fee must rise.")


def _tier_parts(terms: FeeTerms, low: Decimal, high: Decimal) -> tuple[TierPart, ...]:
    """What lies between ``low`` and ``high``, tier by tier."""
    parts = []
    floor = ZERO
    for tier in terms.tiers:
        top = high if tier.up_to is None else tier.up_to * terms.unit_value
        base = min(high, top) - max(low, floor)
        if base > 0:
            parts.append(TierPart(base, tier.rate, base * tier.rate))
        floor = top
    return tuple(parts)


def _band(bands: Sequence[Band], base: Decimal) -> Band:
    for band in bands:
        if band.up_to is None or base <= band.up_to:
            return band
    return Band(None)


def _formula(
    terms: FeeTerms,
    fixed: Decimal,
    parts: Sequence[TierPart],
    unproven: int,
    made: Decimal,
) -> str:
    """The sum in plain symbols, inside the bounds that have changed it:
    "100 × 9% + 20 × 6% − 0.2 × 27000"."""
    terms_of_sum = [str(fixed)] if fixed else []
    terms_of_sum += [f"{part.base} × {_percent(part.rate)}" for part in parts]
    text = " + ".join(terms_of_sum) or "0"
    if terms_of_sum and unproven and terms.reduction:
        times = f"{unproven} × " if unproven > 1 else ""
        text += f" − {times}{terms.reduction} × {terms.unit_value}"
    if 0 < made < terms.floor:
        text = f"max({text}, {terms.floor})"
    if terms.cap is not None and made > terms.cap:
        text = f"min({text}, {terms.cap})"
    return text


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"
