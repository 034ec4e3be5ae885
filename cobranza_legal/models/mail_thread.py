from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _creation_message(self):
        if not self._name.startswith("cobranza."):
            return super()._creation_message()
        # "created" would have to agree with the gender of the model's name
        name = self.env["ir.model"]._get(self._name).name
        return self.env._("New record: %s", name)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A bounce of one of our contacts is evidence about it."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        self.env["cobranza.contact"]._receive_bounce(
            message_dict.get("bounced_msg_ids") or [], message_dict.get("body")
        )
        return result
