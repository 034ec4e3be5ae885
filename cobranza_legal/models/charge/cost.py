from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel.lifecycle import COST
from ..common.money import say_amount
from ..common.rows import Row
from .charge import STANDING

COST_GROUPS = "cobranza_legal.group_collector,cobranza_legal.group_accountant"


STATES = [
    ("budget", "Budgeted"),
    ("advance", "Paid in advance"),
    ("final", "Spent"),
    ("cancelled", "Called off"),
]


SPENT = ("advance", "final")
"""States in which money is gone."""


class CobranzaCost(models.Model):
    """What collecting costs: planned, paid in advance, or spent, with its proof.

    The law of the country says whether the debtor is charged for what was spent, and
    how much. What a lawsuit costs the debtor owes through the award of a court only.
    """

    _name = "cobranza.cost"
    _inherit = "cobranza.state.mixin"
    _description = "Collection cost incurred"
    _order = "day desc, id desc"
    _rec_name = "description"
    _check_company_auto = True

    _lifecycle = COST
    _given = frozenset({"state"})

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
    kind = Row("cobranza.cost.kind", required=True, default="other")
    state = fields.Selection(
        STATES,
        default="final",
        required=True,
        readonly=True,
        copy=False,
        help="Only what was spent may be asked of the debtor, and needs its proof.",
    )
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    description = fields.Char(required=True)
    amount = fields.Monetary(required=True, help="With the tax in it.")
    tax_amount = fields.Monetary("Tax in it")
    amount_untaxed = fields.Monetary(
        "Without tax", compute="_compute_amount_untaxed", store=True
    )
    budget = fields.Monetary(readonly=True, copy=False, help="As it was planned.")
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
    bill_note = fields.Char(
        "Against the bill",
        compute="_compute_bill_note",
        groups="cobranza_legal.group_accountant",
    )
    recovery = fields.Char(
        compute="_compute_recovery", help="Whether the debtor may be charged for it."
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A cost is greater than zero."
    )
    _tax_within = models.Constraint(
        "CHECK (tax_amount IS NULL OR tax_amount >= 0 AND tax_amount < amount)",
        "The tax is a part of what a cost comes to.",
    )

    @api.depends("debtor_id")
    def _compute_currency_id(self):
        for cost in self:
            company = cost.debtor_id.company_id or self.env.company
            cost.currency_id = cost.currency_id or company.currency_id

    @api.depends("amount", "tax_amount")
    def _compute_amount_untaxed(self):
        for cost in self:
            cost.amount_untaxed = cost.amount - cost.tax_amount

    @api.depends("amount", "state", "vendor_bill_id")
    def _compute_bill_note(self):
        for cost in self:
            # sudo: what a bill comes to beside its costs, of whatever debtor
            cost.bill_note = cost.sudo()._say_bill()

    def _say_bill(self):
        """In which way the vendor bill says something else, in words; False if in
        none."""
        bill = self.vendor_bill_id
        if not bill:
            return False
        if bill.state == "cancel":
            return self.env._("The bill was cancelled.")
        if self.currency_id != bill.currency_id:
            return self.env._("The bill is in %s.", bill.currency_id.name)
        same = self._origin.search(
            [
                ("vendor_bill_id", "=", bill.id),
                ("state", "in", SPENT),
                ("id", "not in", self._origin.ids),
                ("currency_id", "=", bill.currency_id.id),
            ]
        )
        total = sum(same.mapped("amount"))
        total += self.amount if self.state in SPENT else 0
        if not bill.currency_id.compare_amounts(total, bill.amount_total):
            return False
        return self.env._(
            "The bill comes to %(bill)s, its costs here to %(costs)s.",
            bill=say_amount(self.env, bill.amount_total, bill.currency_id),
            costs=say_amount(self.env, total, bill.currency_id),
        )

    @api.onchange("vendor_bill_id")
    def _onchange_vendor_bill_id(self):
        if self.vendor_bill_id and self.state != "budget":
            self.update(self._billed(self.vendor_bill_id))

    @api.model
    def _billed(self, bill):
        """Values of a cost that is what a vendor bill comes to."""
        return {
            "amount": bill.amount_total,
            "tax_amount": bill.amount_tax,
            "currency_id": bill.currency_id.id,
        }

    @api.depends(
        *("kind", "state", "debtor_id.regime", "debtor_id.costs_agreed", "charge_ids")
    )
    def _compute_recovery(self):
        for cost in self:
            cost.recovery = bool(cost.debtor_id) and cost._say_recovery()

    def _say_recovery(self):
        if self.state != "final":
            return self.env._("Not spent yet: nothing is asked of the debtor")
        # sudo: whoever records costs need not see what a court has said
        mine = self.sudo()._origin or self.sudo()
        if mine._of_suits():
            return self._say_award(mine)
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

    def _say_award(self, mine):
        rules = self.debtor_id.company_id._cobranza_rules()
        article = rules._suit_cost_article()
        text = (
            self.env._("Owed: a court has awarded it")
            if mine._awarded()
            else self.env._("Only if a court awards it")
        )
        return f"{text} ({article})" if article else text

    def _of_suits(self):
        """Those of these costs that belong to a lawsuit. As superuser."""
        kinds = self.env["cobranza.cost.kind"]
        found = self.filtered(lambda cost: kinds._is(cost.kind, "judicial"))
        for block in self.env["cobranza.block"]._blocks():
            found |= block._costs_of_suits(self)
        return found

    def _awarded(self):
        """Those of these costs of lawsuits that a court has made the debtor pay. As
        superuser."""
        found = self.browse()
        for block in self.env["cobranza.block"]._blocks():
            found |= block._costs_awarded(self)
        return found

    def _chargeable(self):
        """Those of these costs of which the law of the country may let something be
        charged out of court: what was spent, and not in a lawsuit. As superuser."""
        spent = self.filtered(lambda cost: cost.state == "final")
        return spent - spent._of_suits()

    def _recoverable(self):
        """The ``RecoverableCost`` of this cost."""
        rules = self.debtor_id.company_id._cobranza_rules()
        return rules._recoverable_costs(self.kind, self.debtor_id.regime)

    @api.constrains("attachment_ids", "state")
    def _check_proof(self):
        for cost in self:
            if cost.state == "final" and not cost.attachment_ids:
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

    def _check_state_values(self, vals):
        """Whoever records a cost says what it is, buttons say what becomes of it."""
        if not self and vals.get("state") != "cancelled":
            return None
        return super()._check_state_values(vals)

    @api.model_create_multi
    def create(self, vals_list):
        bills = self.env["account.move"]
        vals_list = [
            self._billed(bills.browse(vals["vendor_bill_id"])) | vals
            if vals.get("vendor_bill_id") and "amount" not in vals
            else vals
            for vals in vals_list
        ]
        costs = super().create(vals_list)
        for cost in costs.filtered(lambda cost: cost.state == "budget"):
            # sudo: the field is nobody's to write
            cost.sudo()._through_gate().budget = cost.amount
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

    def action_settle(self):
        """The dialog that asks what it came to, with the proof."""
        self.ensure_one()
        self._check_settled_by()
        self._expect("budget", "advance")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_cost_settle"
        )
        return {**action, "context": {"default_cost_id": self.id}}

    def action_cancel(self):
        """It was not spent after all."""
        self._check_settled_by()
        self._expect("budget", "advance")
        # sudo: lawyers record costs and change none
        self.sudo()._set_state("cancelled")

    def _check_settled_by(self):
        """AccessError for who may not see these, or records no costs."""
        self.check_access("read")
        self.browse().check_access("create")

    def _settle(self, target, day, amount, tax=0, files=None, bill=None):
        """This cost was paid in advance or spent (``target``) on a day: what it came
        to, in its currency, with the ``tax`` in it. UserError for a cost that was spent
        already; ValidationError without proof of what was spent."""
        self.ensure_one()
        self._check_settled_by()
        self._expect("budget", "advance")
        values = {"day": day, "amount": amount, "tax_amount": tax}
        if bill:
            values["vendor_bill_id"] = bill.id
        if files:
            values["attachment_ids"] = [fields.Command.link(one.id) for one in files]
        mine = self.sudo()  # lawyers record costs and change none
        if target == self.state:
            mine.write(values)
        else:
            mine._set_state(target, **values)
        mine._own_attachments()

    def _on_state(self, target, reason):
        labels = dict(self._fields["state"]._description_selection(self.env))
        rows = [
            (cost, f"{cost.description}: {labels[target]}", reason) for cost in self
        ]
        self.env["cobranza.history"]._append(rows)
        return super()._on_state(target, reason)

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
