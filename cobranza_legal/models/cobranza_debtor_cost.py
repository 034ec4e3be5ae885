from odoo import api, fields, models

COST_GROUPS = "cobranza_legal.group_collector,cobranza_legal.group_accountant"


class CobranzaDebtor(models.Model):
    """What collecting from a debtor has cost."""

    _inherit = "cobranza.debtor"

    costs_agreed = fields.Boolean(
        string="Collection costs agreed",
        tracking=True,
        help="The contract makes the debtor pay what collecting costs.",
    )
    cost_ids = fields.One2many("cobranza.cost", "debtor_id", groups=COST_GROUPS)
    cost_total = fields.Monetary(
        compute="_compute_cost_total", string="Costs incurred", groups=COST_GROUPS
    )

    @api.depends("cost_ids.amount", "cost_ids.currency_id", "cost_ids.day")
    def _compute_cost_total(self):
        for debtor in self:
            total = 0
            for cost in debtor.cost_ids:
                total += cost.currency_id._convert(
                    cost.amount, debtor.currency_id, debtor.company_id, cost.day
                )
            debtor.cost_total = total

    def action_view_costs(self):
        return self._action_related("cobranza_legal.action_cobranza_cost")

    def write(self, vals):
        result = super().write(vals)
        if "costs_agreed" in vals:
            self._touch()
        return result
