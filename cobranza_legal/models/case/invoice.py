from odoo import api, fields, models

from ..company.company import STAFF


class AccountMove(models.Model):
    _inherit = "account.move"

    cobranza_case_count = fields.Integer(
        "Legal cases about it", compute="_compute_cobranza_case_count", groups=STAFF
    )

    @api.depends("cobranza_debt_ids")
    @api.depends_context("uid")
    def _compute_cobranza_case_count(self):
        """By what the user may read, in one query."""
        cases = self.env["cobranza.case"].search([("debt_ids.move_id", "in", self.ids)])
        found = {}
        for case in cases:
            for move in case.debt_ids.move_id:
                found[move.id] = found.get(move.id, 0) + 1
        for move in self:
            move.cobranza_case_count = found.get(move._origin.id, 0)

    def action_cobranza_cases(self):
        """The cases that claim it."""
        self.ensure_one()
        cases = self.env["cobranza.case"]
        return cases._action_about([("debt_ids.move_id", "=", self.id)])
