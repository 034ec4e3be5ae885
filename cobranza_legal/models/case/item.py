from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CobranzaCaseItemMixin(models.AbstractModel):
    """A record of one case, with state, history and a responsible user."""

    _name = "cobranza.case.item.mixin"
    _inherit = "cobranza.followup.item.mixin"
    _description = "Record of a legal case"

    case_id = fields.Many2one(
        "cobranza.case",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    debtor_id = fields.Many2one(
        related="case_id.debtor_id", store=True, precompute=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")


class CobranzaProceedingItemMixin(models.AbstractModel):
    """A record of one case that may be of one of its proceedings."""

    _name = "cobranza.proceeding.item.mixin"
    _inherit = "cobranza.case.item.mixin"
    _description = "Record of a proceeding"

    proceeding_id = fields.Many2one(
        "cobranza.proceeding",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('case_id', '=', case_id)]",
    )

    @api.constrains("proceeding_id", "case_id")
    def _check_proceeding(self):
        for one in self:
            if one.proceeding_id and one.proceeding_id.case_id != one.case_id:
                raise ValidationError(
                    self.env._(
                        "%s: choose a proceeding of the same case.", one.display_name
                    )
                )
