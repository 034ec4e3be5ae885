from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ...kernel.imputation import Part
from ..charge.charge import STANDING
from ..charge.replay import Replay
from ..common.money import amount_words, to_decimal
from ..company.company import STAFF
from .payable import PRINCIPAL

GONE = ("rejected", "canceled")


class AccountPayment(models.Model):
    """A payment that says on account of what it was received, and its receipt."""

    _name = "account.payment"
    _inherit = ["account.payment", "cobranza.guest.mixin"]

    cobranza_debtor_id = fields.Many2one(
        "cobranza.debtor",
        string="Debtor",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups=STAFF,
    )
    cobranza_split = fields.Json(
        readonly=True,
        copy=False,
        help="On account of what the payment was received, and what was left to pay, "
        "as it was when registered.",
        groups=STAFF,
    )
    _cobranza_rejected_idx = models.Index("(move_id) WHERE state = 'rejected'")

    def write(self, vals):
        """A payment that is rejected settles nothing, though Odoo keeps its entry."""
        changed = self.browse()
        if "state" in vals:
            gone = vals["state"] in GONE
            changed = self.filtered(lambda one: (one.state in GONE) != gone)
        result = super().write(vals)
        if changed.move_id:
            # far away from the payment: Odoo would look for them at every payment
            names = ["settled", "amount_residual", "amount_residual_currency"]
            self.env["cobranza.debt"].invalidate_model(names, flush=False)
            changed.move_id._cobranza_no_longer_settles()
        return result

    def _synchronize_to_moves(self, changed_fields):
        """The items of a payment of several claims do not follow its figures."""
        # sudo: whoever changes a payment need not see what it was received for
        draft = self.sudo().filtered(
            lambda payment: payment.cobranza_split and payment.move_id.state == "draft"
        )
        if draft and changed_fields & set(self._get_trigger_fields_to_synchronize()):
            raise UserError(
                self.env._(
                    "%s pays several claims: cancel it and register the right one.",
                    ", ".join(draft.mapped("display_name")),
                )
            )
        return super()._synchronize_to_moves(changed_fields)

    # -- what is kept --------------------------------------------------------------

    def _cobranza_keep_split(self, split, shares):
        """Keep what ``split`` imputed to each of ``shares`` [(Payable, amount)], and
        what its claims were and are on that day."""
        payables = split._payables()
        rest = defaultdict(lambda: to_decimal(0))
        for one in payables.claims:
            rest[self._cobranza_part(one.kind)] += one.owed
        rows = [
            {
                "kind": one.kind,
                "document": one.document,
                "debt": one.debt,
                "due": one.due.isoformat(),
                "first": one.first and one.first.isoformat(),
                "last": one.last and one.last.isoformat(),
                "owed": str(one.owed),
                "amount": str(amount),
            }
            for one, amount in shares
        ]
        paid = sum(amount for _one, amount in shares)
        self._through_gate().cobranza_split = {
            "rows": rows,
            "left": str(to_decimal(self.amount) - paid),
            "rest": {part: str(amount) for part, amount in rest.items() if amount},
            "incomplete": payables.missing,
            "named": split.named_ids.mapped("document"),
            "principal_first": split.principal_first,
            "article": split._law_order().article,
        }

    def _cobranza_part(self, kind):
        if kind == PRINCIPAL:
            return Part.PRINCIPAL.value
        return self.env["cobranza.charge.kind"]._part(kind).value

    # -- the receipt ---------------------------------------------------------------

    def action_cobranza_receipt(self):
        """The receipt as PDF, for whoever hands it over."""
        self.ensure_one()
        if self.state not in ("in_process", "paid"):
            raise UserError(
                self.env._("There is no receipt of a payment that does not count.")
            )
        report = self.env.ref("cobranza_legal.action_report_payment_receipt")
        return report.report_action(self, config=False)

    def _cobranza_receipt_name(self):
        """Name of the receipt's file, in the debtor's language."""
        lang = self.cobranza_debtor_id._installed_lang()
        return self.with_context(lang=lang).env._("Receipt %s", self.name)

    def _cobranza_label(self, kind, first=None, last=None):
        """What is paid, in words: "Late interest 10/06/2026 – 10/20/2026"."""
        if kind == PRINCIPAL:
            return self.env._("Principal")
        kinds = self.env["cobranza.charge"]._fields["kind"]
        label = dict(kinds._description_selection(self.env))[kind]
        if not first or not last:
            return label
        days = format_date(self.env, first), format_date(self.env, last)
        return f"{label} {' – '.join(days)}"

    def _cobranza_money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)

    def _cobranza_method(self):
        """How it was paid, in words: the name that the company gave the method. Odoo
        calls every transfer "Manual Payment", which tells a debtor nothing."""
        line = self.payment_method_line_id
        method = line.payment_method_id.with_context(lang="en_US")
        if method.code == "manual" and line.name in (
            method.name,
            line.payment_method_id.name,
        ):
            return self.env._("Transfer or payment by hand")
        return line.name

    def _cobranza_day(self, day):
        return format_date(self.env, day)

    def _cobranza_words(self):
        return amount_words(self.currency_id, self.amount)

    def _cobranza_rows(self):
        """[(document, due date, what, owed, paid)] of the receipt."""
        return [
            (
                row["document"],
                self._cobranza_day(row["due"]),
                self._cobranza_label(row["kind"], row["first"], row["last"]),
                self._cobranza_money(row["owed"]),
                self._cobranza_money(row["amount"]),
            )
            for row in self.cobranza_split["rows"]
        ]

    def _cobranza_rest(self):
        """[(what, amount)] that was left to pay on the day."""
        labels = {
            Part.COST.value: self.env._("Recoverable costs"),
            Part.FEE.value: self.env._("Fees and compensation"),
            Part.INTEREST.value: self.env._("Late interest"),
            Part.PRINCIPAL.value: self.env._("Principal"),
        }
        rest = self.cobranza_split["rest"]
        return [
            (label, self._cobranza_money(rest[part]))
            for part, label in labels.items()
            if part in rest
        ]

    def _cobranza_rest_total(self):
        """All that was left to pay on the day, as an amount with its currency."""
        rest = self.cobranza_split["rest"].values()
        return self._cobranza_money(sum(map(Decimal, rest)))

    def _cobranza_reserve(self):
        """The sentences that reserve what is not paid: the interest, unless all was
        paid; in an agreement the instalments before, whatever was paid (CC ES art.
        1110, CC CL art. 1595)."""
        rules = self.company_id._cobranza_rules().with_env(self.env)
        said = []
        if self.cobranza_split["rest"] or self.cobranza_split["incomplete"]:
            said.append(rules._reserve_words())
        debts = [row["debt"] for row in self.cobranza_split["rows"] if row["debt"]]
        number = self.env["cobranza.agreement"]._paid_in(debts, self.date)
        if number:
            said.append(
                self.env._(
                    "It is received on account of the payment agreement %s and does "
                    "not presume that former instalments are paid, which the creditor "
                    "expressly reserves.",
                    number,
                )
            )
        return " ".join(said)


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _cobranza_mark_unimputed(self):
        """Mark the principals that money was matched with past their charges; whether
        anything was due is found out by the upkeep, not while somebody posts."""
        money = self.filtered(
            lambda partial: (
                partial.credit_move_id.move_id.origin_payment_id
                or partial.credit_move_id.move_id.statement_line_id
            )
        )
        debts = self.env["cobranza.debt"]._of_lines(money.debit_move_id)
        debts = debts.filtered(lambda debt: debt.nature == "principal")
        for day, group in debts.grouped(money._cobranza_days(debts).get).items():
            late = group.filtered(
                lambda debt, day=day: debt.date_maturity and debt.date_maturity < day
            )
            late.write({"unimputed_on": day})


class CobranzaDebt(models.Model):
    """Money that went to the principal while charges were due is told to whoever
    accounts for it."""

    _inherit = "cobranza.debt"

    unimputed_on = fields.Date(
        readonly=True,
        index="btree_not_null",
        copy=False,
        help="Day of a payment of the principal that nobody imputed.",
    )

    @api.model
    def _upkeep_due(self, company, today, limit):
        domain = [("company_id", "=", company.id), ("unimputed_on", "!=", False)]
        return self.search(domain, limit=limit, order="id")

    def _upkeep(self, today):
        """One activity for each debtor that owed more than what was paid."""
        days = {debt: debt.unimputed_on for debt in self}
        self.write({"unimputed_on": False})
        found = defaultdict(list)
        groups = self.grouped(lambda debt: (debt.company_id, days[debt]))
        for (_company, day), debts in groups.items():
            for debt, text in debts._unimputed(day):
                found[debt.debtor_id].append(text)
        self.env["cobranza.debtor"]._raise_unimputed(found, today)

    def _unimputed(self, day):
        """[(debt, what was due besides the principals of these debts of one company
        when they were paid on a day, in words)]; nothing of what is due no more or
        whose payment was undone."""
        money = self.env["cobranza.settlement"]._kinds(collects=True)
        paid = self.settlement_ids.filtered(
            lambda settlement: settlement.date == day and settlement.kind in money
        ).grouped("debt_id")
        if not paid:
            return []
        debts = self.concat(*paid)
        due = debts._due_besides(day)
        return [
            (debt, debt._unimputed_text(day, paid[debt], due[debt]))
            for debt in debts
            if due[debt]
        ]

    def _due_besides(self, day):
        """{debt: [what was due besides its principal on a day, the day included, in
        words, by currency]}: charges that stand and are owed still, and what nobody has
        charged. What nobody has charged on a debt that is settled is told by the list
        of those that were paid late."""
        sums = {debt: defaultdict(Decimal) for debt in self}
        for charge in self.charge_ids:
            if charge.state in STANDING and charge.assessed_on <= day:
                due = to_decimal(charge.amount_due)
                sums[charge.debt_id][charge.currency_id.id] += due
        listed = self.company_id[:1].cobranza_late_mode != "off"
        left = self.filtered(lambda one: not (listed and one.settled))
        for debt, paid in Replay(left, until=day).collect().items() if left else ():
            for draft in paid.drafts:
                sums[debt][draft["currency_id"]] += to_decimal(draft["amount"])
        currencies = self.env["res.currency"]
        return {
            debt: [
                format_amount(self.env, float(amount), currencies.browse(currency))
                for currency, amount in own.items()
                if amount
            ]
            for debt, own in sums.items()
        }

    def _unimputed_text(self, day, paid, due):
        return self.env._(
            "%(day)s: %(paid)s went to the principal of %(document)s while %(due)s of "
            "charges and interest was due.",
            day=format_date(self.env, day),
            paid=format_amount(
                self.env, sum(paid.mapped("amount_currency")), self.currency_id
            ),
            document=self.display_name,
            due=" + ".join(due),
        )
