"""Which claims a payment extinguishes first."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import groupby

from .errors import RefusedTerms
from .money import Money, allocate, total


class Part(str, Enum):
    """What a claim is of its debt."""

    COST = "cost"
    FEE = "fee"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class Preference(str, Enum):
    """By what the law prefers one debt to another.

    DUE: due on the day before not yet due. BURDEN: the most onerous. OLDEST: the one
    that fell due first. LISTED: as listed by the caller.
    """

    DUE = "due"
    BURDEN = "burden"
    OLDEST = "oldest"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Claim:
    """``amount`` (never negative, else ValueError) of one part of a ``debt``.

    ``key`` names the claim, ``debt`` what its interest, fees, costs and principal have
    in common. ``burden``: how onerous the debt is, as its yearly rate in percent.
    """

    key: Hashable
    debt: Hashable
    part: Part
    amount: Money
    due: date
    burden: Decimal = Decimal(0)

    def __post_init__(self):
        if self.amount.amount < 0:
            raise ValueError(f"{self.key} claims less than nothing.")


@dataclass(frozen=True, slots=True)
class ImputationOrder:
    """The order of a country.

    ``preferences`` rank the debts that nobody has named; debts that tie share in
    proportion. ``parts`` rank the claims of one debt, parts left out come last.
    ``due_only``: a debtor may not name a debt that is not due before one that is, but
    with the creditor's consent.

    Chile, CC arts. 1595 to 1597: due before not due, and then as the debtor says:
    (DUE, OLDEST, LISTED), ``due_only``. Spain, CC arts. 1172 to 1174: (DUE, BURDEN).
    Proportional: no preferences.
    """

    preferences: tuple[Preference, ...]
    parts: tuple[Part, ...] = tuple(Part)
    due_only: bool = False
    article: str = ""


@dataclass(frozen=True, slots=True)
class Imputation:
    """``shares`` (claim's key, amount) as paid, none zero; ``leftover`` of the payment.

    ``extinguished``: interest lost as the principal was taken without reserving it.
    """

    shares: tuple[tuple[Hashable, Money], ...]
    leftover: Money
    extinguished: tuple[Hashable, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the parties said about a payment; by default nothing.

    ``named``: debts in the order declared by the debtor when paying or, failing that,
    by the creditor in a receipt that the debtor took; ``consented``: the creditor lets
    it prefer debts not due. ``principal_first``: debts whose principal the creditor
    agrees to take before their interest and charges; ``reserved``: these are kept.
    """

    named: tuple[Hashable, ...] = ()
    consented: bool = False
    principal_first: frozenset[Hashable] = frozenset()
    reserved: bool = True


NOTHING_SAID = Declaration()


def impute(
    payment: Money,
    claims: Sequence[Claim],
    order: ImputationOrder,
    on: date,
    unit: Decimal,
    said: Declaration = NOTHING_SAID,
) -> Imputation:
    """How a payment on a day is spread over the claims, in multiples of ``unit``.

    First what the parties said, then the order of the law; what claims exceed is left
    over. Shares and leftover sum to the payment exactly. ValueError for a negative
    payment or a key given twice, CurrencyMismatch for several currencies, RefusedTerms
    for a declaration that the law does not allow, KeyError for a debt without claims.
    CC (CL) arts. 1595-1597, Ley 18.010 (CL) art. 17; CC (ES) arts. 1110, 1172-1174.
    """
    _check(payment, claims)
    debts: dict[Hashable, list[Claim]] = {}
    for claim in claims:
        debts.setdefault(claim.debt, []).append(claim)
    ranks = _ranks(debts, order, on)
    chosen = list(dict.fromkeys(said.named))
    if order.due_only and not said.consented:
        _check_named(chosen, debts, on)
    groups = [[debts[debt]] for debt in chosen]
    rest = sorted((debt for debt in debts if debt not in chosen), key=ranks.get)
    for _rank, tied in groupby(rest, key=ranks.get):
        groups.append([debts[debt] for debt in tied])
    paid: dict[Hashable, Money] = {}
    left = payment
    for group in groups:
        for debt, share in zip(group, _shares(left, group, unit), strict=True):
            first = debt[0].debt in said.principal_first
            paid |= _pay(share, _by_part(debt, order, first))
            left = left - share
    lost = () if said.reserved else _lost(claims, paid)
    shares = tuple(item for item in paid.items() if not item[1].is_zero)
    return Imputation(shares, left, lost)


def _check(payment: Money, claims: Sequence[Claim]) -> None:
    if payment.amount < 0:
        raise ValueError("A payment is not negative.")
    if len({claim.key for claim in claims}) != len(claims):
        raise ValueError("Two claims have the same key.")
    total((claim.amount for claim in claims), payment.currency)


def _check_named(named: Sequence[Hashable], debts: dict, on: date) -> None:
    """RefusedTerms if a debt not due is named while a due one is left out or behind."""
    late = {debt: _due(claims) <= on for debt, claims in debts.items()}
    order = [*named, *(debt for debt in debts if debt not in named and late[debt])]
    flags = [late[debt] for debt in order]
    if flags != sorted(flags, reverse=True):
        raise RefusedTerms("A debt that is not due may not be preferred to a due one.")


def _due(claims: Iterable[Claim]) -> date:
    """When a debt falls due: its principal, or its first claim."""
    claims = list(claims)
    own = [one.due for one in claims if one.part is Part.PRINCIPAL]
    return min(own or [one.due for one in claims])


def _ranks(debts: dict, order: ImputationOrder, on: date) -> dict[Hashable, tuple]:
    """{debt: what it is sorted by}: lower is paid first, equal ones share."""
    ranks = {}
    for position, (debt, claims) in enumerate(debts.items()):
        due = _due(claims)
        by = {
            Preference.DUE: due > on,
            Preference.BURDEN: -max(claim.burden for claim in claims),
            Preference.OLDEST: due,
            Preference.LISTED: position,
        }
        ranks[debt] = tuple(by[preference] for preference in order.preferences)
    return ranks


def _shares(left: Money, group: Sequence[Sequence[Claim]], unit: Decimal):
    """What each debt of a group gets: all it claims, or a part in proportion."""
    owed = [total((claim.amount for claim in debt), left.currency) for debt in group]
    if left >= total(owed, left.currency):
        return owed
    shares = allocate(left, [one.amount for one in owed], unit)
    given = [min(share, one) for share, one in zip(shares, owed, strict=True)]
    spare = left - total(given, left.currency)
    for at, one in enumerate(owed):
        more = min(spare, one - given[at])
        given[at] = given[at] + more
        spare = spare - more
    return given


def _by_part(debt: Sequence[Claim], order: ImputationOrder, principal_first: bool):
    """The claims of one debt, first to be paid first; the sort is stable."""

    def rank(claim):
        if principal_first and claim.part is Part.PRINCIPAL:
            return -1
        known = claim.part in order.parts
        return order.parts.index(claim.part) if known else len(order.parts)

    return sorted(debt, key=rank)


def _pay(money: Money, claims: Iterable[Claim]) -> dict[Hashable, Money]:
    paid = {}
    for claim in claims:
        paid[claim.key] = min(money, claim.amount)
        money = money - paid[claim.key]
    return paid


def _lost(claims: Sequence[Claim], paid: dict) -> tuple[Hashable, ...]:
    """The unpaid interest of debts whose principal was paid whole."""
    whole = {
        claim.debt
        for claim in claims
        if claim.part is Part.PRINCIPAL and paid[claim.key] == claim.amount
    }
    return tuple(
        claim.key
        for claim in claims
        if claim.part is Part.INTEREST
        and claim.debt in whole
        and paid[claim.key] < claim.amount
    )
