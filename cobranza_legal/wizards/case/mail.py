from odoo import fields, models


class CobranzaCaseMailDiscard(models.TransientModel):
    """Why mails have nothing to do with a case."""

    _name = "cobranza.case.mail.discard"
    _inherit = "cobranza.dialog.mixin"
    _description = "Mail that is discarded"

    mail_ids = fields.Many2many("cobranza.case.mail", string="E-mails", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.mail_ids._discard(self.reason)
        return {"type": "ir.actions.act_window_close"}
