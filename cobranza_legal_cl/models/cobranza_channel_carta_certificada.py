from odoo import models


class CobranzaChannelCartaCertificada(models.AbstractModel):
    """A letter whose delivery or refusal the post office certifies."""

    _name = "cobranza.channel.carta_certificada"
    _inherit = "cobranza.channel.letter"
    _description = "Certified letter (Chile)"

    _default_purpose = "certified_letter"

    def _task_summary(self, contact):
        return self.env._("Send the certified letter to %s", contact.recipient_id.name)
