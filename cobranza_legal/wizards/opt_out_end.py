from odoo import fields, models


class CobranzaOptOutEnd(models.TransientModel):
    _name = "cobranza.opt.out.end"
    _description = "End opt-outs"

    opt_out_ids = fields.Many2many("cobranza.opt.out", required=True, string="Opt-outs")
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.opt_out_ids._set_state("ended", self.reason)
        return {"type": "ir.actions.act_window_close"}
