from decimal import Decimal

from markupsafe import Markup

from odoo import models

from .amount_words import amount_words
from .merge_text import fields_of
from .payment_qr import payment_qr, qr_image


class CobranzaContact(models.Model):
    """How the debtor pays: the page, the code to scan, the amount in words."""

    _inherit = "cobranza.contact"

    def _merge_claim(self):
        values = super()._merge_claim()
        words = amount_words(self._said_currency(), self._said_amount())
        return {**values, "amount_words": words}

    def _merge_payment(self):
        values = super()._merge_payment()
        wanted = self._wanted_fields()
        link = "portal_url" in wanted or "payment_qr" in wanted
        address = self._portal_url() if link else ""
        image = self._payment_code(address) if "payment_qr" in wanted else ""
        return {**values, "portal_url": address, "payment_qr": image}

    def _wanted_fields(self):
        """The merge fields of the text that is being merged. Countries whose parts hold
        others add them."""
        return set(fields_of(self.env.context.get("cobranza_template")))

    def _portal_url(self):
        """Address of the debtor's page, with its key: for the debtor's own people, not
        for guarantors."""
        debtor = self.debtor_id
        if not debtor.id or self._current_recipient() in debtor.guarantor_ids:
            return ""
        return debtor._portal_link()

    def _said_currency(self):
        return self.currency_id or self.company_id.currency_id

    def _said_total(self):
        """What is to be paid with its charges, a Decimal in the claim's currency."""
        currency = self._said_currency()
        charges = self._charges().filtered(lambda one: one.currency_id == currency)
        total = self._said_amount() + sum(charges.mapped("amount_due"))
        return Decimal(f"{total:.{currency.decimal_places}f}")

    def _payment_code(self, address):
        """The code to scan, with what it is for: a transfer that the bank's app fills
        in, where a standard exists for it, else the debtor's page."""
        company, currency = self.company_id, self._said_currency()
        account = company.cobranza_bank_account_id or company.partner_id.bank_ids[:1]
        reference = self._payment_reference() or ""
        transfer = payment_qr(account, currency, self._said_total(), reference)
        image = transfer or (address and qr_image(address))
        if not image:
            return ""
        return self._render_block(
            "cobranza_legal.payment_code",
            source=Markup("data:image/png;base64,%s") % image,
            transfer=bool(transfer),
            address=address,
        )
