"""Allowance for bad debts: how much of each debt is provided for, by its age."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .errors import KernelError
from .money import round_to

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class BadScale(KernelError):
    """A scale that cannot be read: ``text`` is what is wrong with it."""

    def __init__(self, text: str):
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Bucket:
    """From how many days past due which percentage is provided for. ``last`` is the
    last day of the bucket, None of the oldest one."""

    first: int
    last: "int | None"
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """Buckets by days past due, the youngest first."""

    buckets: "tuple[Bucket, ...]"

    @classmethod
    def read(cls, text: str) -> "Scale":
        """The scale of ``"91: 25; 181: 50"``: day from which on, percentage. BadScale
        for anything else, days that do not rise, percentages out of 0 to 100."""
        steps = []
        for part in (one.strip() for one in (text or "").split(";")):
            day, colon, percent = part.partition(":")
            if not part and steps:
                continue
            try:
                step = int(day), Decimal(percent.strip())
            except (ValueError, ArithmeticError) as error:
                raise BadScale(part) from error
            sound = colon and step[1].is_finite() and 0 <= step[1] <= HUNDRED
            if not sound or step[0] < 0 or (steps and step[0] <= steps[-1][0]):
                raise BadScale(part)
            steps.append(step)
        if not steps:
            raise BadScale(text or "")
        lasts = [day - 1 for day, _percent in steps[1:]] + [None]
        return cls(
            tuple(
                Bucket(day, last, percent)
                for (day, percent), last in zip(steps, lasts, strict=True)
            )
        )

    def bucket(self, days: int) -> "Bucket | None":
        """That of a debt so many days past due; None: none is provided for it."""
        found = [one for one in self.buckets if one.first <= days]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Claim:
    """What is open of one item on the day, in the currency of the company.

    ``open`` is net of what the debtor has paid and nobody matched yet; ``days`` past
    due, negative before; ``tax_share`` the part of it that is tax expected back;
    ``insured`` the part that an insurer pays. ``fixed`` is the percentage of an
    assessment of this debt alone, which wins over everything but ``excluded``, a
    reason for which nothing is provided.
    """

    key: int
    days: int
    open: Decimal
    tax_share: Decimal = ZERO
    insured: Decimal = ZERO
    fixed: "Decimal | None" = None
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Provided:
    """``base`` is what may be lost, ``percent`` how much of it is provided for,
    ``target`` the allowance, rounded once."""

    bucket: "Bucket | None"
    base: Decimal
    percent: Decimal
    target: Decimal


def provide(claim: Claim, scale: Scale, step: Decimal) -> Provided:
    """What is provided for a claim; ``step`` is the smallest amount of the currency."""
    bucket = scale.bucket(claim.days)
    percent = bucket.percent if bucket else ZERO
    if claim.fixed is not None:
        percent = claim.fixed
    if claim.excluded:
        percent = ZERO
    at_risk = max(claim.open, ZERO) * (1 - claim.tax_share) * (1 - claim.insured)
    base = round_to(at_risk, step)
    return Provided(bucket, base, percent, round_to(base * percent / HUNDRED, step))


def movements(
    targets: Mapping[int, Decimal], booked: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """{key: what is to be booked} so that what is booked of each becomes its target; of
    what is no longer there, all is released. Nothing where nothing changes."""
    found = {}
    for key in {**targets, **booked}:
        change = targets.get(key, ZERO) - booked.get(key, ZERO)
        if change:
            found[key] = change
    return found


def charged_and_released(changes: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    """The sum of what is charged and, positive, of what is released."""
    changes = list(changes)
    up = sum((one for one in changes if one > 0), ZERO)
    return up, up - sum(changes, ZERO)
