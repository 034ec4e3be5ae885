"""When the law takes a contact as received, judged from its delivery events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """How a channel proves reception.

    ``proving`` kinds of event prove it, unless one of ``refuting`` is there.
    ``wait_days`` must pass after a proving event before it counts; the reception is
    dated at the ``event`` or when it was ``sent``.
    """

    proving: frozenset[str]
    refuting: frozenset[str] = frozenset()
    wait_days: int = 0
    dated: Literal["event", "sent"] = "event"


def received_on(
    rules: "DeliveryRules | None",
    sent: "date | None",
    events: Iterable[tuple[str, date]],
    today: date,
) -> "date | None":
    """The day of reception, or None while it is not proven.

    ``events`` are (kind, day) pairs in any order; no rules means no proof.
    """
    if rules is None:
        return None
    events = list(events)
    if any(kind in rules.refuting for kind, _day in events):
        return None
    wait = timedelta(days=rules.wait_days)
    days = [
        day for kind, day in events if kind in rules.proving and day + wait <= today
    ]
    if not days:
        return None
    return sent if rules.dated == "sent" and sent else min(days)
