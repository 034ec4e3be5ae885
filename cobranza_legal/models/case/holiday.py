from odoo import models


class CobranzaHoliday(models.Model):
    """Deadlines are counted by holidays."""

    _inherit = "cobranza.holiday"

    def _judge_touched(self, before=None):
        """Deadlines that run in companies of these countries are counted again, too."""
        super()._judge_touched(before)
        if self.env.registry.ready and self:
            companies = self._companies_of(self.country_id)
            # sudo: whoever enters a holiday need not see cases
            running = self.env["cobranza.deadline"].sudo()
            running = running.search(
                [("company_id", "in", companies.ids), ("state", "=", "open")]
            )
            running.with_user(self.env.user)._count_later()
