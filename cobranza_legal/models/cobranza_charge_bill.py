from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .billing import FORMS
from .bridge import to_decimal
from .cobranza_charge import STANDING


class CobranzaCharge(models.Model):
    """Bill: charges become documents of the ledger, whose debts hang from those that
    were charged.

    A charge in a draft is still assessed; posting the draft bills it.
    """

    _inherit = "cobranza.charge"

    bill_move_id = fields.Many2one(
        "account.move",
        string="Billed by",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The document that bills this charge. While it is a draft the charge is "
        "not in the ledger.",
    )
    bill_line_id = fields.Many2one(
        "account.move.line",
        string="Billed item",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    bill_debt_id = fields.Many2one(
        "cobranza.debt",
        string="Billed debt",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    billed_on = fields.Date(readonly=True, copy=False)
    bill_state = fields.Selection(
        related="bill_move_id.state", string="State of the document"
    )
    bill_form = fields.Selection(
        FORMS, compute="_compute_bill_form", search="_search_bill_form", string="Form"
    )
    bill_problem = fields.Char(
        compute="_compute_bill_form", string="Why it cannot be billed"
    )
    amount_due = fields.Monetary(
        compute="_compute_amount_due",
        compute_sudo=True,
        help="What is still owed of it: all of it until it is billed, then its part of "
        "what is open of the document, taxes included.",
    )

    @api.depends(
        "state",
        "amount",
        "bill_debt_id.move_line_id.amount_residual_currency",
        "bill_move_id.cobranza_debt_ids.move_line_id.amount_residual_currency",
    )
    def _compute_amount_due(self):
        billed = self.filtered(lambda one: one.state == "billed")
        debts = billed.bill_move_id.cobranza_debt_ids
        due = billed._share_open({debt: debt._open_amount() for debt in debts})
        for charge in self:
            charge.amount_due = charge.amount if charge.state == "assessed" else 0
            if charge in billed:
                charge.amount_due = float(due[charge.id])

    def _share_open(self, open_amounts):
        """{billed charge id: its part of what is open of its document}, by
        {billed debt: open amount}. An entry has a debt for each charge, what is open
        of an invoice is shared over all charges that it bills."""
        due = {}
        for move, charges in self.grouped("bill_move_id").items():
            if move.move_type == "entry":
                for charge in charges:
                    due[charge.id] = to_decimal(open_amounts[charge.bill_debt_id])
            else:
                due |= move._share_over_charges(open_amounts)
        return due

    @api.depends("company_id", "kind", "basis", "state")
    @api.depends_context("lang")
    def _compute_bill_form(self):
        forms = self.env["cobranza.charge.form"]._of(self)
        for charge in self:
            form = forms.get((charge.company_id.id, charge.kind, charge.basis))
            charge.bill_form = form.form if form else False
            charge.bill_problem = charge._unbillable(form) or False

    @api.model
    def _search_bill_form(self, operator, value):
        if operator != "in":
            return NotImplemented
        model = self.env["cobranza.charge.form"]
        # sudo: collectors may filter by it
        found = model.sudo().search([("form", "in", [one for one in value if one])])
        domain = model._charges_domain(found)
        if False in value:
            every = model._charges_domain(model.sudo().search([("form", "!=", False)]))
            domain |= ~every
        return domain

    # -- the verb --------------------------------------------------------------------

    def _bill(self, on=None, draft=None):
        """Bill what is assessed of these charges; the documents that bill them.

        One document for each company, debtor, currency and form (and document, for
        debit notes), dated ``on`` or the first open day after it; today without it.
        ``draft`` overrides the setting of each form: False also posts the drafts that
        these charges wait in. What is billed already, and what is memo only, is left
        alone. UserError with every reason when something cannot be billed; AccessError
        for whoever is not an accountant.
        """
        self._check_may_bill()
        charges = self.sudo()  # the engine writes charges and moves for the accountant
        free = charges._billable()
        free.lock_for_update()
        free._check_billable()
        for company, group in free.grouped("company_id").items():
            day = on or company._cobranza_today()
            group.with_company(company)._bill_company(day, draft)
        if draft is False:
            charges.bill_move_id.filtered(lambda one: one.state == "draft")._post(
                soft=False
            )
        charges = charges.filtered(lambda one: one.state in STANDING)
        return charges.bill_move_id.with_env(self.env)

    def _check_may_bill(self):
        if not self.env.su and not self.env.user.has_group(
            "cobranza_legal.group_accountant"
        ):
            raise AccessError(
                self.env._("Only accountants bill charges or reverse what is billed.")
            )
        self.check_access("write")

    def _billable(self):
        """Those that are assessed and neither in a document nor asked to be waived."""
        return self.filtered(
            lambda one: (
                one.state == "assessed"
                and not one.bill_move_id
                and one.amount
                and not one.approval_pending
            )
        )

    def _check_billable(self):
        """UserError that collects why some of these cannot be billed."""
        forms = self.env["cobranza.charge.form"]._of(self)
        reasons = {}
        for charge in self:
            form = forms.get((charge.company_id.id, charge.kind, charge.basis))
            reason = charge._unbillable(form)
            if reason:
                reasons[reason] = None
        if reasons:
            raise UserError("\n".join(reasons))

    def _unbillable(self, form):
        """Why this charge cannot be billed by its form, and the way out; or None."""
        if not form or form.problem:
            what = self.env["cobranza.charge.form"]._name_of(self.kind, self.basis)
            missing = form.problem if form else self.env._("everything")
            return self.env._(
                "%(company)s has not set how “%(kind)s” is billed (missing: "
                "%(missing)s): see Collections ▸ Accounting ▸ Billing of charges.",
                company=self.company_id.name,
                kind=what,
                missing=missing,
            )
        if form.form == "debit_note" and not self._debited_document():
            return self.env._(
                "%s is no customer invoice, so no debit note can bill what it was "
                "charged: choose another form, or bill it by hand and reverse it.",
                self.debt_id.document,
            )
        return None

    def _debited_document(self):
        """The invoice that a debit note of this charge belongs to."""
        move = self.move_id
        return move if move.move_type in ("out_invoice", "out_receipt") else None

    def _bill_company(self, day, draft):
        """Make the documents of one company, and post those that are to be posted."""
        forms = self.env["cobranza.charge.form"]._of(self)
        groups = defaultdict(list)
        for charge in self.sorted("id"):
            form = forms[charge.company_id.id, charge.kind, charge.basis]
            if form.form != "memo":
                groups[charge._bill_key(form, draft)].append((charge, form))
        if not groups:
            return
        known = {}
        vals_list = [
            self._prepare_bill_vals(key, rows, day, known)
            for key, rows in groups.items()
        ]
        moves = self.env["account.move"].create(vals_list)
        billed = self.browse()
        for move, rows in zip(moves, groups.values(), strict=True):
            charges = self.browse([charge.id for charge, _form in rows])
            charges._through_gate().write({"bill_move_id": move.id})
            billed |= charges
        billed._log(self.env._("In a document to be posted"))
        to_post = [
            move.id
            for move, key in zip(moves, groups, strict=True)
            if key.post and move.state == "draft"
        ]
        moves.browse(to_post)._post(soft=False)

    def _on_state(self, target, reason):
        if target == "billed":
            self._cancel_approvals(reason)
        if target in ("waived", "reversed"):
            self._leave_draft()
        return super()._on_state(target, reason)


class CobranzaDebt(models.Model):
    _inherit = "cobranza.debt"

    def _open_amount(self):
        """What is open of it in its own currency; nothing when its document is void or
        no longer posted."""
        line = self.move_line_id
        open_ = line.parent_state == "posted" and not self.void_reason
        return line.amount_residual_currency if open_ else 0
