from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from .bridge import to_decimal
from .cobranza_debtor_task import QUIET

ONE_DAY = timedelta(days=1)
IMPUTED = "cobranza_imputed"
"""Context key: these reconciliations follow an imputation."""


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """Mark the principals that money was matched with past their charges; whether
        anything was due is found out by the upkeep, not while somebody posts."""
        partials = super().create(vals_list)
        if not self.env.context.get(IMPUTED):
            partials._cobranza_mark_unimputed()
        return partials

    def _cobranza_mark_unimputed(self):
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
        found = {}
        for debtor, debts in self.grouped("debtor_id").items():
            texts = [debt._unimputed(days[debt]) for debt in debts]
            texts = [text for text in texts if text]
            if texts:
                found[debtor] = texts
        self.env["cobranza.debtor"]._raise_unimputed(found, today)

    def _unimputed(self, day):
        """What was due besides the principal when it was paid on a day, in words; empty
        if nothing was, is any more, or the payment was undone."""
        paid = self.settlement_ids.filtered(
            lambda one: (
                one.date == day and one.kind == "cash" and one.move_id.state == "posted"
            )
        )
        if not paid:
            return ""
        debtor = self.debtor_id
        position = debtor._position(day - ONE_DAY, self)
        texts = []
        for section in position.sections:
            charges = self.env["cobranza.charge"].browse(
                [one.charge for one in section.charges if one.charge]
            )
            still = {one.id: to_decimal(one.amount_due) for one in charges}
            due = sum(
                one.open if one.accruing else min(one.open, still[one.charge])
                for one in section.charges
            )
            if due:
                texts.append(
                    format_amount(self.env, float(due), debtor._money(section))
                )
        if not texts:
            return ""
        return self.env._(
            "%(day)s: %(paid)s went to the principal of %(document)s while %(due)s of "
            "charges and interest was due.",
            day=format_date(self.env, day),
            paid=format_amount(
                self.env, sum(paid.mapped("amount_currency")), self.currency_id
            ),
            document=self.display_name,
            due=" + ".join(texts),
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
