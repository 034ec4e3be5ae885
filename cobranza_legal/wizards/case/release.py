from odoo import fields, models

from ...models.case.statement import GROUNDS


class CobranzaNegotiationRelease(models.TransientModel):
    """Why what was negotiated in confidence may be shown to a court."""

    _name = "cobranza.negotiation.release"
    _inherit = "cobranza.dialog.mixin"
    _description = "Release of what was negotiated"

    negotiation_id = fields.Many2one("cobranza.negotiation", required=True)
    ground = fields.Selection(GROUNDS, required=True)
    reason = fields.Text(required=True)
    file_ids = fields.Many2many(
        "ir.attachment",
        string="Waiver",
        help="Signed by everybody who took part.",
    )

    def action_confirm(self):
        self.ensure_one()
        self.negotiation_id._release(self.ground, self.reason, self.file_ids)
        return {"type": "ir.actions.act_window_close"}
