"""What texts are for: one row for each purpose."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


OTHER = "other"
"""Nothing asks for such a text: what an addon that is gone leaves behind."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """``demand``: asks for a sum by a day, so countries may order what it has to say.
    ``awaits``: when its term has passed without an answer, somebody decides.
    ``free``: reminds without charging anything for it.
    ``spoken``: said by a person on the telephone, not read by the debtor.
    ``envelope``: its subject is read only by who opens the envelope, or by ourselves.
    ``screen``: shown on a locked screen, where others read it; short.
    ``balance``: speaks of all that the debtor owes and carries the account statement,
    whatever debts the contact is about.
    ``ladder``: a level of a policy may take it; else it belongs to a record or to a
    button.
    ``neutral``: asks for nothing that is overdue and warns of nothing: what countries
    order collection letters to say is not asked of it.
    ``agreed``: asks for what an agreement says is overdue.
    ``offer``: proposes terms: confidential while it is negotiated before a lawsuit.
    """

    code: str
    label: LazyGettext = field(compare=False)
    demand: bool = False
    awaits: bool = False
    free: bool = False
    spoken: bool = False
    envelope: bool = False
    screen: bool = False
    balance: bool = False
    ladder: bool = True
    neutral: bool = False
    agreed: bool = False
    offer: bool = False


class CobranzaTextPurpose(models.AbstractModel):
    _name = "cobranza.text.purpose"
    _inherit = "cobranza.rows"
    _description = "Purposes of texts"

    def _rows(self):
        return PURPOSES


PURPOSES = (
    Purpose("free_notice", _lt("Free notice of default"), free=True),
    Purpose("reminder", _lt("Reminder"), free=True),
    Purpose("sms_reminder", _lt("Reminder by SMS"), free=True, screen=True),
    Purpose("whatsapp", _lt("WhatsApp message"), screen=True),
    Purpose("call_script", _lt("Call script"), free=True, spoken=True, envelope=True),
    Purpose("formal_demand", _lt("Formal demand"), demand=True, awaits=True),
    Purpose(
        "register_demand", _lt("Demand with warning of a credit register"), demand=True
    ),
    Purpose(
        "certified_letter",
        _lt("Certified letter"),
        demand=True,
        awaits=True,
        envelope=True,
    ),
    Purpose("certified_email", _lt("Certified e-mail"), demand=True),
    Purpose(
        "burofax",
        _lt("Letter with certified content"),
        demand=True,
        awaits=True,
        envelope=True,
    ),
    Purpose("last_notice", _lt("Last notice"), demand=True, awaits=True),
    Purpose(
        "guarantor_letter", _lt("Letter to the guarantor"), demand=True, envelope=True
    ),
    Purpose("statement", _lt("Account statement"), envelope=True, balance=True),
    Purpose("agreement", _lt("Payment agreement"), ladder=False, neutral=True),
    Purpose(
        "agreement_offer",
        _lt("Request to sign a payment agreement"),
        ladder=False,
        neutral=True,
        offer=True,
    ),
    Purpose(
        "agreement_reminder",
        _lt("Reminder before an instalment of an agreement"),
        ladder=False,
        neutral=True,
    ),
    Purpose(
        "agreement_missed",
        _lt("Reminder of a missed instalment"),
        ladder=False,
        agreed=True,
    ),
    Purpose(
        "agreement_consent",
        _lt("Consent of a guarantor to an agreement"),
        ladder=False,
        neutral=True,
    ),
    Purpose(
        "agreement_consent_request",
        _lt("Request to a guarantor to consent to an agreement"),
        ladder=False,
        neutral=True,
    ),
    Purpose(
        "agreement_note",
        _lt("Promissory note of an agreement"),
        ladder=False,
        neutral=True,
    ),
    Purpose(
        "agreement_settled",
        _lt("Certificate that an agreement is paid"),
        ladder=False,
        neutral=True,
    ),
    Purpose(
        "agreement_settled_letter",
        _lt("Letter with the certificate of an agreement"),
        ladder=False,
        neutral=True,
    ),
    Purpose(
        "agreement_breach",
        _lt("Notice that an agreement is broken"),
        ladder=False,
        agreed=True,
    ),
    Purpose(
        "dispute_answer", _lt("Answer to an objection"), ladder=False, neutral=True
    ),
    Purpose(
        "suspension_notice", _lt("Notice that services are suspended"), ladder=False
    ),
    Purpose(OTHER, _lt("Other")),
)
