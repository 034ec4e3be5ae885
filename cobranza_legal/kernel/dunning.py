"""Which debt takes which step of its ladder today, and why the others do not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Literal

ZERO = Decimal(0)


class Reason(str, Enum):
    """What was decided about a debt, or why it or a contact is left alone."""

    ADVANCED = "advanced"
    ENTERED = "entered"
    NOT_DUE = "not_due"
    TOO_SOON = "too_soon"
    STEP_PENDING = "step_pending"
    LAST_LEVEL = "last_level"
    BELOW_MINIMUM = "below_minimum"
    ON_HOLD = "on_hold"
    DISPUTED = "disputed"
    PROMISED = "promised"
    AGREEMENT = "agreement"
    DIRECT_DEBIT = "direct_debit"
    SUED = "sued"
    INSOLVENT = "insolvent"
    DECEASED = "deceased"
    REPRESENTED = "represented"
    AUTHORITY_CLAIM = "authority_claim"
    CEDED = "ceded"
    NO_FOLLOWUP = "no_followup"
    BLOCKED_PAYMENT = "blocked_payment"
    COVERED = "covered"
    CONTACT_LIMIT = "contact_limit"
    HOURS = "hours"
    BLOCKED = "blocked"
    OPTED_OUT = "opted_out"
    MISSING_DATA = "missing_data"
    STALE_BANK = "stale_bank"
    PROPOSAL = "proposal"
    NOT_AUTOMATIC = "not_automatic"
    NO_POLICY = "no_policy"
    SETTLED = "settled"
    VOID = "void"


BLOCKING: tuple[Reason, ...] = (
    Reason.VOID,
    Reason.SETTLED,
    Reason.DECEASED,
    Reason.INSOLVENT,
    Reason.SUED,
    Reason.REPRESENTED,
    Reason.AUTHORITY_CLAIM,
    Reason.CEDED,
    Reason.BLOCKED_PAYMENT,
    Reason.NO_FOLLOWUP,
    Reason.ON_HOLD,
    Reason.DISPUTED,
    Reason.AGREEMENT,
    Reason.DIRECT_DEBIT,
    Reason.PROMISED,
    Reason.COVERED,
    Reason.NO_POLICY,
    Reason.BELOW_MINIMUM,
)
"""Reasons that stop a debt, gravest first: the first one is the one shown."""

_GRAVITY = {reason: place for place, reason in enumerate(BLOCKING)}


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
    first level, or at the highest one that its age has reached."""

    id: int
    levels: tuple[Level, ...]
    entry: Literal["first", "age"] = "first"


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
    last = len(BLOCKING)
    return tuple(sorted(set(found), key=lambda one: (_GRAVITY.get(one, last), one)))


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
