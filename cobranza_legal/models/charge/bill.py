import logging
from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ..common.money import to_decimal
from ..common.transaction import CONCURRENCY, rollback
from ..common.words import say_error
from ..rules.charge import FORMS, INVOICES
from .charge import STANDING

ONE_DAY = timedelta(days=1)


class BillKey(NamedTuple):
    """What the charges of one document have in common."""

    debtor: models.BaseModel
    currency: models.BaseModel
    form: str
    journal: models.BaseModel
    origin: models.BaseModel
    post: bool


_logger = logging.getLogger(__name__)


BATCH = 100
"""Debtors in a batch; each batch is a transaction."""


DEBTORS = """
    SELECT DISTINCT c.debtor_id FROM cobranza_charge c
      JOIN cobranza_charge_form f ON f.company_id = c.company_id
       AND f.kind = c.kind AND f.basis = c.basis AND f.form <> 'memo'
      JOIN cobranza_debtor r ON r.id = c.debtor_id AND r.judge_since IS NULL
     WHERE c.company_id = %s AND c.state = 'assessed' AND c.bill_move_id IS NULL
       AND c.amount > 0 AND c.debtor_id > %s
     ORDER BY c.debtor_id LIMIT %s
"""


class CobranzaCharge(models.Model):
    """Bill: charges become documents of the ledger, whose debts hang from those that
    were charged.

    A charge in a draft is still assessed; posting the draft bills it. Where a company
    wants it a cron bills: a charge and its document are committed together, batch by
    batch, so that a killed cron goes on where it was.
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
    bill_failure = fields.Char("Why it was not billed", readonly=True, copy=False)

    @api.depends(
        "state",
        "amount",
        "bill_debt_id.amount_residual_currency",
        "bill_move_id.cobranza_debt_ids.amount_residual_currency",
    )
    def _compute_amount_due(self):
        billed = self.filtered(lambda charge: charge.state == "billed")
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

    def _bill(self, on=None, draft=None, memo=False):
        """Bill what is assessed of these charges; the documents that bill them.

        One document for each company, debtor, currency and form (and document, for
        debit notes), dated ``on`` or the first open day after it; today without it.
        ``draft`` overrides the setting of each form: False also posts the drafts that
        these charges wait in. What is billed already is left alone, and what is memo
        only, but with ``memo``: then it is paid now, and becomes an entry. UserError
        with every reason when something cannot be billed; AccessError for whoever is
        not an accountant.
        """
        self._check_may_bill()
        charges = self.sudo()  # the engine writes charges and moves for the accountant
        charges.debtor_id._judge_if_marked()
        free = charges._billable()
        free.lock_for_update()
        free._check_billable()
        for company, group in free.grouped("company_id").items():
            day = on or company._cobranza_today()
            group.with_company(company)._bill_company(day, draft, memo)
        if draft is False:
            charges.bill_move_id.filtered(lambda move: move.state == "draft")._post(
                soft=False
            )
        charges = charges.filtered(lambda charge: charge.state in STANDING)
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
            lambda charge: (
                charge.state == "assessed"
                and not charge.bill_move_id
                and charge.amount
                and not charge.approval_pending
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
        if self.debtor_id.judge_since:
            return self.env._(
                "%s is being updated: its charges are judged again first. Try again in "
                "a moment.",
                self.debtor_id.display_name,
            )
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

    def _bill_company(self, day, draft, memo=False):
        """Make the documents of one company, and post those that are to be posted."""
        forms = self.env["cobranza.charge.form"]._of(self)
        groups = defaultdict(list)
        for charge in self.sorted("id"):
            form = forms[charge.company_id.id, charge.kind, charge.basis]
            if form.form == "memo" and memo:
                form._complete_to_pay()
            if form.form != "memo" or memo:
                groups[charge._bill_key(form, draft)].append((charge, form))
        if not groups:
            return
        known = {}
        vals_list = [
            self._prepare_bill_vals(key, rows, day, known)
            for key, rows in groups.items()
        ]
        gate = self._through_gate().env  # items name the charges that they bill
        moves = gate["account.move"].create(vals_list).with_env(self.env)
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

    def _bill_key(self, form, draft):
        origin = self.env["account.move"]
        journal = form.journal_id
        if form.form == "debit_note":
            origin = self._debited_document()
            journal = journal or origin.journal_id
        post = form.post if draft is None else not draft
        kind = "entry" if form.form == "memo" else form.form
        return BillKey(self.debtor_id, self.currency_id, kind, journal, origin, post)

    def _prepare_bill_vals(self, key, rows, day, known):
        """Values of the document of ``rows`` [(charge, form)]. ``known`` keeps
        what is the same for many documents of a batch."""
        company = self.env.company
        locked = key.journal, key.form in INVOICES
        if locked not in known:
            known[locked] = self._first_open_day(company, day, *locked)
        # what is added to a document is of the branch that issued it
        issuer = key.origin.company_id if key.origin else company
        vals = {
            "company_id": issuer.id,
            "journal_id": key.journal.id,
            "partner_id": key.debtor.partner_id.id,
            "currency_id": key.currency.id,
            "ref": self.env._("Charges for late payment"),
        }
        if key.form in INVOICES:
            return {**vals, **self._prepare_invoice_vals(key, rows, day, known)}
        date = known[locked]
        lines = [
            Command.create(line)
            for charge, form in rows
            for line in charge._prepare_entry_lines(key, form, date, known)
        ]
        return {**vals, "move_type": "entry", "date": date, "line_ids": lines}

    @staticmethod
    def _first_open_day(company, day, journal, taxed):
        """``day``, or the day after the last lock date that covers it."""
        locks = company._get_violated_lock_dates(day, taxed, journal)
        return locks[-1][0] + ONE_DAY if locks else day

    # -- journal entry ---------------------------------------------------------------

    def _prepare_entry_lines(self, key, form, date, known):
        """The receivable and the income of one charge."""
        company = self.env.company
        balance = key.currency._convert(self.amount, company.currency_id, company, date)
        common = {
            "name": self._bill_label(),
            "partner_id": key.debtor.partner_id.id,
            "currency_id": key.currency.id,
            "cobranza_charge_id": self.id,
        }
        partner = key.debtor.partner_id.with_company(company)
        receivable = {
            **common,
            "account_id": partner.property_account_receivable_id.id,
            # else the ledger looks for one, item by item
            "analytic_distribution": False,
            "date_maturity": date,
            "amount_currency": self.amount,
            "balance": balance,
        }
        account = form.account_id
        income = {
            **common,
            "account_id": account.id,
            "analytic_distribution": self._analytics(known, account, partner),
            "amount_currency": -self.amount,
            "balance": -balance,
        }
        return receivable, income

    # -- invoice and debit note --------------------------------------------------------

    def _prepare_invoice_vals(self, key, rows, day, known):
        origin = key.origin
        position = origin.fiscal_position_id
        taxed = not origin or any(
            tax.amount
            for tax in origin.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        )
        partner = key.debtor.partner_id
        lines = [
            Command.create(
                charge._prepare_invoice_line(form, position, taxed)
                | {
                    "analytic_distribution": self._analytics(
                        known, form.account_id, partner, form.product_id
                    )
                }
            )
            for charge, form in rows
        ]
        vals = {
            "move_type": "out_invoice",
            "invoice_date": day,
            "invoice_date_due": day,
            "invoice_payment_term_id": False,
            "invoice_line_ids": lines,
        }
        if origin:
            vals |= {
                "debit_origin_id": origin.id,
                "partner_id": origin.partner_id.id,
                "fiscal_position_id": position.id,
                "invoice_origin": origin.name,
            }
        return vals

    def _prepare_invoice_line(self, form, position, taxed):
        taxes = form.tax_ids if taxed else form.tax_ids.browse()
        taxes = position.map_tax(taxes) if position else taxes
        return {
            "product_id": form.product_id.id,
            "name": self._bill_label(),
            "quantity": 1,
            "price_unit": self.amount,
            "account_id": form.account_id.id,
            "tax_ids": [Command.set(taxes.ids)],
            "cobranza_charge_id": self.id,
        }

    def _analytics(self, known, account, partner, product=None):
        """The analytic distribution that the company's models give to an income item;
        asked once for each account and partner, and not at all without models."""
        models = self.env["account.analytic.distribution.model"]
        if "models" not in known:
            known["models"] = bool(models.search([], limit=1))
        place = "analytics", account, partner, product
        if not known["models"]:
            return {}
        if place not in known:
            vals = {"account_id": account.id, "partner_id": partner.id}
            line = self.env["account.move.line"].new(
                {**vals, "product_id": product and product.id}
            )
            plans = self.env["account.analytic.plan"]
            arguments = line._get_analytic_distribution_arguments(plans)
            known[place] = models._get_distribution(arguments)
        return known[place]

    def _bill_label(self):
        """What the debtor reads on the document, in its own language."""
        charge = self.with_context(lang=self.debtor_id._installed_lang())
        kinds = dict(self._fields["kind"]._description_selection(charge.env))
        parts = [kinds[self.kind], self.debt_id.document or ""]
        if self.period_from and self.period_to:
            first = format_date(charge.env, self.period_from)
            last = format_date(charge.env, self.period_to)
            parts.append(f"{first} – {last}")
        return " · ".join(part for part in parts if part)

    @api.model
    def _cron_bill(self, batch=None):
        """Bill what is assessed in the companies whose day it is, ``batch`` debtors
        at a time."""
        batch = batch or BATCH
        creditors = self.env["res.company"]._cobranza_creditors()
        for company in creditors.filtered(
            lambda one: one.cobranza_bill_when != "never"
        ):
            if not company._cobranza_bills_today(company._cobranza_today()):
                continue
            try:
                if not company._cobranza_engine(self)._bill_everything(company, batch):
                    return
            except CONCURRENCY:
                rollback(self.env)
                _logger.info("Billing of %s meets another transaction", company.name)
                # a cron wakes itself up
                self.env.ref("cobranza_legal.ir_cron_bill").sudo()._trigger()

    def _bill_everything(self, company, batch):
        """Batch by batch of debtors; False when the cron's time is over."""
        progress = self.env["ir.cron"]._commit_progress
        last = 0
        while debtors := self._debtors_to_bill(company, last, batch):
            self._bill_safely(company, debtors)
            last = debtors[-1]
            left = self._debtors_to_bill(company, last, batch)
            if not progress(len(debtors), remaining=len(left)):
                return False
        company.cobranza_billed_on = company._cobranza_today()
        progress(0, remaining=0)
        return True

    def _debtors_to_bill(self, company, after, limit):
        """Ids of the debtors with charges to bill, in a stable order."""
        for name in ("cobranza.charge", "cobranza.charge.form"):
            self.env[name].flush_model()
        rows = self.env.execute_query(SQL(DEBTORS, company.id, after, limit))
        return [row[0] for row in rows]

    def _bill_safely(self, company, debtors):
        """Bill what the forms of the company allow, and what no other worker has.

        A debtor whose documents cannot be made does not keep the others from being
        billed; why is kept on its charges.
        """
        try:
            charges = self._locked_to_bill(company, debtors)
            charges._bill()
            charges.filtered("bill_failure")._through_gate().write(
                {"bill_failure": False}
            )
            self.env.flush_all()
        except CONCURRENCY:
            raise
        except Exception as error:
            rollback(self.env)
            if len(debtors) > 1:
                for debtor in debtors:
                    self._bill_safely(company, [debtor])
                    self.env["ir.cron"]._commit_progress(0)
                return
            _logger.exception("Debtor %s is not billed", debtors[0])
            charges = self._locked_to_bill(company, debtors)
            charges._through_gate().write({"bill_failure": say_error(self.env, error)})

    def _locked_to_bill(self, company, debtors):
        """The charges of these debtors that can be billed, locked; those that another
        transaction holds are left to it."""
        domain = [
            ("company_id", "=", company.id),
            ("debtor_id", "in", debtors),
            ("state", "=", "assessed"),
            ("bill_move_id", "=", False),
        ]
        # sudo: the cron bills for the company
        charges = self.sudo().search(domain)._billable()
        ready = charges.filtered(lambda charge: not charge.bill_problem)
        return ready.filtered(
            lambda charge: charge.bill_form != "memo"
        ).try_lock_for_update()

    # -- buttons ---------------------------------------------------------------------

    def action_bill(self):
        """Show what will post for these charges."""
        return self.env["cobranza.charge.billing"]._open(self)

    def action_reverse(self):
        return self._action_reason("reverse")

    def action_open_bill(self):
        return self._action_moves(self.bill_move_id)

    def action_print_note(self):
        """The note of charges of the documents that bill these."""
        report = self.env.ref("cobranza_legal.action_report_charge_note")
        return report.report_action(self.bill_move_id, config=False)

    @api.model
    def _action_moves(self, moves):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Billed charges"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", moves.ids)],
            "context": {"create": False},
        }
        if len(moves) == 1:
            action |= {"views": [(False, "form")], "res_id": moves.id}
        return action
