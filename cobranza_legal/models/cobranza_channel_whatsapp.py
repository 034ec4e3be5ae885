from urllib.parse import quote

from odoo import models

from ..kernel.message import plain_text


class CobranzaChannelWhatsapp(models.AbstractModel):
    """Click to chat: a person sends the frozen text from the own WhatsApp."""

    _name = "cobranza.channel.whatsapp"
    _inherit = "cobranza.channel.phone"
    _description = "WhatsApp"

    _abstract_channel = False

    def _task_summary(self, contact):
        return self.env._("Write by WhatsApp to %s", contact.recipient_id.display_name)

    def _link(self, contact):
        """Address that opens the chat with the words of ``contact`` ready to go."""
        words = quote(plain_text(contact.body or ""), safe="")
        return f"https://wa.me/{contact.address.lstrip('+')}?text={words}"
