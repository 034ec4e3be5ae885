"""Until which day a claim may be brought: terms of actions, what interrupts or suspends
them, and whom that reaches."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from .periods import add_months


class Reach(str, Enum):
    """Whom an act reaches beside the one whom it concerns: nobody (``own``), those who
    answer for the whole with it (``solidary``), or all who answer for the debt."""

    OWN = "own"
    SOLIDARY = "solidary"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class TermRow:
    """The length of a term, in ``months``, for what begins from the day ``first``."""

    first: date
    months: int


@dataclass(frozen=True, slots=True)
class Term:
    """One action of a creditor and the kind of claim that it is taken to be.

    ``start``: the day from which it runs, which is not counted. ``rows``: its lengths
    since ever, by start of validity. ``moved_by``: kinds of acts that make it run anew
    or suspend it; others leave it alone. ``turned_by``: kinds after which it is no
    longer this term but one of the lengths ``after`` (a short one becomes the ordinary
    one). ``personal``: an act reaches only whom it concerns, whatever the act.
    """

    action: str
    kind: str
    start: date
    rows: tuple[TermRow, ...]
    moved_by: frozenset[str] = frozenset()
    article: str = ""
    turned_by: frozenset[str] = frozenset()
    after: tuple[TermRow, ...] = ()
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """What happened to a claim: ``kind``, ``day``, and the key of the ``obligor`` whom
    it concerns: who acknowledged, was written to, was sued.

    An interruption makes the term run anew, in full, from ``runs_from`` (the day itself
    if None); a suspension (``suspends``) adds the days until then. ``pending``: it has
    not ended, as a suit: nothing runs until it does.
    """

    kind: str
    day: date
    obligor: Hashable
    reach: Reach = Reach.SOLIDARY
    runs_from: "date | None" = None
    pending: bool = False
    suspends: bool = False
    article: str = ""


@dataclass(frozen=True, slots=True)
class Obligor:
    """Who answers for a debt. ``solidary``: for the whole beside the debtor, who is
    that, too, and so are those who stepped into its place."""

    key: Hashable
    solidary: bool


@dataclass(frozen=True, slots=True)
class Limitation:
    """``on``: the last day on which the action may be brought; None while a pending act
    keeps it from running. ``since``: the day from which it runs. ``act``: what it runs
    from, None for its own beginning. ``term``: the one that gave this day."""

    term: Term
    on: "date | None"
    since: date
    act: "Act | None" = None

    def is_barred(self, day: date) -> bool:
        """Whether it cannot be brought any more on a day."""
        return self.on is not None and day > self.on


def ends_on(start: date, rows: Iterable[TermRow]) -> "date | None":
    """The last day of a term that runs from ``start``; None without a length.

    Terms are counted from date to date; where a month lacks the day they end with the
    month (CC (ES) art. 5; CC (CL) art. 48), and a last day that is no working day does
    not move. A shorter term that came into force meanwhile runs from that day for what
    had begun before, if it ends earlier (CC (ES) art. 1939).
    """
    rows = sorted(rows, key=lambda row: row.first)
    own = [row for row in rows if row.first <= start][-1:]
    later = [row for row in rows if row.first > start]
    days = [add_months(start, row.months) for row in own]
    days += [
        add_months(row.first, row.months)
        for row in later
        if not days or row.first <= min(days)
    ]
    return min(days, default=None)


def reaches(act: Act, obligor: Obligor, known: Mapping[Hashable, Obligor]) -> bool:
    """Whether an act counts against ``obligor``, given all who answer for the debt."""
    if act.obligor == obligor.key or act.reach is Reach.ALL:
        return True
    concerned = known.get(act.obligor)
    both = obligor.solidary and concerned is not None and concerned.solidary
    return act.reach is Reach.SOLIDARY and both


def limitation(
    term: Term, acts: Iterable[Act], obligor: Obligor, obligors: Iterable[Obligor] = ()
) -> Limitation:
    """When an action against one obligor is time-barred.

    Acts come in any order. One before the term began moves nothing, nor does one after
    it had ended: what is barred does not revive by a claim. An act that is pending
    outlasts all others.
    """
    known = {one.key: one for one in obligors} | {obligor.key: obligor}
    kinds = term.moved_by | term.turned_by
    mine = [
        act
        for act in acts
        if act.kind in kinds
        and (act.obligor == obligor.key or not term.personal)
        and reaches(act, obligor, known)
    ]
    rows, since, last = term.rows, term.start, None
    on = ends_on(since, rows)
    for act in sorted(mine, key=_order):
        if on is None or act.day > on:
            break
        if act.day < since:
            continue
        if act.kind in term.turned_by and term.after:
            rows = term.after
        if act.pending:
            return Limitation(term, None, act.day, act)
        again = max(act.runs_from or act.day, act.day)
        if act.suspends:
            on += again - act.day
        else:
            since, last = again, act
            on = ends_on(since, rows)
    return Limitation(term, on, since, last)


def _order(act: Act):
    return act.day, act.pending, act.suspends, act.kind


def earliest(found: Iterable[Limitation]) -> "dict[str, Limitation]":
    """{action: the limitation that comes first}: of a claim whose kind nobody knows the
    earliest that may apply counts. One that does not run comes last."""
    result = {}
    for one in found:
        known = result.get(one.term.action)
        if known is None or (one.on or date.max) < (known.on or date.max):
            result[one.term.action] = one
    return result


def latest(found: Iterable[Limitation]) -> "dict[str, Limitation]":
    """{action: the limitation that comes last}: only after it the action is gone for
    certain, whatever the kind of claim turns out to be. One that does not run comes
    last of all."""
    result = {}
    for one in found:
        known = result.get(one.term.action)
        if known is None or (one.on or date.max) > (known.on or date.max):
            result[one.term.action] = one
    return result


def next_loss(found: Iterable[Limitation], day: date) -> "Limitation | None":
    """What is lost next, on ``day`` or later; None when nothing is left to lose or
    nothing runs."""
    running = [one for one in found if one.on is not None and one.on >= day]
    return min(running, key=lambda one: one.on, default=None)


def barred_after(found: Iterable[Limitation]) -> "date | None":
    """The last day on which any of these actions may be brought; None when one of them
    does not run, or there is none."""
    days = [one.on for one in found]
    return None if None in days else max(days, default=None)
