from odoo import models

from odoo.addons.cobranza_legal.kernel.deadlines import NoticeRule, SuspensionRule

COURT_SUSPENSION = "cl.court.suspension"
"""How often and how many days together, by key."""


class CobranzaRulesCl(models.AbstractModel):
    """Chile: terms before courts (CPC)."""

    _inherit = "cobranza.rules.cl"

    def _notice_rule(self, way, on, table):
        """Served on a day that does not work, the next working day is the first one of
        the term (CPC art. 41)."""
        return NoticeRule(first_working=True, article="CPC, art. 41")

    def _suspension_rule(self, on, table):
        """Twice, and ninety days together, in one instance (CPC art. 64)."""
        most = table.get(COURT_SUSPENSION, on, "number")
        days = int(table.number(COURT_SUSPENSION, on, "days"))
        return SuspensionRule(most=int(most.value), days=days, article=most.article)

    def _has_local_holidays(self):
        """Feriados are set by laws: of the country, and of a few regions and communes
        that are shipped."""
        return False
