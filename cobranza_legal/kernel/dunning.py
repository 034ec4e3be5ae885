"""Which debt takes which step of its ladder today, and why the others do not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

ZERO = Decimal(0)


class Reason(str):
    """What was decided about a debt, or why it or a contact is left alone.

    It is its own code, and says how grave it is: of all that stops a debt the gravest
    is the one shown; 0: it stops no debt. The kernel knows those of ``REASONS`` by name
    (``Reason.SUED``); facts may bring others.
    """

    __slots__ = ("gravity",)

    def __new__(cls, code: str, gravity: int = 0):
        reason = super().__new__(cls, code)
        reason.gravity = gravity
        return reason

    @property
    def value(self) -> str:
        """The code as a plain string, as it is stored."""
        return str(self)


REASONS: tuple[Reason, ...] = tuple(
    Reason(code, gravity)
    for code, gravity in (
        ("advanced", 0),
        ("entered", 0),
        ("due", 0),
        ("not_due", 0),
        ("too_soon", 0),
        ("step_pending", 0),
        ("last_level", 0),
        ("below_minimum", 10),
        ("on_hold", 80),
        ("disputed", 70),
        ("promised", 40),
        ("agreement", 60),
        ("direct_debit", 50),
        ("sued", 140),
        ("insolvent", 150),
        ("deceased", 160),
        ("represented", 130),
        ("authority_claim", 120),
        ("ceded", 110),
        ("no_followup", 90),
        ("blocked_payment", 100),
        ("covered", 30),
        ("contact_limit", 0),
        ("hours", 0),
        ("blocked", 0),
        ("opted_out", 0),
        ("missing_data", 0),
        ("stale_bank", 0),
        ("proposal", 0),
        ("not_automatic", 0),
        ("no_policy", 20),
        ("settled", 170),
        ("void", 180),
    )
)
"""The reasons that the kernel gives or is told by name."""


for _reason in REASONS:
    setattr(Reason, _reason.upper(), _reason)


BLOCKING: tuple[Reason, ...] = tuple(
    sorted((one for one in REASONS if one.gravity), key=lambda reason: -reason.gravity)
)
"""Reasons that stop a debt, gravest first: the first one is the one shown."""


@dataclass(frozen=True, slots=True)
class Level:
    """A step of a ladder.

    ``number`` orders levels (1 is the first); ``days`` count from the due date
    (negative: before it); ``minimum`` is compared with the debtor's total in company
    currency; ``gap`` are the days since the previous level (0: the next day);
    ``waits``: the next level only comes after this one's step is done.
    """

    id: int
    number: int
    days: int
    minimum: "Decimal | None" = None
    gap: int = 0
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """Levels sorted by number. ``entry``: a debt met for the first time starts at the
    first level, or at the highest one that its age has reached. ``reopen``: a settled
    debt that comes back starts again, or goes on where it was."""

    id: int
    levels: tuple[Level, ...]
    entry: Literal["first", "age"] = "first"
    reopen: Literal["restart", "resume"] = "restart"


@dataclass(frozen=True, slots=True)
class DebtFacts:
    """What is known of a debt today.

    ``ladder`` None: no policy found. ``level`` is the number reached (0: none) since
    ``level_since``. ``claim`` is what may be claimed, in company currency, after
    credits and disputes. ``step``: the state of the act of the present level;
    ``unreleased`` waits for a person's permission to leave.
    """

    id: int
    debtor: int
    ladder: "int | None"
    due: date
    level: int
    level_since: "date | None"
    claim: Decimal
    blockers: tuple[Reason, ...] = ()
    step: Literal["none", "done", "pending", "unreleased"] = "none"


@dataclass(frozen=True, slots=True)
class DebtorFacts:
    """A debtor's claimable total in company currency, and what stops all his debts."""

    id: int
    total: Decimal
    blockers: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to ``debt``.

    ``level`` is the number after the decision; ``on`` the day of the next possible act
    (None: unknown); ``blockers`` everything that stops it, gravest first.
    """

    debt: int
    reason: Reason
    level: int
    on: "date | None" = None
    blockers: tuple[Reason, ...] = ()


def decide(
    ladders: Mapping[int, Ladder],
    debtors: Mapping[int, DebtorFacts],
    debts: Iterable[DebtFacts],
    today: date,
) -> list[Decision]:
    """One decision for each debt, in the order given, always with a reason.

    A debt rises at most one level a day and never falls; only a first entry by age may
    land higher. A debt whose claim is not positive is covered. KeyError for a debtor
    that is not in ``debtors``.
    """
    return [
        _decide(ladders.get(debt.ladder), debtors[debt.debtor], debt, today)
        for debt in debts
    ]


def stand_still(
    debts: Iterable[DebtFacts], decisions: Iterable[Decision]
) -> list[Decision]:
    """``decisions`` about ``debts`` without their moves: a debt that would rise stays
    where it is, because its next level is due."""
    return [
        decision
        if decision.level == debt.level
        else replace(decision, reason=Reason.DUE, level=debt.level)
        for debt, decision in zip(debts, decisions, strict=True)
    ]


def net_claims(
    open_items: Sequence[tuple[int, date, Decimal]], credit: Decimal
) -> dict[int, Decimal]:
    """What is still claimable of each (id, due, open amount) after ``credit``.

    The credit, and any item in the debtor's favour, pays the oldest due first. No
    result is negative and they sum to max(0, total − credit). Ids are distinct;
    ValueError for a negative credit.
    """
    if credit < 0:
        raise ValueError(f"A credit is not negative: {credit}.")
    credit -= sum((amount for _id, _due, amount in open_items if amount < 0), ZERO)
    left = {}
    for item, _due, amount in sorted(open_items, key=lambda item: (item[1], item[0])):
        used = min(credit, max(ZERO, amount))
        credit -= used
        left[item] = max(ZERO, amount) - used
    return left


class Claim(NamedTuple):
    """What may be claimed of a debt that nothing stops: the ``open`` amount that is
    neither disputed nor said to be paid, and the ``credit`` that covers a part of it.

    ``paid`` are the payments among that credit, (day, amount) each: until its own day a
    payment has paid nothing. What credit notes give back was never owed.
    """

    open: Decimal
    credit: Decimal
    paid: tuple[tuple[date, Decimal], ...] = ()

    @property
    def left(self) -> Decimal:
        return self.open - self.credit


def cover_claims(
    open_items: Sequence[tuple[int, date, Decimal]],
    credits: Iterable[tuple[date, Decimal]],
) -> dict[int, tuple[tuple[date, Decimal], ...]]:
    """{id: ((day, amount), ...)}: which credit pays which part of each (id, due, open
    amount), in the order of ``net_claims``, the oldest credit first. What the credits
    are more than all of it pays nothing."""
    purse = [list(credit) for credit in sorted(credits) if credit[1] > 0]
    purse.reverse()
    result = {}
    for item, _due, amount in sorted(open_items, key=lambda item: (item[1], item[0])):
        parts, left = [], max(ZERO, amount)
        while left and purse:
            day, free = purse[-1]
            used = min(free, left)
            parts.append((day, used))
            left -= used
            purse[-1][1] -= used
            if not purse[-1][1]:
                purse.pop()
        result[item] = tuple(parts)
    return result


def _decide(
    ladder: "Ladder | None", debtor: DebtorFacts, debt: DebtFacts, today: date
) -> Decision:
    blockers = _blockers(ladder, debtor, debt)
    if blockers:
        return Decision(debt.id, blockers[0], debt.level, None, blockers)
    target = _target(ladder, debt, today)
    if target is None:
        return Decision(debt.id, Reason.LAST_LEVEL, debt.level)
    aged = debt.due + timedelta(days=target.days)
    day = aged
    if debt.level and debt.level_since is not None:
        day = max(aged, debt.level_since + timedelta(days=max(1, target.gap)))
    if today < day:
        reason = Reason.NOT_DUE if today < aged else Reason.TOO_SOON
        return Decision(debt.id, reason, debt.level, day)
    if _step_stops(ladder, debt):
        return Decision(debt.id, Reason.STEP_PENDING, debt.level)
    if target.minimum is not None and debtor.total < target.minimum:
        below = Reason.BELOW_MINIMUM
        return Decision(debt.id, below, debt.level, None, (below,))
    reason = Reason.ADVANCED if debt.level else Reason.ENTERED
    return Decision(debt.id, reason, target.number, today)


def _blockers(
    ladder: "Ladder | None", debtor: DebtorFacts, debt: DebtFacts
) -> tuple[Reason, ...]:
    found = debtor.blockers + debt.blockers
    if ladder is None or not ladder.levels:
        found += (Reason.NO_POLICY,)
    if debt.claim <= 0 and Reason.SETTLED not in found and Reason.VOID not in found:
        found += (Reason.COVERED,)
    if len(found) < 2:
        return found
    return tuple(sorted(set(found), key=lambda reason: (-reason.gravity, reason)))


def _target(ladder: Ladder, debt: DebtFacts, today: date) -> "Level | None":
    """The level that comes next, None after the last one."""
    if debt.level or ladder.entry == "first":
        for level in ladder.levels:
            if level.number > debt.level:
                return level
        return None
    age = (today - debt.due).days
    reached = [level for level in ladder.levels if level.days <= age]
    return reached[-1] if reached else ladder.levels[0]


def _step_stops(ladder: Ladder, debt: DebtFacts) -> bool:
    """Whether the act of the present level must be done or released first."""
    if not debt.level or debt.step in ("none", "done"):
        return False
    if debt.step == "unreleased":
        return True
    return any(level.waits for level in ladder.levels if level.number == debt.level)
