from odoo import fields, models

from .contact import GROUPS


class CobranzaDebtor(models.Model):
    """The handovers to agencies of a debtor."""

    _inherit = "cobranza.debtor"

    placement_ids = fields.One2many(
        "cobranza.placement", "debtor_id", "Handovers to agencies", groups=GROUPS
    )
    placement_count = fields.Integer(
        "Number of handovers to agencies",
        compute="_compute_placement_count",
        groups=GROUPS,
    )

    def _compute_placement_count(self):
        counts = self._count_by_debtor("cobranza.placement", [])
        for debtor in self:
            debtor.placement_count = counts.get(debtor.id, 0)

    def action_view_placements(self):
        return self._action_related("cobranza_legal.action_cobranza_placement")

    def action_hand_over_agency(self):
        """The dialog that asks to which agency what these owe is handed over."""
        return self.env["cobranza.placement"]._ask_agency(self)


class CobranzaDebt(models.Model):
    """The handovers to agencies of a debt."""

    _inherit = "cobranza.debt"

    placement_ids = fields.Many2many(
        "cobranza.placement",
        "cobranza_placement_debt_rel",
        string="Handovers to agencies",
        readonly=True,
        groups=GROUPS,
    )
