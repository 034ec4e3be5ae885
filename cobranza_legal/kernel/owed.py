"""The open items of debtors on a day, and the figures that are made of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
CHARGE = "charge"
PAYMENT = "payment"
DOCUMENTS = ("invoice", "credit_note", CHARGE)
"""Kinds of items that are a document of the debtor, followed or not."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a followed account, as much of it as is open on a day.

    A debit is positive, a credit negative. ``open`` is in the currency of the item,
    ``open_company`` in the company's; either may be zero, never both. ``partner`` is
    the commercial partner, None of an item of nobody. ``kind``: *invoice*,
    *credit_note*, *bill* (of a supplier), *charge* (a document that bills charges),
    *payment* (money that came, and as a debit money that was given back or returned),
    *entry* (all else).

    ``due`` and ``day`` are those of the ledger; ``paid_on`` is the day from which a
    credit counts by law, that of the payment where its entry had to be booked later.
    ``followed``: not excluded from follow-up; ``blocked``: the document is blocked for
    payment. ``debt`` is the id of the debt that the item carries now. If the document
    grants an early discount, ``discount_on`` is the last day, over or not, and
    ``discount`` what need not be paid of ``original`` until then. ``hinted`` is what
    payments without an entry say that is paid of ``open``: a hint, in no balance.
    """

    line: int
    partner: "int | None"
    company: int
    currency: int
    move: int
    document: str
    kind: str
    due: date
    day: date
    paid_on: date
    original: Decimal
    open: Decimal
    open_company: Decimal
    followed: bool = True
    blocked: bool = False
    debt: "int | None" = None
    discount_on: "date | None" = None
    discount: Decimal = ZERO
    hinted: Decimal = ZERO

    @property
    def is_debit(self) -> bool:
        """Whether it is owed to us, by either of its amounts."""
        return (self.open or self.open_company) > 0

    @property
    def is_returned(self) -> bool:
        """Money that was given back, or that the bank took back."""
        return self.kind == PAYMENT and self.is_debit

    @property
    def counts(self) -> bool:
        """Whether it is owed in the eyes of the debtor: a document or a debt always,
        any other entry when it is followed."""
        return self.followed or self.kind in DOCUMENTS or self.debt is not None


@dataclass(frozen=True, slots=True)
class Share:
    """What becomes of one debit: the three add up to what is open of it."""

    claimable: Decimal
    covered: Decimal
    stopped: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """What is owed in one currency, in the words of every screen and document.

    ``overdue`` and ``not_due`` are principals, ``charges`` what is billed, assessed or
    accrues until the day, ``loose`` the credits that no document has been paid with
    yet, as a positive amount. Beside them what may be done with the principals and
    billed charges: ``claimable``, ``covered`` (by loose credits or by a hint) and
    ``stopped``.
    """

    overdue: Decimal = ZERO
    not_due: Decimal = ZERO
    charges: Decimal = ZERO
    loose: Decimal = ZERO
    claimable: Decimal = ZERO
    covered: Decimal = ZERO
    stopped: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The total on the day; negative in the debtor's favour."""
        return self.overdue + self.not_due + self.charges - self.loose

    @property
    def says(self) -> bool:
        """Whether anything is owed, or stands in the debtor's favour."""
        return any((self.overdue, self.not_due, self.charges, self.loose))

    @property
    def balance(self) -> Decimal:
        """The balance of the ledger on the followed accounts."""
        return self.claimable + self.covered + self.stopped - self.loose


def figures(
    items: Iterable[Item],
    on: date,
    stops: "Mapping[int, Decimal | None] | None" = None,
    charges: "Mapping[int, Decimal] | None" = None,
    ceded: Collection[int] = (),
) -> dict[int, Figures]:
    """The ``Figures`` of the day ``on`` by currency id.

    ``stops`` are by debt id what may not be claimed of it: the part that is disputed,
    None for all of it; under the id None that of what is no debt. ``charges`` are by
    currency what is owed of charges that are in no document yet. ``ceded`` are debts
    that are owed to somebody else: they are stopped, and in no figure that we say is
    owed to us.
    """
    sums: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    stops = {**(stops or {}), **dict.fromkeys(ceded)}
    for currency, amount in (charges or {}).items():
        sums[currency]["charges"] += amount
    for (_partner, currency), group in grouped(items).items():
        group = netted(group)
        found = sums[currency]
        for name, amount in _shares(group, stops).items():
            found[name] += amount
        for item in group:
            if not item.is_debit:
                found["loose"] -= item.open
            elif item.counts and item.debt not in ceded:
                found[_figure(item, on)] += item.open
    return {currency: Figures(**found) for currency, found in sums.items()}


def company_figures(
    items: Iterable[Item],
    on: date,
    charges: Decimal = ZERO,
    ceded: Collection[int] = (),
) -> Figures:
    """The figures of ``figures`` in the currency of the company, of all currencies
    together, at the rates of the ledger and not rounded; ``charges`` are in that
    currency, too. What may be claimed, is covered or stopped is not said."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    sums["charges"] += charges
    for group in grouped(items).values():
        for item in netted(group):
            if not item.is_debit:
                sums["loose"] -= item.open_company
            elif item.counts and item.debt not in ceded:
                sums[_figure(item, on)] += item.open_company
    return Figures(**sums)


def _figure(item: Item, on: date) -> str:
    if item.kind == CHARGE:
        return "charges"
    return "overdue" if item.due < on else "not_due"


def _shares(items: Iterable[Item], stops: "Mapping[int, Decimal | None]"):
    found = defaultdict(lambda: ZERO)
    for share in spread(items, stops).values():
        found["claimable"] += share.claimable
        found["covered"] += share.covered
        found["stopped"] += share.stopped
    return found


def grouped(items: Iterable[Item]) -> "dict[tuple[int | None, int], list[Item]]":
    """The items by (partner, currency): what may be netted."""
    groups = defaultdict(list)
    for item in items:
        groups[item.partner, item.currency].append(item)
    return dict(groups)


def netted(items: Iterable[Item]) -> list[Item]:
    """The items of one partner and currency without what cancels itself out.

    Entries that are not followed, among themselves: a reclassification is no claim.
    Money that was given back, with any credit: an overpayment and its refund, matched
    or not, are nothing that anybody owes, unless it has become a debt. What is left of
    each item stays, the sum of all is the same.
    """
    items = list(items)
    if all(item.is_debit for item in items):
        return items
    left = {item.line: item.open for item in items}
    entries = [item for item in items if not item.counts]
    _cancel(left, [item for item in entries if item.is_debit], entries)
    returned = [item for item in items if item.is_returned and item.debt is None]
    _cancel(left, returned, items)
    return [
        _part(item, left[item.line])
        for item in items
        if left[item.line] or not item.open
    ]


def _cancel(left: dict[int, Decimal], debits: Iterable[Item], items: Iterable[Item]):
    credits = sorted(
        (item for item in items if not item.is_debit), key=lambda item: _age(item)
    )
    for debit in sorted(debits, key=_age):
        for credit in credits:
            used = min(left[debit.line], -left[credit.line])
            if used > 0:
                left[debit.line] -= used
                left[credit.line] += used


def _age(item: Item) -> tuple[date, int]:
    return item.due, item.line


def _part(item: Item, left: Decimal) -> Item:
    if left == item.open:
        return item
    own = item.open_company * left / item.open
    return replace(item, open=left, open_company=own, hinted=min(item.hinted, left))


def spread(
    items: Iterable[Item], stops: "Mapping[int, Decimal | None]"
) -> dict[int, Share]:
    """{line: Share} of the debits of one partner and currency, ``netted`` before.

    ``stops`` by debt id: the amount that may not be claimed, None for all of it. What
    is blocked or not followed is stopped. The credits pay what may be claimed, the
    oldest due first, billed charges last; what they are more than that covers nothing.
    """
    items = list(items)
    credit = -sum((item.open for item in items if not item.is_debit), ZERO)
    shares = {}
    debits = (item for item in items if item.is_debit)
    for item in sorted(debits, key=lambda item: (item.kind == CHARGE, *_age(item))):
        stopped = _stopped(item, stops)
        free = item.open - stopped
        hinted = min(item.hinted, free)
        used = min(credit, free - hinted)
        credit -= used
        shares[item.line] = Share(free - hinted - used, hinted + used, stopped)
    return shares


def _stopped(item: Item, stops: "Mapping[int, Decimal | None]") -> Decimal:
    if item.blocked or not item.followed:
        return item.open
    part = stops.get(item.debt, ZERO)
    return item.open if part is None else min(part, item.open)
