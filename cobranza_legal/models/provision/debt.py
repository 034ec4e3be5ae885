from odoo import fields, models

from ..common.money import to_decimal


class CobranzaDebt(models.Model):
    """What was relieved of the tax of a debt, and what became of one given up."""

    _inherit = "cobranza.debt"

    vat_relieved = fields.Monetary(
        "Tax relieved",
        compute="_compute_vat_relieved",
        currency_field="company_currency_id",
        help="Of its whole document. It is no payment: unless the debtor owes the base "
        "only, all is owed as before.",
    )

    write_off_line_ids = fields.One2many(
        "cobranza.write.off.line", "debt_id", "Written off"
    )

    def _compute_vat_relieved(self):
        # sudo: whoever sees the debt may know it
        found = self.env["cobranza.vat.relief"].sudo()._relieved(self.move_id.ids)
        for debt in self:
            amount = found.get(debt.move_id.id, (to_decimal(0), False))[0]
            debt.vat_relieved = float(amount)

    def action_recover(self):
        """The dialog that registers what was paid of debts that were written off."""
        self.ensure_one()
        return self.env["cobranza.write.off.recover"]._ask(self)
