from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..kernel.errors import KernelError
from .contact_limits import CLOSED, Limiter
from .kernel_words import say_error

QUIET = {"mail_activity_quick_update": True, "mail_notify_author": False}


class CobranzaContact(models.Model):
    """What people do: tasks, doubts, and the answers of debtors."""

    _inherit = "cobranza.contact"

    # -- tasks -----------------------------------------------------------------------

    def _raise_tasks(self):
        """An activity for each of these contacts; they stay planned until done."""
        values, raised = [], self.browse()
        for contact in self:
            try:
                words = contact._task_words()
            except UserError as error:
                contact._miss(str(error))
                continue
            contact._through_gate().write(
                {
                    **words,
                    "waiting": False,
                    "waiting_note": False,
                    "released": True,
                    "task_raised": True,
                }
            )
            values.append(contact._channel_model()._task_values(contact))
            raised |= contact
        raised._set_activities(values)

    def _task_words(self):
        """Text and recipient for a task; what is printed stays as it is on paper."""
        if self.content_hash:
            return {}
        recipient = self._current_recipient()
        address = self._channel_model()._address(recipient) or False
        return {**self._render(), "recipient_id": recipient.id, "address": address}

    def _set_activities(self, values):
        """One activity each, in the place of the one before."""
        # activities of other people, on debtors that the engine reads as superuser
        self.activity_id.sudo().unlink()
        activities = (
            self.env["mail.activity"].sudo().with_context(**QUIET).create(values)
        )
        for contact, activity in zip(self, activities, strict=True):
            contact._through_gate().write({"activity_id": activity.id})

    def _alert(self, summary, note):
        """A warning for the responsible, once until it is done."""
        warning = self.env.ref("mail.mail_activity_data_warning")
        todo = self.filtered(lambda one: not one.activity_id.active)
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
        """One more task for the responsible, besides the contact's own."""
        self.ensure_one()
        values = {
            **self.env["cobranza.channel.base"]._task_values(self),
            "summary": f"{summary}: {self.debtor_id.display_name}",
            "note": note,
            "date_deadline": self.company_id._cobranza_today(),
        }
        # the responsible may be somebody else
        self.env["mail.activity"].sudo().with_context(**QUIET).create([values])

    def _limit_warning(self, moment):
        """Why a call at this moment is not permitted, for whoever is about to make
        it; empty if it is."""
        return self.debtor_id._limit_warning(self.channel, moment, self.id)

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
        """A person has made these contacts: freeze them and close their tasks."""
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


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def _limit_warning(self, channel, moment, contact_id=None, hours=True):
        """Message of what forbids a contact at a moment (UTC), False if permitted;
        without ``hours``, at any time of any day."""
        try:
            limiter = Limiter(self.company_id, self, moment)
            found = limiter.obstacles(self.id, channel, moment, contact_id)
        except KernelError as error:  # a legal value or the holidays are not known
            return say_error(self.env, error)
        found = [one for one in found if hours or one.code not in CLOSED]
        if not found:
            return False
        words = {
            "hours": self.env._("outside the permitted hours"),
            "holiday": self.env._("a holiday"),
            "limit": self.env._("too many contacts in the week"),
            "gap": self.env._("too soon after the last contact"),
            "total_limit": self.env._("too many contacts in the week"),
        }
        reasons = ", ".join(dict.fromkeys(words[one.code] for one in found))
        return self.env._("Not permitted at this moment: %s.", reasons)
