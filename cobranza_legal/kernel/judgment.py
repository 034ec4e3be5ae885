"""What a judgment grants beside what was claimed, and what is owed of it since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import Enum

from .interest import Accrual, InterestTerms, accrue_balances
from .money import Money, round_to, total
from .periods import ONE_DAY, Period, add_months


class Part(str, Enum):
    """What a judgment grants, or what it brings since.

    PRINCIPAL, INTEREST agreed for the use of money, DEFAULT: interest for paying late,
    FEES: compensations and charges, COSTS of the proceedings. AFTER: what accrues since
    the judgment, which nobody grants.
    """

    PRINCIPAL = "principal"
    INTEREST = "interest"
    DEFAULT = "default"
    FEES = "fees"
    COSTS = "costs"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Grant:
    """``granted`` of what was ``claimed`` of one part; neither is negative, else
    ValueError. More may be granted than was claimed: interest goes on, costs are set
    by the court."""

    part: Part
    claimed: Money
    granted: Money

    def __post_init__(self):
        if self.claimed.amount < 0 or self.granted.amount < 0:
            raise ValueError(f"{self.part.value}: less than nothing.")

    @property
    def refused(self) -> Money:
        """What was claimed in vain."""
        return max(self.claimed - self.granted, self.claimed * 0)


@dataclass(frozen=True, slots=True)
class Receipt:
    """``amount`` that came in, or was given up, on a day.

    ``parts`` say what it was booked to, as the ledger, the parties or the court's
    certificate have it; they prevail over the order of the law, which spreads only what
    they leave. ValueError if they exceed the amount.
    """

    on: date
    amount: Money
    parts: tuple[tuple[Part, Money], ...] = ()

    def __post_init__(self):
        given = [money for _part, money in self.parts]
        if any(money.amount < 0 for money in (self.amount, *given)):
            raise ValueError("A receipt is not negative.")
        if total(given, self.amount.currency) > self.amount:
            raise ValueError("More was booked than came in.")


@dataclass(frozen=True, slots=True)
class Spread:
    """``shares`` (part, amount, none zero) of an amount, and what is ``left`` of it
    once nothing is owed."""

    shares: tuple[tuple[Part, Money], ...]
    left: Money

    def of(self, part: Part) -> Money:
        """What goes to a part."""
        mine = (money for one, money in self.shares if one is part)
        return total(mine, self.left.currency)


def spread(
    amount: Money,
    owed: Mapping[Part, Money],
    order: Sequence[Part],
    booked: Sequence[tuple[Part, Money]] = (),
) -> Spread:
    """How an amount is shared among the parts that are owed, in the order given; parts
    that the order does not name come last.

    ``booked`` comes first, and no part gets more than is owed. LEC (ES) art. 654.3:
    agreed interest, principal, default interest, costs; CPC (CL) art. 513: costs, then
    CC (CL) art. 1595: interest, principal.
    """
    open_ = dict(owed)
    shares: dict[Part, Money] = {}
    left = amount
    wishes = [*booked, *((part, left) for part in _ordered(open_, order))]
    for part, wish in wishes:
        share = min(left, wish, open_.get(part, amount * 0))
        if share.amount > 0:
            shares[part] = shares.get(part, amount * 0) + share
            open_[part] = open_[part] - share
            left = left - share
    return Spread(tuple(shares.items()), left)


def _ordered(parts: Iterable[Part], order: Sequence[Part]) -> list[Part]:
    known = {part: at for at, part in enumerate(order)}
    return sorted(parts, key=lambda part: known.get(part, len(known)))


@dataclass(frozen=True, slots=True)
class JudgmentTerms:
    """How a country goes on after a judgment.

    ``interest`` runs on the parts of ``bearing`` from the day after the judgment (None:
    nothing runs). ``order`` spreads what comes in. LEC (ES) art. 576.
    """

    order: tuple[Part, ...]
    bearing: frozenset[Part] = frozenset({Part.PRINCIPAL})
    interest: "InterestTerms | None" = None
    article: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed on a day by part, and how it came about.

    ``accrual`` is the interest since the judgment, before what was paid of it (None:
    none runs), ``spreads`` what became of each receipt, in the order of their days;
    ``surplus`` belongs to the debtor.
    """

    on: date
    parts: tuple[tuple[Part, Money], ...]
    spreads: tuple[tuple[Receipt, Spread], ...]
    surplus: Money
    accrual: "Accrual | None" = None

    def of(self, part: Part) -> Money:
        """What is owed of a part."""
        mine = (money for one, money in self.parts if one is part)
        return total(mine, self.surplus.currency)

    @property
    def costs(self) -> Money:
        """The costs, which are shown apart."""
        return self.of(Part.COSTS)

    @property
    def without_costs(self) -> Money:
        """All but the costs."""
        return self.total - self.costs

    @property
    def total(self) -> Money:
        return total((money for _part, money in self.parts), self.surplus.currency)


def owed_after(
    grants: Sequence[Grant],
    judged_on: date,
    terms: JudgmentTerms,
    receipts: Iterable[Receipt],
    on: date,
) -> Owed:
    """What is owed on a day of what was granted on ``judged_on``: less what came in
    since, that day included, plus the interest since.

    Interest runs on what is still owed of the parts that bear it, rounded once for the
    whole time; a receipt stops it from the next day. What came before the judgment is
    in the judgment. ValueError without a grant, MissingValue for a day without rate.
    """
    if not grants:
        raise ValueError("A judgment grants something.")
    currency = grants[0].granted.currency
    zero = Money.zero(currency)
    open_: dict[Part, Money] = {}
    for grant in grants:
        open_[grant.part] = open_.get(grant.part, zero) + grant.granted
    run = _Run(judged_on, terms, open_, zero)
    spreads = []
    left = zero
    for receipt in sorted(receipts, key=lambda one: one.on):
        if not judged_on <= receipt.on <= on:
            continue
        run.until(receipt.on)
        found = spread(receipt.amount, open_, terms.order, receipt.parts)
        run.pay(receipt.on, found)
        left = left + found.left
        spreads.append((receipt, found))
    accrual = run.until(on)
    parts = tuple((part, money) for part, money in open_.items() if money.amount)
    return Owed(on, parts, tuple(spreads), left, accrual)


@dataclass(slots=True)
class _Run:
    """The interest since a judgment while what bears it changes."""

    judged_on: date
    terms: JudgmentTerms
    open: dict[Part, Money]
    paid: Money
    balances: "list[tuple[date, Money]] | None" = None

    def __post_init__(self):
        self.balances = [(self.judged_on + ONE_DAY, self._base())]

    def _base(self) -> Money:
        mine = (self.open[part] for part in self.open if part in self.terms.bearing)
        return total(mine, self.paid.currency)

    def until(self, on: date) -> "Accrual | None":
        """Counts the interest until a day and puts what of it is not paid in place."""
        if self.terms.interest is None or on <= self.judged_on:
            return None
        period = Period(self.judged_on + ONE_DAY, on)
        found = accrue_balances(self.balances, self.terms.interest, period)
        self.open[Part.AFTER] = max(found.amount - self.paid, self.paid * 0)
        return found

    def pay(self, on: date, found: Spread) -> None:
        for part, money in found.shares:
            self.open[part] = self.open[part] - money
        self.paid = self.paid + found.of(Part.AFTER)
        day = on + ONE_DAY
        if self.balances[-1][0] == day:
            self.balances.pop()
        self.balances.append((day, self._base()))


def difference(computed: Spread, certified: Spread) -> tuple[tuple[Part, Money], ...]:
    """What the court's certificate gives to each part beyond (or short of, negative)
    the order of the law; parts on which they agree are left out."""
    both = (*computed.shares, *certified.shares)
    parts = dict.fromkeys(part for part, _money in both)
    found = ((part, certified.of(part) - computed.of(part)) for part in parts)
    return tuple((part, money) for part, money in found if money.amount)


def enforcement_ceiling(
    claimed: Money, share: Decimal, unit: Decimal = Decimal("0.01")
) -> Money:
    """The most that may be asked for beside the sum ``claimed`` in an enforcement, for
    the interest and costs that it will cause; rounded down. LEC (ES) art. 575.1: 0.30.
    """
    amount = round_to(claimed.amount * share, unit, ROUND_DOWN)
    return Money(amount, claimed.currency)


@dataclass(frozen=True, slots=True)
class EnforcementTerm:
    """A judgment may be enforced for ``months`` after it is firm; an alarm rings after
    ``alarm_months``. LEC (ES) art. 518: 60 and 48; CPC (CL) art. 233: 12 in the same
    court, CC (CL) art. 2515: 36."""

    months: int
    alarm_months: int
    article: str = ""

    def ends(self, firm: date) -> date:
        """The last day on which it may be asked for."""
        return add_months(firm, self.months)

    def alarm(self, firm: date) -> date:
        """The day from which somebody is told."""
        return add_months(firm, self.alarm_months)
