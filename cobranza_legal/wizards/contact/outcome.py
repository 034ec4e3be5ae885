from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.errors import KernelError
from ...models.common.limits import Limiter
from ...models.common.rows import Row
from ...models.common.words import say_error
from ...models.stop.dispute import REASONS

SAYS_PAID_DAYS = 7
"""Days in which the payment that the debtor speaks of should be found."""


class CobranzaContactOutcome(models.TransientModel):
    """How a call ended, what follows from it, and when to call again."""

    _name = "cobranza.contact.outcome"
    _inherit = "cobranza.dialog.mixin"
    _description = "Outcome of a call"

    contact_id = fields.Many2one(
        "cobranza.contact", readonly=True, help="Empty: nobody had planned the call."
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor", compute="_compute_debtor", store=True, readonly=False
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency")
    recipient_id = fields.Many2one(
        "res.partner",
        string="Who answered",
        compute="_compute_contact",
        store=True,
        readonly=False,
    )
    address = fields.Char(compute="_compute_address", string="Phone")
    script = fields.Html(compute="_compute_script", sanitize=False)
    warning = fields.Char(compute="_compute_warning")
    made_at = fields.Datetime(
        string="When", required=True, default=lambda self: fields.Datetime.now()
    )
    outcome = Row("cobranza.outcome", required=True, default="answered")
    confidential = fields.Boolean(
        compute="_compute_confidential",
        store=True,
        readonly=False,
        help="Offers, answers and talks of a negotiation before a lawsuit: no paper "
        "for a court shows them.",
    )
    names_debts = fields.Boolean(compute="_compute_shown")
    is_final = fields.Boolean(compute="_compute_shown")
    note = fields.Text()
    debt_ids = fields.Many2many(
        "cobranza.debt",
        string="Debts",
        compute="_compute_contact",
        store=True,
        readonly=False,
    )
    promise_amount = fields.Monetary(
        compute="_compute_contact", store=True, readonly=False
    )
    promise_on = fields.Date(string="Will pay on")
    dispute_reason = fields.Selection(REASONS)
    call_again = fields.Boolean(
        string="Call again", compute="_compute_call_again", store=True, readonly=False
    )
    again_from = fields.Datetime(
        string="Not before",
        compute="_compute_again_from",
        store=True,
        readonly=False,
    )
    again_at = fields.Datetime(string="Next call", compute="_compute_again_at")
    again_note = fields.Char(
        string="Why there is no next call", compute="_compute_again_at"
    )

    @api.depends("contact_id")
    def _compute_debtor(self):
        for wizard in self:
            wizard.debtor_id = wizard.contact_id.debtor_id or wizard.debtor_id

    @api.depends("contact_id", "debt_ids")
    def _compute_currency(self):
        for wizard in self:
            currency = wizard.contact_id.currency_id or wizard.debt_ids[:1].currency_id
            wizard.currency_id = currency or wizard.debtor_id.currency_id

    @api.depends("contact_id", "recipient_id")
    def _compute_address(self):
        for wizard in self:
            wizard.address = wizard.contact_id.address or wizard.recipient_id.phone

    @api.depends("contact_id", "debtor_id")
    def _compute_contact(self):
        for wizard in self:
            contact, debtor = wizard.contact_id, wizard.debtor_id
            if contact.line_ids:
                wizard.recipient_id = contact._current_recipient()
                wizard.debt_ids = contact.line_ids.debt_id
                wizard.promise_amount = contact.amount
                continue
            debts = wizard._debts_to_speak_of()
            wizard.recipient_id = debtor and debtor._recipient()
            wizard.debt_ids = debts
            wizard.promise_amount = sum(debts.mapped("amount_residual_currency"))

    @api.depends("contact_id", "debtor_id")
    def _compute_confidential(self):
        for wizard in self:
            secret = wizard.contact_id.step_id._answers_are_confidential()
            # what a person ticked stays ticked, whoever it is about in the end
            wizard.confidential = secret or wizard.confidential

    def _debts_to_speak_of(self):
        """All that is open, in one currency."""
        debts = self.debtor_id.open_debt_ids
        currency = debts[:1].currency_id
        return debts.filtered(lambda debt: debt.currency_id == currency)

    @api.depends("contact_id")
    def _compute_script(self):
        for wizard in self:
            wizard.script = wizard.contact_id.preview

    @api.depends("contact_id", "debtor_id", "made_at")
    def _compute_warning(self):
        for wizard in self:
            contact, debtor = wizard.contact_id, wizard.debtor_id
            wizard.warning = False
            if contact:
                wizard.warning = contact._limit_warning(wizard.made_at)
            elif debtor:
                wizard.warning = debtor._limit_warning("call", wizard.made_at)

    @api.depends("outcome")
    def _compute_shown(self):
        outcomes = self.env["cobranza.outcome"]
        for wizard in self:
            wizard.names_debts = outcomes._is(wizard.outcome, "debts")
            wizard.is_final = outcomes._is(wizard.outcome, "final")

    @api.depends("outcome")
    def _compute_call_again(self):
        outcomes = self.env["cobranza.outcome"]
        for wizard in self:
            wizard.call_again = outcomes._is(wizard.outcome, "again")

    @api.depends("made_at")
    def _compute_again_from(self):
        for wizard in self:
            wizard.again_from = wizard.made_at and wizard.made_at + timedelta(days=1)

    @api.depends("contact_id", "made_at", "again_from", "call_again")
    def _compute_again_at(self):
        for wizard in self:
            wizard.again_at = wizard.again_note = False
            contact = wizard.contact_id
            if contact and wizard.call_again and wizard.made_at and wizard.again_from:
                slot, note = wizard._again_slot()
                wizard.again_at, wizard.again_note = slot, note

    def _again_slot(self):
        """(first permitted moment after this call, why there is none)."""
        contact, debtor = self.contact_id, self.debtor_id
        try:
            limiter = Limiter(contact.company_id, debtor)
            limiter.count(debtor.id, contact.channel, self.made_at, contact.id)
            asked = max(self.again_from, limiter.now)
            slot, _waiting, note = limiter.slot(debtor.id, contact.channel, asked)
        except KernelError as error:
            return False, say_error(self.env, error)
        return slot, note

    def action_confirm(self):
        """Log the call, do what its outcome asks for and plan the next call."""
        self.ensure_one()
        self.contact_id._expect("planned")
        self._check_outcome()
        left_out = self._left_out()
        note = "\n".join(part for part in (self.note, *left_out.values()) if part)
        if self.outcome == "disputes":
            answered = self.env["cobranza.dispute"]._rejected(self.debt_ids).debt_id
            if answered:
                self._ask_again(answered)
        self._write_down(note)
        self.debt_ids -= self.env["cobranza.debt"].browse(left_out)
        follow = getattr(self, f"_follow_{self.outcome}", None)
        if follow:
            follow()
        final = self.env["cobranza.outcome"]._is(self.outcome, "final")
        if self.call_again and not final:
            asked = max(self.again_from or self.made_at, fields.Datetime.now())
            self.contact_id._plan_again(asked)
        return {"type": "ir.actions.act_window_close"}

    def _write_down(self, note):
        """The call took place: the planned one, else a new contact."""
        event = self.env["cobranza.outcome"]._row(self.outcome).event
        contact, said = self.contact_id, {"outcome": self.outcome, "outcome_note": note}
        said["confidential"] = self.confidential
        if contact:
            if self.recipient_id:
                contact.write({"recipient_id": self.recipient_id.id})
            contact._complete(self.made_at, event, **said)
            return
        self.contact_id = contact._log(
            {
                "debtor_id": self.debtor_id.id,
                "channel": "call",
                "direction": "outbound",
                "currency_id": self.currency_id.id,
                "sent_at": self.made_at,
                "planned_at": self.made_at,
                "recipient_id": self.recipient_id.id,
                "address": self.address,
                "user_id": self.env.uid,
                **said,
            }
        )
        if event:
            self.contact_id._add_events(event, self.env.user.name, self.made_at)

    def _check_outcome(self):
        problems, outcomes = [], self.env["cobranza.outcome"]
        if self.made_at > fields.Datetime.now():
            problems.append(self.env._("The call lies in the future."))
        if self.outcome == "will_pay" and not (self.promise_on and self.promise_amount):
            problems.append(self.env._("Say how much will be paid and when."))
        if self.outcome == "disputes" and not self.dispute_reason:
            problems.append(self.env._("Say why the debtor objects."))
        if not self.debt_ids and outcomes._is(self.outcome, "needs_debts"):
            problems.append(self.env._("Choose the debts that it is about."))
        if problems:
            raise UserError("\n".join(problems))

    def _left_out(self):
        """{debt id: why} of the chosen debts about which the debtor says nothing new.
        The call took place: it is logged all the same."""
        promises = self.debtor_id.promise_ids.filtered(
            lambda promise: promise.state == "open"
        )
        messages = {
            "will_pay": self.env._("%s is promised already."),
            "disputes": self.env._("%s is disputed already."),
        }
        left, disputes = {}, self.env["cobranza.dispute"]
        for debt in self.debt_ids if self.outcome in messages else ():
            known = {
                "will_pay": debt in promises.debt_ids,
                "disputes": self._undisputed(debt) <= 0,
            }
            if self.outcome == "disputes" and disputes._rejected(debt):
                left[debt.id] = self.env._(
                    "%s: an objection to it was rejected. A manager decides whether "
                    "there is something new.",
                    debt.display_name,
                )
            elif debt.amount_residual_currency <= 0:
                left[debt.id] = self.env._("%s is settled.", debt.display_name)
            elif known[self.outcome]:
                left[debt.id] = messages[self.outcome] % debt.display_name
        return left

    @staticmethod
    def _undisputed(debt):
        """What is open of a debt and not disputed yet."""
        disputes = debt.dispute_ids.filtered(lambda dispute: dispute.state == "open")
        if any(disputes.mapped("whole")):
            return 0
        taken = sum(disputes.mapped("amount"))
        return debt.currency_id.round(debt.amount_residual_currency - taken)

    def _follow_will_pay(self):
        if not self.debt_ids:
            return
        most = sum(self.debt_ids.mapped("amount_residual_currency"))
        self.env["cobranza.promise"].create(
            {
                "debtor_id": self.debtor_id.id,
                "debt_ids": self.debt_ids.ids,
                "amount": min(self.promise_amount, most),
                "promised_on": self.promise_on,
                "contact_id": self.contact_id.id,
                "note": self.note,
            }
        )

    def _ask_again(self, answered):
        """The debtor objects to debts whose objection was rejected: for a manager."""
        company = self.debtor_id.company_id
        company._cobranza_ask_manager(
            self.debtor_id,
            self.env._("Objects again to what was answered"),
            [*answered.mapped("display_name"), *filter(None, [self.note])],
        )

    def _dispute_via(self):
        """How the objection came in."""
        kind = self.contact_id._channel_model()._class_kind
        visit = self.contact_id.channel == "visit"
        return "person" if visit else "phone" if kind == "voice" else False

    def _follow_disputes(self):
        self.env["cobranza.dispute"].create(
            [
                {
                    "debtor_id": self.debtor_id.id,
                    "debt_id": debt.id,
                    "whole": not debt.dispute_ids.filtered(
                        lambda dispute: dispute.state == "open"
                    ),
                    "amount": self._undisputed(debt),
                    "reason": self.dispute_reason,
                    "description": self.note,
                    "via": self._dispute_via(),
                }
                for debt in self.debt_ids
            ]
        )

    def _follow_says_paid(self):
        today = self.contact_id.company_id._cobranza_today()
        self.env["cobranza.hold"].create(
            {
                "debtor_id": self.debtor_id.id,
                "debt_ids": self.debt_ids.ids,
                "reason": "says_paid",
                "note": self.note,
                "date_from": today,
                "date_to": fields.Date.add(today, days=SAYS_PAID_DAYS),
            }
        )

    def _follow_asks_plan(self):
        self.contact_id._ask_responsible(
            self.env._("The debtor asks for a payment plan"), self.note
        )

    def _follow_wrong_number(self):
        self.contact_id._ask_responsible(
            self.env._("Find the right phone number (%s is wrong)", self.address),
            self.note,
        )
