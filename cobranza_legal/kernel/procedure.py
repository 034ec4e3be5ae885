"""Which procedures a claim may take: titles and amounts that they admit, who has to
represent the creditor, and what the court asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


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
