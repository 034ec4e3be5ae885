from odoo import api, fields, models


class CobranzaDebtor(models.Model):
    """The mandates of a debtor."""

    _inherit = "cobranza.debtor"

    mandate_ids = fields.One2many("cobranza.mandate", "debtor_id")
    mandate_count = fields.Integer(compute="_compute_mandate_count")
    mandate_asked_on = fields.Date(
        "Asked for a mandate",
        readonly=True,
        copy=False,
        help="Somebody was asked to get one on this day.",
    )

    @api.depends("mandate_ids")
    def _compute_mandate_count(self):
        for debtor in self:
            debtor.mandate_count = len(debtor.mandate_ids)

    def action_view_mandates(self):
        """The mandates of this debtor, or a new one."""
        action = self._action_related("cobranza_legal.action_cobranza_mandate")
        return {**action, "context": {"default_debtor_id": self.id}}
