from odoo import api, fields, models

from ..charge.cost import SPENT

TABLE = "cobranza_legal.case_cost_table"


class CobranzaCase(models.Model):
    """What a case was to cost, and what it has cost."""

    _inherit = "cobranza.case"

    cost_budget = fields.Monetary(
        "Budget", compute="_compute_cost_total", help="What its costs were planned at."
    )
    cost_total = fields.Monetary(
        "Costs so far",
        compute="_compute_cost_total",
        help="What was spent and what was paid in advance.",
    )
    cost_over = fields.Monetary(
        "Over budget",
        compute="_compute_cost_total",
        help="What was spent beyond what was planned, where something was.",
    )
    cost_table = fields.Html(
        "Budget and costs", compute="_compute_cost_table", sanitize=False
    )

    @api.depends(*("cost_ids.amount", "cost_ids.state", "cost_ids.budget"))
    def _compute_cost_total(self):
        for case in self:
            # sudo: who sees the case may know what it costs
            costs = case.sudo().cost_ids.filtered(lambda one: one.state != "cancelled")
            spent = costs.filtered(lambda one: one.state in SPENT)
            planned = case._in_company({one: one.budget for one in costs})
            total = case._in_company({one: one.amount for one in spent})
            over = max(total - planned, 0) if planned else 0
            case.cost_budget, case.cost_total, case.cost_over = planned, total, over

    @api.depends(*("cost_ids.amount", "cost_ids.state", "cost_ids.budget"))
    @api.depends_context("lang")
    def _compute_cost_table(self):
        for case in self:
            rows = case._cost_rows()
            values = {"rows": rows, "currency": case.currency_id}
            case.cost_table = rows and self.env["ir.qweb"]._render(TABLE, values)

    def action_write_cost(self):
        """The form of a cost of this case."""
        return self._new_cost(self.env._("Cost of the case"))

    def action_plan_cost(self):
        """The form of a cost that is expected."""
        return self._new_cost(self.env._("Planned cost"), default_state="budget")

    def _new_cost(self, name, **context):
        self.ensure_one()
        self._check_worked()
        suits = self.env["cobranza.proceeding"].search(
            [("case_id", "=", self.id), ("state", "=", "filed")]
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "cobranza.cost",
            "name": name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_case_id": self.id,
                "default_proceeding_id": suits.id if len(suits) == 1 else False,
                "default_debtor_id": self.debtor_id.id,
                "default_debt_ids": self.debt_ids.ids,
                **context,
            },
        }

    def _cost_rows(self):
        """[values] by kind of cost: what was planned, paid in advance, spent, and what
        of it the debtor owes through an award; in the currency of the company."""
        self.ensure_one()
        # sudo: who sees the case may know what it costs
        costs = self.sudo().cost_ids.filtered(lambda one: one.state != "cancelled")
        awarded, kinds = self.sudo()._costs_awarded(), self.env["cobranza.cost.kind"]
        rows = []
        for code, own in costs.grouped("kind").items():
            by_state = own.grouped("state")
            none = own.browse()
            amounts = {
                state: self._in_company(
                    {one: one.amount for one in by_state.get(state, none)}
                )
                for state in SPENT
            }
            rows.append(
                {
                    "kind": kinds._label(code),
                    "budget": self._in_company({one: one.budget for one in own}),
                    "awarded": self._in_company(
                        {one: one.amount for one in own & awarded}
                    ),
                    **amounts,
                }
            )
        return rows

    def _costs_awarded(self):
        """The costs of these cases that a court has made the debtor pay: none, until a
        judgment says so. As superuser."""
        return self.env["cobranza.cost"]
