from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A bounce of one of our contacts is evidence about it."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        self.env["cobranza.contact"]._receive_bounce(
            message_dict.get("bounced_msg_ids") or [], message_dict.get("body")
        )
        return result
