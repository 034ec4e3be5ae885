from odoo import fields, models


class CobranzaChargeReason(models.TransientModel):
    _name = "cobranza.charge.reason"
    _description = "Waive, reinstate or reverse charges"

    charge_ids = fields.Many2many("cobranza.charge", required=True, string="Charges")
    verb = fields.Selection(
        [
            ("waive", "Waive"),
            ("reinstate", "Reinstate"),
            ("reverse", "Reverse"),
        ],
        required=True,
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        if self.verb == "reinstate":
            self.charge_ids._reinstate(self.reason)
            return {"type": "ir.actions.act_window_close"}
        if self.verb == "reverse":
            moves = self.charge_ids._reverse(self.reason)
            if moves:
                return self.charge_ids._action_moves(moves)
            return {"type": "ir.actions.act_window_close"}
        requests = self.charge_ids._waive(self.reason)
        if not requests:
            return {"type": "ir.actions.act_window_close"}
        names = ", ".join(requests._approvers(requests.company_id[:1]).mapped("name"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._("Waits for approval by: %s", names),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
