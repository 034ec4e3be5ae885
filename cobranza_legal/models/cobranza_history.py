from odoo import api, fields, models
from odoo.exceptions import UserError


class CobranzaHistory(models.Model):
    """Append-only: who did what to a hold, dispute, promise, charge, when and why."""

    _name = "cobranza.history"
    _inherit = "cobranza.gate.mixin"
    _description = "History of a collection record"
    _order = "id desc"
    _rec_name = "change"

    company_id = fields.Many2one("res.company", required=True, index=True)
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, ondelete="cascade", index=True
    )
    res_model = fields.Char(string="Kind of record", required=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True
    )
    change = fields.Char(required=True)
    reason = fields.Char()
    user_id = fields.Many2one("res.users", required=True, string="By")
    moment = fields.Datetime(required=True, string="On")

    _record_idx = models.Index("(res_model, res_id)")

    def write(self, vals):
        if not self._is_through_gate():  # erasing for privacy
            raise UserError(self.env._("The history is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history is never deleted."))
