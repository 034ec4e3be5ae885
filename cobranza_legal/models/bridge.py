"""The only place where Odoo's amounts become the kernel's money, and back."""

from decimal import Decimal

from ..kernel.money import Money


def unit(currency):
    """The smallest amount of a currency: Decimal('0.01') for EUR, 1 for CLP."""
    return Decimal(str(currency.rounding)).normalize()


def to_decimal(amount):
    """A Monetary value as the Decimal that it shows; None counts as zero."""
    return Decimal(str(amount or 0))


def to_money(amount, currency):
    return Money(to_decimal(amount), currency.name)
