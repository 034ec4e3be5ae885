"""How a case ended, and what is done in one: one row for each."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``needs_reason``: whoever says so gives the reason in words. ``by_lawyer``: a
    lawyer of the case may say so, too."""

    code: str
    label: LazyGettext = field(compare=False)
    needs_reason: bool = True
    by_lawyer: bool = True


OUTCOMES = (
    Outcome("recovered", _lt("Recovered"), needs_reason=False),
    Outcome("settled", _lt("Settled with the debtor")),
    Outcome("uncollectible", _lt("Uncollectible")),
    Outcome("taken_back", _lt("Taken back"), by_lawyer=False),
    Outcome("declined", _lt("Declined by the lawyer")),
)


class CobranzaCaseOutcome(models.AbstractModel):
    _name = "cobranza.case.outcome"
    _inherit = "cobranza.rows"
    _description = "How cases end"

    def _rows(self):
        return OUTCOMES


@dataclass(frozen=True, slots=True)
class ActKind:
    """``by_hand``: people write it down; else it follows from a button. ``proves``: its
    files belong into the dossier of the case."""

    code: str
    label: LazyGettext = field(compare=False)
    by_hand: bool = True
    proves: bool = True


ACT_KINDS = (
    ActKind("note", _lt("Note")),
    ActKind("study", _lt("Documents studied")),
    ActKind("writing", _lt("Written piece")),
    ActKind("call", _lt("Conversation")),
    ActKind("received", _lt("Document received")),
    ActKind("other", _lt("Something else")),
    ActKind("state", _lt("Change of the case"), by_hand=False),
    ActKind("asked", _lt("Document asked for"), by_hand=False),
    ActKind("draft", _lt("Draft made"), by_hand=False, proves=False),
    ActKind("dossier", _lt("Dossier made"), by_hand=False, proves=False),
)


class CobranzaCaseActKind(models.AbstractModel):
    _name = "cobranza.case.act.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of acts in a case"

    def _rows(self):
        return ACT_KINDS
