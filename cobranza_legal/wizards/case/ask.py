from odoo import api, fields, models


class CobranzaCaseAsk(models.TransientModel):
    """A document that the lawyer needs until a day."""

    _name = "cobranza.case.ask"
    _inherit = "cobranza.dialog.mixin"
    _description = "Document that a lawyer asks for"

    case_ids = fields.Many2many(
        "cobranza.case",
        string="Cases",
        required=True,
        default=lambda self: self._chosen(),
    )
    what = fields.Char("Document", required=True)
    day = fields.Date("Needed until", required=True)
    note = fields.Text("What for")

    @api.model
    def _chosen(self):
        return self.env["cobranza.case.end"]._chosen()

    def action_confirm(self):
        self.ensure_one()
        self.case_ids._ask_document(self.what, self.day, self.note)
        return {"type": "ir.actions.act_window_close"}
