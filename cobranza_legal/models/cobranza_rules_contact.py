from odoo import fields, models

from ..kernel.dunning import Reason
from ..kernel.duties import FollowUpDuty
from ..kernel.periods import ONE_DAY

DEMANDS = frozenset({"formal_demand", "certified_letter", "burofax", "last_notice"})
"""Texts that give a term to pay."""


class CobranzaRules(models.AbstractModel):
    """Whom a contact may not reach, who may lift a limit, and what it obliges to."""

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
        day = contact._local_day(at or fields.Datetime.now())
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
