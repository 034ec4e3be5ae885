from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.files import uploaded


class CobranzaDocumentReceive(models.TransientModel):
    """A document that arrived: its file, or one that the debtor sent on its page."""

    _name = "cobranza.document.receive"
    _inherit = "cobranza.dialog.mixin"
    _description = "Receive a document"

    document_id = fields.Many2one("cobranza.document", required=True)
    help_text = fields.Text(related="document_id.help_text")
    check_code = fields.Selection(related="document_id.check_code")
    paper = fields.Boolean(related="document_id.paper")
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    sent_file_id = fields.Many2one(
        "ir.attachment",
        string="Or a file that the debtor sent",
        domain="[('id', 'in', sent_file_ids)]",
    )
    sent_file_ids = fields.Many2many("ir.attachment", compute="_compute_sent_files")
    day = fields.Date(
        "Received on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    dated_on = fields.Date(
        "Date of the document",
        help="From which its time counts. Empty: the day on which it was received.",
    )
    number = fields.Char(help="Of the document: it is checked.")
    expires_on = fields.Date(
        "Good until", help="Empty: as the checklist says, or without end."
    )
    original = fields.Boolean(
        "The original is here", help="We hold the paper itself from that day on."
    )
    note = fields.Text("Notes")

    @api.depends("document_id")
    def _compute_sent_files(self):
        for dialog in self:
            dialog.sent_file_ids = dialog._sent_files()

    def _sent_files(self):
        """What the debtor sent on its page, as far as the user may read it."""
        contacts = self.env["cobranza.contact"].search(
            [
                ("debtor_id", "=", self.document_id.debtor_id.id),
                ("channel", "=", "portal"),
                ("direction", "=", "inbound"),
                ("erased_on", "=", False),
            ]
        )
        return contacts.event_ids.attachment_id

    def action_confirm(self):
        """Keep the file byte for byte; that of the debtor stays where it is, and is
        kept here as well."""
        self.ensure_one()
        document = self.document_id
        content, name = uploaded(self), self.filename
        if self.sent_file_id:
            if content:
                raise UserError(
                    self.env._("Choose one: your file, or that of the debtor.")
                )
            if self.sent_file_id not in self._sent_files():
                raise UserError(self.env._("The debtor did not send that file."))
            content, name = self.sent_file_id.raw, self.sent_file_id.name
        document._receive(
            content,
            name,
            self.day,
            self.dated_on,
            number=self.number,
            expires_on=self.expires_on,
            note=self.note,
        )
        if self.original and document.paper:
            document._move_original("received", self.day)
        return {"type": "ir.actions.act_window_close"}
