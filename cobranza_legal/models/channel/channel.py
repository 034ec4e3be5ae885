from markupsafe import Markup

from odoo import models, tools
from odoo.tools import plaintext2html


class NotDelivered(Exception):
    """A contact was certainly not sent."""


class SessionUnavailable(Exception):
    """The server or provider cannot be reached: nothing can be sent now."""


class CobranzaChannel(models.AbstractModel):
    """The channels that are installed: their rows are the models themselves."""

    _name = "cobranza.channel"
    _inherit = "cobranza.rows"
    _description = "Channels"

    # gate 4: models are code, the same for every company
    @tools.ormcache()
    def _by_code(self):
        """{code: class of ``cobranza.channel.<code>``} of those that are not abstract;
        those by which only debtors write last."""
        prefix = "cobranza.channel."
        found = {
            name.removeprefix(prefix): model
            for name, model in sorted(self.env.registry.items())
            if name.startswith(prefix) and not model._abstract_channel
        }
        return dict(sorted(found.items(), key=lambda item: item[1]._is_inbound_only))

    def _label(self, code):
        """Looked up once in a transaction, since lists ask for it for each of their
        records."""
        known = self.env.cr.cache.setdefault("cobranza_channels", {})
        lang = self.env.lang
        if lang not in known:
            known[lang] = {
                one: self.env["ir.model"]._get(model._name).name
                for one, model in self._by_code().items()
            }
        return known[lang].get(code, code or "")


class CobranzaChannelBase(models.AbstractModel):
    """A channel to a debtor. Any ``cobranza.channel.<code>`` model is one.

    A channel with ``_is_automatic`` is handed over by the machine; of the others the
    machine only raises a task, and a person says when it was done.
    """

    _name = "cobranza.channel.base"
    _description = "Channel"

    _abstract_channel = True
    _is_automatic = False
    _class_kind = "task"
    """voice, remote, paper or task: what kind of contact countries limit."""
    _activity_xmlid = "mail.mail_activity_data_todo"
    _default_purpose = "reminder"
    _needs_text = False
    _is_plain = False
    """Carries the words of a text without its markup."""
    _on_screen = False
    """Shown on a locked screen, where others can read it."""
    _message_type = "email_outgoing"
    """Type of the message that keeps it in the debtor's chatter."""
    _is_printed = False
    """Made from a PDF that a person prints or hands to a provider."""
    _is_tracked = False
    """A carrier certifies what happens to it: number, events, evidence and price."""
    _cost_kind = "other"
    """What its price is among the costs of collection."""
    _is_inbound_only = False
    """Debtors reach us by it, we never reach them: no level and no plan uses it."""
    _way = ""
    """What debtors call it who refuse it on their page: email, call, sms or visit.
    Empty: they are not asked, as for letters, which may always be written."""

    def _address(self, partner):
        """Where ``partner`` is reached: an e-mail address, a number, one line of postal
        address. Empty when it is not known."""
        return ""

    def _addresses(self, partner):
        """Every address at which ``partner`` is reached, that of ``_address`` first. A
        contact goes to one of them: the first that is not closed."""
        first = self._address(partner)
        return [first] if first else []

    def _preferred(self, contact, addresses):
        """Those of ``addresses`` to which ``contact`` may go at all, in order."""
        return addresses

    def _barred(self, addresses):
        """Those of ``addresses`` that are on a list of Odoo of addresses that want
        nothing. Neutral: none."""
        return set()

    def _missing_address(self, partner):
        """Message about an address that is not known."""
        return self.env._("%s has no address for this channel.", partner.display_name)

    def _blacklisted(self, partners):
        """Those of ``partners`` whose address on this channel is on a list of Odoo of
        addresses that want nothing (mail.blacklist, phone.blacklist), found together.
        They count as opted out: asked by ``rules._opted_out``, and by nobody else.
        Neutral: none, as Odoo has no list for paper and calls."""
        return partners.browse()

    def _check_data(self, contacts):
        """{contact id: message} of what is missing before the contact can be made: an
        address, a text, or a text that the law allows for this debtor.

        Texts are read for the whole batch. An opt-out is no missing data but a blocker
        of the rules; what was printed keeps its text.
        """
        missing, texts, refusals = {}, {}, {}
        for contact in contacts:
            recipient = contact._current_recipient()
            # alone: names of partners are computed for all that were read together
            if not self._address(recipient):
                alone = recipient.with_prefetch()
                missing[contact.id] = self._missing_address(alone)
            elif self._needs_text:
                key = contact._text_key()
                if key not in texts:
                    texts[key] = contact._current_text()
                if not texts[key]:
                    missing[contact.id] = contact._no_text_message()
                    continue
                if key not in refusals:
                    refusals[key] = contact._text_refusal()
                if refusals[key] and not contact.content_hash:
                    missing[contact.id] = contact._refused_message(*refusals[key])
        for contact in contacts:
            rules = contact.company_id._cobranza_rules()
            why = rules._unidentified(contact.debtor_id)
            if why:
                missing[contact.id] = why
        return missing

    def _payload(self, contact, values):
        """The object that ``_deliver`` hands over, built beforehand so that nothing is
        read while it is sent. ``values`` are about to be frozen on ``contact``."""

    def _open_session(self, company):
        """The connection that the contacts of one company share while they are sent.
        SessionUnavailable with the reason when nothing can be sent now."""

    def _before_delivery(self, contact, payload):
        """Hook: records that must exist before ``contact`` is handed over; committed
        with its state ``sending``."""

    def _is_alive(self, session):
        """Whether the session can still be used, asked before anything is at stake."""
        return True

    def _close_session(self, session):
        """Close the connection: the contacts of this session are sent."""

    def _deliver(self, payload, session):
        """Hand one contact over now; gives back the name of who took it, the source of
        the event. NotDelivered when it was certainly not sent, SessionUnavailable when
        nothing can be sent now; any other exception leaves the contact in doubt."""
        raise NotImplementedError(self._name)

    def _proof(self, contact):
        """The attachments that prove what was sent and received."""
        return contact.attachment_id | contact.event_ids.attachment_id

    def _task_summary(self, contact):
        return self.env._("Contact %s", contact.debtor_id.display_name)

    def _task_note(self, contact):
        """HTML that tells the person what to do, and the words to do it with; False if
        there is nothing to say."""
        instructions = contact.level_id.instructions
        what = plaintext2html(instructions) if instructions else Markup()
        note = what + (contact.body or Markup())
        items = Markup().join(Markup("<li>%s</li>") % one for one in self._checklist())
        return (Markup("<ol>%s</ol>") % items if items else Markup()) + note or False

    def _checklist(self):
        """What a person does for a contact of this channel, in order: lines of text."""
        return []

    def _task_values(self, contact):
        """Values of the activity that asks a person for this contact."""
        return {
            "res_model_id": self.env["ir.model"]._get_id("cobranza.debtor"),
            "res_id": contact.debtor_id.id,
            "activity_type_id": self.env.ref(self._activity_xmlid).id,
            "summary": self._task_summary(contact),
            "note": self._task_note(contact),
            "user_id": contact._responsible().id,
            "date_deadline": contact._local_day(contact.planned_at),
            "automated": True,
        }


class CobranzaChannelManual(models.AbstractModel):
    """Something a person does by the level's instructions."""

    _name = "cobranza.channel.manual"
    _inherit = "cobranza.channel.base"
    _description = "Task by hand"

    _abstract_channel = False
    _default_purpose = False

    def _check_data(self, contacts):
        return {}

    def _task_summary(self, contact):
        if contact.duty_key == "deadline":
            return self.env._(
                "The term given to %s has passed without an answer: decide what "
                "follows",
                contact.debtor_id.display_name,
            )
        level = contact.level_id.name or self.env._("Contact")
        return self.env._(
            "%(level)s: %(debtor)s", level=level, debtor=contact.debtor_id.display_name
        )


class CobranzaChannelPortal(models.AbstractModel):
    """What debtors do on their own page. Nothing leaves by it."""

    _name = "cobranza.channel.portal"
    _inherit = "cobranza.channel.base"
    _description = "Debtor's page"

    _abstract_channel = False
    _is_inbound_only = True
    _default_purpose = False
