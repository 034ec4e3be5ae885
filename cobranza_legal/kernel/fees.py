"""Collection fees by a progressive scale of percentages."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from .errors import CurrencyMismatch
from .money import Money, round_to

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tier:
    """``rate`` (0.09 is 9 %) on the part of the base up to ``up_to`` units.

    ``up_to`` is counted from zero in the schedule's unit (UF); None is the rest.
    """

    up_to: "Decimal | None"
    rate: Decimal


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """The legal ceiling of a collection fee, as valued on one day.

    ``unit_value`` is the price of one unit in ``currency``; up to and including
    ``wait_days`` days late the fee is zero; ``reduction`` units are taken off per
    instalment whose free notice is not proven. ValueError if the tiers do not rise or
    do not end with the rest. Ley 19.496 (CL) art. 37.
    """

    tiers: tuple[Tier, ...]
    unit_value: Decimal
    wait_days: int
    reduction: Decimal
    currency: str
    rounding_unit: Decimal = Decimal(1)
    rounding: str = ROUND_HALF_UP
    article: str = ""

    def __post_init__(self):
        if self.unit_value <= 0:
            raise ValueError("The unit of a fee schedule needs a positive value.")
        check_limits([tier.up_to for tier in self.tiers])


@dataclass(frozen=True, slots=True)
class TierPart:
    """``base`` × ``rate`` = ``amount``, unrounded, of one tier."""

    base: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee and how it came about.

    ``amount`` is ``exact`` rounded once; ``exact`` is the sum of ``parts`` less
    ``reduction`` (currency, not units), never negative. ``formula`` is the same in
    plain symbols.
    """

    amount: Money
    exact: Decimal
    parts: tuple[TierPart, ...]
    reduction: Decimal
    formula: str


def progressive_fee(
    schedule: FeeSchedule, base: Money, days_late: int, unproven: int = 0
) -> Fee:
    """The highest fee allowed on the overdue ``base``, all instalments together.

    ``unproven``: how many instalments of the base lack the proof of a free notice.
    Zero inside the waiting days and for a base that is not positive; one rounding at
    the end. CurrencyMismatch if the base is not in the schedule's currency.
    Ley 19.496 (CL) art. 37.
    """
    already = Money.zero(schedule.currency)
    return marginal_fee(schedule, already, base, days_late, unproven)


def marginal_fee(
    schedule: FeeSchedule,
    already: Money,
    base: Money,
    days_late: int,
    unproven: int = 0,
) -> Fee:
    """The fee on ``already`` + ``base`` less the fee on ``already``, unrounded both.

    For a further instalment of a debt that has paid its fee on ``already``. Arguments
    and errors as for ``progressive_fee``.
    """
    for money in (already, base):
        if money.currency != schedule.currency:
            raise CurrencyMismatch(f"{money.currency} is not {schedule.currency}.")
    if unproven < 0:
        raise ValueError("The number of unproven notices cannot be negative.")
    parts: tuple[TierPart, ...] = ()
    reduction = ZERO
    if days_late > schedule.wait_days and base.amount > 0:
        low = max(ZERO, already.amount)
        high = low + base.amount
        parts = tier_parts(schedule.tiers, schedule.unit_value, low, high)
        reduction = schedule.reduction * unproven * schedule.unit_value
    exact = max(ZERO, sum((part.amount for part in parts), ZERO) - reduction)
    rounded = round_to(exact, schedule.rounding_unit, schedule.rounding)
    return Fee(
        amount=Money(rounded, schedule.currency),
        exact=exact,
        parts=parts,
        reduction=reduction,
        formula=_formula(schedule, parts, unproven),
    )


def charge_amount(fee: Fee, incurred: "Money | None") -> Money:
    """What may be charged: the ceiling, or the costs incurred if they are lower.

    ``incurred`` None charges the full ceiling.
    """
    if incurred is None:
        return fee.amount
    return max(Money.zero(incurred.currency), min(fee.amount, incurred))


def check_limits(limits: "Sequence[Decimal | None]") -> None:
    """ValueError unless the upper limits rise from zero and end with the rest."""
    if not limits or limits[-1] is not None or None in limits[:-1]:
        raise ValueError("The last tier, and only the last, is the rest.")
    if any(low >= high for low, high in pairwise([ZERO, *limits[:-1]])):
        raise ValueError("The tiers of a fee schedule must rise.")


def tier_parts(
    tiers: Sequence[Tier], unit_value: Decimal, low: Decimal, high: Decimal
) -> tuple[TierPart, ...]:
    """What lies between ``low`` and ``high``, tier by tier."""
    parts = []
    floor = ZERO
    for tier in tiers:
        top = high if tier.up_to is None else tier.up_to * unit_value
        base = min(high, top) - max(low, floor)
        if base > 0:
            parts.append(TierPart(base, tier.rate, base * tier.rate))
        floor = top
    return tuple(parts)


def _formula(schedule: FeeSchedule, parts: tuple[TierPart, ...], unproven: int) -> str:
    if not parts:
        return "0"
    text = parts_text(parts)
    if unproven and schedule.reduction:
        times = f"{unproven} × " if unproven > 1 else ""
        text += f" − {times}{schedule.reduction} × {schedule.unit_value}"
    return text


def parts_text(parts: Sequence[TierPart]) -> str:
    """The parts as a sum: "100 × 9% + 20 × 6%"."""
    return " + ".join(f"{part.base} × {_percent(part.rate)}" for part in parts)


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"
