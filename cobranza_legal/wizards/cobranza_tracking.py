from odoo import api, fields, models

from ..models.cobranza_contact_event import KINDS, TRACKED_KINDS
from ..models.files import uploaded


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
    number_known = fields.Boolean(compute="_compute_number_known")
    tracking_number = fields.Char(help="The number that the carrier gave it.")
    price = fields.Monetary(currency_field="currency_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_number_known")
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    note = fields.Text()
    corrects_id = fields.Many2one(
        "cobranza.contact.event",
        string="Takes back",
        domain="[('contact_id', '=', contact_id), ('kind', '!=', 'correction')]",
    )

    @api.depends("contact_id")
    def _compute_number_known(self):
        for wizard in self:
            contact = wizard.contact_id
            wizard.number_known = bool(contact.tracking_number)
            own = contact.company_id.currency_id
            wizard.currency_id = contact.provider_id.currency_id or own

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
        if self.tracking_number or self.price:
            self._keep_number()
        file = self.env["ir.attachment"]
        if self.file:
            name = self.filename or self.kind
            file = file.create({"name": name, "raw": uploaded(self)})
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

    def _keep_number(self):
        """The number and price of what was handed over without them."""
        contact = self.contact_id
        contact._set_tracking(
            {
                "tracking_number": contact.tracking_number or self.tracking_number,
                "provider_id": contact.provider_id.id,
                "price": contact.price or self.price,
            }
        )

    def _confirm_voucher(self):
        name = self.filename or self.env._("Receipt")
        self.contact_id._record_costs(name, uploaded(self))
        return {"type": "ir.actions.act_window_close"}
