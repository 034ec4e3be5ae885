from odoo import api, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize_all, html2plaintext

from .cobranza_state_mixin import GATE
from .phone_number import e164

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
        self._check_typed(WRITTEN[kind], {**said, **values})
        return self._open_written(WRITTEN[kind], told)


def _is_ours(model):
    return bool(model) and model.startswith("cobranza.")


def _may_be_about_debts(records, model):
    return model in ABOUT_DEBTS if model else records._name == "mail.thread"


class CobranzaDebtor(models.Model):
    """What collectors write to the debtor from the chatter: a contact like any other.
    It is asked for beforehand, counts for the limits, and finds the answers to it."""

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


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

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
                lambda one, debtor=debtor: (
                    one.commercial_partner_id == debtor.partner_id
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
                lambda one: not one.void_reason and not one.settled and one.days_late
            )
            return debts.debtor_id, name
        if not ours:
            return debtors, name
        company = record and "company_id" in record._fields and record.company_id
        companies = company or self.env.user.company_ids
        found = debtors._of_people(told, companies)
        return found._overdue_debts().debtor_id, name


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


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

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
