from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...kernel.errors import KernelError
from ..common.limits import CLOSED, Limiter
from ..common.words import say_error
from ..contact.obstacles import WAITING

PAYMENT_ACTION = "cobranza_legal.action_cobranza_payment_split"


STATEMENT_ACTION = "cobranza_legal.action_cobranza_debt_statement"


PROMISE_DAYS = timedelta(days=7)
"""How far away the day is that a promise is offered."""


class CobranzaDebtor(models.Model):
    """What its buttons do, and calls from its form: whether one is permitted now, and
    how it ended."""

    _inherit = "cobranza.debtor"

    call_warning = fields.Char(
        compute="_compute_call_warning", string="Why not to call at this moment"
    )

    def action_why_waits(self):
        """What stops the contacts of this debtor that have not been made."""
        contacts = self.contact_ids.filtered(lambda contact: contact.state in WAITING)
        return contacts.sorted("planned_at").action_why_waits()

    def _limit_warning(
        self, channel, moment, contact_id=None, hours=True, limiter=None
    ):
        """Message of what forbids a contact at a moment (UTC), False if permitted;
        without ``hours``, at any time of any day. ``limiter``: that of many debtors."""
        try:
            limiter = limiter or Limiter(self.company_id, self, moment)
            found = limiter.obstacles(self.id, channel, moment, contact_id)
        except KernelError as error:  # a legal value or the holidays are not known
            return say_error(self.env, error)
        found = [one for one in found if hours or one.code not in CLOSED]
        if not found:
            return False
        words = {
            "hours": self.env._("outside the permitted hours"),
            "holiday": self.env._("a holiday"),
            "limit": self.env._("too many contacts in the week"),
            "gap": self.env._("too soon after the last contact"),
            "total_limit": self.env._("too many contacts in the week"),
        }
        reasons = ", ".join(dict.fromkeys(words[one.code] for one in found))
        return self.env._("Not permitted at this moment: %s.", reasons)

    def action_whatsapp(self):
        """The message that is waiting to be sent, else one with the text of the
        debtor's level."""
        self.ensure_one()
        contact = self._waiting_contact("whatsapp", "planned", "sending")
        contact = contact or self.env["cobranza.contact"]._plan_extra(self, "whatsapp")
        if contact.state == "planned":
            contact._check_may_be_sent()
        return contact.get_formview_action()

    def _waiting_contact(self, channel, *states):
        domain = [("debtor_id", "=", self.id), ("channel", "=", channel)]
        domain += [("state", "in", states), ("direction", "=", "outbound")]
        return self.env["cobranza.contact"].search(domain, limit=1, order="planned_at")

    def action_take_contract_address(self):
        """Copy the present postal address to the address of the contract."""
        channel = self.env["cobranza.channel.letter"]
        for debtor in self:
            debtor.contract_address = channel._address(debtor.partner_id) or False

    def action_view_log(self):
        """Everything that was said to this debtor and heard from it."""
        action = self._action_related("cobranza_legal.action_contact_log")
        made = Domain("debtor_id", "=", self.id) & Domain("sent_at", "!=", False)
        return {**action, "domain": list(made)}

    def action_view_effects(self):
        """What the letters to this debtor achieved in law."""
        return self._action_related("cobranza_legal.action_cobranza_contact_effect")

    def action_view_interruptions(self):
        """What interrupted the limitation of what this debtor owes."""
        return self._action_related("cobranza_legal.action_cobranza_interruption")

    def action_view_costs(self):
        return self._action_related("cobranza_legal.action_cobranza_cost")

    def action_print_statement(self):
        self.ensure_one()
        report = self.env.ref("cobranza_legal.action_report_statement")
        return report.report_action(self, config=False)

    def action_send_statement(self):
        """Send the statement by e-mail, as a contact that a person releases. UserError
        where nobody may write to the debtor; printing it disturbs nobody."""
        self.ensure_one()
        contact = self.env["cobranza.contact"]._plan_statement(self)
        contact._check_may_be_sent()
        return contact.action_release()

    def action_log_contact(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_contact_log"
        )
        context = {"default_debtor_id": self.id, "default_direction": "outbound"}
        return {**action, "context": context}

    def action_debt_statement(self):
        """What this debtor would owe on a day."""
        self.ensure_one()
        return self._open_debt_statement(self.debt_ids.browse())

    def _open_debt_statement(self, debts):
        action = self.env["ir.actions.act_window"]._for_xml_id(STATEMENT_ACTION)
        context = {
            "default_debtor_id": self.id,
            "default_debt_ids": debts.ids,
            "default_on": self.company_id._cobranza_today(),
        }
        return {**action, "context": context}

    def action_new_opt_out(self):
        """Record an opt-out of the debtor."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_opt_out_new"
        )
        return {**action, "context": {"default_debtor_id": self.id}}

    def action_register_payment(self):
        """Register what this debtor has paid."""
        self.ensure_one()
        return self._open_payment_split(self.debt_ids.browse())

    def _open_payment_split(self, debts):
        """``debts``: those that the payment is opened from, as if the debtor had named
        them; not those that are not due, which it may not prefer."""
        if not self:
            raise UserError(
                self.env._("Nothing is being collected of this: pay it as usual.")
            )
        today = self.company_id._cobranza_today()
        due = debts.filtered(
            lambda debt: (
                not debt.settled and debt.date_maturity and debt.date_maturity <= today
            )
        )
        known = debts.currency_id.ids or [item.currency for item in self._told_items()]
        currency = self.env["res.currency"].browse(known[:1])
        currency = currency or self.company_id.currency_id
        action = self.env["ir.actions.act_window"]._for_xml_id(PAYMENT_ACTION)
        context = {
            "default_debtor_id": self.id,
            "default_date": today,
            "default_currency_id": currency.id,
            "default_named_ids": due.ids,
        }
        return {**action, "context": context}

    # -- buttons -----------------------------------------------------------------------

    def _action_new(self, model, name, **defaults):
        """A dialog for a new record of this debtor."""
        self.ensure_one()
        context = {f"default_{key}": value for key, value in defaults.items()}
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_debtor_id": self.id, **context},
        }

    def action_new_promise(self):
        debts = self.open_debt_ids
        debts = debts.filtered(lambda debt: debt.currency_id == debts[:1].currency_id)
        return self._action_new(
            "cobranza.promise",
            self.env._("Promise to pay"),
            debt_ids=debts.ids,
            amount=sum(debts.mapped("amount_residual_currency")),
        )

    def action_new_dispute(self):
        debt = self.open_debt_ids if len(self.open_debt_ids) == 1 else None
        name = self.env._("Dispute")
        return self._action_new("cobranza.dispute", name, debt_id=debt and debt.id)

    def action_new_hold(self):
        return self._action_new("cobranza.hold", self.env._("Put on hold"))

    def action_view_promises(self):
        return self._action_related("cobranza_legal.action_cobranza_promise")

    def action_view_agreements(self):
        return self._action_related("cobranza_legal.action_cobranza_agreement")

    def action_new_agreement(self):
        """Compare plans over what is open of this debtor and in no other agreement."""
        return self.env["cobranza.agreement.simulation"]._open(self)

    def action_view_suspensions(self):
        return self._action_related("cobranza_legal.action_cobranza_suspension")

    def action_new_suspension(self):
        """A draft over what is overdue of this debtor and in no other suspension."""
        debts = self.open_debt_ids.filtered("days_late")
        debts -= self.env["cobranza.suspension"]._live_about(debts).debt_ids
        debts = debts.filtered(lambda debt: debt.currency_id == debts[:1].currency_id)
        action = self._action_new(
            "cobranza.suspension",
            self.env._("Suspension of services"),
            debt_ids=debts.ids,
        )
        return {**action, "target": "current"}

    def action_view_disputes(self):
        return self._action_related("cobranza_legal.action_cobranza_dispute")

    def action_view_holds(self):
        return self._action_related("cobranza_legal.action_cobranza_hold")

    def action_view_invoices(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_invoice"
        )
        return {**action, "domain": [("id", "in", self.debt_ids.move_id.ids)]}

    def action_bill_charges(self):
        """Bill the assessed charges of this debtor that are in no document yet."""
        charges = self.charge_ids.filtered(
            lambda charge: charge.state == "assessed" and not charge.bill_move_id
        )
        return self.env["cobranza.charge.billing"]._open(charges)

    def action_bulk_send(self):
        """Preview and release the planned contacts of these debtors."""
        contacts = self.env["cobranza.contact"].search(
            [
                ("debtor_id", "in", self.ids),
                ("state", "=", "planned"),
                ("released", "=", False),
            ]
        )
        idle = self - contacts.debtor_id
        return self.env["cobranza.bulk.send"]._open(contacts, idle)

    def action_portal_open(self):
        """The debtor's page as the debtor sees it."""
        self.ensure_one()
        self.check_access("write")
        return {"type": "ir.actions.act_url", "url": self._portal_link()}

    def action_portal_revoke(self):
        self.ensure_one()
        return self.env["cobranza.reason"]._ask("portal", self)

    # -- calls -------------------------------------------------------------------------

    @api.depends("partner_id", "contact_ids.state")
    @api.depends_context("lang")
    def _compute_call_warning(self):
        for debtor in self:
            debtor.call_warning = debtor._call_warning()

    def _planned_call(self):
        """The call that is planned first, if there is one."""
        return self.env["cobranza.contact"].search(
            [
                ("debtor_id", "=", self.id),
                ("channel", "=", "call"),
                ("state", "=", "planned"),
            ],
            order="planned_at, id",
            limit=1,
        )

    def _call_warning(self):
        """Why no call is permitted now, with the next moment at which it is."""
        self.ensure_one()
        now, planned = fields.Datetime.now(), self._planned_call().id or None
        warning = self._limit_warning("call", now, planned)
        if not warning:
            return False
        slot = self._next_call(now, planned)
        if not slot:
            return warning
        moment = format_datetime(self.env, slot, tz=self._tz(), dt_format="short")
        return self.env._(
            "%(warning)s The next permitted moment is %(moment)s in the debtor's time.",
            warning=warning,
            moment=moment,
        )

    def _next_call(self, now, planned):
        try:
            limiter = Limiter(self.company_id, self, now)
            slot, _waiting, _note = limiter.slot(self.id, "call", now, planned)
        except KernelError:  # the warning says what is not known
            return False
        return slot

    def action_call(self):
        """How a call to this debtor ended (``call_outcome`` of the context): written
        down at once, or in a dialog where more has to be known. A planned call is
        done by it."""
        self.ensure_one()
        self.check_access("write")
        outcome = self.env.context.get("call_outcome", "answered")
        values = {
            "contact_id": self._planned_call().id,
            "debtor_id": self.id,
            "outcome": outcome,
        }
        wizards = self.env["cobranza.contact.outcome"]
        if self.env["cobranza.outcome"]._is(outcome, "asks"):
            return self._ask_outcome(values)
        wizards.create(values).action_confirm()
        labels = dict(wizards._fields["outcome"]._description_selection(self.env))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Call written down: %s", labels[outcome]),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _ask_outcome(self, values):
        view = self.env.ref("cobranza_legal.cobranza_contact_outcome_view_small")
        defaults = {f"default_{name}": value for name, value in values.items()}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Outcome of the call"),
            "res_model": "cobranza.contact.outcome",
            "views": [[view.id, "form"]],
            "target": "new",
            "context": {**defaults, "default_promise_on": self._usual_promise_day()},
        }

    def _usual_promise_day(self):
        """A week from now, on a working day."""
        company = self.company_id
        day = company._cobranza_today() + PROMISE_DAYS
        rules, state = company._cobranza_rules(), self.partner_id.state_id
        try:
            return rules._calendar("contact", state, day).next_working(day)
        except KernelError:  # the holidays of that year are not known
            return day
