"""When a claim may be filed after a negotiation that the law asks for was tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .periods import add_months

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NegotiationTerms:
    """``wait_days`` after the reception, or after a concrete proposal, in which nothing
    may be filed; ``meeting_months`` after the first meeting; ``valid_months`` in which
    it has to be filed afterwards. Days and months of the calendar."""

    wait_days: int
    meeting_months: int
    valid_months: int


@dataclass(frozen=True, slots=True)
class Invited:
    """One addressee: the day on which it received the invitation, or on which it was
    sworn that nobody knows where it is; None: neither."""

    key: object
    received: "date | None" = None
    sworn: "date | None" = None

    @property
    def day(self) -> "date | None":
        return self.received or self.sworn


@dataclass(frozen=True, slots=True)
class Negotiation:
    """What became of an invitation: a concrete ``proposal``, a first ``meeting``, an
    ``answer`` of any kind, and its end in writing (``ended``), each with its day."""

    invited: tuple[Invited, ...]
    proposal: "date | None" = None
    meeting: "date | None" = None
    answer: "date | None" = None
    ended: "date | None" = None


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day on which a claim may be filed; None: not known, for
    the reasons in ``lacks`` (nobody, reception, running) and the keys in ``who``."""

    first: "date | None" = None
    last: "date | None" = None
    lacks: str = ""
    who: tuple = ()

    def admits(self, on: date) -> bool:
        return bool(self.first and self.first <= on <= self.last)


def window(facts: Negotiation, terms: NegotiationTerms) -> Window:
    """The days on which a claim may be filed. Every addressee counts: the terms run
    from the last reception."""
    if not facts.invited:
        return Window(lacks="nobody")
    without = tuple(one.key for one in facts.invited if one.day is None)
    if without:
        return Window(lacks="reception", who=without)
    received = max(one.day for one in facts.invited)
    if facts.ended:
        end = facts.ended
    elif facts.meeting:
        end = add_months(facts.meeting, terms.meeting_months)
    elif facts.proposal:
        end = facts.proposal + timedelta(days=terms.wait_days)
    elif facts.answer:
        return Window(lacks="running")
    else:
        end = received + timedelta(days=terms.wait_days)
    end = max(end, received)
    silent = not (facts.ended or facts.meeting or facts.proposal)
    last = add_months(received if silent else end, terms.valid_months)
    return Window(end + ONE_DAY, last)


def best(windows: Sequence[Window], on: date) -> "Window | None":
    """Of several negotiations that which admits a claim on a day; else the one whose
    days come next, else the last that was there; None without any."""
    if not windows:
        return None
    for one in windows:
        if one.admits(on):
            return one
    coming = [one for one in windows if one.first and one.first > on]
    if coming:
        return min(coming, key=lambda one: one.first)
    known = [one for one in windows if one.last]
    return max(known, key=lambda one: one.last) if known else windows[-1]
