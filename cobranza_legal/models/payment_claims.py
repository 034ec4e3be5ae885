"""What a payment may be imputed to, and how the law spreads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..kernel.imputation import Claim, Part
from ..kernel.money import Money

PARTS = {
    "cost": Part.COST,
    "interest": Part.INTEREST,
    # principal at the value of the day of payment
    "indexation": Part.PRINCIPAL,
    "principal": Part.PRINCIPAL,
}
PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class Payable:
    """One claim that a payment may extinguish, in the currency of the payment.

    ``key`` names it for as long as nothing changes; ``kind`` is ``principal`` or a kind
    of charge. ``owed`` is what is open, ``offered`` the part that is not disputed.
    ``charge`` and ``line`` are the ids of the charge and of the open journal item, of
    what is in the ledger; what accrues until the day has neither.
    """

    key: str
    kind: str
    group: str
    document: str
    due: date
    owed: Decimal
    offered: Decimal
    debt: "int | None" = None
    charge: "int | None" = None
    line: "int | None" = None
    basis: str = "law"
    burden: Decimal = Decimal(0)
    first: "date | None" = None
    last: "date | None" = None

    @property
    def part(self) -> Part:
        return PARTS.get(self.kind, Part.FEE)

    @property
    def accruing(self) -> bool:
        return self.charge is None and self.line is None

    def as_claim(self, currency: str) -> Claim:
        money = Money(self.offered, currency)
        return Claim(self.key, self.group, self.part, money, self.due, self.burden)


@dataclass(frozen=True, slots=True)
class Payables:
    """All of a debtor in one currency on a day; ``notes`` say what is left out and
    why, ``missing`` that interest is too low because a legal value is not known;
    ``elsewhere`` are (currency, total) of what is owed in others."""

    claims: Sequence[Payable]
    notes: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, Decimal], ...] = ()
    missing: bool = False

    def by_key(self) -> dict[str, Payable]:
        return {one.key: one for one in self.claims}
