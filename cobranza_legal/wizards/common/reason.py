from collections.abc import Callable
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.common.dialog import open_act
from ...models.common.rows import Row
from ...models.rules.rules import VIA

COLLECTOR = "cobranza_legal.group_collector"
ACCOUNTANT = "cobranza_legal.group_accountant"
APPROVER = "cobranza_legal.group_approver"
MANAGER = "cobranza_legal.group_collection_manager"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a person does to records and gives a reason for.

    ``run(records, dialog)`` does it and returns an action or None; it reads
    ``dialog.reason`` and what else the act asks for. Whoever has none of ``groups``
    may not even open the dialog; the records' own rules are for ``run`` to check.
    """

    label: str
    """Title of the dialog."""
    model: str
    run: Callable
    groups: tuple = (COLLECTOR,)
    asks: tuple = ()
    """More fields of the dialog that it shows: outcome, moment."""
    note: Callable = lambda records: False
    """``note(records)``: what the person has to know first, or False."""
    optional: Callable = lambda records: False
    """``optional(records)``: whether the reason may be empty."""


def _reverse(charges, dialog):
    moves = charges._reverse(dialog.reason)
    return charges._action_moves(moves) if moves else None


def _waive(charges, dialog):
    return _asked(charges._waive(dialog.reason), dialog)


def _reinstate(charges, dialog):
    return _asked(charges._reinstate(dialog.reason), dialog)


def _asked(requests, dialog):
    if not requests:
        return None
    names = ", ".join(requests._approvers(requests.company_id[:1]).mapped("name"))
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": "warning",
            "message": dialog.env._("Waits for approval by: %s", names),
            "next": {"type": "ir.actions.act_window_close"},
        },
    }


def _is_alone(approvals):
    return approvals.asked_by_id == approvals.env.user


def _approval_note(approvals):
    lines = [approvals.reason]
    if approvals.changes:
        lines += [approvals.env._("Changed since it was asked for:"), approvals.changes]
    if _is_alone(approvals):
        lines.append(
            approvals.env._(
                "You asked for this yourself: give the reason why you approve it "
                "alone. It is reported."
            )
        )
    return "\n".join(line for line in lines if line)


def _revoke(debtors, dialog):
    debtors.check_access("write")
    debtors._portal_revoke(dialog.reason)


def _cancel(contacts, dialog):
    contacts._expect("draft", "planned", "failed")
    contacts._set_state("cancelled", dialog.reason)


def _protest(debts, dialog):
    debts._protest(dialog.day, dialog.reason, dialog.cost, dialog.proof_ids)


def _complete(contacts, dialog):
    contacts._expect("planned")
    contacts._complete(dialog.moment, outcome_note=dialog.reason)


CLAIM = ("claim_kind", "title")
"""What is said of claims, as it stands where all of them have the same."""


def _state_claim(debts, dialog):
    """Only what the person changed is written: debts that differ keep theirs."""
    known = _common(debts)
    changed = [one for one in CLAIM if (dialog[one] or False) != known[one]]
    debts._state_claim(dialog.claim_kind, dialog.title, dialog.reason, changed)


def _common(debts):
    """{field: the value that all of ``debts`` have, else False}."""
    values = {name: set(debts.mapped(name)) for name in CLAIM}
    return {
        name: (found.pop() or False) if len(found) == 1 else False
        for name, found in values.items()
    }


def _sent(debts, dialog):
    for company, own in debts.grouped("company_id").items():
        own._was_sent(company._cobranza_local(dialog.moment).date(), dialog.reason)


LEAVING = ("until", "owner_id")
"""What is asked of whoever takes something out of the process, besides the reason."""


CHARGES = {"model": "cobranza.charge", "groups": (COLLECTOR, ACCOUNTANT)}
APPROVALS = {
    "model": "cobranza.approval",
    "groups": (COLLECTOR, ACCOUNTANT, APPROVER),
    "note": _approval_note,
    "optional": lambda approvals: not _is_alone(approvals),
}
ACTS = {
    "waive": Act("Waive charges", run=_waive, **CHARGES),
    "reinstate": Act("Reinstate charges", run=_reinstate, **CHARGES),
    "reverse": Act("Reverse charges", run=_reverse, **CHARGES),
    "approve": Act(
        "Answer",
        run=lambda approvals, dialog: approvals._answer(True, dialog.reason),
        **APPROVALS,
    ),
    "refuse": Act(
        "Refuse",
        run=lambda approvals, dialog: approvals._answer(False, dialog.reason),
        **APPROVALS,
    ),
    "dispute": Act(
        "Close the dispute",
        "cobranza.dispute",
        lambda disputes, dialog: disputes._answer(
            dialog.outcome,
            dialog.reason,
            dialog.answer_via,
            dialog.answer_number,
            dialog.answer_file_ids,
        ),
        asks=("outcome",),
        note=lambda disputes: disputes.env._(
            "The reason is what the debtor reads. Say how you told it, or send it from "
            "here afterwards with “Tell the debtor”."
        ),
    ),
    "promise": Act(
        "Cancel the promise",
        "cobranza.promise",
        lambda promises, dialog: promises._cancel(dialog.reason),
        note=lambda promises: promises.env._(
            "The promise no longer holds back the follow-up of its debts."
        ),
    ),
    "reject_agreement": Act(
        "Reject the agreement",
        "cobranza.agreement",
        lambda agreements, dialog: agreements._end("rejected", dialog.reason),
    ),
    "cancel_agreement": Act(
        "Cancel the agreement",
        "cobranza.agreement",
        lambda agreements, dialog: agreements._end("cancelled", dialog.reason),
    ),
    "free_guarantors": Act(
        "Go on without the guarantor",
        "cobranza.agreement",
        lambda agreements, dialog: agreements._ask_to_free(dialog.reason),
        note=lambda agreements: agreements.env._(
            "A lawyer is asked. When the agreement is signed, whoever has not "
            "consented answers for these debts no more."
        ),
    ),
    "drop_suspension": Act(
        "Do not pursue the suspension",
        "cobranza.suspension",
        lambda suspensions, dialog: suspensions._drop(dialog.reason),
    ),
    "lift_suspension": Act(
        "Give the services back",
        "cobranza.suspension",
        lambda suspensions, dialog: _asked(
            suspensions._ask_to_lift(dialog.reason), dialog
        ),
        note=lambda suspensions: suspensions.env._(
            "Nothing was paid: another person approves it. When everything is paid the "
            "services are given back by themselves."
        ),
    ),
    "hold": Act(
        "Lift the hold",
        "cobranza.hold",
        lambda holds, dialog: holds._release(dialog.reason),
    ),
    "opt_out": Act(
        "End the opt-out",
        "cobranza.opt.out",
        lambda opt_outs, dialog: opt_outs._set_state("ended", dialog.reason),
    ),
    "obligor": Act(
        "Answers no more",
        "cobranza.obligor",
        lambda obligors, dialog: obligors._end(
            dialog.end_reason, dialog.reason, dialog.day
        ),
        asks=("day", "end_reason"),
        note=lambda obligors: obligors.env._(
            "From this day on they are neither written to nor told anything about the "
            "debts. What was signed is kept."
        ),
    ),
    "portal": Act(
        "Revoke the link of the debtor's page",
        "cobranza.debtor",
        _revoke,
        note=lambda debtors: debtors.env._(
            "No link that was sent to this debtor will open its page any more. The "
            "next letter carries a new one."
        ),
    ),
    "archive": Act(
        "Archive debtors",
        "cobranza.debtor",
        lambda debtors, dialog: debtors._leave(
            dialog.reason, dialog.until, dialog.owner_id
        ),
        asks=LEAVING,
        note=lambda debtors: debtors.env._(
            "Until this day they are left alone; then they are followed up again and "
            "the responsible is told."
        ),
    ),
    "cede": Act(
        "Cede debts",
        "cobranza.debt",
        lambda debts, dialog: debts._cede(
            dialog.day,
            dialog.partner_id,
            dialog.reason,
            dialog.until,
            dialog.owner_id,
        ),
        groups=(MANAGER,),
        asks=("day", "partner_id", *LEAVING),
        note=lambda debts: debts.env._(
            "They belong to somebody else and are in no figure that we say is owed to "
            "us. On the day below the responsible is asked to look again."
        ),
    ),
    "leave_out": Act(
        "Leave out of the follow-up",
        "cobranza.debt",
        lambda debts, dialog: debts._leave_out(
            dialog.reason, dialog.until, dialog.owner_id
        ),
        groups=(COLLECTOR, ACCOUNTANT),
        asks=LEAVING,
        note=lambda debts: debts.env._(
            "Until this day nobody follows them up; then they are followed again and "
            "the responsible is told."
        ),
    ),
    "block": Act(
        "Block for payment",
        "cobranza.debt",
        lambda debts, dialog: debts._block(
            dialog.reason, dialog.until, dialog.owner_id
        ),
        groups=(ACCOUNTANT,),
        asks=LEAVING,
        note=lambda debts: debts.env._(
            "Their documents are neither paid nor asked for. On the day below the "
            "responsible is asked to look again."
        ),
    ),
    "take_up": Act(
        "Follow up again",
        "cobranza.debt",
        lambda debts, dialog: debts._take_up(dialog.reason),
        groups=(COLLECTOR, ACCOUNTANT),
    ),
    "explain": Act(
        "Say why it is out of the process",
        "cobranza.exit",
        lambda exits, dialog: exits._explain(
            dialog.reason, dialog.until, dialog.owner_id
        ),
        groups=(MANAGER,),
        asks=LEAVING,
    ),
    "protest": Act(
        "The cheque or bill was not paid",
        "cobranza.debt",
        _protest,
        groups=(COLLECTOR, ACCOUNTANT),
        asks=("day", "cost"),
        note=lambda debts: debts.env._(
            "The debt is owed again at its level from this day on, however the ledger "
            "books it."
        ),
    ),
    "give_back": Act(
        "Given back by whom it was ceded to",
        "cobranza.debt",
        lambda debts, dialog: debts._give_back(dialog.day, dialog.reason),
        groups=(MANAGER,),
        asks=("day",),
        note=lambda debts: debts.env._("It is ours to claim again, at its level."),
    ),
    "state_claim": Act(
        "What is claimed",
        "cobranza.debt",
        _state_claim,
        groups=(MANAGER, ACCOUNTANT, "cobranza_legal.group_lawyer_all"),
        asks=("claim_kind", "title"),
        note=lambda debts: debts.env._(
            "Limitation is counted by it, and what proves it decides which documents "
            "are asked for. Left empty, the earliest date of all that may apply counts."
        ),
    ),
    "take_back": Act(
        "Take back what interrupted limitation",
        "cobranza.interruption",
        lambda found, dialog: found._take_back(dialog.reason),
        groups=(COLLECTOR, "cobranza_legal.group_lawyer_all"),
    ),
    "document_defective": Act(
        "The document is defective",
        "cobranza.document",
        lambda documents, dialog: documents._reject(dialog.reason),
        groups=(COLLECTOR, ACCOUNTANT),
    ),
    "document_not_applicable": Act(
        "The document is not needed",
        "cobranza.document",
        lambda documents, dialog: documents._waive(dialog.reason),
        groups=(COLLECTOR, ACCOUNTANT),
        note=lambda documents: documents.env._(
            "Nobody is asked for it any more. It can be asked for again later."
        ),
    ),
    "cancel": Act("Cancel contacts", "cobranza.contact", _cancel),
    "done": Act("Tasks done", "cobranza.contact", _complete, asks=("moment",)),
    "sent": Act(
        "Invoices were sent",
        "cobranza.debt",
        _sent,
        groups=(MANAGER,),
        asks=("moment",),
        note=lambda debts: debts.env._(
            "Say how they were sent and what proves it: they are reminded from now on."
        ),
    ),
}
"""{code: act}. Another addon adds its own here and to the selection of the dialog."""

A_YEAR = relativedelta(years=1)
"""Proposed to whoever takes a debtor out of the process."""

SHOWN = 10
"""Names of records in the dialog, at most."""


class CobranzaReason(models.TransientModel):
    """The one dialog that asks a person for the reason of an act."""

    _name = "cobranza.reason"
    _inherit = "cobranza.dialog.mixin"
    _description = "Reason of an act"

    act = fields.Selection(
        [(code, act.label) for code, act in ACTS.items()], required=True
    )
    record_ids = fields.Json(required=True)
    names = fields.Char(compute="_compute_about", string="About")
    note = fields.Text(compute="_compute_about")
    optional = fields.Boolean(compute="_compute_about")
    has_kinds = fields.Boolean(compute="_compute_about")
    reason = fields.Text()
    outcome = fields.Selection(
        [
            ("upheld", "Upheld: the debtor is right"),
            ("rejected", "Rejected: the debt goes on"),
            ("withdrawn", "Withdrawn by the debtor"),
        ],
    )
    answer_via = fields.Selection(VIA, string="Answered by")
    answer_number = fields.Char(string="Number of the answer")
    answer_file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_reason_answer_rel",
        string="Files of the answer",
    )
    until = fields.Date(default=lambda self: self._default_until())
    owner_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        help="Is told when it is over.",
    )
    end_reason = Row("cobranza.obligor.end", string="Why it ends")
    claim_kind = Row("cobranza.claim.kind", string="Kind of claim")
    title = Row("cobranza.debt.title")
    partner_id = fields.Many2one("res.partner", string="Ceded to")
    moment = fields.Datetime(string="When", default=lambda self: fields.Datetime.now())
    day = fields.Date(default=lambda self: self.env.company._cobranza_today())
    currency_id = fields.Many2one("res.currency", compute="_compute_about")
    cost = fields.Monetary(help="What the bank or the notary charged.")
    proof_ids = fields.Many2many("ir.attachment", string="Proof of the cost")

    @api.model
    def default_get(self, fields):
        found = super().default_get(fields)
        if found.get("act") == "state_claim":
            debts = self.env["cobranza.debt"].browse(found.get("record_ids") or ())
            debts = debts.exists()
            debts.check_access("read")
            found |= {one: value for one, value in _common(debts).items() if value}
        return found

    @api.model
    def _default_until(self):
        return self.env.company._cobranza_today() + A_YEAR

    @api.depends("act", "record_ids")
    def _compute_about(self):
        for dialog in self:
            act, records = ACTS.get(dialog.act), dialog._records()
            names = records[:SHOWN].mapped("display_name")
            more = "…" if len(records) > SHOWN else ""
            dialog.names = ", ".join(names) + more
            dialog.note = act and records and act.note(records)
            dialog.optional = bool(act and records and act.optional(records))
            dialog.has_kinds = dialog.act == "state_claim" and any(
                company._cobranza_rules()._claim_kinds()
                for company in records.company_id
            )
            companies = records.company_id if "company_id" in records._fields else None
            company = companies and companies[:1] or self.env.company
            dialog.currency_id = company.currency_id

    @api.constrains("act")
    def _check_role(self):
        for dialog in self:
            groups = ACTS[dialog.act].groups
            if not any(self.env.user.has_group(group) for group in groups):
                raise AccessError(self.env._("This act is for others to do."))

    def _records(self):
        """The records that it is about, which the user has to be allowed to read."""
        model = ACTS[self.act].model if self.act else "cobranza.debtor"
        records = self.env[model].browse(self.record_ids or ()).exists()
        records.check_access("read")
        return records

    @api.model
    def _ask(self, act, records):
        """The action that opens the dialog for an act about ``records``."""
        return open_act(self, act, record_ids=records.ids)

    def action_confirm(self):
        self.ensure_one()
        act, records = ACTS[self.act], self._records()
        reason = (self.reason or "").strip()
        if not (reason or act.optional(records)):
            raise UserError(self.env._("Give the reason."))
        if "outcome" in act.asks and not self.outcome:
            raise UserError(self.env._("Choose the outcome."))
        if "end_reason" in act.asks and not self.end_reason:
            raise UserError(self.env._("Say why it ends."))
        if "day" in act.asks and not self.day:
            raise UserError(self.env._("Say on which day."))
        if "partner_id" in act.asks and not self.partner_id:
            raise UserError(self.env._("Say to whom."))
        if "owner_id" in act.asks and not self.owner_id:
            raise UserError(self.env._("Say who answers for it."))
        self.reason = reason
        return act.run(records, self) or {"type": "ir.actions.act_window_close"}

    def action_refuse(self):
        """The other button of a request for approval."""
        self.act = "refuse"
        return self.action_confirm()
