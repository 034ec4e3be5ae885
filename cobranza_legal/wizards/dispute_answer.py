from odoo import fields, models


class CobranzaDisputeAnswer(models.TransientModel):
    _name = "cobranza.dispute.answer"
    _description = "Close a dispute with its outcome"

    dispute_id = fields.Many2one("cobranza.dispute", required=True)
    state = fields.Selection(
        [
            ("upheld", "Upheld: the debtor is right"),
            ("rejected", "Rejected: the debt goes on"),
            ("withdrawn", "Withdrawn by the debtor"),
        ],
        string="Outcome",
        required=True,
    )
    outcome = fields.Text(string="What was found and answered", required=True)

    def action_confirm(self):
        self.dispute_id._answer(self.state, self.outcome)
        return {"type": "ir.actions.act_window_close"}
