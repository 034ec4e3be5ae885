from odoo import Command, api, fields, models

from ...models.common.files import uploaded


class CobranzaPosting(models.TransientModel):
    """A batch of letters handed to a carrier: day, receipt, and a row for each number
    and price.

    Without a receipt the prices are kept, and become costs when it is there.
    """

    _name = "cobranza.posting"
    _inherit = "cobranza.dialog.mixin"
    _description = "Posting of letters"

    contact_ids = fields.Many2many("cobranza.contact", readonly=True)
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True
    )
    provider_id = fields.Many2one(
        "cobranza.provider",
        string="Carrier",
        compute="_compute_provider_id",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
    currency_id = fields.Many2one(related="provider_id.currency_id")
    posted_at = fields.Datetime(
        string="Posted", required=True, default=lambda self: fields.Datetime.now()
    )
    voucher = fields.Binary(attachment=False, help="The receipt of the carrier.")
    voucher_name = fields.Char()
    warning = fields.Char(compute="_compute_warning")
    line_ids = fields.One2many(
        "cobranza.posting.line",
        "posting_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("contact_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.contact_ids.company_id[:1] or self.env.company

    @api.depends("contact_ids")
    def _compute_provider_id(self):
        for wizard in self:
            wizard.provider_id = self.env["cobranza.provider"]._default_for(
                wizard.company_id, wizard.contact_ids.mapped("channel")
            )

    @api.depends("contact_ids")
    def _compute_line_ids(self):
        """One row for each letter, in the order in which they were printed."""
        for wizard in self:
            wizard.line_ids = [Command.clear()] + [
                Command.create({"contact_id": contact.id})
                for contact in wizard.contact_ids._origin.sorted("id")
            ]

    @api.depends("contact_ids", "posted_at")
    def _compute_warning(self):
        """Hours matter for what reaches the debtor at once, not for paper."""
        for wizard in self:
            found = [
                warning
                for one in wizard.contact_ids._origin
                if one._channel_model()._class_kind == "remote" and wizard.posted_at
                for warning in [one._limit_warning(wizard.posted_at)]
                if warning
            ]
            wizard.warning = "\n".join(dict.fromkeys(found)) or False

    def action_confirm(self):
        self.ensure_one()
        contacts = self.line_ids.contact_id
        contacts.check_access("write")
        rows = {
            one.contact_id.id: {
                "tracking_number": one.tracking_number,
                "provider_id": self.provider_id.id,
                "price": one.price,
            }
            for one in self.line_ids
        }
        voucher = None
        if self.voucher:
            name = self.voucher_name or self.env._("Receipt")
            voucher = (name, uploaded(self, "voucher"))
        contacts._post(self.posted_at, rows, voucher)
        return {"type": "ir.actions.act_window_close"}


class CobranzaPostingLine(models.TransientModel):
    _name = "cobranza.posting.line"
    _inherit = "cobranza.dialog.mixin"
    _description = "Letter of a posting"

    posting_id = fields.Many2one("cobranza.posting", required=True, ondelete="cascade")
    contact_id = fields.Many2one("cobranza.contact", required=True)
    recipient_id = fields.Many2one(related="contact_id.recipient_id")
    address = fields.Char(related="contact_id.address")
    channel = fields.Selection(related="contact_id.channel")
    reference = fields.Char(compute="_compute_reference")
    tracking_number = fields.Char()
    currency_id = fields.Many2one(related="posting_id.currency_id")
    price = fields.Monetary()

    @api.depends("contact_id")
    def _compute_reference(self):
        for line in self:
            line.reference = line.contact_id._reference() if line.contact_id else False


class CobranzaTracking(models.TransientModel):
    """What a carrier said about a contact, with its file."""

    _name = "cobranza.tracking"
    _inherit = "cobranza.dialog.mixin"
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
        kinds = self.env["cobranza.event.kind"]
        return [(code, kinds._label(code)) for code in kinds._where(tracked=True)]

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
            file = file.create(
                {
                    "name": name,
                    "raw": uploaded(self),
                    "res_model": self.contact_id._name,
                    "res_id": self.contact_id.id,
                }
            )
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
