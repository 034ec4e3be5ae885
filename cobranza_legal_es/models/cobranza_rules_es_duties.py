from odoo import models

from odoo.addons.cobranza_legal.kernel.duties import FollowUpDuty

LOST = frozenset({"uncollected", "unknown_address", "returned"})
"""Answers of a carrier after which the debtor has not had the letter in hand."""
OTHER_WAYS = ("certified_email", "email")
ARTICLE = "LO 1/2025, art. 10.2; Código Civil, art. 1973; LEC, art. 264.4.º"


class CobranzaRulesEs(models.AbstractModel):
    """Spain: who may lift a limit, and what a letter that came back obliges to."""

    _inherit = "cobranza.rules.es"

    def _protected_from_overrides(self):
        """Hours and number of contacts are the company's own policy: a manager may lift
        them for businesses of any size. Consumers and whom nobody has classified stay
        protected."""
        return ("consumer", "unknown")

    def _follow_up_duties(self, contacts):
        """Also: a letter that was not collected, or whose address is not known, is
        tried again another way, since a demand counts when the debtor could read it.

        By e-mail where the debtor has an address; else a person looks for a domicile,
        and says so under oath if there is none.
        """
        found = super()._follow_up_duties(contacts)
        for contact in contacts:
            if contact._channel_model()._class_kind != "paper":
                continue
            lost = [one for one in contact.event_ids if one.kind in LOST]
            if not lost:
                continue
            day = contact._local_day(max(one.moment for one in lost))
            found.setdefault(contact.id, []).append(
                FollowUpDuty(
                    key="second_attempt",
                    due_on=day,
                    channel=self._other_way(contact),
                    purpose=contact.text_purpose,
                    article=ARTICLE,
                    condition="silence",
                )
            )
        return found

    def _other_way(self, contact):
        recipient = contact._current_recipient()
        for code in OTHER_WAYS:
            name = f"cobranza.channel.{code}"
            if name in self.env and self.env[name]._address(recipient):
                return code
        return "manual"


class CobranzaChannelManual(models.AbstractModel):
    _inherit = "cobranza.channel.manual"

    def _task_summary(self, contact):
        if contact.duty_key != "second_attempt":
            return super()._task_summary(contact)
        return self.env._(
            "Find a domicile of %s: the letter did not arrive and there is no e-mail",
            contact.debtor_id.display_name,
        )
