from odoo import api, fields, models


class CobranzaSuitServe(models.TransientModel):
    """Who of those who are sued was served, and when."""

    _name = "cobranza.suit.serve"
    _inherit = "cobranza.dialog.mixin"
    _description = "Service of a lawsuit"

    proceeding_id = fields.Many2one("cobranza.proceeding", required=True)
    day = fields.Date(
        "Served on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    defendant_ids = fields.Many2many(
        "cobranza.suit.defendant",
        string="Who",
        required=True,
        compute="_compute_defendant_ids",
        store=True,
        readonly=False,
        domain="[('proceeding_id', '=', proceeding_id)]",
    )

    @api.depends("proceeding_id")
    def _compute_defendant_ids(self):
        for dialog in self:
            waiting = dialog.proceeding_id.defendant_ids
            dialog.defendant_ids = waiting.filtered(lambda who: not who.served_on)

    def action_confirm(self):
        self.ensure_one()
        self.proceeding_id._serve(self.defendant_ids, self.day)
        return {"type": "ir.actions.act_window_close"}
