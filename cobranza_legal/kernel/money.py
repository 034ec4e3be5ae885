"""Amounts: a Decimal that travels with its currency. Never a float."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .errors import CurrencyMismatch


def round_to(amount: Decimal, unit: Decimal, rounding=ROUND_HALF_UP) -> Decimal:
    """The multiple of ``unit`` nearest to ``amount``; ties by ``rounding``.

    ``unit`` may be any positive step (1, 0.01, 0.05), else ValueError.
    """
    if unit <= 0:
        raise ValueError(f"The rounding unit must be positive, not {unit}.")
    return (amount / unit).quantize(Decimal(1), rounding=rounding) * unit


@dataclass(frozen=True, slots=True)
class Money:
    """``amount`` units of the currency with ISO code ``currency``.

    Adding, subtracting and ordering amounts of different currencies raise
    CurrencyMismatch; ``==`` is False between them.
    """

    amount: Decimal
    currency: str

    def __post_init__(self):
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"Money needs a Decimal, not {self.amount!r}.")
        if not self.amount.is_finite():
            raise ValueError(f"Money needs a finite amount, not {self.amount}.")

    @classmethod
    def of(cls, x: "str | int | Decimal", currency: str) -> "Money":
        """Money from text, an integer or a Decimal; TypeError for anything else."""
        if isinstance(x, bool) or not isinstance(x, (str, int, Decimal)):
            raise TypeError(f"Money is made of str, int or Decimal, not {x!r}.")
        return cls(Decimal(x), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(Decimal(0), currency)

    @property
    def is_zero(self) -> bool:
        return not self.amount

    def rounded(self, unit: Decimal, rounding=ROUND_HALF_UP) -> "Money":
        """This amount to the nearest multiple of ``unit``."""
        return Money(round_to(self.amount, unit, rounding), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"Expected Money, not {other!r}.")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} is not {other.currency}.")
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount), self.currency)

    def __mul__(self, factor: "Decimal | int") -> "Money":
        if not isinstance(factor, (int, Decimal)):
            return NotImplemented
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def total(items: Iterable[Money], currency: str) -> Money:
    """Sum of ``items``, all in ``currency`` (else CurrencyMismatch)."""
    result = Money.zero(currency)
    for item in items:
        result = result + item
    return result


def allocate(
    total: Money, weights: Sequence[Decimal], unit: Decimal
) -> tuple[Money, ...]:
    """Shares of ``total`` in proportion to ``weights``, in steps of ``unit``.

    Largest remainder first, ties by position; all-zero weights share equally. The
    shares always sum to ``total``: what is smaller than ``unit`` goes to the heaviest.
    ValueError without weights, with a negative one or with a unit that is not positive.
    """
    if not weights or any(weight < 0 for weight in weights) or unit <= 0:
        raise ValueError("Allocation needs weights ≥ 0 and a positive unit.")
    parts = [Fraction(weight) for weight in weights]
    if not any(parts):
        parts = [Fraction(1)] * len(parts)
    sign = -1 if total.amount < 0 else 1
    steps = int(abs(total.amount) // unit)
    exact = [steps * part / sum(parts) for part in parts]
    shares = [int(share) for share in exact]
    order = sorted(range(len(parts)), key=lambda i: shares[i] - exact[i])
    for i in order[: steps - sum(shares)]:
        shares[i] += 1
    amounts = [sign * share * unit for share in shares]
    heaviest = max(range(len(parts)), key=lambda i: parts[i])
    amounts[heaviest] += total.amount - sign * steps * unit
    return tuple(Money(amount, total.currency) for amount in amounts)
