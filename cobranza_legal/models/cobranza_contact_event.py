from odoo import api, fields, models
from odoo.exceptions import UserError

from .cobranza_state_mixin import CONTEXT_KEY, GATE

KINDS = [
    ("accepted", "Accepted by the carrier"),
    ("delivered", "Delivered"),
    ("opened", "Opened"),
    ("bounced", "Bounced"),
    ("answered", "Answered"),
    ("no_answer", "No answer"),
    ("wrong_number", "Wrong number"),
    ("refused", "Refused"),
    ("notice_left", "Notice left"),
    ("uncollected", "Not collected"),
    ("unknown_address", "Unknown at the address"),
    ("returned", "Returned"),
    ("printed", "Printed"),
    ("posted", "Posted"),
]
MANUAL_KINDS = {
    "delivered",
    "refused",
    "notice_left",
    "uncollected",
    "unknown_address",
    "returned",
}
"""What a person may add by hand: the answers of a carrier on paper."""


class CobranzaContactEvent(models.Model):
    """What happened to a contact, as evidence: appended, never changed."""

    _name = "cobranza.contact.event"
    _description = "Delivery event of a contact"
    _order = "moment, id"
    _rec_name = "kind"

    contact_id = fields.Many2one(
        "cobranza.contact", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="contact_id.company_id")
    debtor_id = fields.Many2one(related="contact_id.debtor_id")
    kind = fields.Selection(KINDS, required=True)
    moment = fields.Datetime(required=True, default=fields.Datetime.now)
    source = fields.Char(help="Who says so: a server, a carrier, a person.")
    note = fields.Text()
    attachment_id = fields.Many2one("ir.attachment", ondelete="restrict")
    file_hash = fields.Char(string="SHA-256 of the file")

    def _through_gate(self):
        return self.with_context(**{CONTEXT_KEY: GATE})

    def _is_through_gate(self):
        return self.env.context.get(CONTEXT_KEY) is GATE

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_through_gate():
            for vals in vals_list:
                self._check_manual(vals)
                vals["source"] = self.env.user.name
        events = super().create(vals_list)
        events.contact_id._on_events(events)
        return events

    def _check_manual(self, vals):
        if vals.get("kind") not in MANUAL_KINDS:
            raise UserError(
                self.env._("Only answers of a carrier are recorded by hand.")
            )
        contact = self.env["cobranza.contact"].browse(vals.get("contact_id"))
        paper = contact and contact._channel_model()._class_kind == "paper"
        if not paper or contact.state != "sent":
            raise UserError(
                self.env._("Carriers answer about letters that were posted only.")
            )
        now = fields.Datetime.now()
        moment = fields.Datetime.to_datetime(vals.get("moment")) or now
        if not contact.sent_at <= moment <= now:
            raise UserError(
                self.env._(
                    "A carrier answers after the letter was posted, and not in the "
                    "future."
                )
            )

    def write(self, vals):
        if not self._is_through_gate():
            raise UserError(self.env._("Events are evidence: they are not changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self._is_through_gate():
            raise UserError(self.env._("Events are evidence: they are not deleted."))
