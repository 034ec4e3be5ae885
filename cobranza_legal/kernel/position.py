"""What a debtor owes on a day, item by item, in figures that add up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .money import Money, allocate, round_to
from .owed import Figures

ZERO = Decimal(0)
INTEREST = "interest"
COST = "cost"


@dataclass(frozen=True, slots=True)
class Payment:
    """What lowered a principal on a day; ``kind`` as settlements are classified."""

    day: date
    amount: Decimal
    kind: str
    document: str


@dataclass(frozen=True, slots=True)
class Principal:
    """One instalment of one document; ``debt`` None: not followed as a debt yet;
    ``line`` the journal item that carries it today.

    ``disputed`` is the part of what is open that the debtor disputes; ``dust`` what is
    left of it after disputes and credits when that is too small to ask for.
    """

    debt: "int | None"
    document: str
    issued: date
    due: date
    original: Decimal
    payments: tuple[Payment, ...] = ()
    disputed: Decimal = ZERO
    dust: Decimal = ZERO
    line: "int | None" = None

    @property
    def paid(self) -> Decimal:
        return sum((one.amount for one in self.payments), ZERO)

    @property
    def open(self) -> Decimal:
        return self.original - self.paid


@dataclass(frozen=True, slots=True)
class InterestSlice:
    """Interest on one ``base`` at one yearly ``rate`` (percent), both days earning.

    ``amount`` is in whole units of the currency, see ``share_slices``.
    """

    first: date
    last: date
    days: int
    base: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LegalUse:
    """A legal value behind a charge: what it was on ``day``, where it comes from."""

    code: str
    key: str
    day: date
    value: "Decimal | None"
    source: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class ChargeItem:
    """A charge that stands on the day, or (``charge`` None) accrues until then.

    ``open`` is what is still owed of ``amount``; ``first`` and ``last`` the days it is
    for, if it runs by time.
    """

    charge: "int | None"
    debt: int
    document: str
    kind: str
    day: date
    amount: Decimal
    open: Decimal
    base: Decimal = ZERO
    first: "date | None" = None
    last: "date | None" = None
    rate: str = ""
    formula: str = ""
    article: str = ""
    slices: tuple[InterestSlice, ...] = ()
    values: tuple[LegalUse, ...] = ()
    basis: str = "law"

    @property
    def accruing(self) -> bool:
        return self.charge is None

    @property
    def adjustment(self) -> Decimal:
        """What the slices do not explain: corrections of periods charged before."""
        if not self.slices:
            return ZERO
        return self.amount - sum((one.amount for one in self.slices), ZERO)


@dataclass(frozen=True, slots=True)
class Credit:
    """A payment or credit note that no document has been paid with yet.

    ``document`` empty: the part of all of them that covers the debts of the position.
    """

    day: "date | None"
    document: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Section:
    """All that is owed in one currency (ISO code)."""

    currency: str
    principals: tuple[Principal, ...] = ()
    charges: tuple[ChargeItem, ...] = ()
    credits: tuple[Credit, ...] = ()

    @property
    def interest(self) -> tuple[ChargeItem, ...]:
        return tuple(one for one in self.charges if one.kind == INTEREST)

    @property
    def costs(self) -> tuple[ChargeItem, ...]:
        return tuple(one for one in self.charges if one.kind == COST)

    @property
    def fees(self) -> tuple[ChargeItem, ...]:
        """All charges that are neither interest nor costs."""
        return tuple(one for one in self.charges if one.kind not in (INTEREST, COST))

    @property
    def original(self) -> Decimal:
        return sum((one.original for one in self.principals), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((one.paid for one in self.principals), ZERO)

    @property
    def principal(self) -> Decimal:
        """What is open of the principals."""
        return sum((one.open for one in self.principals), ZERO)

    @property
    def credit(self) -> Decimal:
        return sum((one.amount for one in self.credits), ZERO)

    @property
    def accruing(self) -> Decimal:
        """What has not been charged yet and would be on the day."""
        return owed([one for one in self.charges if one.accruing])

    @property
    def total(self) -> Decimal:
        """Principals and charges less credits; negative in the debtor's favour."""
        return self.principal + owed(self.charges) - self.credit

    def figures(self, on: date) -> Figures:
        """The ``Figures`` of the day ``on`` of the position, without what may be
        claimed of them."""
        late = sum((one.open for one in self.principals if one.due < on), ZERO)
        return Figures(
            overdue=late,
            not_due=self.principal - late,
            charges=owed(self.charges),
            loose=self.credit,
        )

    @property
    def articles(self) -> tuple[str, ...]:
        """What the charges rest on, each once, in order of appearance."""
        return tuple(dict.fromkeys(one.article for one in self.charges if one.article))

    @property
    def values(self) -> tuple[LegalUse, ...]:
        """The legal values used, each once with the first day of its use, in order."""
        uses = [use for one in self.charges for use in one.values]
        first: dict[LegalUse, LegalUse] = {}
        for use in sorted(uses, key=lambda use: (use.code, use.key, use.day)):
            first.setdefault(replace(use, day=date.min), use)
        return tuple(first.values())


@dataclass(frozen=True, slots=True)
class Statement:
    """What a debtor owes on the day ``on``, by currency.

    ``refused`` are [(document, why nothing more was added to it)]; ``missing`` says
    that some of it is because a legal value is not known: the total is too low.
    """

    on: date
    sections: tuple[Section, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    missing: bool = False

    def section(self, currency: str) -> Section:
        """The section of a currency, empty if nothing is owed in it."""
        found = [one for one in self.sections if one.currency == currency]
        return found[0] if found else Section(currency)


def owed(charges: Sequence[ChargeItem]) -> Decimal:
    """What is open of these charges, all in one currency."""
    return sum((one.open for one in charges), ZERO)


def share_slices(
    exact: Sequence[InterestSlice], unit: Decimal
) -> tuple[InterestSlice, ...]:
    """The slices with their amounts, given unrounded, in multiples of ``unit``.

    They sum to the sum of all, rounded once: no cent is lost or made by the rounding of
    each slice; the largest remainders go up.
    """
    if not exact:
        return ()
    whole = round_to(sum((one.amount for one in exact), ZERO), unit)
    shares = allocate(Money(whole, ""), [one.amount for one in exact], unit)
    return tuple(
        InterestSlice(one.first, one.last, one.days, one.base, one.rate, share.amount)
        for one, share in zip(exact, shares, strict=True)
    )
