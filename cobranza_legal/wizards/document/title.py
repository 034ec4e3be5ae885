from odoo import fields, models

from ...models.common.rows import Row


class CobranzaDebtTitleState(models.TransientModel):
    """What proves debts, said by who has the papers."""

    _name = "cobranza.debt.title.state"
    _inherit = "cobranza.dialog.mixin"
    _description = "Title of debts"

    debt_ids = fields.Many2many("cobranza.debt", required=True)
    title = Row("cobranza.debt.title", required=True, default="invoice")

    def action_confirm(self):
        self.ensure_one()
        self.debt_ids._state_title(self.title)
        return {"type": "ir.actions.act_window_close"}
