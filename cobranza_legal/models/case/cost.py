from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CobranzaCost(models.Model):
    """What a case has cost."""

    _inherit = "cobranza.cost"

    case_id = fields.Many2one(
        "cobranza.case",
        string="Legal case",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('debtor_id', '=', debtor_id)]",
    )

    @api.constrains("case_id", "debtor_id")
    def _check_case(self):
        for cost in self.filtered("case_id"):
            # sudo: whoever records costs need not see the case
            if cost.case_id.sudo().debtor_id != cost.debtor_id:
                raise ValidationError(
                    self.env._(
                        "“%(cost)s” is of %(debtor)s: choose a case of it.",
                        cost=cost.description,
                        debtor=cost.debtor_id.display_name,
                    )
                )
