from odoo import models


class CobranzaChannelLetter(models.AbstractModel):
    """A printed letter that a person posts."""

    _name = "cobranza.channel.letter"
    _inherit = "cobranza.channel.base"
    _description = "Letter"

    _abstract_channel = False
    _class_kind = "paper"
    _is_printed = True
    _default_purpose = "formal_demand"
    _needs_text = True

    def _address(self, partner):
        if not (partner.street and (partner.city or partner.zip)):
            return ""
        parts = (partner.street, partner.street2, partner.zip, partner.city)
        return ", ".join(part for part in parts if part)

    def _missing_address(self, partner):
        return self.env._(
            "%s has no complete postal address (street and city).", partner.display_name
        )

    def _task_summary(self, contact):
        return self.env._("Print and post the letter to %s", contact.recipient_id.name)
