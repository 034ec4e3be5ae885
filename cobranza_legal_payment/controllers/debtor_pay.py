from odoo.http import request, route

from odoo.addons.cobranza_legal.controllers.debtor_page import (
    COMMON,
    PAGE,
    DebtorPage,
)


class DebtorPay(DebtorPage):
    """From the debtor's page to Odoo's payment form."""

    @route(f"{PAGE}/pay/<string:currency>", methods=["GET"], **COMMON)
    def pay(self, key, currency, **_kw):
        return self._guarded(key, lambda debtor, _key: self._pay(debtor, currency))

    def _pay(self, debtor, currency):
        """What is to pay is worked out now, not when the page was opened."""
        sections = debtor._portal_page().sections
        part = next((one for one in sections if one.currency.name == currency), None)
        if not part or not debtor._portal_can_pay(part):
            return self._refuse(404)
        return request.redirect(debtor._portal_pay_link(part))
