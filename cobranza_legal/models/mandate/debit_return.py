from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ...kernel.debit import strikes_out
from ..common.deletion import discard
from .debit import LIVE
from .return_code import BACK


class CobranzaDebit(models.Model):
    """How a debit comes back, and what follows from the reason that the bank gives."""

    _inherit = "cobranza.debit"

    def _come_back(self, code, day, note="", cost=0, files=None, keep=False):
        """These debits came back on ``day`` for ``code`` of
        ``cobranza.debit.return.code``. ``cost``: what the bank charges for each of
        them, in the company's currency, proven by ``files``. ``keep``: what was found
        paid was paid by other means, and stays. UserError for a day that cannot be,
        and a cost that is our own."""
        self.check_access("write")
        row = self.env["cobranza.debit.return.code"]._row(code)
        self._check_return(row, day, cost, files)
        # sudo: whoever records returns need not keep the books
        debits = self.sudo()._with_law_memo()
        for company, mine in debits.grouped("company_id").items():
            # the upkeep of today need not have seen the money yet
            mine._settled()._set_found(company._cobranza_today())
        paid = debits.filtered(lambda debit: debit.state == "paid")
        (debits if cost or row.dispute else paid)._open_debts()
        if not keep:
            paid._reopen()
        for target, mine in debits.grouped(
            lambda debit: debit._return_state(row, day)
        ).items():
            mine._set_state(
                target,
                self.env["cobranza.debit.return.code"]._label(code),
                return_code=code,
                returned_on=day,
                return_note=note or False,
                own_error=row.own_error,
                return_file_ids=[Command.set((files or self.return_file_ids).ids)],
            )
        if cost:
            debits._keep_cost(cost, day, files)
        debits._follow(row, day, note)
        return self

    def _check_return(self, row, day, cost, files):
        if not row:
            raise UserError(self.env._("Choose why it came back."))
        if cost and (row.own_error or row.no_fee):
            raise UserError(
                self.env._(
                    "%s: its cost is none of the debtor's. Record it without one.",
                    self.env["cobranza.debit.return.code"]._label(row.code),
                )
            )
        if cost and not files:
            raise UserError(self.env._("The cost of the bank needs its proof."))
        if cost and len(self.company_id) > 1:
            raise UserError(
                self.env._(
                    "The cost of the bank is in the currency of one company: record "
                    "the returns of each company by themselves."
                )
            )
        labels = dict(self._fields["state"]._description_selection(self.env))
        for debit in self:
            if debit.state not in BACK:
                raise UserError(
                    self.env._(
                        "%(debit)s is “%(state)s”: only what was presented comes back.",
                        debit=debit.display_name,
                        state=labels[debit.state],
                    )
                )
            today = debit.company_id._cobranza_today()
            if not debit.presented_on <= day <= today:
                raise UserError(
                    self.env._(
                        "%(debit)s comes back between %(first)s and today.",
                        debit=debit.display_name,
                        first=format_date(self.env, debit.presented_on),
                    )
                )

    def _return_state(self, row, day):
        late = self.return_until and day > self.return_until
        return "refunded" if row.refund or late else "returned"

    def _reopen(self):
        """The money of these debits is taken off their items, and remembered with the
        debit that came back. What anything else settled stays, and what the bank's
        line took back before."""
        back = {
            debit
            for debt, debit in self._by_debt().items()
            if debt.move_line_id != debit.move_line_id
        }
        discard(
            self.env["account.partial.reconcile"].union(
                *(
                    debit.move_line_id.matched_credit_ids.filtered(
                        lambda one, own=debit.money_line_ids: one.credit_move_id in own
                    )
                    for debit in self
                    if debit not in back
                )
            )
        )
        self._claim_undone()

    def _claim_undone(self, payments=()):
        """What was undone of the money of these debits, or of these items of payments,
        by them or by whoever booked the bank's line before, is remembered with
        them."""
        entries = self.env["account.move.line"].sudo().browse(payments).move_id
        by_debt = self._by_debt()
        undone = self.env["cobranza.settlement.undone"].sudo()
        found = undone.search(
            [
                ("debt_id", "in", [debt.id for debt in by_debt]),
                ("debit_id", "=", False),
                ("redone_on", "=", False),
            ]
        )
        for row in found:
            debit = by_debt[row.debt_id]
            if row.move_id in debit.money_line_ids.move_id | entries:
                row._through_gate().write({"debit_id": debit.id})

    # -- booked by another application -------------------------------------------------

    def _may_come_back(self, day):
        """Whether its bank still takes it back on ``day``, for one reason or
        another."""
        ends = (self.return_until, self.refund_until, self.unauthorised_until)
        return day <= max(filter(None, ends), default=day)

    def _account_debited(self):
        """Number of the account that the bank was told to debit: that of the mandate
        before what was amended later."""
        mandate, day = self.mandate_id, self.presented_on
        later = mandate.amendment_ids.filtered(
            lambda one: (
                one.kind == "account"
                and not (one.told_on and day and one.told_on <= day)
            )
        )
        return later.sorted("id")[:1].old or mandate.account_number

    def _know_return(self, number):
        """The line ``number`` of a return that another application booked was looked at
        for these debits."""
        for debit in self:
            numbers = [*(debit.foreign_returns or "").split(), str(number)]
            debit._through_gate().write({"foreign_returns": " ".join(numbers)})

    def _forget_return(self, number):
        for debit in self:
            numbers = debit.foreign_returns.split()
            left = [one for one in numbers if one != str(number)]
            debit._through_gate().write({"foreign_returns": " ".join(left) or False})

    def _keep_cost(self, cost, day, files):
        costs = self.env["cobranza.cost"].sudo()
        for debit in self:
            debts = debit._open_debts()
            found = costs.with_company(debit.company_id).create(
                {
                    "debtor_id": debit.debtor_id.id,
                    "debt_ids": [Command.set(debts.ids)],
                    "kind": "returned_debit",
                    "day": day,
                    "description": self.env._(
                        "Direct debit returned: %s", debit.display_name
                    ),
                    "amount": cost,
                    "currency_id": debit.company_id.currency_id.id,
                    "attachment_ids": [Command.set(files.ids)],
                }
            )
            debit._through_gate().write({"cost_id": found.id})

    # -- what follows ------------------------------------------------------------------

    def _follow(self, row, day, note):
        """What the reason asks for. Somebody is told once for each debtor."""
        label = self.env["cobranza.debit.return.code"]._label(row.code)
        if row.mandate:
            self._stop_mandates(row, label)
        if row.account:
            # sudo: the account of a payer whom the user does not see
            self.mandate_id.bank_account_id.sudo().active = False
        if row.deceased:
            alive = self.debtor_id.filtered(lambda debtor: not debtor.deceased_on)
            alive.write({"deceased_on": day})
        if row.dispute:
            self._open_disputes(label, note)
        struck = self._strike(label) if row.funds else self.mandate_id.browse()
        if row.again:
            self.filtered(lambda debit: debit.mandate_id not in struck)._plan_again()
        self._ask(f"{label}: {self.env._(row.task)}")

    def _stop_mandates(self, row, label):
        mandates = self.mandate_id
        if row.same_account:
            mandates |= mandates._of_same_account()
        mandates = mandates.filtered(
            lambda mandate: mandate._lifecycle.allows(mandate.state, row.mandate)
        )
        mandates._stop(row.mandate, row.stop, label)

    def _open_disputes(self, label, note):
        debts = self._open_debts()
        disputes = self.env["cobranza.dispute"].sudo()
        known = disputes.search(
            [("debt_id", "in", debts.ids), ("state", "=", "open")]
        ).debt_id
        disputes.create(
            [
                {
                    "debtor_id": debt.debtor_id.id,
                    "debt_id": debt.id,
                    "whole": True,
                    "reason": "other",
                    "description": ". ".join(filter(None, (label, note))),
                    "opened_on": debt.company_id._cobranza_today(),
                }
                for debt in debts - known
            ]
        )

    def _open_debts(self):
        """The debts of these items, opened where the run has not done so yet: the
        debtor objects before it was ever asked."""
        debts = self._debts().filtered(lambda debt: debt.nature == "principal")
        for line in self.move_line_id - debts.move_line_id - debts.former_line_ids:
            accounts = line.company_id._cobranza_followed_accounts()
            parts = line.move_id.line_ids.filtered(
                lambda one, accounts=accounts: (
                    one.account_id in accounts and one.balance > 0
                )
            ).sorted(lambda one: (one.date_maturity or one.date, one.id))
            number = parts.ids.index(line.id) + 1
            partner = line.partner_id.commercial_partner_id
            debts |= debts._open_from(line, partner, number)
        return debts

    def _strike(self, label):
        """The mandates that are debited no more, because their accounts had too little
        too often."""
        codes = self.env["cobranza.debit.return.code"]._where(funds=True)
        mandates = self.mandate_id
        found = self.search(
            [
                ("mandate_id", "in", mandates.ids),
                *("|", ("state", "=", "paid"), ("return_code", "in", codes)),
            ]
        ).grouped("mandate_id")
        out = mandates.filtered(
            lambda mandate: strikes_out(
                [one.collect_on for one in found[mandate] if one.return_code],
                [one.collect_on for one in found[mandate] if one._is_collected()],
            )
        )
        good = out.filtered(lambda mandate: mandate.state == "valid")
        good._stop("suspended", "returned", label)
        return out

    def _is_collected(self):
        """Whether the bank collected it, as far as the books tell."""
        return bool(
            self.state == "paid" and self.money_line_ids and not self.reopened_on
        )

    def _plan_again(self):
        """The second presentation of debits that came back for the first time, where
        something is open and the notice leaves a day for it."""
        vals_list = []
        for debit in self.filtered(lambda one: one.number == 1 and one._owed() > 0):
            company = debit.company_id
            terms = company._cobranza_debit_terms(debit.scheme)
            day = terms.again_on(
                debit.collect_on,
                company._cobranza_today(),
                debit._notice_days(),
                company.cobranza_debit_again_from,
                company.cobranza_debit_again_until,
            )
            if day and debit.mandate_id.state in ("valid", "exhausted"):
                vals_list.append(debit._again_values(day))
        return self._create_again(vals_list)

    def _owed(self):
        return self.move_line_id.amount_residual_currency

    def _create_again(self, vals_list):
        self.flush_model(["state"])  # the index looks at what is no longer live
        return self.sudo()._through_gate().create(vals_list)

    def _again_values(self, day):
        line = self.move_line_id
        return {
            **{name: self[name].id for name in ("debtor_id", "mandate_id")},
            "scheme": self.scheme,
            "move_line_id": line.id,
            "move_id": line.move_id.id,
            "document": self.document,
            "currency_id": self.currency_id.id,
            "amount": self._owed(),
            "due_on": self.due_on,
            "number": self.number + 1,
            "parent_id": (self.parent_id or self).id,
            "user_id": self.user_id.id,
            **self._day_values(day),
        }

    is_repeatable = fields.Boolean(
        compute="_compute_is_repeatable",
        compute_sudo=True,
        help="Whether a person may have it presented again.",
    )

    @api.depends(
        "state", "reopened_on", "mandate_id.state", "move_line_id.amount_residual"
    )
    def _compute_is_repeatable(self):
        """It came back, its mandate is good, something is open, and nothing else debits
        that. One query."""
        live = self.search_fetch(
            [
                ("move_line_id", "in", self.move_line_id.ids),
                ("state", "in", LIVE),
                ("reopened_on", "=", False),
            ],
            ["move_line_id"],
        ).move_line_id
        for debit in self:
            back = debit.state in ("returned", "refunded") or debit.reopened_on
            debit.is_repeatable = (
                bool(back)
                and debit.mandate_id.state in ("valid", "exhausted")
                and debit.move_line_id not in live
                and debit._owed() > 0
            )

    def action_again(self):
        """Present what came back once more, as a person decides: its mandate is good,
        something is open."""
        self.check_access("write")
        vals_list = []
        for debit in self.sudo():
            if not debit.is_repeatable:
                raise UserError(
                    self.env._(
                        "%s cannot be presented again: only what came back is, while "
                        "its mandate is valid, something of it is open and no other "
                        "debit of it waits.",
                        debit.display_name,
                    )
                )
            today = debit.company_id._cobranza_today()
            terms = debit.company_id._cobranza_debit_terms(debit.scheme)
            day = terms.collect_on(today, today, debit._notice_days())
            vals_list.append(debit._again_values(day))
        self._create_again(vals_list)
        return True

    def action_evidence(self):
        """The dialog that takes out what proves the mandate of this debit."""
        self.ensure_one()
        return self.mandate_id._dialog(
            "action_cobranza_mandate_evidence",
            mandate_id=self.mandate_id.id,
            debit_id=self.id,
        )

    def action_come_back(self):
        """The dialog that asks why debits came back."""
        return self.env["cobranza.mandate"]._dialog(
            "action_cobranza_debit_back", debit_ids=self.ids
        )


class CobranzaMandate(models.Model):
    """What hangs from the account of a mandate."""

    _inherit = "cobranza.mandate"

    def _of_same_account(self):
        """The mandates of the same creditors that were signed for the accounts of
        these."""
        keys = {
            (one.company_id, one.account_number) for one in self if one.account_number
        }
        found = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("account_number", "in", [number for _company, number in keys]),
            ]
        )
        return found.filtered(lambda one: (one.company_id, one.account_number) in keys)


class CobranzaSettlementUndone(models.Model):
    """Money of direct debits that came back."""

    _inherit = "cobranza.settlement.undone"

    debit_id = fields.Many2one(
        "cobranza.debit",
        string="Direct debit that came back",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
