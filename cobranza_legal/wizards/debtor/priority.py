from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang

from ...kernel.priority import Priority
from ...models.company.company import WEIGHTS, weights_of

LOOKED_AT = 500


SHOWN = 8


class CobranzaPriority(models.TransientModel):
    """The weights of the worklist, with what they would do to it."""

    _name = "cobranza.priority"
    _inherit = "cobranza.dialog.mixin"
    _description = "Priority of the worklist"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    weight_amount = fields.Integer(
        string="Weight of the amount",
        default=lambda self: self._now("amount"),
        help="100: twice the debt, twice the priority. 50: four times the debt, twice "
        "the priority. 0: the amount does not count.",
    )
    weight_age = fields.Integer(
        string="More for every 30 days late", default=lambda self: self._now("age")
    )
    weight_broken = fields.Integer(
        string="More for every broken promise",
        default=lambda self: self._now("broken"),
    )
    weight_act = fields.Integer(
        string="More when an act is due", default=lambda self: self._now("act")
    )
    weight_large = fields.Integer(
        string="More for a large debtor", default=lambda self: self._now("large")
    )
    weight_habit = fields.Integer(
        string="More for every 30 days late on average",
        default=lambda self: self._now("habit"),
        help="By how the debtor has paid in the last twelve months. It does not count "
        "for natural persons, unless a person has decided so on the debtor.",
    )
    large_from = fields.Monetary(
        default=lambda self: self.env.company.sudo().cobranza_large_from,
        help="Overdue, in company currency. Zero: nobody is.",
    )
    example = fields.Html(compute="_compute_example", sanitize=False)

    @api.model
    def _now(self, name):
        # a collection manager need not be an administrator of companies
        return self.env.company.sudo()[f"cobranza_weight_{name}"]

    @api.depends(*(f"weight_{name}" for name in WEIGHTS), "large_from")
    def _compute_example(self):
        for wizard in self:
            rows = wizard._ranked()
            wizard.example = self.env["ir.qweb"]._render(
                "cobranza_legal.priority_example",
                {"rows": rows[:SHOWN], "looked_at": len(rows)},
            )

    def _ranked(self):
        """[{debtor, before, now, score, words}] of those who come first today, in the
        order that these weights give them."""
        debtors = self.env["cobranza.debtor"].search_fetch(
            [("company_id", "=", self.company_id.id), ("priority", ">", 0)],
            ["partner_id", "priority", "priority_parts"],
            limit=LOOKED_AT,
        )
        weights = self._weights()
        scored = [
            (Priority.of_parts(one.priority_parts, weights).score, place, one)
            for place, one in enumerate(debtors, 1)
            if one.priority_parts
        ]
        scored.sort(key=lambda row: (-row[0], row[1]))
        return [
            {
                "debtor": one,
                "before": before,
                "now": now,
                "score": formatLang(self.env, float(score), 0),
            }
            for now, (score, before, one) in enumerate(scored, 1)
        ]

    def _weights(self):
        values = {name: self[f"weight_{name}"] for name in WEIGHTS}
        return weights_of(values, self.large_from)

    def action_apply(self):
        """Keep the weights and put the worklist in the new order at once."""
        self.ensure_one()
        if not self.env.user.has_group("cobranza_legal.group_collection_manager"):
            raise AccessError(
                self.env._("Only a collection manager changes the order of the list.")
            )
        values = {f"cobranza_weight_{name}": self[f"weight_{name}"] for name in WEIGHTS}
        # a collection manager need not be an administrator of companies
        company = self.company_id.sudo()
        company.write({**values, "cobranza_large_from": self.large_from})
        company.flush_recordset()
        self.env["cobranza.debtor"].sudo()._bulk_priority(company)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_debtor"
        ) | {"target": "main"}
