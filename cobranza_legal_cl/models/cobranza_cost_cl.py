from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.cobranza_legal.models.cobranza_charge import STANDING


class CobranzaCostCl(models.Model):
    """What collecting out of court has really cost, with its proof.

    In the mode "costs incurred" the fee of Ley 19.496 art. 37 is the lower of these and
    the legal ceiling.
    """

    _name = "cobranza.cost.cl"
    _description = "Collection cost incurred (Chile)"
    _order = "day desc, id desc"
    _rec_name = "description"
    _check_company_auto = True

    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="debtor_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    day = fields.Date(required=True, default=fields.Date.context_today)
    description = fields.Char(required=True)
    amount = fields.Monetary(required=True)
    attachment_ids = fields.Many2many(
        "ir.attachment", "cobranza_cost_cl_attachment_rel", string="Proof"
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A cost is greater than zero."
    )

    @api.constrains("attachment_ids")
    def _check_proof(self):
        for cost in self:
            if not cost.attachment_ids:
                raise ValidationError(
                    self.env._("“%s” needs its proof.", cost.description)
                )

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        costs._check_proof()
        costs._own_attachments()
        costs.debtor_id._touch()
        return costs

    def write(self, vals):
        self._check_unused()
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_attachments()
        return result

    def _own_attachments(self):
        """The proof belongs to the cost, so that whoever reads it can open it."""
        for cost in self:
            loose = cost.attachment_ids.filtered(lambda file: not file.res_id)
            loose.write({"res_model": self._name, "res_id": cost.id})

    @api.ondelete(at_uninstall=False)
    def _check_unused(self):
        """A cost that a fee rests on is evidence."""
        domain = [
            ("debtor_id", "in", self.debtor_id.ids),
            ("kind", "=", "fee"),
            ("state", "in", STANDING),
        ]
        # whoever records costs may not read every charge
        charges = self.env["cobranza.charge"].sudo().search(domain)
        for cost in self:
            own = charges.filtered(
                lambda one, cost=cost: one.debtor_id == cost.debtor_id
            )
            if any(one.assessed_on >= cost.day for one in own):
                raise UserError(
                    self.env._(
                        "A fee rests on “%s”: record another cost instead.",
                        cost.description,
                    )
                )
