"""What limitation is counted by: kinds of claims, actions, and what interrupts it. One
row for each; countries add the kinds of claims of their law."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """What a claim is for, as a country's law of limitation tells claims apart."""

    code: str
    label: LazyGettext = field(compare=False)


class CobranzaClaimKind(models.AbstractModel):
    _name = "cobranza.claim.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of claims"


@dataclass(frozen=True, slots=True)
class Action:
    code: str
    label: LazyGettext = field(compare=False)


class CobranzaClaimAction(models.AbstractModel):
    _name = "cobranza.claim.action"
    _inherit = "cobranza.rows"
    _description = "Actions of a creditor"

    def _rows(self):
        return ACTIONS


ACTIONS = (
    Action("ordinary", _lt("Ordinary action")),
    Action("executive", _lt("Action of the title")),
)


@dataclass(frozen=True, slots=True)
class InterruptionKind:
    """``by_hand``: a person writes it down, with its proof; else the suite knows it.
    ``lasts``: it goes on until a day that is written down later. ``suspends``: the time
    does not begin anew but stands still meanwhile; while nobody has written down that
    it ended it moves nothing, which is the strict reading."""

    code: str
    label: LazyGettext = field(compare=False)
    by_hand: bool = True
    lasts: bool = False
    suspends: bool = False


class CobranzaInterruptionKind(models.AbstractModel):
    _name = "cobranza.interruption.kind"
    _inherit = "cobranza.rows"
    _description = "What interrupts limitation"

    def _rows(self):
        return INTERRUPTIONS


INTERRUPTIONS = (
    InterruptionKind("acknowledgement", _lt("Acknowledged by the debtor")),
    InterruptionKind("acknowledgement_deed", _lt("Acknowledged in a public deed")),
    InterruptionKind("executive_title", _lt("Acknowledged in an executive title")),
    InterruptionKind("term_granted", _lt("A term was granted")),
    InterruptionKind("suit", _lt("Lawsuit"), lasts=True),
    InterruptionKind(
        "suspension", _lt("Suspended by law for a time"), lasts=True, suspends=True
    ),
    InterruptionKind("other", _lt("Other")),
    InterruptionKind("claim", _lt("Claim out of court"), by_hand=False),
    InterruptionKind("insolvency", _lt("Insolvency proceedings"), by_hand=False),
    InterruptionKind("part_payment", _lt("Part payment"), by_hand=False),
)
