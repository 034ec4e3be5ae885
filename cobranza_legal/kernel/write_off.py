"""Write-off of what is lost: from which day on, and how much of it is provided for."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .periods import add_months
from .provision import HUNDRED, ZERO, Scale

YEAR = 12
"""Months from the whole allowance to the write-off (requirement 002, *baja
definitiva*)."""


def wholly_from(due: date, scale: Scale) -> "date | None":
    """The day from which on the scale provides for the whole of what fell due on
    ``due``; None when it never does."""
    whole = [one.first for one in scale.buckets if one.percent >= HUNDRED]
    return due + timedelta(days=whole[0]) if whole else None


@dataclass(frozen=True, slots=True)
class Term:
    """When a debt may be written off at the earliest. ``provided`` is the day of the
    first posted run that provided for the whole of it, ``aged`` the day on which its
    age asked for that; None: not yet."""

    provided: "date | None"
    aged: "date | None"

    @property
    def by_provision(self) -> "date | None":
        """A year after the run."""
        return self.provided and add_months(self.provided, YEAR)

    @property
    def by_age(self) -> "date | None":
        """A year after the day of the age."""
        return self.aged and add_months(self.aged, YEAR)


@dataclass(frozen=True, slots=True)
class Loss:
    """``released`` of the allowance is used for what is written off; ``unprovided`` is
    the rest of it."""

    released: Decimal
    unprovided: Decimal


def loss(amount: Decimal, allowance: Decimal) -> Loss:
    """What an amount takes of its allowance, never more than there is nor than is lost;
    what is left of the allowance is for the next run to release."""
    released = max(ZERO, min(amount, allowance))
    return Loss(released, amount - released)
