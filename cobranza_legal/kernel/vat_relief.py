"""Relief of the tax of sales that nobody pays: when it may be taken, of how much, and
how much of it is owed again when money comes after all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .money import round_to
from .periods import add_months

ZERO = Decimal(0)
UNPAID, INSOLVENCY = "unpaid", "insolvency"
"""Grounds: nobody has paid for so long; the debtor is in insolvency proceedings."""
COMING, OPEN, CLOSED = "coming", "open", "closed"
ALARMS = (60, 15)
"""Days before the last one on which somebody is told again."""


@dataclass(frozen=True, slots=True)
class ReliefLaw:
    """What the law of a country says on a day.

    ``months`` after the tax fell due from which on it may be taken, the choices of this
    creditor, the shortest first; for ``span`` months from then on. In an insolvency it
    may be taken for ``insolvency_span`` months from its publication. It is notified
    within ``notice`` months of the rectifying document, and raised again within
    ``back`` months. ``least``: up to which base a debtor that is no ``business``
    (regimes) gives no relief. ``codes``, ``articles`` by ground: the kind of the
    rectifying document, and its article. ``public``: regimes of public bodies.
    ``other_tax``: why the creditor's tax has other rules, in words; empty: it has not.
    """

    months: tuple[int, ...]
    span: int
    insolvency_span: int
    notice: int
    back: int
    least: Decimal
    business: frozenset[str]
    public: frozenset[str]
    codes: "dict[str, str]" = field(default_factory=dict)
    articles: "dict[str, str]" = field(default_factory=dict)
    other_tax: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """From which day until which day, both of them, relief may be taken."""

    opens: date
    closes: date

    def standing(self, on: date) -> str:
        if on < self.opens:
            return COMING
        return OPEN if on <= self.closes else CLOSED


def unpaid_window(start: date, law: ReliefLaw, on: date) -> Window:
    """That of what fell due on ``start``: of several choices the first that is not over
    on the day, else the last."""
    for months in law.months:
        opens = add_months(start, months)
        window = Window(opens, add_months(opens, law.span))
        if on <= window.closes:
            return window
    return window


def insolvency_window(published: date, law: ReliefLaw) -> Window:
    """That of an insolvency published on a day."""
    return Window(published, add_months(published, law.insolvency_span))


def starts(
    devengo: date, dues: Iterable[date]
) -> "list[tuple[date, tuple[date, ...]]]":
    """[(day from which the months run, due days)] of an invoice whose tax fell due on
    ``devengo``: that day for all of it; where more than a year passes until the last
    due day, each due day for its instalments."""
    days = sorted(set(dues))
    if not days or days[-1] <= add_months(devengo, 12):
        return [(devengo, tuple(days))]
    return [(day, (day,)) for day in days]


def alarm(window: Window, on: date, days: Sequence[int] = ALARMS) -> int:
    """How many alarms are due by the day: the first when it opens, one for each of
    ``days`` before its last; 0 before, and when it is over."""
    if window.standing(on) != OPEN:
        return 0
    marks = [window.opens]
    marks += [window.closes - timedelta(days=before) for before in days]
    return sum(1 for mark in marks if mark <= on)


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What is known of an unpaid sale on the day, in the currency of the company.

    ``open`` of ``total``, with ``base`` and ``tax`` of the whole; ``insured`` is the
    part that an insurer pays, ``secured`` the sum that a pledge, a mortgage or a bank
    secures. ``start``: when its tax fell due. ``place``: empty, *outside*, *unknown*.
    ``proven``: claimed as the law asks for. ``insolvent_on``: day of the order.
    ``window``: that in which relief may be taken.
    """

    ground: str
    start: date
    window: Window
    open: Decimal
    total: Decimal
    base: Decimal
    tax: Decimal
    regime: str
    insured: Decimal = ZERO
    secured: Decimal = ZERO
    place: str = ""
    related: bool = False
    agreed: bool = False
    proven: bool = False
    insolvent_on: "date | None" = None


def part(unpaid: Unpaid, step: Decimal) -> "tuple[Decimal, Decimal]":
    """(base, tax) that may be taken off: of what is open, without what is insured or
    secured, pro rata. Both are multiples of ``step``, never negative, and never more
    than the whole."""
    if unpaid.open <= 0 or unpaid.total <= 0:
        return ZERO, ZERO
    open_ = min(unpaid.open, unpaid.total)
    bare = max(open_ * (1 - unpaid.insured) - unpaid.secured, ZERO)
    share = bare / unpaid.total
    return round_to(unpaid.base * share, step), round_to(unpaid.tax * share, step)


def blockers(unpaid: Unpaid, law: ReliefLaw, step: Decimal) -> "tuple[str, ...]":
    """Codes of all that stands against it, whatever the day."""
    base, tax = part(unpaid, step)
    insolvency = unpaid.ground == INSOLVENCY
    barred = unpaid.insolvent_on and unpaid.start <= unpaid.insolvent_on
    public = unpaid.regime in law.public
    found = {
        "paid": unpaid.open <= 0,
        "no_tax": unpaid.tax <= 0,
        "other_tax": bool(law.other_tax),
        "outside": unpaid.place == "outside",
        "place": unpaid.place == "unknown",
        "related": unpaid.related,
        "covered": unpaid.open > 0 and unpaid.tax > 0 and tax <= 0,
        "small": not insolvency
        and unpaid.regime not in law.business
        and not public
        and 0 < base
        and unpaid.base <= law.least,
        "insolvent": bool(not insolvency and barred),
        "later": bool(insolvency and not barred),
        "public": insolvency and public,
        "agreed": unpaid.agreed,
        "certificate": not insolvency and public and not unpaid.proven,
        "unproven": not insolvency and not public and not unpaid.proven,
    }
    return tuple(code for code, holds in found.items() if holds)


CURABLE = frozenset({"unproven", "certificate", "agreed", "place"})
"""What somebody can still mend: the alarms ring although it stands against it."""


def to_raise(
    collected: Decimal, base: Decimal, tax: Decimal, raised: Decimal, step: Decimal
) -> Decimal:
    """How much of the tax that was relieved is owed again, because so much was
    collected, tax included, since then: the part of it, less what was ``raised``
    before. Never negative, and never more than is left of it."""
    return max(_inside(collected, base, tax, step) - raised, ZERO)


def over_raised(
    collected: Decimal, base: Decimal, tax: Decimal, raised: Decimal, step: Decimal
) -> Decimal:
    """How much more tax was ``raised`` than is in what was ``collected``, tax included:
    money for which it was raised went back. Never negative."""
    return max(raised - _inside(collected, base, tax, step), ZERO)


def _inside(collected: Decimal, base: Decimal, tax: Decimal, step: Decimal) -> Decimal:
    """The tax in what was collected, of at most the whole."""
    gross = base + tax
    if gross <= 0 or collected <= 0:
        return ZERO
    return round_to(min(collected, gross) * tax / gross, step)


def split(
    amount: Decimal, weights: Sequence[Decimal], step: Decimal
) -> "list[Decimal]":
    """``amount`` in parts by ``weights``, of which the last takes what rounding leaves.
    ValueError when nothing weighs anything."""
    total = sum(weights, ZERO)
    if not total:
        raise ValueError("Nothing to split by.")
    parts = [round_to(amount * one / total, step) for one in weights[:-1]]
    return [*parts, amount - sum(parts, ZERO)]


def left_share(
    net: Decimal, open_: Decimal, relieved: Decimal, settled: bool
) -> Decimal:
    """Which part of what is open of a document is no loss, because its tax was or will
    be given back. ``net``: the part of the document that is tax expected back, 0 where
    the base is with tax; ``relieved``: what was relieved and not raised again;
    ``settled``: whether that was taken off what is owed."""
    if open_ <= 0 or not relieved:
        return net
    if not settled:
        return min(max(net, relieved / open_), Decimal(1))
    left = net * (open_ + relieved) - relieved
    return max(left, ZERO) / open_
