from odoo import api, fields, models

from ..company.company import NOT_OWN


class CobranzaDebtor(models.Model):
    """The mandates of a debtor."""

    _inherit = "cobranza.debtor"

    mandate_ids = fields.One2many(
        "cobranza.mandate", "debtor_id", "Mandates", groups=NOT_OWN
    )
    mandate_count = fields.Integer(
        "Number of mandates", compute="_compute_mandate_count", groups=NOT_OWN
    )
    debit_ids = fields.One2many(
        "cobranza.debit", "debtor_id", "Direct debits", groups=NOT_OWN
    )
    debit_count = fields.Integer(
        "Number of direct debits", compute="_compute_debit_count", groups=NOT_OWN
    )
    mandate_asked_on = fields.Date(
        "Asked for a mandate",
        groups=NOT_OWN,
        readonly=True,
        copy=False,
        help="Somebody was asked to get one on this day.",
    )

    @api.depends("mandate_ids")
    def _compute_mandate_count(self):
        for debtor in self:
            debtor.mandate_count = len(debtor.mandate_ids)

    @api.depends("debit_ids")
    def _compute_debit_count(self):
        groups = self.env["cobranza.debit"]._read_group(
            [("debtor_id", "in", self.ids)], ["debtor_id"], ["__count"]
        )
        counts = {debtor.id: count for debtor, count in groups}
        for debtor in self:
            debtor.debit_count = counts.get(debtor.id, 0)

    def action_view_debits(self):
        return self._action_related("cobranza_legal.action_cobranza_debit")

    def action_view_mandates(self):
        """The mandates of this debtor, or a new one."""
        action = self._action_related("cobranza_legal.action_cobranza_mandate")
        return {**action, "context": {"default_debtor_id": self.id}}
