"""What a law says about passing a cost of collection on to the debtor."""

from dataclasses import dataclass

from ..kernel.money import Money

COST_KINDS = [
    ("certified_letter", "Certified letter"),
    ("registered", "Registered demand with proof of content"),
    ("returned_debit", "Returned direct debit"),
    ("registry", "Registry or report"),
    ("expert", "Expert"),
    ("lawyer", "Lawyer or collection agency"),
    ("court_fee", "Court fee"),
    ("other", "Other"),
]


@dataclass(frozen=True, slots=True)
class RecoverableCost:
    """``allowed``: may be charged, on ``basis`` (law, contract), up to ``cap`` for each
    cost (None: all that is proven), with ``needs_agreement`` only if the contract says
    so; ``beyond_compensation``: only what the fixed compensation of the document does
    not pay. ``article`` says why, also why not.
    """

    allowed: bool
    basis: str = "law"
    cap: "Money | None" = None
    article: str = ""
    needs_agreement: bool = False
    beyond_compensation: bool = False
