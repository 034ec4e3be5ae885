from odoo import api, models

from .cobranza_charge import STANDING


class CobranzaCharge(models.Model):
    """A charge does not outlive what it was charged for."""

    _inherit = "cobranza.charge"

    @api.model
    def _document_gone(self, debts, reason):
        """Reverse what is charged on debts that are owed no more. What was waived stays
        waived."""
        # sudo: whoever cancels a document need not see its charges
        domain = [("debt_id", "in", debts.ids), ("state", "in", STANDING)]
        charges = self.sudo().search(domain)
        charges._withdraw(reason)
        return charges


class CobranzaDebt(models.Model):
    _inherit = "cobranza.debt"

    def _whole_amount(self):
        """What its document asks for, in the debt's currency."""
        self.ensure_one()
        if self.former_line_ids or not self.move_line_id:
            return self.original_amount
        return self.move_line_id.amount_currency
