from odoo import models


class CobranzaChannelBurofax(models.AbstractModel):
    """A letter of which the carrier certifies text, date and delivery."""

    _name = "cobranza.channel.burofax"
    _inherit = "cobranza.channel.certified_letter"
    _description = "Burofax"

    _default_purpose = "burofax"
    _cost_kind = "registered"

    def _task_summary(self, contact):
        return self.env._("Send the burofax to %s", contact.recipient_id.name)

    def _checklist(self):
        return [
            self.env._("Print the letter into a file: that file is what is sent."),
            self.env._(
                "Send it as burofax with certification of the text and acknowledgement "
                "of receipt, to the address of the contract."
            ),
            self.env._(
                "Write down number, day and price, with the receipt as voucher."
            ),
            self.env._(
                "Download the certified copy of the text and record it: without it "
                "only the delivery is proven."
            ),
            self.env._(
                "Record delivery, refusal or expiry with the certificate of the "
                "carrier: thirty days run from the reception (LO 1/2025, art. 10.4)."
            ),
        ]
