from datetime import time

from odoo import models

from odoo.addons.cobranza_legal.kernel.contact import (
    ContactClass,
    ContactRules,
    Window,
)

from .cobranza_rules_es_delivery import ON_PAPER

COUNTED = frozenset({"email", "certified_email", "sms", "whatsapp", "call", "visit"})
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
            channels=COUNTED | self._channel_codes("voice", "remote"),
            limit=1 if unknown else company.l10n_es_contact_weekly,
            hours=dict.fromkeys(WORKDAYS, window),
            holidays=True,
        )
        paper = ContactClass("paper", ON_PAPER | self._channel_codes("paper"), None)
        return ContactRules(
            classes=(contacts, paper),
            calendar=self._calendar("contact", self.env["res.country.state"], on),
            automatic=not unknown,
            article=ARTICLE,
        )
