from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain

from ...kernel.errors import KernelError
from ..common.deletion import discard
from ..common.files import safe_name
from ..common.limits import Limiter
from ..common.words import QUIET
from .obstacles import PEOPLE, SendVerdict
from .original import shown

LETTER = "cobranza_legal.action_report_letter"


class CobranzaContact(models.Model):
    """What people do with contacts: tasks, doubts, and the buttons of the form, with
    the contacts that a person makes by opening a chat."""

    _inherit = "cobranza.contact"

    preview_subject = fields.Char(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    channel_kind = fields.Char(string="Kind of channel", compute="_compute_class_kind")
    by_phone = fields.Boolean(compute="_compute_class_kind")
    is_automatic = fields.Boolean(compute="_compute_class_kind")
    override_id = fields.Many2one(
        "cobranza.contact.override",
        string="Exception",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    # -- tasks -----------------------------------------------------------------------

    def _raise_tasks(self, said):
        """An activity for each of these contacts, with what is ``said`` ({contact id:
        values}); they stay planned until a user has done them."""
        values = []
        for contact in self:
            contact._through_gate().write(
                {
                    **said[contact.id],
                    "waiting": False,
                    "waiting_note": False,
                    "released": True,
                    "task_raised": True,
                }
            )
            values.append(contact._channel_model()._task_values(contact))
        self._set_activities(values)

    def _task_content(self):
        """{field: value} of text and recipient of a task; empty for what is printed,
        which stays as it is on paper. UserError as of ``_frozen_values``."""
        if self.content_hash:
            return {}
        recipient = self._current_recipient()
        address = self._open_address(recipient)
        values = {**self._render(), "recipient_id": recipient.id, "address": address}
        self._check_content(values)
        return values

    def _set_activities(self, values):
        """One activity each, in the place of the one before."""
        discard(self.activity_id.sudo())  # sudo: activities of other people
        activities = self._create_activities(values)
        for contact, activity in zip(self, activities, strict=True):
            contact._through_gate().write({"activity_id": activity.id})

    def _alert(self, summary, note):
        """A warning for the responsible of each contact, unless one is open."""
        warning = self.env.ref("mail.mail_activity_data_warning")
        todo = self.filtered(lambda contact: not contact.activity_id.active)
        todo._set_activities(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("cobranza.debtor"),
                    "res_id": contact.debtor_id.id,
                    "activity_type_id": warning.id,
                    "summary": f"{summary}: {contact.display_name}",
                    "note": note,
                    "user_id": contact._responsible().id,
                    "date_deadline": contact.company_id._cobranza_today(),
                    "automated": True,
                }
                for contact in todo
            ]
        )

    def _ask_responsible(self, summary, note):
        """An activity for the responsible, besides that of the contact itself."""
        self.ensure_one()
        values = {
            **self.env["cobranza.channel.base"]._task_values(self),
            "summary": f"{summary}: {self.debtor_id.display_name}",
            "note": note,
            "date_deadline": self.company_id._cobranza_today(),
        }
        self._create_activities([values])

    @api.model
    def _create_activities(self, vals_list):
        """New activities that notify nobody by e-mail."""
        # sudo: for other users, on debtors that the engine reads as superuser
        return self.env["mail.activity"].sudo().with_context(**QUIET).create(vals_list)

    def _limit_warning(self, moment):
        """Message of what forbids this contact at a moment (UTC), False if it is
        permitted."""
        return self.debtor_id._limit_warning(self.channel, moment, self.id)

    # -- what a user may do now ------------------------------------------------------

    def _check_may_be_sent(self):
        """UserError when a user may not make these contacts now: the mode, the law or
        missing data."""
        for company in self.company_id:
            company._cobranza_check_mode()
        verdict = SendVerdict(self, kinds=PEOPLE, every=True)
        messages = [one.message for found in verdict.found.values() for one in found]
        if messages:
            raise UserError("\n".join(dict.fromkeys(messages)))

    def _check_limits(self):
        """UserError when one of these contacts would be one too many now. Hours are not
        asked for: printing a letter disturbs nobody."""
        now = fields.Datetime.now()
        for contact in self:
            debtor, channel = contact.debtor_id, contact.channel
            warning = debtor._limit_warning(channel, now, contact.id, hours=False)
            if warning:
                message = f"{contact.display_name}: {warning}"
                raise UserError(message)

    # -- endings that need a person --------------------------------------------------

    def _end_failed(self, message):
        self._set_state("failed", message, sent_at=False)
        self._alert(self.env._("A contact could not be delivered"), message)

    def _end_in_doubt(self, message):
        self._set_state("in_doubt", message)
        note = self.env._(
            "It is not known whether this contact left. Find out, then mark it as done "
            "or as failed. %s",
            message,
        )
        self._alert(self.env._("A contact is in doubt"), note)

    def _complete(self, moment=None, event=None, **values):
        """A user has made these contacts at ``moment`` (UTC, default now): freeze them,
        add an event of the kind ``event`` and close their activities."""
        moment = moment or fields.Datetime.now()
        for contact in self:
            frozen = {} if contact.content_hash else contact._frozen_values()
            contact._set_state(
                "sending",
                sent_at=moment,
                user_id=self.env.uid,
                waiting=False,
                waiting_note=False,
                **frozen,
                **values,
            )
        self._set_state("sent")
        if event:
            self._add_events(event, self.env.user.name, moment)
        # the task may have been given to somebody else
        tasks = self.activity_id.sudo().filtered("active")
        if tasks:
            tasks.action_done()

    # -- chatter ---------------------------------------------------------------------

    @api.model
    def _post_in_chatter(self, company):
        """Every e-mail that may have left is a message of the debtor's chatter, under
        its Message-ID, so that answers and bounces find the debtor. Nobody is
        notified."""
        domain = Domain(
            [
                ("company_id", "=", company.id),
                ("attempt", "!=", False),
                ("in_chatter", "!=", True),
                ("state", "in", ("sent", "in_doubt")),
            ]
        )
        contacts = self.search(domain)
        if not contacts:
            return
        comment = self.env.ref("mail.mt_comment").id
        sender = self.env["cobranza.channel.email"]._sender(company)
        self.env["mail.message"].sudo().create(
            [
                {
                    "model": "cobranza.debtor",
                    "res_id": contact.debtor_id.id,
                    "message_type": contact._channel_model()._message_type,
                    "subtype_id": comment,
                    "message_id": contact.attempt,
                    "subject": contact.subject,
                    "body": contact.body,
                    "date": contact.sent_at or contact.write_date,
                    "author_id": company.partner_id.id,
                    "email_from": sender,
                    "reply_to": sender,
                    "outgoing_email_to": contact.address,
                }
                for contact in contacts
            ]
        )
        contacts._through_gate().write({"in_chatter": True})

    @api.depends("body", "state", "recipient_id")
    def _compute_preview(self):
        """The frozen text, else the text as it would be sent now."""
        for contact in self:
            contact.preview_subject, contact.preview = contact.subject, contact.body
            if contact.direction == "inbound":
                contact.preview = shown(contact.body)
            if contact.content_hash or contact.state not in ("draft", "planned"):
                continue
            try:
                values = contact._render()
                contact.preview_subject = values.get("subject")
                contact.preview = values.get("body")
            except UserError as error:
                contact.preview_subject = False
                contact.preview = str(error)

    def _wizard(self, xmlid, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"cobranza_legal.{xmlid}"
        )
        return {**action, "context": {"default_contact_ids": self.ids, **context}}

    def _expect(self, *states):
        wrong = self.filtered(lambda contact: contact.state not in states)
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(contact)s is “%(state)s”: choose other contacts.",
                    contact=wrong[0].display_name,
                    state=labels[wrong[0].state],
                )
            )

    # -- before it leaves ----------------------------------------------------------

    def action_release(self):
        """Release these contacts: they are sent at their planned moment."""
        self.check_access("write")
        self._expect("planned")
        self.company_id._cobranza_check_mode()
        now = fields.Datetime.now()
        self._through_gate().write(
            {
                "released": True,
                "released_by_id": self.env.uid,
                "released_on": now,
                "waiting": False,
                "waiting_note": False,
            }
        )
        held = self.filtered(lambda contact: not contact.planned_at)
        held.write({"planned_at": now})
        self._wake_sender()
        return True

    def action_try_again(self):
        """Plan again now what was held back or has failed: the person who asks knows
        what had failed before."""
        self.check_access("write")
        self._through_gate().write(
            {"checked_at": fields.Datetime.now(), "missing_data_note": False}
        )
        self._expect("planned", "failed")
        failed = self.filtered(lambda contact: contact.state == "failed")
        failed._set_state("planned", content_hash=False, attempt=False)
        self.write({"planned_at": fields.Datetime.now()})
        self._through_gate().write({"waiting": False, "waiting_note": False})
        self._wake_sender()
        return True

    def action_cancel(self):
        self._expect("draft", "planned", "failed")
        return self.env["cobranza.reason"]._ask("cancel", self)

    def action_preview(self):
        """What the debtor will read: the letter, or the message in a window."""
        self.ensure_one()
        if self._channel_model()._is_printed:
            return self.env.ref(LETTER).report_action(self, config=False)
        view = self.env.ref("cobranza_legal.cobranza_contact_view_preview")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    # -- doubts --------------------------------------------------------------------

    def action_mark_sent(self):
        """A user found out that it was sent."""
        self._expect("in_doubt")
        self._set_state("sent", self.env._("Confirmed by %s", self.env.user.name))
        self._add_events("accepted", self.env.user.name)
        return True

    def action_mark_failed(self):
        """A user found out that it was not sent."""
        self._expect("in_doubt")
        reason = self.env._("Declared not sent by %s", self.env.user.name)
        self._set_state("failed", reason, sent_at=False)
        return True

    # -- letters -------------------------------------------------------------------

    def action_print(self):
        """One PDF with these letters, frozen as they are printed."""
        self.check_access("write")
        letters = self.filtered(lambda contact: contact._channel_model()._is_printed)
        if not letters:
            raise UserError(self.env._("Choose letters to print."))
        letters.filtered(lambda contact: contact.state == "planned")._print_due()
        printed = letters.filtered("attachment_id").sorted("id")
        if not printed:
            raise UserError(self.env._("These letters have nothing left to claim."))
        return printed._download_letters()

    def _print_letter(self):
        """Freeze the text, make its PDF and keep both as evidence."""
        self._through_gate().write(self._frozen_values())
        content, kind = self.env["ir.actions.report"]._render_qweb_pdf(LETTER, self.ids)
        file = self.env["ir.attachment"].create(
            {
                "name": safe_name(f"{self.display_name}.{kind}"),
                "raw": content,
                "mimetype": "application/pdf" if kind == "pdf" else "text/html",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self._through_gate().write({"attachment_id": file.id})
        self._add_events("printed", self.env.user.name, attachment_id=file.id)

    def action_posted(self):
        """These letters were handed to the carrier; what is tracked has a number."""
        self.check_access("write")
        self._expect("planned")
        self._check_postable()
        if any(one._channel_model()._is_tracked for one in self):
            return self._wizard("action_cobranza_posting")
        self._complete(event="posted")
        return True

    def _check_postable(self):
        self._check_may_be_sent()
        for letter in self:
            if not letter.attachment_id:
                raise UserError(
                    self.env._("Print %s before it is posted.", letter.display_name)
                )
            if letter._claims_less_now():
                raise UserError(
                    self.env._(
                        "%s claims more than is owed now: print it again.",
                        letter.display_name,
                    )
                )

    def _claims_less_now(self):
        """Whether what was frozen is more than what may be claimed now."""
        claims = self.line_ids.debt_id._claimable()
        ids = self.line_ids.mapped("debt_id.id")
        left = float(sum(claims[debt].left for debt in ids if debt in claims))
        return self.currency_id.compare_amounts(left, self.amount) < 0

    # -- calls and tasks -----------------------------------------------------------

    def action_log_outcome(self):
        self.ensure_one()
        self._expect("planned")
        return self._wizard(
            "action_cobranza_contact_outcome",
            default_contact_id=self.id,
            default_debtor_id=self.debtor_id.id,
        )

    def action_done(self):
        """A task was done: ask for a note."""
        self._expect("planned")
        return self.env["cobranza.reason"]._ask("done", self)

    @api.depends("channel")
    def _compute_class_kind(self):
        for contact in self:
            channel = contact._channel_model()
            contact.channel_kind = channel._class_kind
            contact.by_phone = channel._way in ("call", "sms")
            contact.is_automatic = channel._is_automatic

    def action_open_whatsapp(self):
        """Freeze the text and open the chat, if that is permitted at this minute."""
        self.ensure_one()
        self.check_access("write")
        self._expect("planned", "sending")
        self._lock_debtor()
        if self.state == "planned" and not self._recompute():
            return True  # nothing is left to claim: it is cancelled
        self._check_may_be_sent()
        now = fields.Datetime.now()
        warning = self._limit_warning(now)
        if warning:
            raise UserError(warning)
        values = {"sent_at": now, "user_id": self.env.uid}
        if self.state == "planned":
            values |= {"released": True, "waiting": False, "waiting_note": False}
            self._set_state("sending", **self._frozen_values(), **values)
        else:
            self._through_gate().write(values)
        url = self._channel_model()._link(self)
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def _lock_debtor(self):
        """Nobody else contacts the debtor until this transaction ends."""
        try:
            # whoever makes contacts may not change the debtor
            self.debtor_id.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            name = self.debtor_id.display_name
            raise UserError(
                self.env._("%s is being written to now: try again.", name)
            ) from error

    def action_whatsapp_sent(self):
        """A user sent the message in the chat."""
        self.ensure_one()
        self.check_access("write")
        self._expect("sending")
        self._set_state("sent")
        self._add_events("accepted", self.env.user.name)
        # the task may have been given to somebody else
        self.activity_id.sudo().filtered("active").action_done()
        return True

    def action_whatsapp_not_sent(self):
        """The chat was closed without sending: it may be opened again."""
        self.ensure_one()
        self.check_access("write")
        self._expect("sending")
        reason = self.env._("Declared not sent by %s", self.env.user.name)
        self._set_state("failed", reason, sent_at=False)
        self._set_state("planned", content_hash=False)
        return True

    # -- exceptions and opt-outs -------------------------------------------------------

    def action_override(self):
        """Lift limits for this one contact, with a reason."""
        self.ensure_one()
        self._expect("draft", "planned")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_contact_override"
        )
        return {**action, "context": {"default_contact_id": self.id}}

    def action_new_opt_out(self):
        """Record an opt-out that the debtor declared in this contact."""
        self.ensure_one()
        action = self.debtor_id.action_new_opt_out()
        source = "call" if self._channel_model()._class_kind == "voice" else "message"
        context = {
            **action["context"],
            "default_contact_id": self.id,
            "default_channel": self.channel,
            "default_partner_id": self.recipient_id.id,
            "default_source": source,
        }
        return {**action, "context": context}

    def action_bulk_send(self):
        """Preview what would be sent of these contacts, and release it."""
        return self.env["cobranza.bulk.send"]._open(self)

    # -- why it waits ------------------------------------------------------------------

    def action_why_waits(self):
        """Show everything that keeps these contacts from being sent now."""
        wizard = self.env["cobranza.contact.why"]._of_contacts(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why it waits"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _next_slot(self):
        """The next permitted moment of this contact (UTC), False if there is none."""
        if self.state not in ("draft", "planned"):
            return False
        try:
            limiter = Limiter(self.company_id, self.debtor_id)
        except KernelError:  # a legal value is not known: another line says which
            return False
        arguments = (self.debtor_id.id, self.channel, limiter.now, self.id)
        slot, _waiting, _note = limiter.slot(*arguments)
        return slot or False

    def action_solve_mode(self):
        return self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_go_live"
        )

    def action_solve_debtor(self):
        return self.debtor_id.get_formview_action()

    def action_solve_recipient(self):
        recipient = self._current_recipient() or self.debtor_id
        return recipient.get_formview_action()

    def action_solve_text(self):
        return self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_text"
        )

    def action_solve_opt_out(self):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_opt_out"
        )
        return {**action, "domain": [("debtor_id", "=", self.debtor_id.id)]}
