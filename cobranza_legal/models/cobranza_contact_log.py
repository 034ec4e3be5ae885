import hashlib

from odoo import api, fields, models

from .request_origin import request_origin

CLASSES = [
    ("voice", "Voice"),
    ("remote", "Message"),
    ("paper", "Paper"),
    ("task", "Task"),
]
MADE = ("sending", "sent", "in_doubt", "failed")


class CobranzaContact(models.Model):
    """What the log of contacts keeps of each entry besides what was said."""

    _inherit = "cobranza.contact"

    attachment_id = fields.Many2one(index="btree_not_null")
    channel_class = fields.Selection(
        CLASSES,
        string="Class",
        compute="_compute_channel_class",
        store=True,
        precompute=True,
    )
    origin = fields.Char(
        readonly=True,
        copy=False,
        string="Address and device",
        help="From where the person who made this contact or wrote it down acted.",
    )
    file_hash = fields.Char(readonly=True, copy=False, string="SHA-256 of the file")
    outcome_hash = fields.Char(
        readonly=True, copy=False, string="SHA-256 of the outcome"
    )
    recipient_ref = fields.Integer(
        readonly=True,
        copy=False,
        help="Whom the hash names: partners that are merged later change their id.",
    )
    erased_on = fields.Datetime(readonly=True, copy=False)
    erased_reason = fields.Char(readonly=True, copy=False)

    _made_idx = models.Index("(debtor_id, sent_at) WHERE sent_at IS NOT NULL")

    @api.depends("channel")
    def _compute_channel_class(self):
        for contact in self:
            contact.channel_class = contact._channel_model()._class_kind

    @api.model_create_multi
    def create(self, vals_list):
        origin = request_origin(self.env)
        vals_list = [
            {"origin": origin, **self._logged_vals(vals)}
            if vals.get("state") in MADE
            else vals
            for vals in vals_list
        ]
        contacts = super().create(vals_list)
        contacts._seal()
        return contacts

    def write(self, vals):
        if not self._is_through_gate():
            self._unprint(vals)
            return super().write(vals)
        vals = self._logged_vals(vals)
        if vals.get("state") == "sending":
            vals = {"origin": request_origin(self.env), **vals}
        result = super().write(vals)
        if {"outcome", "outcome_note"} & set(vals) and "erased_on" not in vals:
            self._seal_outcome()
        return result

    def _logged_vals(self, vals):
        """With the hash of the file that is kept and the recipient that is hashed."""
        if vals.get("attachment_id"):
            # whoever sends may not be able to open the file
            file = self.env["ir.attachment"].sudo().browse(vals["attachment_id"])
            vals = {**vals, "file_hash": hashlib.sha256(file.raw or b"").hexdigest()}
        if vals.get("content_hash") and "recipient_id" in vals:
            vals = {**vals, "recipient_ref": vals["recipient_id"]}
        return vals

    def _seal(self):
        """Hash what was written down after the fact, without a rendering."""
        self.filtered(lambda one: one.outcome or one.outcome_note)._seal_outcome()
        made = self.filtered(lambda one: one.state == "sent" and not one.content_hash)
        made._seal_content()

    def _seal_content(self):
        for contact in self:
            contact._through_gate().write(
                {
                    "recipient_id": contact.recipient_id.id,
                    "content_hash": contact._content_hash(contact._said_values()),
                }
            )

    def _outcome_digest(self):
        words = f"{self.outcome or ''}\n{self.outcome_note or ''}"
        return hashlib.sha256(words.encode()).hexdigest()

    def _seal_outcome(self):
        for contact in self:
            contact._through_gate().write({"outcome_hash": contact._outcome_digest()})

    def _unprint(self, vals):
        """A printed letter to another person has to be printed again."""
        if "recipient_id" in vals:
            other = self.filtered(
                lambda one: (
                    one.state == "planned"
                    and one.recipient_id.id != vals["recipient_id"]
                )
            )
            other._thaw()

    def _said_values(self):
        """What the hash is made of, as it is kept now."""
        return {
            "recipient_id": self.recipient_ref or self.recipient_id.id,
            "address": self.address,
            "subject": self.subject,
            "body": self.body,
            "courtesy": self.courtesy,
        }
