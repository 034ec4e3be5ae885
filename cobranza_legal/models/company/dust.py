from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

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

    @api.model
    def _amounts(self, company):
        """{currency id: Decimal that is too small to claim} of all currencies in a
        company, whoever asks; one query."""
        rows = self.env.execute_query(self._sql_amounts(company))
        return {currency: Decimal(amount) for currency, amount in rows}

    @api.model
    def _sql_amounts(self, company):
        """The same as a query of (currency, amount as text)."""
        self.flush_model(["company_id", "currency_id", "amount"])
        self.env["res.currency"].flush_model(["rounding"])
        return SQL(
            """SELECT c.id AS currency,
                      trim_scale(COALESCE(u.amount, c.rounding * %s))::text AS amount
                 FROM res_currency c
                 LEFT JOIN cobranza_dust u
                   ON u.currency_id = c.id AND u.company_id = %s""",
            STEPS,
            company.id,
        )
