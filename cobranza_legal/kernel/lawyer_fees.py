"""What a lawyer is owed: a fixed fee and a percentage of what is recovered."""

from dataclasses import dataclass
from decimal import Decimal

from .errors import RefusedTerms
from .money import Money, round_to, total

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LawyerTerms:
    """``fixed`` once and ``share`` (0.10 is 10 %) of recoveries, in ``currency``.

    ``floor`` and ``cap`` bound the sum (None: no cap). RefusedTerms for a share outside
    0 to 1, a negative sum or a cap below the floor.
    """

    currency: str
    fixed: Decimal = ZERO
    share: Decimal = ZERO
    floor: Decimal = ZERO
    cap: "Decimal | None" = None
    rounding_unit: Decimal = Decimal("0.01")

    def __post_init__(self):
        if not 0 <= self.share <= 1:
            raise RefusedTerms("A share of recoveries lies between 0 and 1.")
        if self.fixed < 0 or self.floor < 0:
            raise RefusedTerms("A lawyer's fee is not negative.")
        if self.cap is not None and self.cap < self.floor:
            raise RefusedTerms("The highest fee is below the lowest.")


@dataclass(frozen=True, slots=True)
class LawyerFee:
    """``amount`` = ``fixed`` + ``on_recoveries``, moved by ``bound`` (what the least or
    the most adds or takes off)."""

    amount: Money
    fixed: Money
    on_recoveries: Money
    bound: Money


def lawyer_fee(terms: LawyerTerms, recovered: Money) -> LawyerFee:
    """What is owed in all once ``recovered`` has come in, each part rounded once.

    Recoveries that are not positive earn no percentage. CurrencyMismatch for another
    currency.
    """
    total((recovered,), terms.currency)
    unit = terms.rounding_unit
    fixed = round_to(terms.fixed, unit)
    variable = round_to(max(ZERO, recovered.amount) * terms.share, unit)
    amount = max(fixed + variable, round_to(terms.floor, unit))
    if terms.cap is not None:
        amount = min(amount, round_to(terms.cap, unit))
    return LawyerFee(
        *(
            Money(one, terms.currency)
            for one in (amount, fixed, variable, amount - fixed - variable)
        )
    )


def lawyer_fee_due(terms: LawyerTerms, recovered: Money, billed: Money) -> Money:
    """What is still to be billed; negative if more was billed than is owed, as when a
    payment was returned."""
    return lawyer_fee(terms, recovered).amount - billed
