"""When the law takes a contact as received, judged from its delivery events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DELIVERED = "delivered"
NEVER_THERE = frozenset({"returned", "unknown_address"})
"""What was delivered cannot come back, nor be for somebody unknown there."""
NOT_TAKEN = frozenset({"refused", "uncollected"})
"""Possible before it is delivered, not after."""


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """How a channel proves reception.

    ``proving`` kinds of event prove it, ``at_agreed`` ones only at an address that the
    debtor agreed to, unless one of ``refuting`` is there. With ``evidence`` an event
    proves only with its file. ``wait_days`` must pass after a proving event before it
    counts; the reception is dated at the ``event`` or when it was ``sent``. Kinds of
    ``content`` prove what was received. ``article`` says why.
    """

    proving: frozenset[str]
    refuting: frozenset[str] = frozenset()
    wait_days: int = 0
    dated: Literal["event", "sent"] = "event"
    at_agreed: frozenset[str] = frozenset()
    evidence: bool = False
    content: frozenset[str] = frozenset()
    article: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event of a delivery; ``evidence``: whether its file is there."""

    kind: str
    day: date
    evidence: bool = True


@dataclass(frozen=True, slots=True)
class Reception:
    """``code`` is received, or why it is not proven: unruled (the law gives the channel
    no such value), contradicted, refuted, no_evidence, waiting (until ``until``),
    elsewhere (not at the agreed address), not_counted, nothing (no event says so).
    ``kind`` and ``event_day``: the event that says so. ``content``: what was received
    is proven, too.
    """

    code: str
    day: "date | None" = None
    kind: "str | None" = None
    event_day: "date | None" = None
    until: "date | None" = None
    content: bool = False
    article: str = ""


def reception(
    rules: "DeliveryRules | None",
    sent: "date | None",
    events: Iterable[Occurrence],
    today: date,
    agreed: bool = False,
) -> Reception:
    """Whether and when a contact was received; events come in any order.

    ``agreed``: it went to an address that the debtor agreed to.
    """
    if rules is None:
        return Reception("unruled")
    events = sorted(events, key=lambda event: event.day)
    stopped = _stopped(rules, events)
    if stopped:
        code, event = stopped
        return Reception(code, None, event.kind, event.day, article=rules.article)
    kinds = rules.proving | rules.at_agreed if agreed else rules.proving
    wait = timedelta(days=rules.wait_days)
    said = [one for one in events if one.kind in kinds]
    proven = [one for one in said if one.evidence or not rules.evidence]
    counted = [one for one in proven if one.day + wait <= today]
    if counted:
        first = counted[0]
        day = sent if rules.dated == "sent" and sent else first.day
        content = _proves_content(rules, events)
        found = (first.kind, first.day, None, content)
        return Reception("received", day, *found, rules.article)
    return _unproven(rules, events, said, proven, wait)


def _proves_content(rules: DeliveryRules, events: list[Occurrence]) -> bool:
    return any(
        one.kind in rules.content and (one.evidence or not rules.evidence)
        for one in events
    )


def _stopped(
    rules: DeliveryRules, events: list[Occurrence]
) -> "tuple[str, Occurrence] | None":
    for given in events:
        for one in events if given.kind == DELIVERED else ():
            later = one.kind in NOT_TAKEN and one.day > given.day
            if one.kind in NEVER_THERE or later:
                return "contradicted", one
    for one in events:
        if one.kind in rules.refuting:
            return "refuted", one
    return None


def _unproven(
    rules: DeliveryRules,
    events: list[Occurrence],
    said: list[Occurrence],
    proven: list[Occurrence],
    wait: timedelta,
) -> Reception:
    article = rules.article
    if proven:
        one = proven[0]
        until = one.day + wait
        return Reception("waiting", None, one.kind, one.day, until, article=article)
    if said:
        one = said[0]
        return Reception("no_evidence", None, one.kind, one.day, article=article)
    for one in events:
        if one.kind in rules.at_agreed:
            return Reception("elsewhere", None, one.kind, one.day, article=article)
    for one in events:
        if one.kind in NOT_TAKEN or one.kind == DELIVERED:
            return Reception("not_counted", None, one.kind, one.day, article=article)
    return Reception("nothing", article=article)


def received_on(
    rules: "DeliveryRules | None",
    sent: "date | None",
    events: Iterable[tuple[str, date]],
    today: date,
    agreed: bool = False,
) -> "date | None":
    """The day of reception, or None while it is not proven.

    ``events`` are (kind, day) pairs in any order; no rules means no proof.
    """
    occurrences = [Occurrence(kind, day) for kind, day in events]
    return reception(rules, sent, occurrences, today, agreed).day
