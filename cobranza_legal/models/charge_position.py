"""What debts owed on a day, by the dates of what has settled them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(slots=True)
class Position:
    """Of one debt, in its currency.

    ``whole`` is what its document asks for less its credit notes: what they give back
    was never owed. ``payments`` are [(day, amount)], ``notes`` the credit notes alike,
    ``disputes`` [(opened on, upheld or not closed before, amount)]; None: not closed.
    ``covering`` are the payments of the debtor that nobody has allocated yet.
    """

    whole: Decimal
    payments: list[tuple[date, Decimal]] = field(default_factory=list)
    notes: list[tuple[date, Decimal]] = field(default_factory=list)
    disputes: list[tuple[date, "date | None", Decimal]] = field(default_factory=list)
    covering: Decimal = ZERO

    def disputed(self, on: date) -> Decimal:
        """What was disputed on a day and no credit note has given back."""
        result = ZERO
        for opened, closed, amount in self.disputes:
            if opened <= on and (closed is None or closed > on):
                back = sum((note for day, note in self.notes if day >= opened), ZERO)
                result += max(ZERO, amount - back)
        return result

    def claim(self, until: date, on: date, covered: Decimal) -> Decimal:
        """What was left on the day ``on`` of what was not paid by ``until``: without
        what was disputed then, and without the unallocated payments that ``covered`` it
        then and have gone nowhere else since. Negative when too much was paid."""
        paid = sum((amount for day, amount in self.payments if day <= until), ZERO)
        return self.whole - paid - self.disputed(on) - min(covered, self.covering)
