"""What of many planned contacts would leave now, and why the others would not."""

from collections import defaultdict

from ..kernel.errors import KernelError
from .contact_limits import Limiter
from .kernel_words import say_error


class BulkCheck:
    """Read for all contacts of one company at once; nothing is written.

    ``stopped`` is {contact id: message}, ``later`` {contact id: UTC moment} of those
    that the limits let leave only later.
    """

    def __init__(self, company, contacts, now):
        self.env = contacts.env
        self.company, self.contacts, self.now = company, contacts, now
        self.stopped, self.later = {}, {}
        self._not_planned()
        self._stop(self._nothing_to_claim)
        self._stop(self._forbidden)
        self._stop(self._incomplete)
        self._find_slots()

    @property
    def leaving(self):
        return self.contacts.filtered(lambda one: one.id not in self.stopped)

    def reasons(self):
        """[(message, contacts)] of what stays, the most frequent first."""
        groups = defaultdict(lambda: self.contacts.browse())
        for contact_id, message in self.stopped.items():
            groups[message] |= self.contacts.browse(contact_id)
        return sorted(groups.items(), key=lambda row: (-len(row[1]), row[0]))

    def _stop(self, find):
        left = self.leaving
        if left:
            self.stopped |= find(left)

    def _not_planned(self):
        states = dict(self.contacts._fields["state"]._description_selection(self.env))
        for contact in self.contacts:
            if contact.state != "planned":
                self.stopped[contact.id] = states[contact.state]
            elif contact.released:
                self.stopped[contact.id] = self.env._("Released already")

    def _nothing_to_claim(self, contacts):
        claiming = contacts.filtered("line_ids")
        claims = claiming.line_ids.debt_id._claimable()
        message = self.env._("Nothing left to claim")
        return {
            contact.id: message
            for contact in claiming
            if not any(debt.id in claims for debt in contact.line_ids.debt_id)
        }

    def _forbidden(self, contacts):
        try:
            found = self.company._cobranza_rules()._contact_blockers(contacts, self.now)
        except KernelError as error:  # a legal value is not known
            return dict.fromkeys(contacts.ids, say_error(self.env, error))
        codes = self.env["cobranza.contact"]._fields["waiting"]
        labels = dict(codes._description_selection(self.env))
        return {
            contact: labels.get(reasons[0][0], reasons[0][1])
            for contact, reasons in found.items()
            if reasons
        }

    def _incomplete(self, contacts):
        missing = contacts._lacking_law()
        for channel, group in contacts.grouped("channel").items():
            model = self.env[f"cobranza.channel.{channel}"]
            labels = contacts._fields["channel"]._description_selection(self.env)
            label = dict(labels)[channel]
            for contact_id in model._check_data(group):
                contact = contacts.browse(contact_id)
                words = self.env._("No address for: %s", label)
                if model._address(contact._current_recipient()):
                    words = self.env._("No approved text for: %s", label)
                missing[contact_id] = words
        return missing

    def _find_slots(self):
        contacts = self.leaving
        if not contacts:
            return
        try:
            limiter = Limiter(self.company, contacts.debtor_id, self.now)
        except KernelError as error:  # a legal value is not known
            self.stopped |= dict.fromkeys(contacts.ids, say_error(self.env, error))
            return
        for contact in contacts:
            asked = max(contact.planned_at or self.now, self.now)
            slot, _waiting, note = limiter.slot(
                contact.debtor_id.id, contact.channel, asked, contact.id
            )
            if not slot:
                self.stopped[contact.id] = note
            elif slot > self.now:
                self.later[contact.id] = slot
