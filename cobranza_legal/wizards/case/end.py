from odoo import api, fields, models

from ...models.common.rows import Row


class CobranzaCaseEnd(models.TransientModel):
    """How cases ended, and why."""

    _name = "cobranza.case.end"
    _inherit = "cobranza.dialog.mixin"
    _description = "End of a legal case"

    case_ids = fields.Many2many(
        "cobranza.case",
        string="Cases",
        required=True,
        default=lambda self: self._chosen(),
    )
    note = fields.Char(compute="_compute_note")
    outcome = Row("cobranza.case.outcome", string="How it ended", required=True)
    reason = fields.Text("Why")

    @api.model
    def _chosen(self):
        context, cases = self.env.context, self.env["cobranza.case"]
        named = context.get("active_model") == cases._name
        return cases.browse(context.get("active_ids") if named else ())

    @api.depends("case_ids.state")
    def _compute_note(self):
        for dialog in self:
            studied = dialog.case_ids.filtered(lambda one: one.state == "review")
            dialog.note = bool(studied) and self.env._(
                "It is not open yet: it goes back to who prepared it, and the ladder "
                "takes its debts up again."
            )

    def action_confirm(self):
        self.ensure_one()
        self.case_ids._end(self.outcome, self.reason)
        return {"type": "ir.actions.act_window_close"}
