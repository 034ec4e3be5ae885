from odoo import fields, models

from ...models.common.rows import Row


def _by_hand(row):
    return row.by_hand


class CobranzaPlacementEnd(models.TransientModel):
    """Why debts are taken back from an agency."""

    _name = "cobranza.placement.end"
    _inherit = "cobranza.dialog.mixin"
    _description = "Debts taken back from an agency"

    placement_ids = fields.Many2many(
        "cobranza.placement", string="Handovers", required=True
    )
    outcome = Row(
        "cobranza.placement.outcome",
        string="How it ended",
        only=_by_hand,
        required=True,
        default="taken_back",
    )
    reason = fields.Text("Why", required=True)

    def action_confirm(self):
        self.ensure_one()
        self.placement_ids._take_back(self.outcome, self.reason)
        return {"type": "ir.actions.act_window_close"}
