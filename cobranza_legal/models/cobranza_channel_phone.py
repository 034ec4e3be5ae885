from odoo import models

from .phone_number import e164


class CobranzaChannelPhone(models.AbstractModel):
    """Messages of plain text to a phone number."""

    _name = "cobranza.channel.phone"
    _inherit = "cobranza.channel.base"
    _description = "Message to a phone"

    _class_kind = "remote"
    _is_plain = True
    _needs_text = True

    def _address(self, partner):
        return e164(partner)

    def _missing_address(self, partner):
        return self.env._(
            "%s has no valid mobile number (with its country, like +34 600 111 222).",
            partner.display_name,
        )

    def _blacklisted(self, partners):
        # whoever plans may not read the blacklist
        blacklist = self.env["phone.blacklist"].sudo()
        numbers = {partner: self._address(partner) for partner in partners}
        found = [("number", "in", [one for one in numbers.values() if one])]
        barred = set(blacklist.search(found).mapped("number"))
        return partners.filtered(lambda one: numbers[one] in barred)
