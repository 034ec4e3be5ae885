from odoo import models
from odoo.tools import email_normalize

from .email import addresses_of, missing_email


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


class CobranzaChannelCertifiedLetter(models.AbstractModel):
    """A letter of which the carrier certifies that and when it was delivered."""

    _name = "cobranza.channel.certified_letter"
    _inherit = "cobranza.channel.letter"
    _description = "Certified letter"

    _default_purpose = "certified_letter"
    _is_tracked = True
    _cost_kind = "certified_letter"

    def _task_summary(self, contact):
        return self.env._("Send the certified letter to %s", contact.recipient_id.name)

    def _checklist(self):
        return [
            self.env._(
                "Print the letter and check the address with that of the contract."
            ),
            self.env._(
                "Post it certified, with acknowledgement of receipt, in a closed "
                "envelope that does not tell what it is about."
            ),
            self.env._(
                "Keep the receipt of the carrier: write down number, day and price, "
                "with the receipt as voucher."
            ),
            self.env._(
                "When the acknowledgement comes back, record what it says with its "
                "scan, and keep the paper."
            ),
        ]


class CobranzaChannelCertifiedEmail(models.AbstractModel):
    """An e-mail that a trust service sends and certifies; only to an address that the
    debtor agreed to or has used."""

    _name = "cobranza.channel.certified_email"
    _inherit = "cobranza.channel.base"
    _description = "Certified e-mail"

    _abstract_channel = False
    _class_kind = "remote"
    _way = "email"
    _activity_xmlid = "mail.mail_activity_data_email"
    _default_purpose = "formal_demand"
    _needs_text = True
    _is_printed = True
    _is_tracked = True
    _cost_kind = "registered"

    def _address(self, partner):
        return next(iter(self._addresses(partner)), "")

    def _addresses(self, partner):
        return addresses_of(partner)

    def _preferred(self, contact, addresses):
        stated = email_normalize(contact.debtor_id.certified_email or "")
        return [one for one in addresses if one == stated]

    def _missing_address(self, partner):
        return missing_email(self.env, partner)

    def _check_data(self, contacts):
        missing = super()._check_data(contacts)
        for contact in contacts:
            addresses = self._addresses(contact._current_recipient())
            if contact.id not in missing and not self._preferred(contact, addresses):
                missing[contact.id] = self.env._(
                    "Certified e-mails go only to an address that the debtor agreed to "
                    "or has used: say on %s which one it is.",
                    contact.debtor_id.display_name,
                )
        return missing

    def _task_summary(self, contact):
        return self.env._("Send the certified e-mail to %s", contact.recipient_id.name)

    def _checklist(self):
        return [
            self.env._("Print the letter into a file: that file is what is sent."),
            self.env._(
                "Send it through the trust service, to the address shown and to no "
                "other, with a subject that does not tell what it is about."
            ),
            self.env._(
                "Write down the number of the sending, its moment and its price, with "
                "the invoice as voucher."
            ),
            self.env._(
                "Download the certificates of content and of delivery and record each "
                "with its file."
            ),
        ]
