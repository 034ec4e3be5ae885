from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...kernel.money import round_to
from ...kernel.provision import ZERO
from ...kernel.write_off import Term, loss, wholly_from
from ..common.deletion import discard
from ..common.money import to_decimal, unit
from ..common.rows import Row
from .booked import Booked

LIVE = ("draft", "requested", "declared", "approved", "posted")
"""States of a write-off in which its debts are in no other."""


class CobranzaWriteOffLine(models.Model):
    """A debt that is given up: since when it may be, what of it is provided for, and
    what was booked."""

    _name = "cobranza.write.off.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Debt that is written off"
    _order = "write_off_id, due_on, id"
    _given = frozenset({"write_off_id", "debt_id"})

    write_off_id = fields.Many2one(
        "cobranza.write.off",
        "Write-off",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="write_off_id.company_id", store=True, index=True
    )
    state = fields.Selection(related="write_off_id.state")
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, ondelete="restrict", index=True
    )
    debtor_id = fields.Many2one(related="debt_id.debtor_id", store=True, index=True)
    partner_id = fields.Many2one(related="debt_id.partner_id", string="Customer")
    document = fields.Char(related="debt_id.document")
    ground = Row("cobranza.write.off.ground", required=True, default="exhausted")
    note = fields.Char("In words")
    due_on = fields.Date("Due", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debt_currency_id = fields.Many2one(
        related="debt_id.currency_id", string="Currency of the document"
    )
    amount = fields.Monetary("Written off", readonly=True)
    amount_currency = fields.Monetary(
        "In its currency", currency_field="debt_currency_id", readonly=True
    )
    allowance = fields.Monetary(
        readonly=True, help="What the last posted run has provided for it."
    )
    released = fields.Monetary(
        "Of the allowance",
        readonly=True,
        help="What the write-off takes of the allowance.",
    )
    provided_on = fields.Date(
        "Provided for in whole on",
        readonly=True,
        help="Day of the first posted run that provided for all of it.",
    )
    by_provision_on = fields.Date("A year after the run", readonly=True)
    aged_on = fields.Date(
        "Old enough on",
        readonly=True,
        help="Day on which its age asked to provide for all of it.",
    )
    by_age_on = fields.Date("A year after the age", readonly=True)
    objection = fields.Char(
        "Not yet", readonly=True, help="Why it may not be written off on that day."
    )
    lacking = fields.Text(
        "Evidence that lacks", readonly=True, help="What the law asks for besides."
    )
    provision_line_id = fields.Many2one(
        "cobranza.provision.line",
        "Line of the run",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    run_id = fields.Many2one(
        "cobranza.provision.run",
        "Last run before",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    undone_run_id = fields.Many2one(
        "cobranza.provision.run",
        "Last run before it was undone",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    entry_line_id = fields.Many2one(
        "account.move.line",
        "Journal item",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    recovery_ids = fields.One2many(
        "cobranza.write.off.recovery",
        "line_id",
        "What was paid after all",
        readonly=True,
    )
    recovered = fields.Monetary("Paid after all", compute="_compute_recovered")
    erased_on = fields.Date(
        readonly=True, copy=False, help="What was written about its debtor is gone."
    )

    _debt_uniq = models.Constraint(
        "UNIQUE (write_off_id, debt_id)", "A debt is written off once."
    )

    @api.depends("debt_id", "write_off_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.debt_id.display_name

    @api.depends("recovery_ids.counts", "recovery_ids.amount")
    def _compute_recovered(self):
        for line in self:
            own = line.recovery_ids.filtered("counts")
            line.recovered = sum(own.mapped("amount"))

    @api.constrains("debt_id", "write_off_id")
    def _check_debt(self):
        # sudo: a write-off that the user does not see holds its debts all the same
        others = self.sudo().search(
            [
                ("debt_id", "in", self.debt_id.ids),
                ("id", "not in", self.ids),
                ("write_off_id.state", "in", LIVE),
            ]
        )
        for line in self:
            debt = line.debt_id
            if debt.company_id != line.company_id:
                raise ValidationError(
                    self.env._(
                        "%(debt)s is no debt of %(company)s.",
                        debt=debt.display_name,
                        company=line.company_id.name,
                    )
                )
            if debt.void_reason or debt._is_ceded(line.company_id._cobranza_today()):
                raise ValidationError(
                    self.env._("%s is void or ceded: it is not ours.", debt.document)
                )
            known = others.filtered(lambda one, debt=debt: one.debt_id == debt)
            if known:
                raise ValidationError(
                    self.env._(
                        "%(debt)s is in %(other)s already.",
                        debt=debt.display_name,
                        other=known[0].write_off_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.write_off_id._expect("draft")
        lines._refresh()
        return lines

    def write(self, vals):
        if not self._is_through_gate():
            self.write_off_id._expect("draft")
        result = super().write(vals)
        if "ground" in vals:
            self._refresh()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_of_draft(self):
        self.write_off_id._expect("draft")

    def _discardable(self):
        """Those of drafts, which nobody has asked for."""
        return self.filtered(lambda line: line.state == "draft")

    def action_leave_out(self):
        """Take these debts off a draft."""
        self.write_off_id.check_access("write")
        self.write_off_id._expect("draft")
        discard(self.sudo())  # sudo: only managers delete, this was never asked for
        return True

    def _over_before(self, cutoff):
        """Those that were over before a day and are whole still."""
        return self.filtered(
            lambda line: (
                not line.erased_on
                and line.state in ("posted", "undone", "refused", "cancelled")
                and line.write_off_id.day < cutoff
            )
        )

    def _erase(self, begin, today, why):
        """Words about these go; grounds, amounts and days stay. What is said and kept
        of a write-off as a whole goes when its last line does: returns those of its
        files that were added before the moment ``begin``, which are to be erased."""
        self._through_gate().write({"note": False, "erased_on": today})
        over = self.write_off_id.filtered(lambda one: one._is_erased())
        return over._erase(begin, why)

    # -- what is known -----------------------------------------------------------------

    def _refresh(self):
        """Bring what is known of these debts up to the day of their write-offs: a fixed
        number of queries for each of these."""
        for write_off, lines in self.sudo().grouped("write_off_id").items():
            lines._read_facts(write_off.company_id, write_off.day)

    def _read_facts(self, company, day):
        debts = self.debt_id
        booked = Booked(company)
        first_runs = self._first_whole_runs(day)
        scale = self.env["cobranza.provision.scale"]
        try:
            scale = scale._of_day(company, day)._scale()
        except UserError:  # then nothing is provided for by age
            scale = None
        rules = company._cobranza_rules()
        lacking = rules._write_off_evidence(debts, day)
        step = unit(company.currency_id)
        for line in self:
            debt = line.debt_id
            due = debt._due_on()
            aged = due and scale and wholly_from(due, scale)
            term = Term(first_runs.get(debt.id), aged or None)
            amount = to_decimal(debt.amount_residual)
            carrier = debt.move_line_id.id
            stood = booked.amounts.get(carrier, ZERO)
            taken = loss(amount, stood)
            row = booked.rows.get(carrier) if taken.released else None
            line._through_gate().write(
                {
                    "due_on": due,
                    "amount": float(round_to(amount, step)),
                    "amount_currency": debt.amount_residual_currency,
                    "allowance": float(stood),
                    "released": float(taken.released),
                    "provided_on": term.provided,
                    "by_provision_on": term.by_provision,
                    "aged_on": term.aged,
                    "by_age_on": term.by_age,
                    "objection": line._objection(term, company, day),
                    "lacking": not line._is_small()
                    and "\n".join(lacking.get(debt.id, ())),
                    "provision_line_id": row.id if row else False,
                    "run_id": booked.last.id,
                }
            )

    def _first_whole_runs(self, day):
        """{debt id: day of the first posted run that provided for all of it}."""
        groups = self.env["cobranza.provision.line"]._read_group(
            [
                ("debt_id", "in", self.debt_id.ids),
                ("percent", ">=", 100),
                ("run_id.state", "=", "posted"),
                ("day", "<=", day),
            ],
            ["debt_id"],
            ["day:min"],
        )
        return {debt.id: first for debt, first in groups}

    def _is_small(self):
        return self.env["cobranza.write.off.ground"]._is(self.ground, "small")

    def _objection(self, term, company, day):
        """Why it may not be written off on a day, in words that name the day on which
        it may; False if it may."""
        if self._is_small():
            return self._small_objection(company)
        if self.ground in company._cobranza_rules()._write_off_without_term():
            return False
        basis = company.cobranza_write_off_term
        if basis == "none":
            return False
        first = term.by_provision if basis == "provided" else term.by_age
        if first and first <= day:
            return False
        if first:
            return self.env._("Not before %s.", format_date(self.env, first))
        if basis == "provided":
            return self.env._("No posted run has provided for all of it yet.")
        return self.env._("Its age never asks to provide for all of it.")

    def _small_objection(self, company):
        limit, currency = company.cobranza_small_balance, company.currency_id
        if not limit:
            return self.env._("The company writes off no small balances: see settings.")
        if currency.compare_amounts(self.debt_id.amount_residual, limit) > 0:
            return self.env._(
                "%s is more than a small balance.",
                currency.format(self.debt_id.amount_residual),
            )
        return False
