from odoo import models
from odoo.tools import format_date

from ...kernel.delivery import Occurrence, reception
from ...kernel.dunning import Reason
from ...kernel.duties import FollowUpDuty
from ...kernel.periods import ONE_DAY
from ...kernel.wording import Objection, forbidden
from ..common.transaction import now

DEMANDS = frozenset({"formal_demand", "certified_letter", "burofax", "last_notice"})
"""Texts that give a term to pay."""


class CobranzaRules(models.AbstractModel):
    """Whom a contact may not reach, who may lift a limit, and what it obliges to.

    Whether a contact was received, on which day, and why or why not.

    What may be written to a debtor, and what has to be.
    """

    _inherit = "cobranza.rules"

    def _channel_codes(self, *kinds):
        """The channels of these kinds (voice, remote, paper) that are installed, so
        that none is free of limits because a class forgets to name it."""
        prefix = "cobranza.channel."
        return frozenset(
            name.removeprefix(prefix)
            for name, model in self.env.registry.items()
            if name.startswith(prefix)
            and not model._abstract_channel
            and model._class_kind in kinds
        )

    def _contact_blockers(self, contacts, at):
        """Also, for everybody: who has opted out, by our record or by Odoo's lists."""
        found = super()._contact_blockers(contacts, at)
        for contact, message in self._opted_out(contacts, at).items():
            blocker = (Reason.OPTED_OUT.value, message)
            found[contact] = [*found.get(contact, ()), blocker]
        return found

    def _opted_out(self, contacts, at):
        """{contact id: message} of those whose recipient has closed their channel, on
        the debtor's record or on the lists that Odoo keeps of addresses."""
        found = {}
        for channel, group in contacts.grouped("channel").items():
            model = self.env[f"cobranza.channel.{channel}"]
            recipients = {one.id: one._current_recipient() for one in group}
            partners = self.env["res.partner"].union(*recipients.values())
            listed = model._blacklisted(partners)
            for contact in group:
                recipient = recipients[contact.id]
                if message := self._closed_way(contact, recipient, at):
                    found[contact.id] = message
                elif recipient and recipient in listed:
                    found[contact.id] = self.env._(
                        "%s is on the blacklist of this channel: choose another way "
                        "or take the address off the list.",
                        recipient.display_name,
                    )
        return found

    @staticmethod
    def _closed_way(contact, recipient, at):
        day = contact._local_day(at or now(contact.env))
        # whoever sends may not read them
        for one in contact.debtor_id.sudo().opt_out_ids:
            if one._covers(contact, recipient, day):
                return one.with_env(contact.env)._message(contact)
        return None

    def _override_blockers(self, contacts):
        """{contact id: message} of those whose limits nobody may lift, whatever the
        reason. Neutral: of protected and vulnerable debtors. Countries override."""
        protected = self._protected_from_overrides()
        return {
            contact.id: self.env._(
                "%s is protected: nobody may lift the limits of its contacts.",
                contact.debtor_id.display_name,
            )
            for contact in contacts
            if contact.debtor_id.regime in protected or contact.debtor_id.vulnerable_on
        }

    def _protected_from_overrides(self):
        """The regimes whose limits nobody may lift. Neutral: all but companies and
        public bodies. Countries override."""
        return self._protected_regimes()

    def _follow_up_duties(self, contacts):
        """{contact id: [``FollowUpDuty``]} of what is owed after contacts that were
        made, due or not yet. Countries add theirs by ``super()``.

        Neutral: when the term of a demand has passed without an answer, somebody
        decides what follows, where the ladder has nothing more to come.
        """
        found = {}
        for contact in contacts:
            last = [
                line
                for line in contact.line_ids
                if line.is_step
                and line.debt_id.level_id == line.level_id
                and not line.debt_id.next_on
            ]
            if not last or contact.text_purpose not in DEMANDS or not contact.sent_at:
                continue
            term = contact._deadline(contact._local_day(contact.sent_at))
            found[contact.id] = [
                FollowUpDuty(
                    key="deadline",
                    due_on=term + ONE_DAY,
                    channel="manual",
                    condition="silence",
                )
            ]
        return found

    def _reception(self, contacts):
        """{contact id: ``Reception``}, from the delivery rules and the events that no
        correction has taken back. Countries add to it by ``super()``."""
        today = self.env.company._cobranza_today()
        result = {}
        for contact in contacts:
            sent = contact.sent_at and contact._local_day(contact.sent_at)
            events = [
                Occurrence(
                    event.kind,
                    contact._local_day(event.moment),
                    bool(event.attachment_id),
                )
                for event in contact.event_ids._standing()
            ]
            rules = self._delivery_rules(contact.channel, sent or today)
            agreed = contact._at_agreed_address()
            result[contact.id] = reception(rules, sent, events, today, agreed)
        return result

    def _received_on(self, contacts):
        """{contact id: day of reception or None}."""
        return {key: one.day for key, one in self._reception(contacts).items()}

    def _say_reception(self, found):
        """A ``Reception`` in words, with what is said in the law about it."""
        kinds = self.env["cobranza.contact.event"]._fields["kind"]
        kind = dict(kinds._description_selection(self.env)).get(found.kind, "")
        day = format_date(self.env, found.event_day) if found.event_day else ""
        event = f"{kind} ({day})" if day else kind
        words = {
            "received": self.env._("Received: %s.", event),
            "unruled": self.env._(
                "No rule of the country says that this proves reception."
            ),
            "contradicted": self.env._("Not proven: delivered, but also: %s.", event),
            "refuted": self.env._("Not proven: %s.", event),
            "no_evidence": self.env._(
                "Not proven: %s, but its file is missing.", event
            ),
            "waiting": self.env._(
                "It counts from %s on, unless something comes back.",
                format_date(self.env, found.until) if found.until else "",
            ),
            "elsewhere": self.env._(
                "Not proven: %s, but not at the address that the debtor agreed to.",
                event,
            ),
            "not_counted": self.env._(
                "Not proven: %s does not count as received.", event
            ),
            "nothing": self.env._("Not proven: nothing says yet that it was received."),
            "third_party": self.env._("Not proven: somebody else was reached."),
        }
        parts = [words[found.code]]
        if found.day:
            parts.append(
                self.env._("The content is proven, too.")
                if found.content
                else self.env._("It proves the delivery, not the content.")
            )
        if found.article:
            parts.append(f"({found.article})")
        return " ".join(parts)

    def _text_objections(self, text, regime, on):
        """List of ``Objection`` to a ``Wording`` for debtors of a regime on a day:
        words and layouts that the law forbids, each with its article.

        Asked of a text when it is approved, and of what was merged when it leaves.
        Neutral: none; countries override.
        """
        return []

    def _objections_by(self, terms, allowed, messages, text, on):
        """The objections to ``text`` by a table of ``Term``; ``messages`` is {reason:
        words for people}. One objection for each term."""
        return [
            Objection(words, messages[term.reason], term.article)
            for term, words in forbidden(text, terms, allowed, on)
        ]

    def _needed_contents(self, purpose, regime, on):
        """Tuple of ``Needed``: what a text of a purpose has to say to debtors of a
        regime. Asked at approval and, with the values, before it leaves. Neutral: none;
        countries override."""
        return ()

    def _needed_labels(self):
        """{``Needed.what``: words for people}. Countries add theirs."""
        return {}
