from datetime import time

from odoo import models

from odoo.addons.cobranza_legal.kernel.contact import (
    ContactClass,
    ContactRules,
    Window,
)

COUNTED = frozenset({"email", "sms", "whatsapp", "call", "visit"})
WORKDAYS = range(5)
ARTICLE = (
    "Ninguna ley fija horas ni número de gestiones: política de la empresa, a la luz "
    "del TRLGDCU, art. 96.2, y de la LGTel, art. 66.1.b, para llamadas comerciales."
)


def to_time(hours):
    """A time of day from hours as a float: 9.5 is half past nine."""
    minutes = round(hours * 60)
    return time(minutes // 60, minutes % 60)


class CobranzaRulesEs(models.AbstractModel):
    """Spain: when debtors are contacted, and who is not."""

    _inherit = "cobranza.rules.es"

    def _contact_rules(self, regime, on, table):
        """Monday to Friday, no holidays, by default 9 to 21 h and two contacts in seven
        days; whom nobody has classified gets one, and none by a machine."""
        company = self.env.company
        window = Window(
            to_time(company.l10n_es_contact_from), to_time(company.l10n_es_contact_to)
        )
        unknown = regime == "unknown"
        contacts = ContactClass(
            name="contacts",
            channels=COUNTED,
            limit=1 if unknown else company.l10n_es_contact_weekly,
            hours=dict.fromkeys(WORKDAYS, window),
            holidays=True,
        )
        return ContactRules(
            classes=(contacts,),
            calendar=self._calendar("contact", self.env["res.country.state"], on),
            automatic=not unknown,
            article=ARTICLE,
        )

    def _contact_blockers(self, contacts, at):
        """A debt is told to nobody else (RGPD art. 5.1.f): not to relatives, not to the
        beneficiaries of the service, not past the debtor's lawyer."""
        found = super()._contact_blockers(contacts, at)
        for contact in contacts:
            blockers = self._blockers_of(contact)
            if blockers:
                found[contact.id] = blockers + found.get(contact.id, [])
        return found

    def _blockers_of(self, contact):
        debtor = contact.debtor_id
        recipient = contact._current_recipient()
        found = []
        if debtor.deceased_on:
            message = self.env._("%s has died: only the heirs.", debtor.display_name)
            found.append(("deceased", message))
        lawyer = debtor.representative_id
        if debtor.represented_on and lawyer and recipient != lawyer:
            message = self.env._(
                "%(debtor)s is represented: write to %(lawyer)s only.",
                debtor=debtor.display_name,
                lawyer=lawyer.display_name,
            )
            found.append(("represented", message))
        return found
