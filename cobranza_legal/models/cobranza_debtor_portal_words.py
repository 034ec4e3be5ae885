from odoo import models
from odoo.tools import format_date


class CobranzaDebtor(models.Model):
    """Sentences of the debtor's page with figures in them."""

    _inherit = "cobranza.debtor"

    def _portal_greeting(self):
        return self.env._("Your account with %s", self.company_id.name)

    def _portal_label(self, on):
        return self.env._("To pay on %s", format_date(self.env, on))

    def _portal_when(self, row, on):
        """When a document of the page was or is due."""
        due = row.principal.due
        day = format_date(self.env, due)
        if due == on:
            return self.env._("Due today")
        if due > on:
            return self.env._("Due on %s", day)
        if row.late == 1:
            return self.env._("Was due yesterday")
        return self.env._(
            "Was due on %(day)s, %(late)s days ago", day=day, late=row.late
        )

    def _portal_promise_words(self, terms, money):
        _debts, least, most, days = terms
        return self.env._(
            "From %(least)s to %(most)s, within %(days)s days. Until that day we do "
            "not claim it.",
            least=money(least),
            most=money(most),
            days=days,
        )
