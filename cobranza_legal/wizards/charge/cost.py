from odoo import api, fields, models

from ...models.charge.cost import STATES


class CobranzaCostSettle(models.TransientModel):
    """What a planned cost, or one that was paid in advance, came to in the end."""

    _name = "cobranza.cost.settle"
    _inherit = "cobranza.dialog.mixin"
    _description = "What a cost came to"

    cost_id = fields.Many2one("cobranza.cost", required=True)
    target = fields.Selection(STATES[1:3], "It was", required=True, default="final")
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    currency_id = fields.Many2one(related="cost_id.currency_id")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="With the tax in it.",
    )
    tax_amount = fields.Monetary("Tax in it")
    file_ids = fields.Many2many("ir.attachment", string="Proof")

    @api.depends("cost_id")
    def _compute_amount(self):
        for dialog in self:
            dialog.amount = dialog.cost_id.amount

    def action_confirm(self):
        self.ensure_one()
        self.cost_id._settle(
            self.target, self.day, self.amount, self.tax_amount, self.file_ids
        )
        return {"type": "ir.actions.act_window_close"}
