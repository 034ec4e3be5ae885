from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CobranzaCost(models.Model):
    """What a case costs, or one of its proceedings."""

    _inherit = "cobranza.cost"

    case_id = fields.Many2one(
        "cobranza.case",
        string="Legal case",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('debtor_id', '=', debtor_id)]",
    )
    proceeding_id = fields.Many2one(
        "cobranza.proceeding",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('case_id', '=', case_id)]",
        help="It is spent in this lawsuit: the debtor owes it only if a court says so.",
    )

    @api.constrains("case_id", "debtor_id", "proceeding_id")
    def _check_case(self):
        for cost in self:
            # sudo: whoever records costs need not see the case
            case, suit = cost.sudo().case_id, cost.sudo().proceeding_id
            if case and case.debtor_id != cost.debtor_id:
                raise ValidationError(
                    self.env._(
                        "“%(cost)s” is of %(debtor)s: choose a case of it.",
                        cost=cost.description,
                        debtor=cost.debtor_id.display_name,
                    )
                )
            if suit and suit.case_id != case:
                raise ValidationError(
                    self.env._(
                        "“%s”: choose a proceeding of its case.", cost.description
                    )
                )

    def _is_awarded(self):
        """Whether a court has made the debtor pay this cost of a lawsuit."""
        self.ensure_one()
        return self in self.case_id._costs_awarded()
