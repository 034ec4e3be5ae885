from odoo import models
from odoo.exceptions import UserError

from .cobranza_state_mixin import CONTEXT_KEY, GATE

FROZEN = {
    *("body", "subject", "date", "model", "res_id", "message_id", "message_type"),
    *("author_id", "email_from", "attachment_ids", "outgoing_email_to", "subtype_id"),
}


class MailMessage(models.Model):
    """The copies of contacts in the chatter of debtors are evidence too."""

    _inherit = "mail.message"

    def _cobranza_evidence(self):
        """The messages among these that are the copy of a contact."""
        # whoever edits messages need not read contacts
        messages = self.sudo().filtered(lambda one: one.model == "cobranza.debtor")
        ids = [one for one in messages.mapped("message_id") if one]
        if not ids:
            return messages.browse()
        contacts = messages.env["cobranza.contact"].search([("attempt", "in", ids)])
        sent = set(contacts.mapped("attempt"))
        return messages.filtered(lambda one: one.message_id in sent)

    def _cobranza_check_evidence(self):
        if self.env.context.get(CONTEXT_KEY) is GATE:
            return
        if self._cobranza_evidence():
            raise UserError(
                self.env._("This message went to the debtor and is kept as evidence.")
            )

    def write(self, vals):
        if FROZEN & set(vals):
            self._cobranza_check_evidence()
        return super().write(vals)

    def unlink(self):
        self._cobranza_check_evidence()
        return super().unlink()
