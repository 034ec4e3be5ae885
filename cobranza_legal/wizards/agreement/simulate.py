from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.agreement.agreement import METHODS
from ...models.agreement.simulation import Simulator

USUAL = (3, 6, 12)
"""Months of the plans that are compared first."""


class CobranzaAgreementSimulation(models.TransientModel):
    """Plans of one debtor side by side: what each asks and costs, and which terms of
    the company or of the law it passes. Nothing is written before one is taken."""

    _name = "cobranza.agreement.simulation"
    _inherit = "cobranza.dialog.mixin"
    _description = "Simulation of payment agreements"

    debtor_id = fields.Many2one("cobranza.debtor", required=True, readonly=True)
    company_id = fields.Many2one(related="debtor_id.company_id")
    agreement_id = fields.Many2one(
        "cobranza.agreement", readonly=True, help="The draft that takes the terms."
    )
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_agreement_simulation_debt_rel",
        string="Debts",
        domain="[('debtor_id', '=', debtor_id), ('settled', '=', False)]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_amount")
    amount = fields.Monetary("Agreed about", compute="_compute_amount")
    plan_ids = fields.One2many(
        "cobranza.agreement.simulation.plan", "simulation_id", "Plans"
    )

    @api.depends("debt_ids")
    def _compute_amount(self):
        for simulation in self:
            debts = simulation.debt_ids
            simulation.currency_id = debts[:1].currency_id
            simulation.amount = sum(debts.mapped("amount_residual_currency"))

    @api.model
    def _open(self, debtor, agreement=None):
        """The action of a dialog that compares plans over what is open of a debtor, or
        over the debts of a draft. UserError when there is nothing to agree about."""
        debts = agreement.debt_ids if agreement else Simulator(debtor).debts
        if not debts:
            raise UserError(
                self.env._(
                    "%s: nothing is open that is in no other agreement.",
                    debtor.display_name,
                )
            )
        terms = {"method": "french", "step": 1}
        if agreement:
            terms |= {"first_on": agreement.first_on, "method": agreement.method}
        simulation = self.create(
            {
                "debtor_id": debtor.id,
                "agreement_id": agreement.id if agreement else False,
                "debt_ids": [Command.set(debts.ids)],
                "plan_ids": [Command.create({**terms, "count": n}) for n in USUAL],
            }
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_agreement_simulation"
        )
        return {**action, "res_id": simulation.id}


class CobranzaAgreementSimulationPlan(models.TransientModel):
    """One of the plans that are compared."""

    _name = "cobranza.agreement.simulation.plan"
    _inherit = "cobranza.dialog.mixin"
    _description = "Simulated payment agreement"
    _order = "id"

    simulation_id = fields.Many2one(
        "cobranza.agreement.simulation", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    method = fields.Selection(
        METHODS, "Kind of instalments", required=True, default="french"
    )
    count = fields.Integer("Instalments", required=True, default=3)
    sum_agreed = fields.Monetary("Agreed sum")
    step = fields.Integer("Months between", required=True, default=1)
    first_on = fields.Date(
        "First payment",
        required=True,
        default=lambda self: self.env["cobranza.agreement"]._default_first_on(),
        help="Today: the first instalment is paid in advance.",
    )
    instalment = fields.Monetary(
        "Each", compute="_compute_plan", help="The greatest of its instalments."
    )
    rate = fields.Float("% a year", compute="_compute_plan", digits=(16, 2))
    interest = fields.Monetary(compute="_compute_plan")
    total = fields.Monetary(compute="_compute_plan")
    last_on = fields.Date("Last payment", compute="_compute_plan")
    rows = fields.Integer("Payments", compute="_compute_plan")
    verdict = fields.Selection(
        [
            ("within", "Within the terms"),
            ("asked", "Somebody else approves"),
            ("barred", "Not possible"),
        ],
        "Answer",
        compute="_compute_plan",
    )
    says = fields.Text("What follows", compute="_compute_plan")

    def _terms(self):
        """{field of an agreement: value}."""
        self.ensure_one()
        return {
            "method": self.method,
            "count": self.count,
            "instalment": self.sum_agreed,
            "step": self.step,
            "first_on": self.first_on,
        }

    @api.depends(
        *("method", "count", "sum_agreed", "step", "first_on"),
        "simulation_id.debt_ids",
    )
    def _compute_plan(self):
        answers = dict(self._fields["verdict"]._description_selection(self.env))
        for plan in self:
            simulation = plan.simulation_id
            debts = simulation.debt_ids._origin
            if not debts or not plan.first_on:
                plan.update(dict.fromkeys(("instalment", "interest", "total"), 0))
                plan.update({"rate": 0, "rows": 0, "last_on": False})
                plan.update({"verdict": False, "says": False})
                continue
            found = Simulator(simulation.debtor_id, debts).simulate(**plan._terms())
            barred = not found.rows or any(not one.kind for one in found.objections)
            plan.instalment = float(found.instalment)
            plan.interest = float(found.interest)
            plan.total = float(found.total)
            plan.rate = found.agreement.rate
            plan.rows = len(found.rows)
            plan.last_on = found.last_on
            verdict = "asked" if found.objections else "within"
            plan.verdict = "barred" if barred else verdict
            parts = (answers[plan.verdict], found.says)
            plan.says = ": ".join(part for part in parts if part)

    def action_take(self):
        """The draft on the terms of this plan: a new one, or that from which they were
        compared."""
        self.ensure_one()
        simulation = self.simulation_id
        terms = {**self._terms(), "debt_ids": [Command.set(simulation.debt_ids.ids)]}
        agreement = simulation.agreement_id
        if agreement:
            agreement._expect("draft")
            agreement.write(terms)
        else:
            agreement = agreement.create(
                {"debtor_id": simulation.debtor_id.id, **terms}
            )
        return {**agreement.get_formview_action(), "target": "main"}
