from odoo import api, fields, models


class CobranzaCasePaperMixin(models.AbstractModel):
    """A dialog that makes papers of one case, for whoever works on it."""

    _name = "cobranza.case.paper.mixin"
    _inherit = "cobranza.dialog.mixin"
    _description = "Dialog that makes papers of a case"

    case_id = fields.Many2one(
        "cobranza.case", required=True, default=lambda self: self._chosen()
    )

    @api.model
    def _chosen(self):
        return self.env["cobranza.case.end"]._chosen()[:1]

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs.case_id._check_worked()
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self.case_id._check_worked()
        return result
