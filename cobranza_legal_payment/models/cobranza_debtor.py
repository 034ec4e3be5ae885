from urllib.parse import urlencode

from odoo import models

from odoo.addons.payment.utils import generate_access_token


class CobranzaDebtor(models.Model):
    """Paying what is due today through Odoo payment."""

    _inherit = "cobranza.debtor"

    def _portal_can_pay(self, part):
        """Whether some provider takes what is to pay of a section of the page."""
        if part.pay <= 0:
            return False
        providers = self.env["payment.provider"].sudo()
        return bool(
            providers._get_compatible_providers(
                self.company_id.id,
                self.partner_id.id,
                float(part.pay),
                currency_id=part.currency.id,
            )
        )

    def _portal_pay_link(self, part):
        """Address of Odoo's payment of exactly what is to pay today: Odoo refuses it
        with another amount, currency or partner."""
        amount = float(part.pay)
        values = {
            "reference": part.reference,
            "amount": amount,
            "currency_id": part.currency.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "access_token": generate_access_token(
                self.partner_id.id, amount, part.currency.id, env=self.env
            ),
        }
        return f"/payment/pay?{urlencode(values)}"
