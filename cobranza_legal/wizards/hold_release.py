from odoo import fields, models


class CobranzaHoldRelease(models.TransientModel):
    _name = "cobranza.hold.release"
    _description = "Lift holds"

    hold_ids = fields.Many2many("cobranza.hold", required=True, string="Holds")
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.hold_ids._release(self.reason)
        return {"type": "ir.actions.act_window_close"}
