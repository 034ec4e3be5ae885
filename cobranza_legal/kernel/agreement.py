"""Agreements to pay later: limits, how instalments are paid, what is due early."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from .billing import Movement
from .money import Money, allocate, round_to, total
from .schedule import Instalment, whole_months

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class AgreementLimits:
    """What a company agrees to without asking anybody; None: no such limit.

    ``months``: the last instalment is due at most so many months after the start.
    ``share``: no instalment is smaller than this percentage of the amount; measured
    ``of_principal``, or with its interest. ``rate``: the highest yearly percentage.
    ``guarantee_from``: the amount from which somebody else has to answer too.
    """

    months: "int | None" = None
    share: "Decimal | None" = None
    of_principal: bool = False
    rate: "Decimal | None" = None
    guarantee_from: "Decimal | None" = None

    @property
    def most_rows(self) -> "int | None":
        """How many equal instalments the smallest share admits: 25 % admits four, and
        no six months of them. None if nothing is said."""
        return int(100 // self.share) if self.share else None


class Excess(NamedTuple):
    """One limit that is passed: ``kind`` (months, share, rows, rate, guarantee), the
    limit, and what the agreement has."""

    kind: str
    limit: Decimal
    found: Decimal


def excesses(
    rows: Sequence[Instalment],
    start: date,
    rate: Decimal,
    limits: AgreementLimits,
    is_guaranteed: bool,
    unit: Decimal = ZERO,
    rows_before: int = 0,
) -> tuple[Excess, ...]:
    """The limits that a schedule passes, in the order of their names above.

    ``start`` is the day of the first agreement of a chain of which each replaced the
    one before, ``rows_before`` how many of their instalments had come due or were paid:
    with those the rows may be no more than the share admits.

    The share compares amounts: 203.06 of 1,200 is less than its quarter, 300.00, of
    which what is less than ``unit`` is not asked for. The last row may be smaller by
    what rounding left, one unit a row.
    """
    amount = principal_of(rows).amount
    months = _started_months(start, rows[-1].nominal)
    parts = [one.principal if limits.of_principal else one.amount for one in rows]
    smallest = min(parts[:-1] or parts).amount
    least = None if limits.share is None else amount * limits.share / 100
    if least is not None and unit:
        least = least // unit * unit
    open_from = None if is_guaranteed else limits.guarantee_from
    most = limits.most_rows if rows_before else None
    compared = (
        ("months", limits.months, months, lambda limit, found: found > limit),
        ("share", least, smallest, lambda limit, found: found < limit),
        ("rows", most, rows_before + len(rows), lambda limit, found: found > limit),
        ("rate", limits.rate, rate, lambda limit, found: found > limit),
        ("guarantee", open_from, amount, lambda limit, found: found >= limit),
    )
    return tuple(
        Excess(kind, Decimal(limit), Decimal(found))
        for kind, limit, found, passes in compared
        if limit is not None and passes(limit, found)
    )


def principal_of(rows: Sequence[Instalment]) -> Money:
    """What the rows repay."""
    return total((one.principal for one in rows), rows[0].principal.currency)


def interest_of(rows: Sequence[Instalment]) -> Money:
    """What they cost beside it."""
    return total((one.interest for one in rows), rows[0].interest.currency)


def interest_shares(
    interests: Sequence[Money], weights: Sequence[Decimal], unit: Decimal
) -> tuple[tuple[Money, ...], ...]:
    """The interest of each instalment over the debts, in proportion to ``weights``.

    The shares of a row sum to its interest; those of a debt, over all rows, to its part
    of the whole, to the last unit: each row makes up for what rounding did before.
    """
    whole, due, rows = sum(weights), [ZERO] * len(weights), []
    for interest in interests:
        due = [
            one + interest.amount * part / whole
            for one, part in zip(due, weights, strict=True)
        ]
        shares = allocate(interest, [max(ZERO, one) for one in due], unit)
        due = [one - share.amount for one, share in zip(due, shares, strict=True)]
        rows.append(shares)
    return tuple(rows)


def _started_months(start: date, end: date) -> int:
    """Months from ``start`` to ``end``, a broken one counted whole."""
    months, rest = whole_months(start, end)
    return months + (rest is not None)


class Paid(NamedTuple):
    """What is paid of one part of an instalment; ``on`` the day since which nothing of
    it is left that is worth asking for, None while it is open."""

    amount: Money
    on: "date | None"


def fill(
    parts: Sequence[Money],
    movements: Iterable[Movement],
    until: date,
    dust: Decimal = ZERO,
) -> tuple[Paid, ...]:
    """How ``movements`` up to and including ``until`` pay ``parts``, the first first.

    A movement below zero takes a payment back, which opens the last parts paid again.
    Movements of one day count together, in whatever order they were booked. What is
    more than all parts pays nothing here. A part of which, with all before it, no more
    than ``dust`` lacks counts as paid; amounts stay those of the money.
    CurrencyMismatch if they differ in currency.
    """
    sums: dict[date, Money] = {}
    for one in movements:
        if one.on <= until:
            sums[one.on] = sums[one.on] + one.amount if one.on in sums else one.amount
    days = sorted(sums)
    running = list(zip(days, accumulate(sums[day] for day in days), strict=True))
    found, before = [], None
    for part in parts:
        nothing = Money.zero(part.currency)
        before = nothing if before is None else before
        paid = running[-1][1] if running else nothing
        amount = min(max(paid - before, nothing), part)
        before += part
        enough = Money(before.amount - dust, before.currency)
        found.append(Paid(amount, _since(running, enough)))
    return tuple(found)


def _since(running: Sequence[tuple[date, Money]], wanted: Money) -> "date | None":
    """The day from which on the running sum has never been less than ``wanted``."""
    since = None
    for day, paid in reversed(running):
        if paid < wanted:
            break
        since = day
    return since


def missed(
    rows: Sequence[Instalment], paid: Sequence[Paid], on: date
) -> tuple[Instalment, ...]:
    """The rows that were due before ``on`` and are not paid in full. The day on which
    an instalment is due is still in time."""
    return tuple(
        row
        for row, one in zip(rows, paid, strict=True)
        if row.due < on and one.on is None
    )


@dataclass(frozen=True, slots=True)
class Accelerated:
    """What is due at once: the principal left, and the interest earned and unpaid."""

    principal: Money
    interest: Money


def accelerate(
    rows: Sequence[Instalment],
    principal: Sequence[Paid],
    interest: Sequence[Paid],
    start: date,
    on: date,
    unit: Decimal,
) -> Accelerated:
    """What becomes due when an agreement ends on ``on``, without unearned interest.

    Interest of rows whose day has come is earned; of the row in course, as many of its
    days as have passed, both from the day after the row before. TRLC (ES) art. 414, Ley
    20.720 (CL) arts. 136-137 for a liquidation.
    """
    currency = rows[0].principal.currency
    earned, since = ZERO, start
    for row in rows:
        days = (row.nominal - since).days
        passed = min(max((on - since).days, 0), days)
        exact = row.interest.amount * passed / days if days else ZERO
        earned += round_to(exact, unit)
        since = row.nominal
    left = principal_of(rows) - total((one.amount for one in principal), currency)
    unpaid = earned - total((one.amount for one in interest), currency).amount
    return Accelerated(left, Money(max(ZERO, unpaid), currency))
