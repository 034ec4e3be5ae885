import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext
from odoo.tools.mail import unfold_references

from ..channel.phone import e164
from .wording import SaidWords

ANSWER_DAYS = 7
"""Days in which what we write to a debtor who wrote to us is an answer."""


LEFT = {"process", "pending", "sent", "bounce"}


NEVER_LEFT = {
    "mail_bl",
    "mail_dup",
    "mail_email_invalid",
    "mail_email_missing",
    "mail_from_invalid",
    "mail_from_missing",
    "mail_optout",
    "mail_smtp",
    "sms_acc",
    "sms_country_not_supported",
    "sms_credit",
    "sms_number_format",
    "sms_number_missing",
    "sms_registration_needed",
}
"""Failures of Odoo's messages that surely did not leave."""


REFUSED = re.compile(
    r"SMTP(RecipientsRefused|SenderRefused|DataError|NotSupportedError|ConnectError"
    r"|HeloError|AuthenticationError)"
)
"""How Odoo tells that the mail server said no."""


CHANNELS = {"comment": "email", "email_outgoing": "email", "sms": "sms"}
"""Channel of what a colleague writes, by type of message."""


KINDS = {"sms_expired": "expired"}
"""Kind of event of a delivery error; the others are bounces."""


class CobranzaContact(models.Model):
    """Contacts that people write themselves: Odoo sends them, and its notifications
    tell what became of them.

    What comes back from debtors by e-mail.
    """

    _inherit = "cobranza.contact"

    is_answer = fields.Boolean(
        string="Answer",
        readonly=True,
        copy=False,
        help="Answers a contact of the debtor: logged, not counted for the limits.",
    )

    @api.model
    def _domain_interrupted(self):
        """What leaves through Odoo's own queue, or by a person's hand, has a day."""
        machines = Domain("channel", "in", self._machine_channels())
        day_ago = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        ours = machines & Domain("in_chatter", "!=", True)
        return ours | Domain("sent_at", "<=", day_ago)

    @api.model
    def _open_written(self, debtor, channel, told):
        """A contact that leaves now to the people ``told``. UserError when it may not:
        what the country forbids, never; one too many only to the unprotected, with a
        warning."""
        now = fields.Datetime.now()
        asked = self._unanswered(debtor, now)
        contact = self._log(
            {
                "debtor_id": debtor.id,
                "channel": channel,
                "state": "sending",
                "in_chatter": True,
                "recipient_id": (told & debtor._permitted_people() or told)[0].id,
                "recipient_chosen": True,
                "step_id": asked.id,
                "is_answer": bool(asked),
                "sent_at": now,
                "planned_at": now,
                "user_id": self.env.uid,
            }
        )
        contact._check_written(told)
        return contact

    @api.model
    def _unanswered(self, debtor, now):
        """The newest contact of ``debtor``, if it came from there a short time ago."""
        domain = [
            ("debtor_id", "=", debtor.id),
            ("state", "in", ("sending", "sent", "in_doubt")),
            ("sent_at", "!=", False),
        ]
        newest = self.search(domain, order="sent_at desc, id desc", limit=1)
        since = now - timedelta(days=ANSWER_DAYS)
        fresh = newest.direction == "inbound" and newest.sent_at >= since
        return newest if fresh else self.browse()

    def _check_written(self, told):
        debtor = self.debtor_id
        rules = self.company_id._cobranza_rules()
        chosen, found = self.recipient_id, []
        for person in told:
            self._through_gate().write({"recipient_id": person.id})
            blockers = rules._contact_blockers(self, self.sent_at)
            found += [message for _code, message in blockers.get(self.id, ())]
        self._through_gate().write({"recipient_id": chosen.id})
        warning = not self.is_answer and self._limit_warning(self.sent_at)
        if warning and debtor.regime in rules._protected_regimes():
            found.append(warning)
        if found:
            raise UserError("\n".join(dict.fromkeys(found)))
        if warning:
            note = {"type": "warning", "message": warning}
            self.env.user._bus_send("simple_notification", note)

    def _was_posted(self, message):
        """Odoo has made the message of this contact."""
        people = message.sudo().notification_ids
        told = people.res_partner_id.filtered("partner_share")
        model = self._channel_model()
        addresses = [model._address(one) or one.email or "" for one in told]
        if self.channel == "sms":
            addresses = [one for one in people.mapped("sms_number") if one]
        self._through_gate().write(
            {
                "address": ", ".join(addresses) or False,
                "subject": message.subject,
                "body": message.body,
                "attempt": message.message_id,
            }
        )
        self._seal_content()
        self._follow_notifications()

    def _follow_notifications(self):
        """What Odoo knows of the messages of these contacts: one that left has left,
        whatever came of the others."""
        for contact in self:
            domain = [("mail_message_id.message_id", "=", contact.attempt)]
            every = self.env["mail.notification"].sudo().search(domain)
            outside = every.filtered(
                lambda one: (
                    one.res_partner_id.partner_share
                    or one.notification_type == "sms"
                    or one.mail_email_address
                )
            )
            if outside:
                contact._follow_outside(outside)

    def _follow_outside(self, outside):
        statuses = set(outside.mapped("notification_status"))
        if statuses & LEFT:
            self._has_left()
            if statuses - {"bounce"}:
                self._report("accepted")
            self._report_ends(outside)
        elif "ready" not in statuses:
            note = ", ".join(one.format_failure_reason() for one in outside)
            unknown = outside.filtered(
                lambda one: (
                    one.notification_status == "exception"
                    and one.failure_type not in NEVER_LEFT
                    and not REFUSED.search(one.failure_reason or "")
                )
            )
            if self.state == "sending":
                (self._end_in_doubt if unknown else self._end_failed)(note)

    def _report_ends(self, outside):
        for notice in outside:
            if notice.notification_status == "bounce":
                self._report("bounced", notice.format_failure_reason())
            elif notice.notification_type == "sms":
                if notice.notification_status == "sent":
                    self._report("delivered")
                elif notice.notification_status == "exception":
                    self._report("bounced", notice.format_failure_reason())

    def _has_left(self):
        """It is out, now or after a person tried again."""
        if self.state == "failed":
            self._set_state("planned")
            self._set_state("sending", sent_at=fields.Datetime.now())
        if self.state in ("sending", "in_doubt"):
            self._set_state("sent")

    @api.model
    def _of_message_ids(self, message_ids):
        """Contacts that left under these Message-IDs."""
        ids = [one.strip() for one in message_ids]
        # the mail gateway may run as any user
        return self.sudo().search([("attempt", "in", ids)]) if ids else self.browse()

    @api.model
    def _receive_bounce(self, message_ids, body):
        contacts = self._of_message_ids(message_ids)
        contacts = contacts.filtered(
            lambda one: "bounced" not in one.event_ids.mapped("kind")
        )
        if not contacts:
            return
        note = html2plaintext(body or "")[:2000]
        contacts._add_events("bounced", self.env._("Mail server"), note=note)
        contacts._alert(self.env._("An e-mail came back"), note)

    def _receive_answer(self, message):
        """The debtor answered one of these contacts: log it, tell the responsible."""
        for contact in self:
            contact._add_events("answered", message.get("email_from"))
            contact._log(
                {
                    "debtor_id": contact.debtor_id.id,
                    "channel": contact.channel,
                    "direction": "inbound",
                    "step_id": contact.id,
                    "subject": message.get("subject"),
                    "body": message.get("body"),
                    "address": message.get("email_from"),
                    "sent_at": fields.Datetime.now(),
                }
            )
            note = html2plaintext(message.get("body") or "")[:500]
            contact._alert(self.env._("The debtor answered"), note)

    @api.model
    def _log(self, vals):
        """A contact that a person made or received without a plan."""
        debtor = self.env["cobranza.debtor"].browse(vals["debtor_id"])
        values = {
            "company_id": debtor.company_id.id,
            "currency_id": debtor.currency_id.id,
            "state": "sent",
            "recipient_id": debtor._recipient().id,
            **vals,
        }
        contact = self._through_gate().create(values).with_env(self.env)
        debtor._schedule_review()
        return contact


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
            SaidWords(self).check_typed(CHANNELS[kwargs["message_type"]], kwargs)
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

    def message_update(self, msg_dict, update_vals=None):
        """An e-mail arrived in this chatter."""
        result = super().message_update(msg_dict, update_vals)
        if not self.env.su:  # the gateway is superuser; anybody can call this
            return result
        references = f"{msg_dict.get('references')} {msg_dict.get('in_reply_to')}"
        contacts = self.env["cobranza.contact"]._of_message_ids(
            unfold_references(references)
        )
        contacts.filtered(lambda one: one.debtor_id in self)._receive_answer(msg_dict)
        return result


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _creation_message(self):
        if not self._name.startswith("cobranza."):
            return super()._creation_message()
        # "created" would have to agree with the gender of the model's name
        name = self.env["ir.model"]._get(self._name).name
        return self.env._("New record: %s", name)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A bounce of one of our contacts is evidence about it."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        self.env["cobranza.contact"]._receive_bounce(
            message_dict.get("bounced_msg_ids") or [], message_dict.get("body")
        )
        return result


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        """What becomes of the messages to debtors becomes of their contacts. E-mails
        are marked as failed before they leave: their failures are told afterwards."""
        result = super().write(vals)
        if "notification_status" in vals:
            told = self.filtered(
                lambda one: (
                    one.notification_status != "exception"
                    or one.notification_type == "sms"
                )
            )
            # mail servers and providers run as anybody
            told.sudo().mail_message_id._follow_debtors()
        return result


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, **kwargs):
        messages = self.sudo().mail_message_id
        result = super()._postprocess_sent_message(
            success_pids, success_emails, **kwargs
        )
        messages.exists()._follow_debtors()  # mails take some with them
        return result


class SmsTracker(models.Model):
    """Delivery reports of our SMS."""

    _inherit = "sms.tracker"

    cobranza_contact_id = fields.Many2one(
        "cobranza.contact",
        string="Contact with a debtor",
        ondelete="cascade",
        index="btree_not_null",
    )

    def _action_update_from_sms_state(
        self, sms_state, failure_type=False, failure_reason=False
    ):
        result = super()._action_update_from_sms_state(
            sms_state, failure_type, failure_reason
        )
        if sms_state == "sent":
            self.cobranza_contact_id._report("delivered")
        elif sms_state == "error":
            self._report_error(failure_type, failure_reason)
        return result

    def _action_update_from_provider_error(self, provider_error):
        result = super()._action_update_from_provider_error(provider_error)
        _status, failure, reason = result
        self._report_error(failure, reason)
        return result

    def _report_error(self, failure, reason):
        labels = dict(
            self.env["mail.notification"]
            ._fields["failure_type"]
            ._description_selection(self.env)
        )
        words = [labels.get(failure) if failure != "unknown" else None, reason]
        note = ": ".join(one for one in words if one) or failure
        self.cobranza_contact_id._report(KINDS.get(failure, "bounced"), note)
