"""What is open by how long it has been due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .errors import KernelError
from .money import round_to
from .owed import Item, grouped, netted

CREDIT, ENTRY, CEDED = "credit", "entry", "ceded"
"""Columns beside the spans: credits that no document has been paid with, with what
cancels itself out; entries that are not followed; what is owed to somebody else."""


ASIDE = (CREDIT, ENTRY, CEDED)


class BadSpans(KernelError):
    """Days that cannot be read: ``text`` is what is wrong with them."""

    def __init__(self, text: str):
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Span:
    """Days past due, both included: 0 to 0 is what is not due; ``last`` is None of the
    oldest."""

    first: int
    last: "int | None"


@dataclass(frozen=True, slots=True)
class Spans:
    """The columns of an ageing: what is not due first, the oldest last."""

    spans: "tuple[Span, ...]"

    @classmethod
    def parse(cls, text: str) -> "Spans":
        """The spans of ``"30, 60, 90"``: the last days of all but the oldest. BadSpans
        for anything else, and for days that do not rise."""
        lasts = [0]
        for part in (one.strip() for one in (text or "").split(",")):
            if not (part.isascii() and part.isdigit()) or int(part) <= lasts[-1]:
                raise BadSpans(part or text or "")
            lasts.append(int(part))
        firsts = [0] + [day + 1 for day in lasts]
        rows = zip(firsts, [*lasts, None], strict=True)
        return cls(tuple(Span(first, last) for first, last in rows))

    def place(self, late: int) -> int:
        """The number of the span of what is so many days past due; 0: it is not."""
        return next(
            place
            for place, one in enumerate(self.spans)
            if one.last is None or late <= one.last
        )


@dataclass(frozen=True, slots=True)
class Aged:
    """What of one item stands in one column: the number of a span, or one of ``ASIDE``.
    ``open`` is in the currency of the item, ``open_company`` in the company's; ``late``
    are the days past due, negative before."""

    item: Item
    column: "int | str"
    late: int
    open: Decimal
    open_company: Decimal


def aged(
    items: Iterable[Item],
    on: date,
    spans: Spans,
    step: Decimal,
    ceded: Collection[int] = (),
) -> list[Aged]:
    """The items of the day ``on`` in their columns; together they are what the items
    are, to the last cent, in both currencies.

    What ``owed.netted`` takes off, because it cancels itself out among the items of one
    partner and currency, stands with the credits. ``ceded`` are the ids of debts that
    are owed to somebody else; ``step`` is the smallest amount of the company's
    currency.
    """
    result = []
    for group in grouped(items).values():
        left = {item.line: item.open for item in netted(group)}
        for item in group:
            kept = left.get(item.line, Decimal(0))
            late = (on - item.due).days
            column = _column(item, late, spans, ceded)
            if kept == item.open:
                result.append(Aged(item, column, late, item.open, item.open_company))
                continue
            own = round_to(item.open_company * kept / item.open, step)
            rest = item.open - kept, item.open_company - own
            if kept:
                result.append(Aged(item, column, late, kept, own))
            result.append(Aged(item, CREDIT, late, *rest))
    return result


def _column(item: Item, late: int, spans: Spans, ceded: Collection[int]):
    if not item.is_debit:
        return CREDIT
    if not item.counts:
        return ENTRY
    return CEDED if item.debt in ceded else spans.place(late)
