from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from .bridge import to_decimal
from .cobranza_debtor_task import QUIET

ONE_DAY = timedelta(days=1)
IMPUTED = "cobranza_imputed"
"""Context key: these reconciliations follow an imputation."""


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _cobranza_settle(self, debts, days):
        if not self.env.context.get(IMPUTED):
            self._cobranza_mark_unimputed()
        return super()._cobranza_settle(debts, days)

    def _cobranza_mark_unimputed(self):
        """Mark the principals that money was matched with past their charges; whether
        anything was due is found out by the upkeep, not while somebody posts."""
        money = self.filtered(
            lambda one: (
                one.credit_move_id.move_id.origin_payment_id
                or one.credit_move_id.move_id.statement_line_id
            )
        )
        debts = self.env["cobranza.debt"]._of_lines(money.debit_move_id)
        debts = debts.filtered(lambda one: one.nature == "principal")
        for day, group in debts.grouped(money._cobranza_days(debts).get).items():
            late = group.filtered(
                lambda one, day=day: one.date_maturity and one.date_maturity < day
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
        groups = self.grouped(lambda one: (one.debtor_id, days[one]))
        for (debtor, day), debts in groups.items():
            texts = debts._unimputed(day)
            if texts:
                found[debtor] += texts
        self.env["cobranza.debtor"]._raise_unimputed(found, today)

    def _unimputed(self, day):
        """[what was due besides the principals of one debtor when they were paid on a
        day, in words]; nothing of what is due no more or whose payment was undone."""
        paid = self.settlement_ids.filtered(
            lambda one: (
                one.date == day and one.kind == "cash" and one.move_id.state == "posted"
            )
        ).grouped("debt_id")
        if not paid:
            return []
        debts = self.concat(*paid)
        due = debts._due_besides(debts.debtor_id._position(day - ONE_DAY, debts))
        return [
            debt._unimputed_text(day, paid[debt], due[debt.id])
            for debt in debts
            if due[debt.id]
        ]

    def _due_besides(self, position):
        """{debt id: [what is still due of its charges, in words, by currency]}."""
        result = defaultdict(list)
        for section in position.sections:
            charges = self.env["cobranza.charge"].browse(
                [one.charge for one in section.charges if one.charge]
            )
            still = {one.id: to_decimal(one.amount_due) for one in charges}
            sums = defaultdict(Decimal)
            for one in section.charges:
                left = one.open if one.accruing else min(one.open, still[one.charge])
                sums[one.debt] += left
            currency = self.debtor_id._money(section)
            for debt, amount in sums.items():
                if amount:
                    text = format_amount(self.env, float(amount), currency)
                    result[debt].append(text)
        return result

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


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def _upkeep_models(self):
        return [*super()._upkeep_models(), "cobranza.debt"]

    def _money(self, section):
        return self.env["res.currency"].search([("name", "=", section.currency)])

    @api.model
    def _raise_unimputed(self, found, day):
        """Activities for {debtor: [what happened]}; an open one is not repeated but
        told more."""
        if not found:
            return
        kind = self.env.ref("cobranza_legal.mail_activity_imputation")
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", [debtor.id for debtor in found]),
                ("activity_type_id", "=", kind.id),
            ]
        )
        known = {activity.res_id: activity for activity in activities}
        vals_list = []
        for debtor, texts in found.items():
            activity = known.get(debtor.id)
            if activity:
                activity.note += self._unimputed_note(texts)
            else:
                vals_list.append(debtor._prepare_unimputed(kind, texts, day))
        # without an e-mail for each
        self.env["mail.activity"].with_context(**QUIET).create(vals_list)

    def _prepare_unimputed(self, kind, texts, day):
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": kind.id,
            "summary": self.env._("A payment went past the charges"),
            "note": self._unimputed_note(texts),
            "user_id": self._accountant().id,
            "date_deadline": day,
            "automated": True,
        }

    @api.model
    def _unimputed_note(self, texts):
        return self.env["ir.qweb"]._render(
            "cobranza_legal.unimputed_note", {"texts": texts}
        )

    def _accountant(self):
        """Who imputes payments: the debtor's own person if an accountant, else an
        accountant of the company, else whoever does what the debtor needs."""
        owner = self._task_owner()
        group = self.env.ref("cobranza_legal.group_accountant")
        people = group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        return owner if owner in people else (people.sorted("id")[:1] or owner)
