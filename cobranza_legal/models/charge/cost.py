from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules.charge import COST_KINDS
from .charge import STANDING

COST_GROUPS = "cobranza_legal.group_collector,cobranza_legal.group_accountant"


class CobranzaCost(models.Model):
    """What collecting has really cost, with its proof.

    The law of the country says whether the debtor is charged for it, and how much.
    """

    _name = "cobranza.cost"
    _inherit = "cobranza.gate.mixin"
    _description = "Collection cost incurred"
    _order = "day desc, id desc"
    _rec_name = "description"
    _check_company_auto = True

    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="debtor_id.company_id", store=True)
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_cost_debt_rel",
        string="Debts",
        check_company=True,
        help="What it was spent on, in equal parts for each document. Empty: all that "
        "was overdue on the day.",
    )
    kind = fields.Selection(COST_KINDS, required=True, default="other")
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    description = fields.Char(required=True)
    amount = fields.Monetary(required=True)
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", "cobranza_cost_attachment_rel", string="Proof"
    )
    vendor_bill_id = fields.Many2one(
        "account.move",
        domain="[('move_type', 'in', ('in_invoice', 'in_receipt')), "
        "('company_id', '=', company_id)]",
        check_company=True,
        index="btree_not_null",
    )
    charge_ids = fields.Many2many(
        "cobranza.charge",
        "cobranza_charge_cost_rel",
        "cost_id",
        "charge_id",
        string="Charges",
        readonly=True,
        copy=False,
    )
    recovery = fields.Char(
        compute="_compute_recovery", help="Whether the debtor may be charged for it."
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A cost is greater than zero."
    )

    @api.depends("debtor_id")
    def _compute_currency_id(self):
        for cost in self:
            company = cost.debtor_id.company_id or self.env.company
            cost.currency_id = cost.currency_id or company.currency_id

    @api.depends("kind", "debtor_id.regime", "debtor_id.costs_agreed", "charge_ids")
    def _compute_recovery(self):
        for cost in self:
            cost.recovery = bool(cost.debtor_id) and cost._say_recovery()

    def _say_recovery(self):
        found = self._recoverable()
        # whoever records costs need not read every charge
        charged = self.sudo().charge_ids.filtered(
            lambda charge: charge.state in STANDING
        )
        if charged:
            text = self.env._("Charged")
        elif not found.allowed:
            text = self.env._("Not charged to the debtor")
        elif found.needs_agreement and not self.debtor_id.costs_agreed:
            text = self.env._("Only if the contract says so")
        elif found.beyond_compensation:
            text = self.env._("As far as the fixed compensation does not pay it")
        else:
            text = self.env._("Charged when proven")
        return f"{text} ({found.article})" if found.article else text

    def _recoverable(self):
        """The ``RecoverableCost`` of this cost."""
        rules = self.debtor_id.company_id._cobranza_rules()
        return rules._recoverable_costs(self.kind, self.debtor_id.regime)

    @api.constrains("attachment_ids")
    def _check_proof(self):
        for cost in self:
            if not cost.attachment_ids:
                raise ValidationError(
                    self.env._("“%s” needs its proof.", cost.description)
                )

    @api.constrains("debt_ids", "debtor_id")
    def _check_debtor(self):
        for cost in self:
            if cost.debt_ids.debtor_id - cost.debtor_id:
                raise ValidationError(
                    self.env._(
                        "“%(cost)s” is about debts of %(debtor)s only.",
                        cost=cost.description,
                        debtor=cost.debtor_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        costs._check_proof()
        costs._own_attachments()
        for cost in costs.filtered(lambda cost: not cost.debt_ids):
            cost.debt_ids = cost._overdue_debts()
        costs._ask_again()
        return costs

    def write(self, vals):
        self._check_unused()
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_attachments()
        self._ask_again()
        return result

    def _overdue_debts(self):
        """What the debtor owed that was overdue on the day of the cost."""
        return self.debtor_id.debt_ids.filtered(
            lambda debt: (
                debt.nature == "principal"
                and not debt.void_reason
                and debt.amount_residual > 0
                and debt._due_on() < self.day
            )
        )

    def _ask_again(self):
        """Debts that have been charged bear the costs that come later, too."""
        # sudo: the mark is the engine's
        charged = self.sudo().debt_ids.filtered("charge_ids")
        charged.write({"charge_pending": True})
        self.debtor_id._redecide_later()

    def _own_attachments(self):
        """The proof belongs to the cost, so that whoever reads it can open it."""
        for cost in self.sudo():  # whoever records costs need not change them
            loose = cost.attachment_ids.filtered(lambda file: not file.res_id)
            loose.write({"res_model": self._name, "res_id": cost.id})

    @api.ondelete(at_uninstall=False)
    def _check_unused(self):
        """A cost that a charge rests on is evidence."""
        for cost in self._evidence():
            raise UserError(
                self.env._(
                    "A charge rests on “%s”: record another cost instead.",
                    cost.description,
                )
            )

    def _evidence(self):
        """The costs that a charge that stands rests on."""
        # sudo: whoever records costs may not read every charge
        used = self.filtered(
            lambda cost: any(
                charge.state != "reversed" for charge in cost.sudo().charge_ids
            )
        )
        for company, costs in self.grouped("company_id").items():
            if company:
                used |= company._cobranza_rules()._cost_evidence(costs)
        return used
