from odoo import models

from odoo.addons.cobranza_legal.kernel.errors import NoSuchRule
from odoo.addons.cobranza_legal.kernel.privacy import LogRetention, PrivacyTerm

from . import law

ADVISED = 5
"""Years after which the log is proposed for erasure where a company chose nothing."""


class CobranzaRulesCl(models.AbstractModel):
    """Chile: Ley 19.496 art. 37 (log), Ley 19.628 and its new text (personal data)."""

    _inherit = "cobranza.rules.cl"

    def _log_retention(self, on, table):
        """Two years from each contact (Ley 19.496 art. 37 inc. 13)."""
        years = int(table.number(law.LOG_YEARS, on))
        article = f"{law.ARTICLE_37}, inc. 13"
        return LogRetention(years, max(ADVISED, years), article)

    def _privacy_terms(self, kind, on, table):
        """Ley 19.628: no term was read in the law of today, so the strictest holds;
        from the day of Ley 21.719, 30 natural days, extended once, and 2 working days
        to block."""
        try:
            table.number(law.LEY_21719, on)
        except NoSuchRule:
            return self._privacy_working(table, on, "answer_19628")
        if kind == "restriction":
            return self._privacy_working(table, on, "block")
        answer = table.get(law.PRIVACY_DAYS, on, "answer")
        more = table.number(law.PRIVACY_DAYS, on, "more")
        return PrivacyTerm(
            days=int(answer.value), more_days=int(more), article=answer.article
        )

    def _privacy_working(self, table, on, key):
        value = table.get(law.PRIVACY_DAYS, on, key)
        return PrivacyTerm(days=int(value.value), working=True, article=value.article)
