from odoo import api, fields, models

from ..company.company import STAFF


class ResPartner(models.Model):
    _inherit = "res.partner"

    cobranza_case_count = fields.Integer(
        "Legal cases", compute="_compute_cobranza_case_count", groups=STAFF
    )

    cobranza_bar_number = fields.Char(
        "Number in the bar",
        groups=STAFF,
        copy=False,  # who may not read it copies contacts too
        help="Of a lawyer, as written pieces for courts name it.",
    )

    @api.depends("cobranza_debtor_id")
    @api.depends_context("company", "uid")
    def _compute_cobranza_case_count(self):
        for partner in self:
            partner.cobranza_case_count = partner.cobranza_debtor_id.case_count

    def action_cobranza_cases(self):
        """The cases against this customer."""
        self.ensure_one()
        return self.cobranza_debtor_id.action_view_cases()
