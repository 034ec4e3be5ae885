"""What people write to debtors: each message is a contact, asked for before it leaves
and followed until it has arrived."""

import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext
from odoo.tools.mail import unfold_references

from ..channel.phone import e164
from ..common.files import safe_name
from .original import ORIGINAL_KEY, Original, shown
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


ABOUT_DEBTS = frozenset({"account.move", "account.payment", "res.partner"})
"""Models of Odoo on which people of ours write to debtors about what they owe."""


OURS = (
    "cobranza_legal.group_collector,cobranza_legal.group_lawyer_own,"
    "cobranza_legal.group_accountant,cobranza_legal.group_approver"
)
"""Who has a right of ours."""


TOLD_KEY = "cobranza_told"


class Told:
    """Who is told of one message, once it was asked for."""

    __slots__ = ("message", "recipients")

    def __init__(self, message, recipients):
        self.message = message
        self.recipients = recipients


DEBTOR = "cobranza.debtor"


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
        # Odoo writes to all addresses of a person
        addresses = [
            ", ".join(model._addresses(person)) or person.email or "" for person in told
        ]
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
        if not self._may_read(model, res_id):
            model = res_id = False
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

    def _check_barred_words(self, model, res_id, told, values):
        """UserError when a user of ours threatens, in a message from a record of Odoo
        that these contacts are, whoever cannot be sued any more."""
        if not (self and self.env.user.has_groups(OURS)):
            return
        debts = None
        if model == "account.move" and res_id:
            # sudo: what the document is owed for, whoever writes
            debts = self.env[model].sudo().browse(res_id).exists().cobranza_debt_ids
        for contact in self:
            debtor = contact.sudo().debtor_id
            own = debts and debts.filtered(lambda one, of=debtor: one.debtor_id == of)
            people = told & debtor._permitted_people()
            TypedText(debtor, people, own).check_barred(values)

    @api.model
    def _may_read(self, model, res_id):
        """Whether the present user may read a record that a client has named; Odoo's
        notifications ask nobody for it."""
        record = self.env[model].browse(res_id).exists() if model and res_id else None
        return not record or record.has_access("read")

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
        companies = (company or self.env.user.company_ids).sudo().root_id
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
        """The debtor answered one of these contacts: log it, keep the e-mail as it
        arrived with the answer, which may be confidential where the letter is not, tell
        the responsible."""
        for contact in self:
            contact._add_events("answered", message.get("email_from"))
            answer = contact._log(
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
            if kept := answer._keep_original():
                answer._through_gate().write(kept)
            note = html2plaintext(message.get("body") or "")[:500]
            contact._alert(self.env._("The debtor answered"), note)

    def _answers_are_confidential(self):
        """Whether what answers this contact is kept from courts."""
        blocks = self.env["cobranza.block"]._blocks()
        return any(block._is_confidential_after(self) for block in blocks)

    def _keep_original(self):
        """{"attachment_id": the e-mail that is being received, as a file of this
        contact}; empty when none is."""
        original = self.env.context.get(ORIGINAL_KEY)
        if not isinstance(original, Original):
            return {}
        file = self.env["ir.attachment"].create(
            {
                "name": safe_name(f"{self.display_name}.eml"),
                "raw": original.content,
                "mimetype": "message/rfc822",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {"attachment_id": file.id}

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
        debtor._redecide_later()
        contact._look_for_duties()
        return contact


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
        roles += ("legal_contact_id", "beneficiary_ids", "representative_id")
        anyhow = Domain("partner_id", "in", people.commercial_partner_id.ids)
        anyhow |= Domain.OR(Domain(role, "in", people.ids) for role in roles)
        answering = Domain("partner_id", "in", people.ids) & Domain(
            "state", "=", "open"
        )
        anyhow |= Domain("obligor_ids", "any", answering)
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
        msg_dict["body"] = shown(msg_dict.get("body"))
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


def is_ours(model):
    """Whether the model of this name is one of this suite."""
    return bool(model) and model.startswith("cobranza.")
