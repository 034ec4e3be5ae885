from odoo import api, fields, models

from ..company.company import STAFF
from .suspension import STATES


class ResPartner(models.Model):
    _inherit = "res.partner"

    cobranza_suspension_state = fields.Selection(
        STATES,
        "Suspension of services",
        compute="_compute_cobranza_suspension",
        groups=STAFF,
    )

    @api.depends("cobranza_debtor_id")
    @api.depends_context("company", "uid")
    def _compute_cobranza_suspension(self):
        for partner in self:
            state = partner.cobranza_debtor_id.suspension_state
            partner.cobranza_suspension_state = state

    def action_cobranza_suspensions(self):
        self.ensure_one()
        return self.cobranza_debtor_id.action_view_suspensions()
