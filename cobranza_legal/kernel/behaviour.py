"""How a debtor pays: by what fell due in a window of days, paid or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

WINDOW = 365
"""Days that are looked back."""


ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """One amount of a debt that fell due on ``due``: paid on ``paid_on``, or still open
    for None. ``amount`` is positive, in the currency of the company."""

    debt: int
    due: date
    paid_on: "date | None"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Habit:
    """``days`` late on average, by amount: what came early or on time counts as 0, what
    is open as late as it is today. ``on_time`` is the share of the money, 0 to 1, that
    came by its day. ``trend`` is how many more days late the younger half of the window
    is than the older; None: one of them is empty. ``debts`` is their number."""

    days: Decimal
    on_time: Decimal
    trend: "Decimal | None"
    debts: int


def habit(parts: Iterable[Part], today: date, window: int = WINDOW) -> "Habit | None":
    """The habit of one debtor on a day, by what fell due in the ``window`` days before
    it; None: nothing did. What falls due today or later says nothing yet, however it
    was paid."""
    first, middle = today - timedelta(days=window), today - timedelta(days=window // 2)
    told = [one for one in parts if first <= one.due < today and one.amount > 0]
    average = _average(told, today)
    if average is None:
        return None
    whole = sum((one.amount for one in told), ZERO)
    on_time = sum((one.amount for one in told if not _late(one, today)), ZERO)
    younger = _average([one for one in told if one.due >= middle], today)
    older = _average([one for one in told if one.due < middle], today)
    trend = None if younger is None or older is None else younger - older
    debts = len({one.debt for one in told})
    return Habit(average, on_time / whole, trend, debts)


def _late(one: Part, today: date) -> int:
    return max(0, ((one.paid_on or today) - one.due).days)


def _average(parts: "list[Part]", today: date) -> "Decimal | None":
    whole = sum((one.amount for one in parts), ZERO)
    if not whole:
        return None
    return sum((one.amount * _late(one, today) for one in parts), ZERO) / whole
