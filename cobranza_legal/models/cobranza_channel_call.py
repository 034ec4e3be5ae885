from odoo import models


class CobranzaChannelCall(models.AbstractModel):
    _name = "cobranza.channel.call"
    _inherit = "cobranza.channel.base"
    _description = "Phone call"

    _abstract_channel = False
    _class_kind = "voice"
    _activity_xmlid = "mail.mail_activity_data_call"
    _default_purpose = "call_script"
    _needs_text = True

    def _address(self, partner):
        return partner.phone

    def _missing_address(self, partner):
        return self.env._("%s has no phone number.", partner.display_name)

    def _task_summary(self, contact):
        return self.env._(
            "Call %(name)s, %(phone)s",
            name=contact.recipient_id.display_name,
            phone=contact.address,
        )
