import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...kernel.lifecycle import CONTACT
from ..common.rows import Row

STATES = [
    ("draft", "Draft"),
    ("planned", "Planned"),
    ("sending", "Leaving"),
    ("sent", "Completed"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
    ("in_doubt", "In doubt"),
]


EDITABLE = {"recipient_id", "planned_at", "user_id"}
"""What people may change of a contact that has not left yet."""


class CobranzaContact(models.Model):
    """One contact with a debtor, in either direction ("gestión").

    Text, recipient, amounts and moment are frozen when it leaves; what happens to it
    afterwards are events.

    Whether the debtor received it, as the country judges its events.
    """

    _name = "cobranza.contact"
    _inherit = "cobranza.state.mixin"
    _description = "Contact with a debtor"
    _order = "planned_at desc, id desc"

    _lifecycle = CONTACT
    _evidence = {"attachment_id": []}
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    currency_id = fields.Many2one("res.currency", readonly=True)
    channel = Row("cobranza.channel", required=True, readonly=True)
    direction = fields.Selection(
        [("outbound", "To the debtor"), ("inbound", "From the debtor")],
        default="outbound",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False
    )
    level_id = fields.Many2one(
        "cobranza.policy.level", readonly=True, ondelete="restrict"
    )
    phase = fields.Selection(related="level_id.phase")
    text_purpose = Row("cobranza.text.purpose", string="Purpose", readonly=True)
    planned_at = fields.Datetime(string="Planned for")
    automatic = fields.Boolean(
        readonly=True, help="Leaves by itself when the company works in automatic mode."
    )
    released = fields.Boolean(readonly=True, copy=False)
    released_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    released_on = fields.Datetime(readonly=True, copy=False)
    waiting = Row(
        "cobranza.decision.reason", readonly=True, copy=False, string="Waits for"
    )
    waiting_note = fields.Char(readonly=True, copy=False)
    recipient_id = fields.Many2one("res.partner")
    recipient_chosen = fields.Boolean(readonly=True)
    address = fields.Char(readonly=True, copy=False)
    text_id = fields.Many2one(
        "cobranza.text", readonly=True, copy=False, ondelete="restrict"
    )
    lang = fields.Char(readonly=True, copy=False)
    subject = fields.Char(readonly=True, copy=False)
    body = fields.Html(readonly=True, copy=False, sanitize=False)
    content_hash = fields.Char(readonly=True, copy=False, string="SHA-256")
    amount = fields.Monetary(readonly=True, string="Claimed")
    amount_credit = fields.Monetary(readonly=True, string="Netted")
    attempt = fields.Char(readonly=True, copy=False, string="Message-ID")
    sent_at = fields.Datetime(readonly=True, copy=False, string="Made on")
    in_chatter = fields.Boolean(readonly=True, copy=False)
    outcome = Row("cobranza.outcome", readonly=True, copy=False)
    outcome_note = fields.Text(readonly=True, copy=False)
    user_id = fields.Many2one("res.users", string="Made by")
    run_id = fields.Many2one("cobranza.run", readonly=True, ondelete="set null")
    step_id = fields.Many2one(
        "cobranza.contact",
        readonly=True,
        index="btree_not_null",
        help="The contact that this copy or extra contact belongs to.",
    )
    copy_ids = fields.One2many("cobranza.contact", "step_id", string="Extra contacts")
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )
    task_raised = fields.Boolean(readonly=True, copy=False)
    attachment_id = fields.Many2one(
        "ir.attachment", readonly=True, copy=False, ondelete="restrict"
    )
    cancel_reason = fields.Char(related="state_reason", string="Reason")
    line_ids = fields.One2many("cobranza.contact.line", "contact_id", readonly=True)
    event_ids = fields.One2many("cobranza.contact.event", "contact_id")
    _attempt_uniq = models.UniqueIndex("(attempt) WHERE attempt IS NOT NULL")
    _planned_idx = models.Index("(company_id, planned_at) WHERE state = 'planned'")
    _sending_idx = models.Index("(company_id) WHERE state = 'sending'")
    _chatter_idx = models.Index(
        "(company_id) WHERE attempt IS NOT NULL AND in_chatter IS NOT TRUE"
    )
    _run_idx = models.Index("(run_id) WHERE run_id IS NOT NULL")
    received_on = fields.Date(compute="_compute_received_on")
    reception_note = fields.Char(compute="_compute_received_on", string="Reception")

    @api.depends("channel", "debtor_id", "planned_at", "sent_at")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for contact in self:
            moment = contact.sent_at or contact.planned_at
            parts = (labels.get(contact.channel), contact.debtor_id.display_name)
            day = moment and format_date(self.env, contact._local_day(moment))
            contact.display_name = " · ".join(part for part in (*parts, day) if part)

    # -- small answers ---------------------------------------------------------------

    def _channel_model(self):
        return self.env[f"cobranza.channel.{self.channel}"]

    def _local(self, moment):
        """A UTC moment as naive local time of the debtor."""
        zone = pytz.timezone(self.debtor_id._tz())
        return pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)

    def _local_day(self, moment):
        return self._local(moment).date()

    def _responsible(self):
        return self.user_id.filtered("active") or self.debtor_id._task_owner()

    def _current_recipient(self):
        """Whom to address: chosen by hand, else by the roles of the debtor today."""
        self.ensure_one()
        chosen = self.recipient_chosen and self.recipient_id.active
        if self.recipient_id and (chosen or self.state != "planned"):
            return self.recipient_id
        return self.debtor_id._recipient(self.level_id._recipient_role())

    # -- guards ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_through_gate():
            raise UserError(
                self.env._("Contacts are planned by the run or logged from the debtor.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_through_gate():
            self._check_editable(vals)
            if "recipient_id" in vals:
                vals = {**vals, "recipient_chosen": bool(vals["recipient_id"])}
            return super(CobranzaContact, self._through_gate()).write(vals)
        return super().write(vals)

    def _check_editable(self, vals):
        self._check_state_values(vals)
        frozen = self.filtered(lambda one: one.state not in ("draft", "planned"))
        others = set(vals) - EDITABLE
        if others or frozen:
            raise UserError(
                self.env._(
                    "%(contact)s: text, recipient, amounts and moment of a contact are "
                    "evidence and cannot be changed.",
                    contact=(frozen or self)[:1].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_unmade(self):
        if self._is_through_gate():
            return
        for contact in self:
            made = contact.attempt or contact.event_ids
            if made or contact.state not in ("draft", "cancelled"):
                raise UserError(
                    self.env._(
                        "%s is kept: cancel a contact that has not been made yet; one "
                        "that was made is evidence.",
                        contact.display_name,
                    )
                )

    # -- state -----------------------------------------------------------------------

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        if target == "cancelled":
            self.line_ids._through_gate().write({"is_step": False})
            self.activity_id.sudo().unlink()  # of whoever it was assigned to
        if target in ("sent", "failed", "in_doubt", "cancelled"):
            self.debtor_id._schedule_review()
        return result

    def _on_events(self, events):
        """Hook: delivery events were added to these contacts."""
        self.invalidate_recordset(["received_on", "reception_note", "event_ids"])
        if set(events.mapped("kind")) - {"accepted", "printed", "posted"}:
            self.debtor_id._schedule_review()

    def _add_events(self, kind, source, moment=None, **values):
        """The same event on every contact."""
        moment = moment or fields.Datetime.now()
        vals = {"kind": kind, "source": source, "moment": moment, **values}
        events = self.env["cobranza.contact.event"]._through_gate()
        return events.create([{"contact_id": one.id, **vals} for one in self])

    @api.depends(
        "event_ids",
        "sent_at",
        "state",
        "channel",
        "debtor_id.contract_address",
        "debtor_id.certified_email",
    )
    @api.depends_context("lang")
    def _compute_received_on(self):
        for company, contacts in self.grouped("company_id").items():
            sent = contacts.filtered(lambda one: one.state in ("sent", "in_doubt"))
            rules = company._cobranza_rules()
            found = rules._reception(sent) if sent else {}
            for contact in contacts:
                one = found.get(contact.id)
                contact.received_on = one.day if one else False
                contact.reception_note = one and rules._say_reception(one)


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

    def _on_events(self, events):
        result = super()._on_events(events)
        self.env["cobranza.charge"]._reassess(self)
        return result
