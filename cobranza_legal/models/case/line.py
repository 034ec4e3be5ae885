from odoo import fields, models


class CobranzaCaseLine(models.Model):
    """One debt of a case, as it is claimed: worked out while the case is prepared,
    frozen when it opens."""

    _name = "cobranza.case.line"
    _inherit = "cobranza.claim.line.mixin"
    _description = "Debt of a legal case"
    _order = "case_id, id"
    _rec_name = "debt_id"

    case_id = fields.Many2one(
        "cobranza.case", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    has_invoice = fields.Boolean(related="debt_id.has_invoice")

    _debt_uniq = models.Constraint(
        "UNIQUE (case_id, debt_id)", "This debt is in the case already."
    )

    def _whole(self):
        return self.case_id

    def _discardable(self):
        """Those of cases of which nothing was filed, which are worked out anew."""
        return self.filtered(lambda one: not one.case_id._is_claim_fixed())

    def action_print_invoice(self):
        self.ensure_one()
        return self.debt_id.action_print_invoice()
