import base64

from odoo import api, fields, models

from ..models.cobranza_contact_event import KINDS, TRACKED_KINDS


class CobranzaTracking(models.TransientModel):
    """What a carrier said about a contact, with its file."""

    _name = "cobranza.tracking"
    _description = "Answer of a carrier"

    contact_id = fields.Many2one("cobranza.contact", required=True, readonly=True)
    kind = fields.Selection(
        selection="_selection_kind", required=True, default="delivered"
    )
    voucher = fields.Boolean(help="The file is the receipt of what it cost.")
    moment = fields.Datetime(
        string="When", required=True, default=lambda self: fields.Datetime.now()
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    note = fields.Text()
    corrects_id = fields.Many2one(
        "cobranza.contact.event",
        string="Takes back",
        domain="[('contact_id', '=', contact_id), ('kind', '!=', 'correction')]",
    )

    @api.model
    def _selection_kind(self):
        labels = dict(
            self.env["cobranza.contact.event"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        return [(key, labels[key]) for key, _name in KINDS if key in TRACKED_KINDS]

    def action_confirm(self):
        self.ensure_one()
        self.contact_id.check_access("write")
        if self.voucher:
            return self._confirm_voucher()
        file = self.env["ir.attachment"]
        if self.file:
            raw = base64.b64decode(self.file)
            file = file.create({"name": self.filename or self.kind, "raw": raw})
        self.env["cobranza.contact.event"].create(
            {
                "contact_id": self.contact_id.id,
                "kind": self.kind,
                "moment": self.moment,
                "note": self.note,
                "attachment_id": file.id,
                "corrects_id": self.kind == "correction" and self.corrects_id.id,
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def _confirm_voucher(self):
        name = self.filename or self.env._("Receipt")
        self.contact_id._record_costs(name, base64.b64decode(self.file))
        return {"type": "ir.actions.act_window_close"}
