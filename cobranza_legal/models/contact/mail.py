import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize_all, html2plaintext
from odoo.tools.mail import unfold_references

from ..channel.phone import e164
from ..common.gate import GATE
from ..common.history import as_house
from ..company.company import STAFF
from .wording import TypedText

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
"""Failure types of Odoo's messages that were certainly not sent."""


REFUSED = re.compile(
    r"SMTP(RecipientsRefused|SenderRefused|DataError|NotSupportedError|ConnectError"
    r"|HeloError|AuthenticationError)"
)
"""How Odoo tells that the mail server said no."""


WRITTEN = {"comment": "email", "email_outgoing": "email", "sms": "sms"}
"""Channel of what people write in a chatter, by type of message."""


INCOMING = frozenset({"email", "out_of_office"})
"""Types of message that only colleagues are told of on records of ours: what debtors
write, and what Odoo answers to them for somebody who is away."""


ABOUT_DEBTS = frozenset({"account.move", "account.payment", "res.partner"})
"""Models of Odoo on which people of ours write to debtors about what they owe."""


OURS = (
    "cobranza_legal.group_collector,cobranza_legal.group_lawyer_own,"
    "cobranza_legal.group_accountant,cobranza_legal.group_approver"
)
"""Who has a right of ours."""


ODOO_TEMPLATES = frozenset(
    {
        "account.email_template_edi_credit_note",
        "account.email_template_edi_invoice",
        "account.email_template_edi_self_billing_credit_note",
        "account.email_template_edi_self_billing_invoice",
        "account.mail_template_data_payment_receipt",
        "account.mail_template_einvoice_notification",
        "account.mail_template_invoice_subscriber",
    }
)
"""Templates of Odoo about documents and partners that claim nothing."""


ODOO_METHODS = frozenset(
    {
        ("account.move.send", "_send_mail"),
        ("digest.digest", "_action_send_to_user"),
        ("mail.thread", "_message_track"),
        ("mail.thread", "_message_track_post_template"),
        ("mail.thread", "_routing_create_bounce_email"),
        ("portal.share", "action_send_mail"),
        ("res.users", "_action_reset_password"),
        ("res.users", "_notify_security_setting_update"),
    }
)
"""What Odoo itself sends to people outside about a document, or without a record."""


ODOO_KEY = "cobranza_odoo_sends"


TOLD_KEY = "cobranza_told"


def odoo_sends(records):
    """These records with the mark that what they send is Odoo's own."""
    return records.with_context(**{ODOO_KEY: GATE})


class Told:
    """Who is told of one message, once it was asked for."""

    __slots__ = ("message", "recipients")

    def __init__(self, message, recipients):
        self.message = message
        self.recipients = recipients


DEBTOR = "cobranza.debtor"


KINDS = {"sms_expired": "expired"}
"""Kind of event of a delivery error; the others are bounces."""


class CobranzaContact(models.Model):
    """Contacts by Odoo's messages: Odoo sends what people write themselves, its
    notifications tell what became of it, and bounces and answers come back to it."""

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
                lambda notification: (
                    notification.res_partner_id.partner_share
                    or notification.notification_type == "sms"
                    or notification.mail_email_address
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
                lambda notification: (
                    notification.notification_status == "exception"
                    and notification.failure_type not in NEVER_LEFT
                    and not REFUSED.search(notification.failure_reason or "")
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
    def _open_told(self, model, res_id, channel, told, scheduled=False):
        """The contacts that a message from a record of Odoo is to the debtors whose
        people ``told`` are (see ``mail.thread``). UserError when a user of ours may not
        write it now. Without ``res_id`` it is about no record."""
        opened = self.sudo().browse()
        # whoever writes need not know debtors
        told = told.sudo()
        ours = self.env.user.has_groups(OURS)
        if not told or not self.env.user._is_internal():
            return opened
        debtors, document = self.sudo()._told_debtors(model, res_id, told, ours)
        for debtor in debtors:
            known = debtor._permitted_people() | debtor.beneficiary_ids
            people = told & known or told.filtered(
                lambda partner, debtor=debtor: (
                    partner.commercial_partner_id == debtor.partner_id
                )
            )
            if not people:
                continue
            if not ours:
                if not scheduled:  # it is told of when it leaves
                    opened |= opened._log_written(debtor, channel, people)
                continue
            if scheduled:
                raise UserError(
                    self.env._(
                        "%s owes an overdue debt: what is written to it leaves at "
                        "once, within limits and hours. Send it without a date.",
                        debtor.display_name,
                    )
                )
            opened |= debtor.with_env(self.env)._ask_written(channel, people, document)
        return opened

    @api.model
    def _told_debtors(self, model, res_id, told, ours):
        """(debtors under follow-up that a message about this record is a contact with,
        name of the record)."""
        debtors = self.env["cobranza.debtor"]
        record = self.env[model].browse(res_id).exists() if model and res_id else None
        name = record.display_name if record else ""
        if model == "account.move" and record:
            debts = record.cobranza_debt_ids.filtered(
                lambda debt: (
                    not debt.void_reason and not debt.settled and debt.days_late
                )
            )
            return debts.debtor_id, name
        if not ours:
            return debtors, name
        company = record and "company_id" in record._fields and record.company_id
        companies = company or self.env.user.company_ids
        found = debtors._of_people(told, companies)
        return found._overdue_debts().debtor_id, name

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
            lambda contact: "bounced" not in contact.event_ids.mapped("kind")
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
        """The new contact, with these values, that a person made or received without a
        plan."""
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
        contact._look_for_duties()
        return contact


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
        if not _is_ours(model) and not _may_be_about_debts(self, model):
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
        if _is_ours(model):
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
        TypedText(self).check_typed(WRITTEN[kind], {**said, **values})
        return self._open_written(WRITTEN[kind], told)

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


class CobranzaDebtor(models.Model):
    """What collectors write to the debtor from the chatter: a contact like any other.
    It is asked for beforehand, counts for the limits, and finds the answers to it.
    """

    _inherit = "cobranza.debtor"

    def _told_by_sms(self, options):
        """The people of this debtor whose numbers an SMS goes to. UserError for the
        number of anybody else."""
        numbers = {one for one in options.get("sms_numbers") or () if one}
        named = options.get("sms_pid_to_number") or {}
        people = self.env["res.partner"].sudo()
        told = people.browse([int(one) for one in named])
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

    def _open_written(self, channel, told):
        """The contact of a message about to be posted, if it may be made now."""
        self._lock_written()
        contact = self.env["cobranza.contact"].sudo()
        return contact._open_written(self.sudo(), channel, told)

    def _ask_written(self, channel, people, document):
        """The contact of a message of a user of ours from a record of Odoo."""
        self._lock_written()
        contact = self.env["cobranza.contact"].sudo()
        try:
            return contact._open_written(self.sudo(), channel, people, mode=False)
        except UserError as error:
            raise UserError(
                self.env._(
                    "%(debtor)s is under follow-up: what you write to it here "
                    "%(document)s is a contact.\n%(reasons)s",
                    debtor=self.sudo().display_name,
                    document=f"({document})" if document else "",
                    reasons=error.args[0],
                )
            ) from error

    def _lock_written(self):
        try:
            # people may write to a debtor without the right to change it
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("%s is being written to now: try again.", self.display_name)
            ) from error

    @api.model
    def _of_people(self, people, companies):
        """The debtors of these companies among whose people any of ``people`` is."""
        if not people:
            return self.browse()
        roles = ("payer_id", "invoice_contact_id", "dunning_contact_id")
        roles += ("legal_contact_id", "guarantor_ids", "beneficiary_ids")
        roles += ("representative_id",)
        anyhow = Domain("partner_id", "in", people.commercial_partner_id.ids)
        anyhow |= Domain.OR(Domain(role, "in", people.ids) for role in roles)
        return self.search(anyhow & Domain("company_id", "in", companies.ids))

    def _overdue_debts(self):
        """The debts of these debtors that are followed, overdue and unpaid."""
        found = self.env["cobranza.debt"].search(
            [
                ("debtor_id", "in", self.ids),
                ("void_reason", "=", False),
                ("settled", "=", False),
            ]
        )
        return found.filtered("days_late")

    def message_update(self, msg_dict, update_vals=None):
        """An e-mail arrived in this chatter."""
        result = super().message_update(msg_dict, update_vals)
        if not self.env.su:  # the gateway is superuser; anybody can call this
            return result
        references = f"{msg_dict.get('references')} {msg_dict.get('in_reply_to')}"
        contacts = self.env["cobranza.contact"]._of_message_ids(
            unfold_references(references)
        )
        contacts.filtered(lambda contact: contact.debtor_id in self)._receive_answer(
            msg_dict
        )
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _cobranza_reached(self, ids, emails=(), numbers=()):
        """The partners, as superuser, who are told by these ids, addresses, numbers."""
        people = self.sudo().browse(ids).exists()
        emails = [one for one in emails if one]
        if emails:
            people |= people.search([("email_normalized", "in", emails)])
        formatted = [self._phone_format(number=one) or one for one in numbers if one]
        if formatted:
            people |= people.search([("phone_sanitized", "in", formatted)])
        return people.filtered("partner_share")


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
            _is_ours(model) or not model or model in ABOUT_DEBTS
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
        if not _is_ours(model):
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


class SmsSms(models.Model):
    """SMS that are made without a thread pass the same gate."""

    _inherit = "sms.sms"

    @api.model_create_multi
    def create(self, vals_list):
        asked = self.env.context.get(TOLD_KEY)
        contacts = self.env["cobranza.contact"]
        opened = []
        for vals in vals_list:
            message = self.env["mail.message"].sudo()
            message = message.browse(vals.get("mail_message_id") or ())
            through = isinstance(asked, Told) and message == asked.message
            if through or vals.get("state", "outgoing") != "outgoing":
                opened.append(contacts)
                continue
            told = self.env["res.partner"]._cobranza_reached(
                [vals["partner_id"]] if vals.get("partner_id") else [],
                numbers=[vals.get("number")],
            )
            if _is_ours(message.model) and told:
                raise UserError(
                    self.env._("Debtors get an SMS from their own chatter only.")
                )
            if message.model and message.model not in ABOUT_DEBTS:
                opened.append(contacts)
                continue
            found = contacts._open_told(message.model, message.res_id, "sms", told)
            opened.append(found)
        texts = super().create(vals_list)
        for text, found in zip(texts, opened, strict=True):
            for contact in found:
                contact._was_texted(text)
        return texts


# -- what Odoo itself sends ------------------------------------------------------------


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _cobranza_is_odoo(self):
        """Whether this template of Odoo claims nothing."""
        return self.get_external_id().get(self.id) in ODOO_TEMPLATES

    def send_mail_batch(self, res_ids, *args, **kwargs):
        self.ensure_one()
        template = odoo_sends(self) if self._cobranza_is_odoo() else self
        return super(MailTemplate, template).send_mail_batch(res_ids, *args, **kwargs)


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _action_send_sms(self):
        """SMS to debtors are messages of their chatter, which are asked for and
        logged; in bulk they are planned."""
        if self.res_model == DEBTOR and self.composition_mode != "comment":
            raise UserError(
                self.env._(
                    "Debtors get an SMS one by one, or by a level of the policy."
                )
            )
        return super()._action_send_sms()


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        if self.model == DEBTOR:
            raise UserError(
                self.env._(
                    "Debtors get an e-mail one by one, or by a level of the policy."
                )
            )
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)

    def _action_send_mail(self, auto_commit=False):
        composers = self
        if all(one._cobranza_is_odoo() for one in self):
            composers = odoo_sends(self)
        sup = super(MailComposeMessage, composers)
        return sup._action_send_mail(auto_commit=auto_commit)

    def _cobranza_is_odoo(self):
        """Whether what is sent is a template of Odoo, with nothing changed in it."""
        # whoever writes need not read templates
        template = self.template_id.sudo()
        if not template or not template._cobranza_is_odoo():
            return False
        if self.composition_mode == "mass_mail":
            return html2plaintext(self.body or "") == html2plaintext(template.body_html)
        ids = self._evaluate_res_ids()
        made = template._generate_template(ids, ("body_html",))
        return all(
            html2plaintext(self.body or "") == html2plaintext(made[one]["body_html"])
            for one in ids
        )


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    def _send_mail(self, move, mail_template, **kwargs):
        return super()._send_mail(odoo_sends(move), mail_template, **kwargs)


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    def _action_send_to_user(self, *args, **kwargs):
        sup = super(DigestDigest, odoo_sends(self))
        return sup._action_send_to_user(*args, **kwargs)


class PortalShare(models.TransientModel):
    _inherit = "portal.share"

    def action_send_mail(self):
        return super(PortalShare, odoo_sends(self)).action_send_mail()


class ResUsers(models.Model):
    _inherit = "res.users"

    def _action_reset_password(self, *args, **kwargs):
        sup = super(ResUsers, odoo_sends(self))
        return sup._action_reset_password(*args, **kwargs)

    def _notify_security_setting_update(self, *args, **kwargs):
        sup = super(ResUsers, odoo_sends(self))
        return sup._notify_security_setting_update(*args, **kwargs)


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


class SmsTracker(models.Model):
    """Delivery reports of our SMS."""

    _inherit = "sms.tracker"

    cobranza_contact_id = fields.Many2one(
        "cobranza.contact",
        string="Contact with a debtor",
        ondelete="cascade",
        index="btree_not_null",
        groups=STAFF,
    )

    def _action_update_from_sms_state(
        self, sms_state, failure_type=False, failure_reason=False
    ):
        result = super()._action_update_from_sms_state(
            sms_state, failure_type, failure_reason
        )
        # whoever sends or hears of the SMS need not read contacts
        contacts = as_house(self).cobranza_contact_id
        written = contacts.filtered("in_chatter")
        if written and sms_state in ("process", "pending", "sent"):
            written._has_left()
        if sms_state == "sent":
            contacts._report("delivered")
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
        # as above
        contacts = as_house(self).cobranza_contact_id
        for contact in contacts.filtered("in_chatter"):
            if contact.state == "sending":
                contact._end_failed(note)
                return
        contacts._report(KINDS.get(failure, "bounced"), note)


def _is_ours(model):
    return bool(model) and model.startswith("cobranza.")


def _may_be_about_debts(records, model):
    return model in ABOUT_DEBTS if model else records._name == "mail.thread"
