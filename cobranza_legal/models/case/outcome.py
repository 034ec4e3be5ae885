"""How a case and its proceedings ended, and what is done in one: one row for each."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``needs_reason``: whoever says so gives the reason in words. ``by_lawyer``: a
    lawyer of the case may say so, too. ``agreed``: an agreement that was signed over
    the debts stands for the reason. ``paid``: nothing of it goes back to the ladder.
    ``brings``: what is paid after its end came because of it."""

    code: str
    label: LazyGettext = field(compare=False)
    needs_reason: bool = True
    by_lawyer: bool = True
    agreed: bool = False
    paid: bool = False
    brings: bool = False


OUTCOMES = (
    Outcome("recovered", _lt("Recovered"), needs_reason=False, paid=True, brings=True),
    Outcome("settled", _lt("Settled with the debtor"), agreed=True, brings=True),
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
class ProceedingOutcome:
    """``needs_reason``: whoever says so gives the reason in words. ``judged``: the
    court has decided. ``won``: all or part of it was granted or paid. ``by_hand``:
    people choose it; else it follows from a button."""

    code: str
    label: LazyGettext = field(compare=False)
    needs_reason: bool = False
    judged: bool = False
    won: bool = False
    by_hand: bool = True


PROCEEDING_OUTCOMES = (
    ProceedingOutcome("paid", _lt("Paid"), won=True),
    ProceedingOutcome("granted", _lt("Judgment for us"), judged=True, won=True),
    ProceedingOutcome(
        "granted_part", _lt("Judgment for a part"), judged=True, won=True
    ),
    ProceedingOutcome("refused", _lt("Judgment against us"), judged=True),
    ProceedingOutcome("settled", _lt("Settled with the debtor"), needs_reason=True),
    ProceedingOutcome("withdrawn", _lt("Withdrawn by us"), needs_reason=True),
    ProceedingOutcome("dismissed", _lt("Dismissed by the court"), needs_reason=True),
    ProceedingOutcome("archived", _lt("Archived without result"), needs_reason=True),
    ProceedingOutcome("continued", _lt("Goes on in another"), by_hand=False),
)


class CobranzaProceedingOutcome(models.AbstractModel):
    _name = "cobranza.proceeding.outcome"
    _inherit = "cobranza.rows"
    _description = "How proceedings end"

    def _rows(self):
        return PROCEEDING_OUTCOMES


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
    ActKind("deadline", _lt("Deadline or hearing"), by_hand=False),
    ActKind("state", _lt("Change of the case"), by_hand=False),
    ActKind("asked", _lt("Document asked for"), by_hand=False),
    ActKind("mail", _lt("E-mail received"), by_hand=False, proves=False),
    ActKind("report", _lt("Progress report"), by_hand=False, proves=False),
    ActKind("measure", _lt("Measure or attachment"), by_hand=False),
    ActKind("judgment", _lt("Decision of the court"), by_hand=False),
    ActKind("money", _lt("Money from the court"), by_hand=False),
    ActKind("filed", _lt("Filed before a court"), by_hand=False),
    ActKind("stage", _lt("Change of stage"), by_hand=False),
    ActKind("draft", _lt("Draft made"), by_hand=False, proves=False),
    ActKind("dossier", _lt("Dossier made"), by_hand=False, proves=False),
)


class CobranzaCaseActKind(models.AbstractModel):
    _name = "cobranza.case.act.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of acts in a case"

    def _rows(self):
        return ACT_KINDS
