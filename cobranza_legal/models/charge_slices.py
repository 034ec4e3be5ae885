"""Slices of interest as they are kept on a charge: text, so that no cent is lost."""

from datetime import date
from decimal import Decimal

from ..kernel.position import InterestSlice, share_slices


def as_rows(bill):
    """Unrounded slices of a kernel ``InterestBill``, for a Json field."""
    return [
        {
            "first": one.period.first.isoformat(),
            "last": one.period.last.isoformat(),
            "days": one.days,
            "base": str(one.base),
            "rate": str(one.rate),
            "amount": str(one.amount),
        }
        for one in bill.slices
        if one.base
    ]


def from_rows(rows, step):
    """``InterestSlice``s of these rows whose amounts, in multiples of ``step``, add up
    to their rounded sum."""
    exact = [
        InterestSlice(
            date.fromisoformat(row["first"]),
            date.fromisoformat(row["last"]),
            row["days"],
            Decimal(row["base"]),
            Decimal(row["rate"]),
            Decimal(row["amount"]),
        )
        for row in rows or ()
    ]
    return share_slices(exact, step)
