"""Which procedures a claim may take: titles and amounts that they admit, who has to
represent the creditor, and what the court asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)

NATURES = ("executive", "preparatory", "payment_order", "notarial", "administrative")
"""What is taken first where nothing else decides: what attaches at once, what leads to
that, what asks for no hearing; a declaratory suit last."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure on one day, with all amounts in one currency.

    ``titles``: codes of what proves the debts that it admits; empty: any.
    ``any_amount``: those of them for which the band does not count. ``above`` is not
    part of the band, ``up_to`` is; None: no such end. ``lawyer_above``: a lawyer has to
    act above it; None: never. ``fee`` of the court, ``free_up_to`` an amount.
    """

    code: str
    titles: frozenset[str] = frozenset()
    any_amount: frozenset[str] = frozenset()
    above: "Decimal | None" = None
    up_to: "Decimal | None" = None
    lawyer_above: "Decimal | None" = None
    fee: Decimal = ZERO
    free_up_to: "Decimal | None" = None

    def refused_titles(self, titles: Iterable[str]) -> tuple[str, ...]:
        """Those of these titles that it does not admit, in their order."""
        return tuple(
            one
            for one in dict.fromkeys(titles)
            if self.titles and one not in self.titles
        )

    def admits(self, amount: Decimal, titles: Iterable[str] = ()) -> bool:
        """Whether a claim of this amount is within its band."""
        known = set(titles)
        if known and known <= self.any_amount:
            return True
        return not (
            (self.above is not None and amount <= self.above)
            or (self.up_to is not None and amount > self.up_to)
        )

    def needs_lawyer(self, amount: Decimal) -> bool:
        return self.lawyer_above is not None and amount > self.lawyer_above

    def court_fee(self, amount: Decimal) -> Decimal:
        """What the court asks of a legal person."""
        free = self.free_up_to is not None and amount <= self.free_up_to
        return ZERO if free else self.fee


@dataclass(frozen=True, slots=True)
class Band:
    """A company's own wish: ``procedure`` for amounts above ``above`` up to ``up_to``,
    which is part of it; None: no such end."""

    procedure: str
    above: "Decimal | None" = None
    up_to: "Decimal | None" = None

    def holds(self, amount: Decimal) -> bool:
        return (self.above is None or amount > self.above) and (
            self.up_to is None or amount <= self.up_to
        )


@dataclass(frozen=True, slots=True)
class Option:
    """A procedure that may be taken. ``ready``: nothing lacks. ``cost``: what it takes
    to begin it, ``days`` how long it usually lasts, 0: not known. ``order``: its place
    among the others."""

    code: str
    nature: str
    ready: bool
    cost: Decimal = ZERO
    days: int = 0
    order: int = 0


@dataclass(frozen=True, slots=True)
class Advice:
    """``code`` of the one that is recommended, None: none is open. ``reasons``: codes.
    ``wished``: the one that the company's bands name, whether it is open or not."""

    code: "str | None"
    reasons: tuple[str, ...] = ()
    wished: "str | None" = None


def recommend(
    options: Iterable[Option], bands: Iterable[Band], amount: Decimal
) -> Advice:
    """One procedure for a claim of this amount: the one that the company's bands name,
    if it is open; else, of those for which nothing lacks, or of all, by its nature, by
    what it costs, by its days, by its place."""
    options = sorted(options, key=lambda one: one.order)
    wished = next((one.procedure for one in bands if one.holds(amount)), None)
    if not options:
        return Advice(None, (), wished)
    for one in options:
        if one.code == wished:
            return Advice(one.code, ("wished",), wished)
    ready = [one for one in options if one.ready]
    found, reasons = ready or options, []
    if len(found) == 1:
        reason = "only_ready" if len(options) > 1 else "only"
        return Advice(found[0].code, (reason,), wished)
    steps = (
        (lambda one: _rank(one.nature), "nature"),
        (lambda one: one.cost, "cheaper"),
        (lambda one: one.days or 10**6, "faster"),
        (lambda one: one.order, "first"),
    )
    for key, reason in steps:
        best = min(map(key, found))
        left = [one for one in found if key(one) == best]
        if len(left) < len(found):
            reasons.append(reason)
        found = left
        if len(found) == 1:
            break
    return Advice(found[0].code, tuple(reasons), wished)


def _rank(nature: str) -> int:
    return NATURES.index(nature) if nature in NATURES else len(NATURES)
