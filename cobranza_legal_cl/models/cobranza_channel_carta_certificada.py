from odoo import models


class CobranzaChannelCartaCertificada(models.AbstractModel):
    """A letter whose delivery or refusal the post office certifies."""

    _name = "cobranza.channel.carta_certificada"
    _inherit = "cobranza.channel.certified_letter"
    _description = "Certified letter (Chile)"

    def _checklist(self):
        say = self.env._
        return [
            say("Print the letter and check the address with that of the contract."),
            say(
                "Post it as certified letter, in a closed envelope that does not tell "
                "what it is about: only the debtor may know (Ley 19.496, art. 37)."
            ),
            say(
                "Keep the receipt of the post office: write down number, day and "
                "price, with the receipt as voucher."
            ),
            say(
                "Follow the number and record delivery, refusal or return with the "
                "certificate of the post office."
            ),
        ]
