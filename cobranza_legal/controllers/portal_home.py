from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class CobranzaPortalHome(CustomerPortal):
    """The debtor's page among the documents of a portal user."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "collection_count" in counters:
            debtors = request.env["cobranza.debtor"]._portal_of_user(request.env.user)
            debts = [debtor._portal_own()._portal_debts() for debtor in debtors]
            values["collection_count"] = sum(len(one) for one in debts)
        return values
