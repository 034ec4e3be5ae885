"""In which capacity somebody answers for debts, and why that ends."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)

DEBTOR = "debtor"
"""The capacity of the debtor itself, of which nobody makes a record."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """``is_solidary``: owes the whole beside the debtor, who need not be asked first
    (CC ES arts. 1137, 1144; CC CL arts. 1511, 1514; LCCH art. 57; Ley 18.092 art. 47).
    ``is_guarantor``: answers for what somebody else owes: an extension that he has not
    consented to frees him (CC ES art. 1851; CC CL art. 1649). ``has_excussion``: may
    point at the debtor's goods first (CC ES art. 1830; CC CL art. 2357).
    ``takes_over_from_debtor``: owes in the debtor's place after its death (CC ES arts.
    659, 661; CC CL art. 1097). ``has_share``: owes a part, where one is stated.
    ``is_addressed``: a level that writes to guarantors writes to it.
    ``is_debtor``: the debtor itself, of which there is no record."""

    code: str
    label: LazyGettext = field(compare=False)
    is_solidary: bool = False
    is_guarantor: bool = False
    has_excussion: bool = False
    takes_over_from_debtor: bool = False
    has_share: bool = False
    is_addressed: bool = False
    is_debtor: bool = False

    @property
    def owes_alone(self):
        """Whether the whole may be asked of it without the debtor."""
        return not self.has_excussion and (self.is_solidary or self.is_guarantor)


class CobranzaObligorCapacity(models.AbstractModel):
    _name = "cobranza.obligor.capacity"
    _inherit = "cobranza.rows"
    _description = "Capacities in which somebody answers for debts"

    def _rows(self):
        return CAPACITIES


CAPACITIES = (
    Capacity(DEBTOR, _lt("Debtor"), is_debtor=True),
    Capacity(
        "co_debtor", _lt("Solidary co-debtor"), is_solidary=True, is_addressed=True
    ),
    Capacity(
        "guarantor",
        _lt("Simple guarantor"),
        is_guarantor=True,
        has_excussion=True,
        is_addressed=True,
    ),
    Capacity(
        "guarantor_waived",
        _lt("Guarantor who waived excussion"),
        is_guarantor=True,
        is_addressed=True,
    ),
    Capacity(
        "avalista",
        _lt("Guarantor of a bill or note"),
        is_solidary=True,
        is_guarantor=True,
        is_addressed=True,
    ),
    Capacity("heir", _lt("Heir"), takes_over_from_debtor=True, has_share=True),
    Capacity("several", _lt("Debtor of a share"), has_share=True),
)


@dataclass(frozen=True, slots=True)
class ObligorEnd:
    """``never``: the record was wrong: there never was a duty. ``gives_up``: something
    that we could have claimed is given up: a collection manager decides it."""

    code: str
    label: LazyGettext = field(compare=False)
    never: bool = False
    gives_up: bool = False


class CobranzaObligorEnd(models.AbstractModel):
    _name = "cobranza.obligor.end"
    _inherit = "cobranza.rows"
    _description = "Why somebody answers for debts no more"

    def _rows(self):
        return ENDS


ENDS = (
    ObligorEnd("paid", _lt("Has paid what it answered for")),
    ObligorEnd("deed_ended", _lt("The deed has ended")),
    ObligorEnd("released", _lt("Released by us"), gives_up=True),
    ObligorEnd("freed_by_extension", _lt("Freed by an extension"), gives_up=True),
    ObligorEnd("deceased", _lt("Has died")),
    ObligorEnd("replaced", _lt("Replaced by another record")),
    ObligorEnd("mistake", _lt("Recorded by mistake"), never=True),
)
