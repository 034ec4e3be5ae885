"""How calls end and what happens to contacts: one row for each outcome and event."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``event``: the event that it is of the contact, empty: none.
    ``manifest``: the debtor has said what it wants, so a demand is answered.
    ``heard``: something was said that the debtor or somebody near it could hear.
    ``again``: one usually calls again; ``final``: never, whatever was ticked.
    ``asks``: more has to be known than a click.
    ``debts``: debts may be chosen that it is about; ``needs_debts``: they have to be.

    What follows from it does ``_follow_<code>`` of ``cobranza.contact.outcome``.
    """

    code: str
    label: LazyGettext = field(compare=False)
    event: str = ""
    manifest: bool = False
    heard: bool = True
    again: bool = False
    final: bool = False
    asks: bool = False
    debts: bool = False
    needs_debts: bool = False


class CobranzaOutcome(models.AbstractModel):
    _name = "cobranza.outcome"
    _inherit = "cobranza.rows"
    _description = "Outcomes of calls"

    def _rows(self):
        return OUTCOMES


OUTCOMES = (
    Outcome("answered", _lt("Answered"), event="answered", asks=True),
    Outcome("no_answer", _lt("No answer"), event="no_answer", again=True, heard=False),
    Outcome("voicemail", _lt("Voicemail"), event="no_answer", again=True),
    Outcome(
        "wrong_number",
        _lt("Wrong number"),
        event="wrong_number",
        heard=False,
        final=True,
    ),
    Outcome(
        "third_party",
        _lt("Another person answered"),
        again=True,
        asks=True,
        heard=False,
    ),
    Outcome(
        "will_pay",
        _lt("Will pay"),
        event="answered",
        manifest=True,
        asks=True,
        debts=True,
        needs_debts=True,
        final=True,
    ),
    Outcome(
        "disputes",
        _lt("Disputes it"),
        event="answered",
        manifest=True,
        asks=True,
        debts=True,
        needs_debts=True,
        final=True,
    ),
    Outcome(
        "says_paid",
        _lt("Says it is paid"),
        event="answered",
        manifest=True,
        debts=True,
    ),
    Outcome(
        "asks_plan",
        _lt("Asks for a plan"),
        event="answered",
        manifest=True,
        asks=True,
    ),
)


@dataclass(frozen=True, slots=True)
class EventKind:
    """``carrier``: an answer of a carrier on paper. ``tracked``: a person may add it by
    hand to what is tracked. ``proven``: certified by the carrier with a file.
    ``address``: what it says of the address, ``dead`` or ``alive``."""

    code: str
    label: LazyGettext = field(compare=False)
    carrier: bool = False
    tracked: bool = False
    proven: bool = False
    address: str = ""


class CobranzaEventKind(models.AbstractModel):
    _name = "cobranza.event.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of delivery events"

    def _rows(self):
        return EVENT_KINDS


_PAPER = {"carrier": True, "tracked": True}


EVENT_KINDS = (
    EventKind("handed_over", _lt("Handed over to the provider")),
    EventKind("accepted", _lt("Accepted by the carrier")),
    EventKind("delivered", _lt("Delivered"), **_PAPER, proven=True, address="alive"),
    EventKind(
        "content_certified",
        _lt("Content certified"),
        tracked=True,
        proven=True,
    ),
    EventKind("opened", _lt("Opened"), address="alive"),
    EventKind("bounced", _lt("Bounced"), address="dead"),
    EventKind("expired", _lt("Expired before it was delivered")),
    EventKind("answered", _lt("Answered"), address="alive"),
    EventKind("no_answer", _lt("No answer")),
    EventKind("wrong_number", _lt("Wrong number"), address="dead"),
    EventKind("refused", _lt("Refused"), **_PAPER, proven=True),
    EventKind("notice_left", _lt("Notice left"), **_PAPER),
    EventKind("uncollected", _lt("Not collected"), **_PAPER, proven=True),
    EventKind(
        "unknown_address", _lt("Unknown at the address"), **_PAPER, address="dead"
    ),
    EventKind("returned", _lt("Returned"), **_PAPER),
    EventKind("rejected", _lt("Rejected by the provider")),
    EventKind("printed", _lt("Printed")),
    EventKind("posted", _lt("Posted"), tracked=True),
    EventKind("correction", _lt("Correction"), tracked=True),
)
