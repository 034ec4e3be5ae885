from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.rows import Row


class CobranzaMandateAct(models.TransientModel):
    """Why mandates are suspended, revoked or good again."""

    _name = "cobranza.mandate.act"
    _inherit = "cobranza.dialog.mixin"
    _description = "Reason to stop a mandate"

    act = fields.Selection(
        [
            ("suspend", "Suspend the mandate"),
            ("revoke", "Revoke the mandate"),
            ("resume", "Take the mandate into use again"),
        ],
        required=True,
        readonly=True,
    )
    mandate_ids = fields.Many2many("cobranza.mandate", string="Mandates", required=True)
    note = fields.Char(compute="_compute_note")
    code = Row("cobranza.mandate.stop", string="Because", default="debtor")
    reason = fields.Char("In words")

    @api.depends("act")
    def _compute_note(self):
        words = {
            "suspend": self.env._("Nothing is debited until it is good again."),
            "revoke": self.env._(
                "Nothing is debited by it any more; for new debits the debtor signs "
                "another mandate."
            ),
            "resume": self.env._("It may be debited again from now on."),
        }
        for dialog in self:
            dialog.note = words.get(dialog.act, "")

    def action_confirm(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if self.act == "resume":
            if not reason:
                raise UserError(self.env._("Give the reason."))
            self.mandate_ids._resume(reason)
        else:
            if not self.code:
                raise UserError(self.env._("Choose why."))
            target = {"suspend": "suspended", "revoke": "revoked"}[self.act]
            self.mandate_ids._stop(target, self.code, reason)
        return {"type": "ir.actions.act_window_close"}
