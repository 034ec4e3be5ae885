"""Why a debt or a contact is left alone: one row for each reason."""

from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from ...kernel.dunning import Reason

_lt = LazyTranslate(__name__)


DUST = Reason("dust", 35)
DISCOUNT = Reason("discount", 36)
NEVER_SENT = Reason("never_sent", 88)
BARRED = Reason("barred", 115)


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """``reason``: code and gravity, as the kernel takes it. ``sentence``: its rule in
    words, for the panel that explains a debt.

    ``since``: the date of the debtor from which on its situation leaves it alone; empty
    when the reason is no situation of the debtor. ``keeps_data``: while it lasts,
    personal data may be needed for a claim and are not erased.
    ``details``: what shows who stops the debt and until when: the method
    ``_details_<details>`` of ``cobranza.why``.
    ``ends_interest``: nothing runs at all, instead of our not asking for it. Until
    which day interest runs in a situation says the law (``_interest_spans``).
    ``tone``: the colour of the status in lists, a word of Bootstrap: "success" while
    follow-up goes as planned or money is coming, "info" where a person's turn is next,
    "warning" where something has to be cleared up, "muted" where nothing is to be
    done; empty: none. A situation of the debtor is always "danger".
    ``no_turn``: nobody knows when a contact that waits for it will leave: it is asked
    then, and holds up no other contact until that day.
    """

    reason: Reason
    label: LazyGettext = field(compare=False)
    sentence: LazyGettext = field(compare=False)
    since: str = ""
    keeps_data: bool = False
    details: str = ""
    ends_interest: bool = False
    no_turn: bool = False
    tone: str = ""

    @property
    def code(self):
        return self.reason.value


class CobranzaDecisionReason(models.AbstractModel):
    _name = "cobranza.decision.reason"
    _inherit = "cobranza.rows"
    _description = "Reasons of the engine"

    def _rows(self):
        return REASONS

    @api.model
    def _situations(self):
        """{date field of a debtor: ``Reason``} of what leaves a whole debtor alone,
        gravest first."""
        rows = [row for row in self._by_code().values() if row.since]
        rows.sort(key=lambda row: -row.reason.gravity)
        return {row.since: row.reason for row in rows}

    @api.model
    def _tone(self, code):
        """The colour of a status; empty for one that has none or is unknown."""
        row = self._row(code)
        if row is None:
            return ""
        return "danger" if row.since else row.tone

    @api.model
    def _sentence(self, code):
        """The rule of a reason in the user's language; empty if it is unknown."""
        row = self._row(code)
        return self.env._(row.sentence) if row else ""


OWN_COMPANY = Reason("own_company", 165)
"""One of our own companies: graver than what a debtor may claim, less than settled."""


REASONS = (
    ReasonRow(
        Reason.ENTERED,
        _lt("Entered the policy"),
        _lt("It reached the first level of its policy."),
        tone="success",
    ),
    ReasonRow(
        Reason.ADVANCED,
        _lt("Moved to the next level"),
        _lt("The days of this level had passed, so it moved up to it."),
        tone="success",
    ),
    ReasonRow(
        Reason.DUE,
        _lt("Next level is due"),
        _lt("The days of its next level have passed: the next run moves it."),
        tone="success",
    ),
    ReasonRow(
        Reason.NOT_DUE,
        _lt("Next level not due yet"),
        _lt("The days that the next level counts from the due date have not passed."),
        tone="muted",
    ),
    ReasonRow(
        Reason.TOO_SOON,
        _lt("Too soon after the previous level"),
        _lt("The next level keeps a distance from the previous one."),
        tone="muted",
    ),
    ReasonRow(
        Reason.STEP_PENDING,
        _lt("The act of this level is pending"),
        _lt("The next level waits until the act of this level is done."),
        tone="info",
    ),
    ReasonRow(
        Reason.LAST_LEVEL,
        _lt("Last level reached"),
        _lt("The policy has no further level: a person decides what follows."),
        tone="info",
    ),
    ReasonRow(
        Reason.BELOW_MINIMUM,
        _lt("Below the minimum"),
        _lt("The debtor owes less in all than the next level asks for."),
        tone="muted",
    ),
    ReasonRow(
        Reason.ON_HOLD,
        _lt("On hold"),
        _lt("Somebody has put it on hold."),
        details="holds",
        tone="warning",
    ),
    ReasonRow(
        Reason.DISPUTED,
        _lt("Disputed"),
        _lt("The debtor disputes all of it."),
        details="disputes",
        tone="warning",
    ),
    ReasonRow(
        Reason.PROMISED,
        _lt("Promise to pay open"),
        _lt("The debtor has promised to pay and the day has not passed."),
        details="promises",
        tone="success",
    ),
    ReasonRow(
        Reason.AGREEMENT,
        _lt("Payment agreement running"),
        _lt("A payment agreement is running."),
        details="covered",
        tone="success",
    ),
    ReasonRow(
        Reason.DIRECT_DEBIT,
        _lt("Direct debit presented"),
        _lt("A direct debit has been presented to the bank."),
        details="covered",
        tone="success",
    ),
    ReasonRow(
        Reason("instrument", 55),
        _lt("Covered by an instrument"),
        _lt("A cheque or bill was taken for it: it is not asked for before its day."),
        details="instrument",
    ),
    ReasonRow(
        Reason.SUED,
        _lt("Sued"),
        _lt("The debtor has been sued: the case takes over."),
        since="sued_on",
        keeps_data=True,
        details="since",
        no_turn=True,
    ),
    ReasonRow(
        Reason.INSOLVENT,
        _lt("Insolvency proceedings"),
        _lt("Insolvency proceedings are open: nobody may press for payment."),
        since="insolvent_on",
        keeps_data=True,
        details="since",
        no_turn=True,
    ),
    ReasonRow(
        Reason.DECEASED,
        _lt("Deceased"),
        _lt("The debtor has died: the heirs have to be found first."),
        since="deceased_on",
        details="since",
        no_turn=True,
    ),
    ReasonRow(
        Reason.REPRESENTED,
        _lt("Represented by a lawyer"),
        _lt("A lawyer represents the debtor: only the lawyer is contacted."),
        since="represented_on",
        details="since",
        no_turn=True,
    ),
    ReasonRow(
        Reason.AUTHORITY_CLAIM,
        _lt("Claim pending before an authority"),
        _lt("A claim of the debtor is pending before an authority."),
        since="authority_claim_on",
        keeps_data=True,
        details="since",
        no_turn=True,
    ),
    ReasonRow(
        Reason.CEDED,
        _lt("Ceded to a third party"),
        _lt("The invoice belongs to somebody else now."),
        details="ceded",
        ends_interest=True,
        tone="muted",
    ),
    ReasonRow(
        BARRED,
        _lt("Time-barred"),
        _lt(
            "The time in which it may be claimed in court is over: it is claimed no "
            "more, and nobody threatens with a court."
        ),
        details="barred",
        no_turn=True,
        tone="warning",
    ),
    ReasonRow(
        Reason.NO_FOLLOWUP,
        _lt("Excluded from follow-up"),
        _lt("Its journal item is marked to be left out of follow-up."),
        tone="muted",
    ),
    ReasonRow(
        Reason.BLOCKED_PAYMENT,
        _lt("Invoice blocked for payment"),
        _lt("The invoice is blocked for payment."),
        tone="warning",
    ),
    ReasonRow(
        Reason.COVERED,
        _lt("Covered by unallocated payments"),
        _lt("Payments or credit notes that are not allocated yet cover it."),
        details="credit",
        ends_interest=True,
        tone="muted",
    ),
    ReasonRow(
        DUST,
        _lt("Too small to claim"),
        _lt("What is left is within the amount that the company does not claim."),
        ends_interest=True,
        tone="muted",
    ),
    ReasonRow(
        DISCOUNT,
        _lt("Early payment discount taken"),
        _lt(
            "The debtor paid in time what the early payment discount asked for: the "
            "accountant writes off the rest."
        ),
        ends_interest=True,
        tone="warning",
    ),
    ReasonRow(
        NEVER_SENT,
        _lt("Never sent"),
        _lt(
            "Nothing shows that the debtor has got this invoice: send it, or say when "
            "it was sent."
        ),
        no_turn=True,
        tone="warning",
    ),
    ReasonRow(
        Reason.CONTACT_LIMIT,
        _lt("Contact limit reached"),
        _lt("The debtor has had all contacts that the rules permit."),
        tone="warning",
    ),
    ReasonRow(
        Reason.HOURS,
        _lt("Outside the permitted hours"),
        _lt("Outside the days and hours in which the debtor may be contacted."),
    ),
    ReasonRow(
        Reason.BLOCKED,
        _lt("Not permitted"),
        _lt("The rules of the country forbid this contact."),
        no_turn=True,
    ),
    ReasonRow(
        Reason.OPTED_OUT,
        _lt("The debtor opted out"),
        _lt("The debtor has asked not to be contacted in this way."),
        no_turn=True,
    ),
    ReasonRow(
        Reason.MISSING_DATA,
        _lt("Missing data"),
        _lt("Something that the contact needs is not known."),
        no_turn=True,
        tone="warning",
    ),
    ReasonRow(
        Reason.STALE_BANK,
        _lt("Bank not up to date"),
        _lt("The bank's entries are too old to trust that it is unpaid."),
        tone="warning",
    ),
    ReasonRow(
        Reason.PROPOSAL,
        _lt("Proposal: waits for release"),
        _lt("The company works in proposal mode: nothing leaves."),
        tone="info",
    ),
    ReasonRow(
        Reason.NOT_AUTOMATIC,
        _lt("Needs a person's release"),
        _lt("A person has to release the contact."),
        tone="info",
    ),
    ReasonRow(
        Reason.NO_POLICY,
        _lt("No collection policy"),
        _lt("Neither document, partner, tag nor company has a policy."),
        tone="warning",
    ),
    ReasonRow(
        OWN_COMPANY,
        _lt("One of our own companies"),
        _lt("The debtor is a company of this database: nobody presses its own house."),
        no_turn=True,
        tone="muted",
    ),
    ReasonRow(
        Reason.SETTLED,
        _lt("Settled"),
        _lt("It has been paid or otherwise settled."),
        ends_interest=True,
        tone="muted",
    ),
    ReasonRow(
        Reason.VOID,
        _lt("Void"),
        _lt("Its document does not carry it any more."),
        details="void",
        ends_interest=True,
        tone="muted",
    ),
)


@dataclass(frozen=True, slots=True)
class InsolvencyKind:
    """What insolvency proceedings are about."""

    code: str
    label: LazyGettext = field(compare=False)


INSOLVENCIES = (
    InsolvencyKind("liquidation", _lt("Liquidation")),
    InsolvencyKind("reorganisation", _lt("Reorganisation")),
    InsolvencyKind("renegotiation", _lt("Renegotiation of a person's debts")),
)


class CobranzaInsolvencyKind(models.AbstractModel):
    _name = "cobranza.insolvency.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of insolvency proceedings"

    def _rows(self):
        return INSOLVENCIES
