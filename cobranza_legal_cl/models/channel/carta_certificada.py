from odoo import models


class CobranzaChannelCartaCertificada(models.AbstractModel):
    """A letter whose delivery or refusal the post office certifies."""

    _name = "cobranza.channel.carta_certificada"
    _inherit = "cobranza.channel.certified_letter"
    _description = "Certified letter (Chile)"

    def _checklist(self):
        return [
            self.env._(
                "Print the letter and check the address with that of the contract."
            ),
            self.env._(
                "Post it as certified letter, in a closed envelope that does not tell "
                "what it is about: only the debtor may know (Ley 19.496, art. 37)."
            ),
            self.env._(
                "Keep the receipt of the post office: write down number, day and "
                "price, with the receipt as voucher."
            ),
            self.env._(
                "Follow the number and record delivery, refusal or return with the "
                "certificate of the post office."
            ),
        ]
