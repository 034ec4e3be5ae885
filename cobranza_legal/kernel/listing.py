"""Whether a debt may be reported to a credit register, and what it has to be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from .calendars import WorkCalendar
from .periods import add_months

ZERO = Decimal(0)
APPROVAL = "approval"
CHAIN = ("warning", "demand")
"""Guards that are met by what is done in order: the debtor is warned, then asked."""


@dataclass(frozen=True, slots=True)
class ListingTerms:
    """What the law asks of a debt that is reported to one register, on a day.

    ``minimum``: of the principal of each debt, in the currency of the company; None:
    none. ``years`` from its due date in which it may be there. ``block_days``: in which
    the register keeps it to itself, 0: none. ``told_days``: working days, of
    ``calendar``, in which a payment is told; None: the day itself.

    ``warns``, ``demands``: the debtor was told of the register, and was asked to pay in
    vain. ``consents``: natural persons have agreed in writing, and what proves the debt
    is one of ``titles`` (codes). ``states_origin``: somebody says what the debt comes
    from. ``renegotiable``: what was agreed anew may be reported.

    ``persons``: the register takes natural persons; ``papers``: what must prove any
    debt there; empty: anything. ``lenders``: only credit institutions report to it.
    ``articles``: by guard.
    """

    minimum: "Decimal | None" = None
    years: int = 0
    block_days: int = 0
    told_days: "int | None" = None
    calendar: "WorkCalendar | None" = None
    warns: bool = True
    demands: bool = True
    consents: bool = False
    titles: frozenset[str] = frozenset()
    states_origin: bool = False
    renegotiable: bool = True
    persons: bool = True
    papers: frozenset[str] = frozenset()
    lenders: bool = False
    known: bool = True
    articles: Mapping[str, str] = field(default_factory=dict)

    def purge_on(self, due: date) -> date:
        """The first day on which it may not be there any more."""
        return add_months(due, 12 * self.years)

    def told_by(self, day: date) -> date:
        """The last day on which a payment of ``day`` is told."""
        if self.told_days is None:
            return day
        return self.calendar.add(day, self.told_days)


@dataclass(frozen=True, slots=True)
class Demand:
    """A letter that asked to pay: ``sent``, ``received`` (None: not proven), and the
    day ``until`` which it asked."""

    sent: date
    received: "date | None"
    until: date

    def ends(self) -> "date | None":
        """The last day to pay: that of the letter, or as many days after its reception
        as it gave, whichever comes later. None: nothing proves that it was received."""
        if self.received is None:
            return None
        return max(self.until, self.received + (self.until - self.sent))


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """One debt of one person, for one register.

    ``number``: its tax number, "" for none; ``changed``: it was reported under another
    one. ``answers``: it answers for the debt. ``natural``: it is, or may be, a natural
    person. ``owed`` is what is open of the principal, net of money that is not matched
    yet, in the debt's currency, ``compared`` the same in the company's; ``principal``:
    it is a principal, not a charge; ``posted``: its document is, and is ours.
    ``covered``: a cheque or bill was taken for it, whose day has not come.
    ``stops``: codes of what is open against it. ``warned_on``, ``demand``: what it was
    told and asked. ``member``: the membership is in force, with its agreement.
    ``approved``: somebody else has, for so much.
    """

    number: str
    answers: bool
    natural: bool
    principal: bool
    posted: bool
    owed: Decimal
    compared: Decimal
    due: date
    changed: bool = False
    covered: bool = False
    stops: frozenset[str] = frozenset()
    warned_on: "date | None" = None
    warning_sent: bool = False
    demand: "Demand | None" = None
    member: bool = True
    lender: bool = False
    stated: bool = False
    barred: bool = False
    renegotiated: bool = False
    consented: bool = False
    title: str = ""
    approved: "Decimal | None" = None


@dataclass(frozen=True, slots=True)
class Guard:
    """``code`` of a guard, whether it is ``met``, and why not: ``why``."""

    code: str
    met: bool
    why: str = ""
    article: str = ""


def guards(facts: ListingFacts, terms: ListingTerms, on: date) -> tuple[Guard, ...]:
    """Every guard that applies on a day, in the order in which they are told."""
    found = [
        ("party", _party(facts)),
        ("register", _register(facts, terms)),
        ("membership", _membership(facts, terms)),
        ("debt", _debt(facts, on)),
        ("minimum", _minimum(facts, terms)),
        ("age", "" if on < terms.purge_on(facts.due) else "old"),
    ]
    stops = ("dispute", "suit", "agreement", "insolvency", "death", "privacy")
    found += [(code, "open" if code in facts.stops else "") for code in stops]
    if terms.states_origin:
        found.append(("origin", _origin(facts, terms)))
    if terms.consents and facts.natural:
        found.append(("consent", "" if facts.consented else "none"))
        proven = facts.title in terms.titles
        found.append(("instrument", "" if proven else "none"))
    if terms.warns:
        found.append(("warning", _warning(facts, on)))
    if terms.demands:
        found.append(("demand", _demand(facts, on)))
    found.append((APPROVAL, _approval(facts)))
    return tuple(
        Guard(code, not why, why, terms.articles.get(code, "")) for code, why in found
    )


def _party(facts):
    if not facts.answers:
        return "stranger"
    if facts.changed:
        return "changed"
    return "" if facts.number else "number"


def _register(facts, terms):
    if not terms.known:
        return "unknown"
    if facts.natural and not terms.persons:
        return "persons"
    if terms.papers and facts.title not in terms.papers:
        return "paper"
    return ""


def _membership(facts, terms):
    if not facts.member:
        return "none"
    return "lenders" if terms.lenders and not facts.lender else ""


def _debt(facts, on):
    if not facts.posted:
        return "gone"
    if not facts.principal:
        return "charge"
    if facts.owed <= ZERO:
        return "paid"
    if facts.covered:
        return "covered"
    return "" if facts.due < on else "not_due"


def _minimum(facts, terms):
    small = terms.minimum is not None and facts.compared < terms.minimum
    return "small" if small else ""


def _origin(facts, terms):
    if not facts.stated:
        return "unknown"
    if facts.barred:
        return "barred"
    return "renegotiated" if facts.renegotiated and not terms.renegotiable else ""


def _warning(facts, on):
    if facts.warned_on and facts.warned_on <= on:
        return ""
    return "waits" if facts.warning_sent else "none"


def _demand(facts, on):
    if facts.demand is None:
        return "none"
    end = facts.demand.ends()
    if end is None:
        return "reception"
    return "" if end < on else "term"


def _approval(facts):
    if facts.approved is None:
        return "none"
    return "" if facts.owed <= facts.approved else "more"


OVER = {"debt": ("gone", "charge", "paid"), "age": ("old",), "party": ("stranger",)}
"""{guard: why not} of what will not be met again: the draft is given up."""


Stage = Literal[
    "draft", "warned", "demanded", "running", "eligible", "approved", "suspended",
    "cancelled",
]  # fmt: skip


def stage(found: "tuple[Guard, ...]", stops: frozenset[str]) -> Stage:
    """Where a debt stands that is not reported yet, by its guards; ``stops``: codes of
    the guards that stop it for a while, whatever was done before."""
    unmet = {guard.code: guard.why for guard in found if not guard.met}
    if any(unmet.get(code) in whys for code, whys in OVER.items()):
        return "cancelled"
    if stops & unmet.keys():
        return "suspended"
    if not unmet.keys() - {APPROVAL}:
        return "approved" if not unmet else "eligible"
    return _reached(found, unmet)


def _reached(found, unmet):
    """How far the debtor was warned and asked."""
    asked = {guard.code for guard in found} & {*CHAIN}
    if not asked or unmet.get("warning") == "none":
        return "draft"
    demand = unmet.get("demand", "")
    if demand == "none":
        return "draft" if "warning" in unmet else "warned"
    if "warning" in unmet or demand == "reception":
        return "demanded"
    return "running"


def told(reported: "Decimal | None", owed: Decimal, unmet: bool) -> str:
    """What has to be told of what a register says now (``reported``; None: nothing):
    "remove", "update" (another amount) or "" for nothing."""
    if reported is None:
        return ""
    if unmet:
        return "remove"
    return "update" if reported != owed else ""
