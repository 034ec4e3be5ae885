from odoo import models

from odoo.addons.cobranza_legal.kernel.privacy import LogRetention, PrivacyTerm

LIMITATION, LOG, PRIVACY = "es.limitation.years", "es.log.years", "es.privacy.months"
CLAIMS = ("personal", "lodging")
ARTICLE = "LOPDGDD, art. 32; Código Civil, arts. 1964.2 y 1967"


class CobranzaRulesEs(models.AbstractModel):
    """Spain: limitation, blocked evidence and the terms of the RGPD."""

    _inherit = "cobranza.rules.es"

    def _log_retention(self, on, table):
        """One year more than the longest limitation of a claim (Código Civil), and not
        less than evidence is kept blocked (LOPDGDD art. 32)."""
        barred = max(table.number(LIMITATION, on, key) for key in CLAIMS)
        after = table.number(LOG, on, "after")
        years = int(max(barred + after, table.number(LOG, on, "evidence")))
        return LogRetention(years, years, ARTICLE)

    def _privacy_terms(self, kind, on, table):
        """One month, two more when it is complex (RGPD art. 12.3), for every kind."""
        answer = table.get(PRIVACY, on, "answer")
        more = table.number(PRIVACY, on, "extension")
        return PrivacyTerm(
            months=int(answer.value), more_months=int(more), article=answer.article
        )
