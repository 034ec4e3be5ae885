from odoo import Command, api, fields, models

from ..models.files import uploaded


class CobranzaPosting(models.TransientModel):
    """A batch of letters handed to a carrier: day, receipt, and a row for each number.

    Without a receipt the prices are kept, and become costs when it is there.
    """

    _name = "cobranza.posting"
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

    @api.depends("contact_ids", "provider_id")
    def _compute_line_ids(self):
        """One row for each letter, in the order in which they were printed."""
        for wizard in self:
            known = {one.contact_id.id: one.tracking_number for one in wizard.line_ids}
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "contact_id": contact.id,
                        "tracking_number": known.get(contact.id),
                        "price": wizard.provider_id._price(contact.channel),
                    }
                )
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
