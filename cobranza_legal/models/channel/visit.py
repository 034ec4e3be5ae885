from odoo import models


class CobranzaChannelVisit(models.AbstractModel):
    """A person goes to see the debtor. The law of some countries counts visits as it
    counts calls, with the same hours."""

    _name = "cobranza.channel.visit"
    _inherit = "cobranza.channel.letter"
    _description = "Visit"

    _class_kind = "voice"
    _way = "visit"
    _is_printed = False
    _default_purpose = False
    _needs_text = False
    _activity_xmlid = "mail.mail_activity_data_todo"

    def _task_summary(self, contact):
        return self.env._(
            "Visit %(name)s, %(address)s",
            name=contact.recipient_id.display_name,
            address=contact.address,
        )

    def _checklist(self):
        return [
            self.env._("Go within the hours that are permitted, and go alone."),
            self.env._(
                "Speak of the debt with the debtor and nobody else: at the door, to "
                "family, neighbours or at work nothing is said of it."
            ),
            self.env._("Write down who opened, what was said and when."),
        ]
