from odoo import api, fields, models


class CobranzaApprovalAnswer(models.TransientModel):
    _name = "cobranza.approval.answer"
    _description = "Answer a request for approval"

    approval_id = fields.Many2one("cobranza.approval", required=True)
    asked_because = fields.Char(related="approval_id.reason")
    alone = fields.Boolean(compute="_compute_alone")
    reason = fields.Char()

    @api.depends("approval_id")
    def _compute_alone(self):
        for wizard in self:
            wizard.alone = wizard.approval_id.asked_by_id == self.env.user

    def action_approve(self):
        self.approval_id._answer(True, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_refuse(self):
        self.approval_id._answer(False, self.reason)
        return {"type": "ir.actions.act_window_close"}
