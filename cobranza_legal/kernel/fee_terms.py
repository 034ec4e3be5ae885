"""Collection fees as a contract, a price list or a law of flat rates sets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .errors import CurrencyMismatch
from .fees import Fee, Tier, TierPart, check_limits, parts_text, tier_parts
from .money import Money, round_to

ZERO = Decimal(0)
ONE = Decimal(1)


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

    ``fixed`` once; ``levels`` (number, amount) by the level of the ladder that charges
    it; ``tiers`` each on its own part of the base; ``bands`` on the whole base, by the
    one that it falls in. ``floor`` and ``cap`` bound the sum. ValueError for a floor
    over the cap, for a negative bound, for a level given twice, and for tiers or bands
    that do not rise or do not end with the rest.

    Ley 19.983 (CL) art. 2 ter: 1 % of what is unpaid; Ley 3/2004 (ES) art. 8.1: 40 EUR.
    """

    currency: str
    fixed: Decimal = ZERO
    levels: tuple[tuple[int, Decimal], ...] = ()
    tiers: tuple[Tier, ...] = ()
    bands: tuple[Band, ...] = ()
    floor: Decimal = ZERO
    cap: "Decimal | None" = None
    rounding_unit: Decimal = Decimal("0.01")
    rounding: str = ROUND_HALF_UP
    article: str = ""

    def __post_init__(self):
        for steps in (self.tiers, self.bands):
            if steps:
                check_limits([step.up_to for step in steps])
        if self.floor < 0 or (self.cap is not None and self.cap < self.floor):
            raise ValueError("The bounds of a fee are 0 ≤ floor ≤ cap.")
        if len(dict(self.levels)) != len(self.levels):
            raise ValueError("A level has one fixed amount only.")


def percent_terms(rate: Decimal, currency: str, **more) -> FeeTerms:
    """A flat ``rate`` (0.01 is 1 %) of the base; ``more`` as for ``FeeTerms``."""
    return FeeTerms(currency, tiers=(Tier(None, rate),), **more)


def terms_fee(terms: FeeTerms, base: Money, level: "int | None" = None) -> Fee:
    """The fee on ``base`` when the ladder's ``level`` charges it, rounded once.

    A base that is not positive bears none; a level without amount adds nothing. The
    floor does not make a fee out of nothing: terms that give zero stay zero.
    CurrencyMismatch if the base is in another currency.
    """
    if base.currency != terms.currency:
        raise CurrencyMismatch(f"{base.currency} is not {terms.currency}.")
    fixed, parts = ZERO, ()
    if base.amount > 0:
        parts = tier_parts(terms.tiers, ONE, ZERO, base.amount)
        band = _band(terms.bands, base.amount)
        fixed = terms.fixed + dict(terms.levels).get(level, ZERO) + band.fixed
        if band.rate:
            part = TierPart(base.amount, band.rate, base.amount * band.rate)
            parts = (*parts, part)
    made = fixed + sum((part.amount for part in parts), ZERO)
    exact = max(made, terms.floor) if made > 0 else ZERO
    exact = exact if terms.cap is None else min(exact, terms.cap)
    rounded = round_to(exact, terms.rounding_unit, terms.rounding)
    return Fee(
        amount=Money(rounded, terms.currency),
        exact=exact,
        parts=parts,
        reduction=ZERO,
        formula=_formula(terms, fixed, parts, made),
    )


def _band(bands: Sequence[Band], base: Decimal) -> Band:
    for band in bands:
        if band.up_to is None or base <= band.up_to:
            return band
    return Band(None)


def _formula(
    terms: FeeTerms, fixed: Decimal, parts: Sequence[TierPart], made: Decimal
) -> str:
    """The sum in plain symbols, inside the bounds that have changed it."""
    if made <= 0:
        return "0"
    text = " + ".join([str(fixed)] * bool(fixed) + [parts_text(parts)] * bool(parts))
    if made < terms.floor:
        text = f"max({text}, {terms.floor})"
    if terms.cap is not None and made > terms.cap:
        text = f"min({text}, {terms.cap})"
    return text
