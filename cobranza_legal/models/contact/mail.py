"""Where messages and mails of Odoo pass: who outside is told is asked first."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all

from ..common.gate import GATE
from ..common.history import as_house
from .odoo_mail import ODOO_KEY, odoo_sends
from .original import ORIGINAL_KEY, Original
from .wording import TypedText
from .written import ABOUT_DEBTS, TOLD_KEY, Told, is_ours

WRITTEN = {"comment": "email", "email_outgoing": "email", "sms": "sms"}
"""Channel of what people write in a chatter, by type of message."""


INCOMING = frozenset({"email", "out_of_office"})
"""Types of message that only colleagues are told of on records of ours: what debtors
write, and what Odoo answers to them for somebody who is away."""


class MailThread(models.AbstractModel):
    """Whoever writes to people outside passes here, by whatever method, on whatever
    record and with whatever type of message. What counts is who outside is told:

    - On records of ours a message to the debtor from its chatter ("Send message", SMS)
      is a contact: it is asked for (country's rules, opt-outs, limits, mode, words),
      logged and counted. Everything else that would reach people outside is refused: a
      note that mentions the debtor, ``message_notify``, addresses of nobody, a date in
      the future, other records of ours. What debtors wrote themselves is forwarded to
      nobody outside, without an error: an incoming message is never lost.
    - On Odoo's own records Odoo works as always. What Odoo itself sends is neither
      asked for nor logged (``ODOO_TEMPLATES``, ``ODOO_METHODS``); nor is what is
      written on orders, tasks or tickets. A message about a followed overdue document,
      to the debtor's people, is logged as a contact and counts for the limits, whoever
      writes it; only users with a right of ours are asked for hours, opt-outs and
      limits. For them the same holds on payments, partners and without a record, where
      a user without our rights is left alone. The mode is not asked here: it rules what
      the follow-up sends, not the business of the day.
    """

    _inherit = "mail.thread"

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        values = msg_vals or {}
        # of a scheduled message the values are its own
        model = values.get("model") or message.sudo().model
        if not is_ours(model) and not _may_be_about_debts(self, model):
            return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        # some arguments are for the notification only: it complains itself
        recipients = self._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        recipients, contacts = self._cobranza_ask(
            message, model, values, recipients, kwargs
        )
        asked = self.with_context(**{TOLD_KEY: Told(message, recipients)})
        told = super(MailThread, asked)._notify_thread(
            message, msg_vals=msg_vals, **kwargs
        )
        for contact in contacts:
            contact._was_posted(message)
        return told

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        told = self.env.context.get(TOLD_KEY)
        if isinstance(told, Told) and told.message == message:
            return told.recipients
        return super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)

    def _message_track(self, *args, **kwargs):
        return super(MailThread, odoo_sends(self))._message_track(*args, **kwargs)

    def _message_track_post_template(self, *args, **kwargs):
        sup = super(MailThread, odoo_sends(self))
        return sup._message_track_post_template(*args, **kwargs)

    def _routing_create_bounce_email(self, *args, **kwargs):
        sup = super(MailThread, odoo_sends(self))
        return sup._routing_create_bounce_email(*args, **kwargs)

    def _cobranza_ask(self, message, model, values, recipients, options):
        """(recipients of a message, contacts that it is). UserError when it may not
        be sent to somebody among them."""
        kind = values.get("message_type") or message.message_type
        numbers = [one for one in options.get("sms_numbers") or () if one]
        outside = [one for one in recipients if one["share"]]
        nothing = recipients, self.env["cobranza.contact"]
        if not outside and not (numbers or options.get("sms_pid_to_number")):
            return nothing
        scheduled = self._is_notification_scheduled(options.get("scheduled_date"))
        if is_ours(model):
            inside = [one for one in recipients if not one["share"]]
            author = message.sudo().author_id
            from_outside = not self.env.user._is_internal() or author.partner_share
            if kind in INCOMING or (from_outside and kind != "sms"):
                return inside, nothing[1]
            found = self._cobranza_ask_ours(
                message, kind, values, outside, {**options, "scheduled": scheduled}
            )
            return recipients, found
        if kind in INCOMING or self.env.context.get(ODOO_KEY) is GATE:
            return nothing
        told = self.env["res.partner"]._cobranza_reached(
            [one["id"] for one in outside if one["id"]],
            [one["email_normalized"] for one in outside if not one["id"]],
            [*numbers, *(options.get("sms_pid_to_number") or {}).values()],
        )
        channel = "sms" if kind == "sms" else "email"
        res_id = values.get("res_id") or message.sudo().res_id
        found = self.env["cobranza.contact"]._open_told(
            model, res_id, channel, told, scheduled
        )
        said = {"body": message.sudo().body, "subject": message.sudo().subject}
        found._check_barred_words(model, res_id, told, {**said, **values})
        return recipients, found

    def _cobranza_ask_ours(self, message, kind, values, outside, options):
        """The contact of a message on a record of ours to people ``outside``. UserError
        unless it is written to the people of a debtor, in its chatter."""
        if self._name != "cobranza.debtor" or not self:
            raise UserError(
                self.env._(
                    "This would reach people outside: %s. Write to them from the "
                    "debtor, where it is checked and logged.",
                    ", ".join(one["name"] or "" for one in outside),
                )
            )
        subtype = self.env["mail.message.subtype"].sudo()
        subtype = subtype.browse(values.get("subtype_id") or message.subtype_id.id)
        if kind not in WRITTEN or (kind == "comment" and subtype.internal):
            raise UserError(
                self.env._(
                    "%s would get this, past limits and log. Write to people outside "
                    "with “Send message”: it is logged.",
                    ", ".join(one["name"] or "" for one in outside),
                )
            )
        if options["scheduled"]:
            raise UserError(
                self.env._(
                    "Messages to a debtor leave when they are written: limits and "
                    "hours are those of this moment. Send it without a date."
                )
            )
        if not all(one["id"] for one in outside):
            raise UserError(
                self.env._("Write to people who are known as contacts of the debtor.")
            )
        told = self.env["res.partner"].sudo()
        told = told.browse([one["id"] for one in outside if one["active"]])
        if kind == "sms":
            told |= self._told_by_sms(options)
        # an SMS is out before it can be read in the chatter
        said = {"body": message.sudo().body, "subject": message.sudo().subject}
        TypedText(self, told).check_typed(WRITTEN[kind], {**said, **values})
        return self._open_written(WRITTEN[kind], told)

    def _creation_message(self):
        if not self._name.startswith("cobranza."):
            return super()._creation_message()
        # "created" would have to agree with the gender of the model's name
        name = self.env["ir.model"]._get(self._name).name
        return self.env._("New record: %s", name)

    @api.model
    def message_process(self, model, message, *args, **kwargs):
        """What arrives stays at hand as it is for who keeps it as evidence."""
        original = Original(message)
        blocks = self.env["cobranza.block"]._blocks()
        # the gateway is superuser; anybody can call this
        if self.env.su and any(one._takes_mail(original.content) for one in blocks):
            return False
        kept = self.with_context(**{ORIGINAL_KEY: original})
        return super(MailThread, kept).message_process(model, message, *args, **kwargs)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A bounce of one of our contacts is evidence about it."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        self.env["cobranza.contact"]._receive_bounce(
            message_dict.get("bounced_msg_ids") or [], message_dict.get("body")
        )
        return result


class MailMail(models.Model):
    """Mails that are made without a thread pass the same gate."""

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        opened = [
            self.env["cobranza.contact"]
            if vals.get("mail_message_id")
            else self._cobranza_ask(vals)
            for vals in vals_list
        ]
        mails = super().create(vals_list)
        for mail, contacts in zip(mails, opened, strict=True):
            for contact in contacts:
                contact._was_posted(mail.mail_message_id)
        return mails

    @api.model
    def _cobranza_ask(self, vals):
        """The contacts that a mail with these values is. UserError when it may not
        leave."""
        contacts = self.env["cobranza.contact"]
        model = vals.get("model")
        if self.env.context.get(ODOO_KEY) is GATE or not (
            is_ours(model) or not model or model in ABOUT_DEBTS
        ):
            return contacts
        ids = [
            found
            for one in vals.get("recipient_ids") or ()
            for found in (
                [one]
                if isinstance(one, int)
                else [one[1]]
                if one[0] == 4
                else one[2]
                if one[0] == 6
                else []
            )
        ]
        emails = email_normalize_all(
            f"{vals.get('email_to') or ''},{vals.get('email_cc') or ''}"
        )
        told = self.env["res.partner"]._cobranza_reached(ids, emails)
        if not is_ours(model):
            return contacts._open_told(model, vals.get("res_id"), "email", told)
        known = self.env["res.partner"].sudo()
        known = known.search([("email_normalized", "in", emails)])
        if told or set(emails) - set(known.mapped("email_normalized")):
            raise UserError(
                self.env._(
                    "This would reach people outside: %s. Write to them from the "
                    "debtor, where it is checked and logged.",
                    ", ".join([*told.mapped("display_name"), *emails]),
                )
            )
        return contacts

    def _postprocess_sent_message(self, success_pids, success_emails, **kwargs):
        messages = as_house(self).mail_message_id
        # mails that notify nobody take their message with them
        lone = messages.filtered(
            lambda message: (
                not message.notification_ids and message.model != "cobranza.debtor"
            )
        )
        ids = [one for one in lone.mapped("message_id") if one]
        result = super()._postprocess_sent_message(
            success_pids, success_emails, **kwargs
        )
        failure = kwargs.get("failure_reason") or kwargs.get("failure_type")
        contacts = self.env["cobranza.contact"]._of_message_ids(ids)
        contacts._follow_mail(success_pids or success_emails, failure)
        messages.exists()._follow_debtors()  # mails take some with them
        return result


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        """What becomes of the messages to debtors becomes of their contacts. E-mails
        are marked as failed before they leave: their failures are told afterwards."""
        result = super().write(vals)
        if "notification_status" in vals:
            told = self.filtered(
                lambda notification: (
                    notification.notification_status != "exception"
                    or notification.notification_type == "sms"
                )
            )
            # mail servers and providers run as anybody
            as_house(told).mail_message_id._follow_debtors()
        return result


def _may_be_about_debts(records, model):
    return model in ABOUT_DEBTS if model else records._name == "mail.thread"
