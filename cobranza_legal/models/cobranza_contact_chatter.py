from odoo import models
from odoo.exceptions import LockError, UserError

from .phone_number import e164

CHANNELS = {"comment": "email", "email_outgoing": "email", "sms": "sms"}
"""Channel of what a colleague writes, by type of message."""


class CobranzaDebtor(models.Model):
    """What collectors write to the debtor from the chatter: a contact like any other.
    It is asked for beforehand, counts for the limits, and finds the answers to it.

    What the same people get from the chatter of an invoice or of their own record in
    Odoo is none: an invoice that is sent claims nothing yet, and Odoo's users write to
    customers about much else than debts. Whoever claims a debt writes here.
    """

    _inherit = "cobranza.debtor"

    def message_post(self, **kwargs):
        told = self._told_outside(kwargs)
        contact = None
        if told:
            # an SMS is out before it can be read in the chatter
            self._check_typed(CHANNELS[kwargs["message_type"]], kwargs)
            contact = self._open_written(kwargs, told)
        message = super().message_post(**kwargs)
        if contact:
            contact._was_posted(message)
        return message

    def message_notify(self, **kwargs):
        people = self.env["res.partner"].sudo().browse(kwargs.get("partner_ids") or ())
        if self and any(people.mapped("partner_share")):
            raise UserError(
                self.env._("Write to people outside with “Send message”: it is logged.")
            )
        return super().message_notify(**kwargs)

    def _told_outside(self, values):
        """The people outside who get a message of ours with these values of
        ``message_post``."""
        people = self.env["res.partner"].sudo()
        kind = values.get("message_type")
        if not self.env.user._is_internal() or kind not in CHANNELS:
            return people
        if kind == "sms":
            return self._told_by_sms(values)
        comment = self.env.ref("mail.mt_comment")
        subtype = values.get("subtype_id")
        if not subtype and values.get("subtype_xmlid"):
            subtype = self.env.ref(values["subtype_xmlid"]).id
        if subtype != comment.id:
            return people
        if values.get("outgoing_email_to"):
            raise UserError(
                self.env._("Write to people who are known as contacts of the debtor.")
            )
        # who may write here may not read followers or partners
        found = (
            self.env["mail.followers"]
            .sudo()
            ._get_recipient_data(self, kind, subtype, values.get("partner_ids") or None)
        )
        told = [one for one in found[self.id].values() if one["share"]]
        return people.browse([one["id"] for one in told if one["active"]])

    def _told_by_sms(self, values):
        numbers = {one for one in values.get("sms_numbers") or () if one}
        named = values.get("sms_pid_to_number") or {}
        people = self.env["res.partner"].sudo()
        told = people.browse([*(values.get("partner_ids") or ()), *named])
        allowed = self.sudo()._permitted_people()
        by_number = {e164(one): one for one in allowed if one.phone}
        for number in {*numbers, *named.values()}:
            formatted = self.sudo().partner_id._phone_format(number=number) or number
            if formatted not in by_number:
                raise UserError(
                    self.env._(
                        "%s is the number of nobody who may hear of the debt: write it "
                        "on a contact of the debtor first.",
                        number,
                    )
                )
            told |= by_number[formatted]
        return told

    def _open_written(self, values, told):
        """The contact of a message about to be posted, if it may be made now."""
        try:
            # people may write to a debtor without the right to change it
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("%s is being written to now: try again.", self.display_name)
            ) from error
        contact = self.env["cobranza.contact"].sudo()
        return contact._open_written(
            self.sudo(), CHANNELS[values["message_type"]], told
        )
