"""Allowance for bad debts: how much of each debt is provided for, by its age."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .errors import KernelError
from .money import round_to
from .owed import Item, grouped, netted

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
    def parse(cls, text: str) -> "Scale":
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


def charged_and_released(
    changes: Iterable[Decimal], other: Decimal = ZERO
) -> tuple[Decimal, Decimal]:
    """The sum of what is charged and, positive, of what is released. ``other`` corrects
    what was booked beside the runs: it is set off first, for to charge and to release
    the same at once says nothing."""
    changes = list(changes)
    up = sum((one for one in changes if one > 0), ZERO)
    down = up - sum(changes, ZERO)
    if other > 0:
        used = min(down, other)
        return up + other - used, down - used
    used = min(up, -other)
    return up - used, down - other - used


def at_risk(items: Iterable[Item]) -> "dict[int, tuple[Decimal, Decimal]]":
    """{line: (open, open in the currency of the company)} of the debits of any number
    of debtors, net of credits that are not matched: those of one debtor and currency
    pay its oldest debits. What cancels itself out is left out, see ``owed.netted``."""
    found = {}
    for group in grouped(items).values():
        left = netted(group)
        credit = -sum((item.open for item in left if not item.is_debit), ZERO)
        debits = [item for item in left if item.is_debit]
        for item in sorted(debits, key=lambda one: (one.due, one.line)):
            used = min(credit, item.open)
            credit -= used
            open_ = item.open - used
            rate = item.open_company / item.open if item.open else None
            own = item.open_company if rate is None else open_ * rate
            if open_ or (own and rate is None):
                found[item.line] = open_, own
    return found


def shared_out(
    amount: Decimal, parts: Mapping[str, Decimal], step: Decimal
) -> "list[tuple[str, Decimal]]":
    """``amount`` shared out by the weights of ``parts``, each rounded to ``step``; the
    largest takes what rounding leaves. All of it to the first where nothing weighs."""
    names = sorted(parts, key=lambda name: (-parts[name], name))
    total = sum((parts[name] for name in names if parts[name] > 0), ZERO)
    if not total:
        return [(names[0], amount)] if names else []
    shares = {
        name: round_to(amount * parts[name] / total, step)
        for name in names[1:]
        if parts[name] > 0
    }
    first = amount - sum(shares.values(), ZERO)
    return [(names[0], first), *shares.items()]
