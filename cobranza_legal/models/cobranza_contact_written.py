import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

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


class CobranzaContact(models.Model):
    """Contacts that people write themselves: Odoo sends them, and its notifications
    tell what became of them."""

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
    def _open_written(self, debtor, channel, told, *, mode=True):
        """A contact that leaves now to the people ``told``. UserError when it may not:
        what the country forbids, never; one too many only to the unprotected, with a
        warning; with ``mode`` nothing but answers while the company proposes only."""
        contact = self._log_written(debtor, channel, told)
        if mode and not contact.is_answer:
            debtor.company_id._cobranza_check_mode()
        contact._check_written(told)
        return contact

    @api.model
    def _log_written(self, debtor, channel, told):
        """A contact that leaves now to the people ``told``, whatever the limits."""
        now = fields.Datetime.now()
        asked = self._unanswered(debtor, now)
        return self._log(
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

    def _was_texted(self, text):
        """Odoo has made the SMS of this contact, without a message."""
        self._through_gate().write({"address": text.number, "body": text.body})
        self._seal_content()
        trackers = self.env["sms.tracker"].sudo()
        tracker = trackers.search([("sms_uuid", "=", text.uuid)])
        if tracker:
            tracker.cobranza_contact_id = self
        else:
            trackers.create({"sms_uuid": text.uuid, "cobranza_contact_id": self.id})

    def _follow_mail(self, success, failure):
        """What became of the mails of these contacts that notify nobody."""
        for contact in self.filtered("in_chatter"):
            if success:
                contact._has_left()
                contact._report("accepted")
            elif contact.state == "sending":
                contact._end_failed(failure or "")

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
