from odoo import models
from odoo.tools import format_date

from ..kernel.delivery import Occurrence, reception


class CobranzaRules(models.AbstractModel):
    """Whether a contact was received, on which day, and why or why not."""

    _inherit = "cobranza.rules"

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
