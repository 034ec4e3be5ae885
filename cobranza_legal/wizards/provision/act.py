from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.dialog import open_act


class CobranzaWriteOffAct(models.TransientModel):
    """What a lawyer declares of debts, or why a write-off is refused, given up or
    undone."""

    _name = "cobranza.write.off.act"
    _inherit = "cobranza.dialog.mixin"
    _description = "Act about a write-off"

    act = fields.Selection(
        [
            ("declare", "Declare uncollectible"),
            ("refuse", "Refuse"),
            ("cancel", "Give up the write-off"),
            ("undo", "Undo the write-off"),
        ],
        required=True,
        readonly=True,
        default="declare",
    )
    write_off_ids = fields.Many2many(
        "cobranza.write.off", string="Write-offs", required=True
    )
    reason = fields.Text("In words")
    day = fields.Date(default=lambda self: self.env.company._cobranza_today())

    @api.model
    def _ask(self, act, write_offs):
        """The action that opens the dialog for an act about ``write_offs``."""
        return open_act(self, act, write_off_ids=write_offs.ids)

    def action_confirm(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason."))
        if self.act == "undo":
            if not self.day:
                raise UserError(self.env._("Say on which day."))
            self.write_off_ids._undo(reason, self.day)
        else:
            acts = {
                "declare": self.write_off_ids._declare,
                "refuse": self.write_off_ids._refuse,
                "cancel": self.write_off_ids._cancel,
            }
            acts[self.act](reason)
        return {"type": "ir.actions.act_window_close"}
