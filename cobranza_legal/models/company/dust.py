from decimal import Decimal

from odoo import api, fields, models

from ..common.money import to_decimal

STEPS = 100
"""Smallest units of a currency that are too little to ask for, unless a company says
otherwise: 1 EUR, 100 CLP."""


class CobranzaDust(models.Model):
    """How much of one currency a company does not ask for: the rests of roundings and
    of bank charges."""

    _name = "cobranza.dust"
    _inherit = "cobranza.gate.mixin"
    _description = "Amount too small to claim"
    _order = "company_id, currency_id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary(
        help="A debt of which no more than this is open is neither claimed nor charged "
        "for. 0: every cent is claimed."
    )

    _currency_uniq = models.Constraint(
        "UNIQUE (company_id, currency_id)",
        "This currency has its amount already.",
    )
    _amount_sign = models.Constraint(
        "CHECK (amount >= 0)", "An amount too small to claim is not negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        found._judge_again()
        return found

    def write(self, vals):
        before = self.company_id
        result = super().write(vals)
        self._judge_again(before)
        return result

    def unlink(self):
        before = self.company_id
        result = super().unlink()
        self.browse()._judge_again(before)
        return result

    def _judge_again(self, companies=None):
        companies = (companies or self.env["res.company"]) | self.company_id
        self.env["cobranza.debtor"]._judge_in_batches_of_companies(companies)

    def _amounts(self, company, currencies):
        """{currency id: Decimal that is too small to claim} of these currencies (ids)
        in a company; one query."""
        # sudo: what is too small does not depend on who asks
        own = self.sudo().search([("company_id", "=", company.id)])
        known = {one.currency_id.id: to_decimal(one.amount) for one in own}
        return {
            one.id: known.get(one.id, Decimal(str(one.rounding)) * STEPS)
            for one in self.env["res.currency"].browse(currencies)
        }
