from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_amount

from ..models.bridge import to_decimal
from ..models.cobranza_debt_unimputed import IMPUTED


class CobranzaPaymentSplit(models.TransientModel):
    """Confirm: charge, bill, pay and match, all or nothing."""

    _inherit = "cobranza.payment.split"

    def action_register(self):
        """Register the payment and open it."""
        payment = self._pay()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment"),
            "res_model": "account.payment",
            "views": [(False, "form")],
            "res_id": payment.id,
            "context": {"create": False},
        }

    def _pay(self):
        """The posted payment, each part of it matched with what it pays.

        What is charged but not billed, and interest until the day, is billed first.
        UserError when the figures are not those of the debtor any more.
        """
        self.ensure_one()
        self._check_may_register()
        # sudo: two payments of one debtor at once would pay the same claims
        self.debtor_id.sudo().lock_for_update()
        payables = self._payables()
        wanted = self._wanted()
        self._check_amounts(payables, wanted)
        shares = [
            (one, wanted[one.key]) for one in payables.claims if wanted.get(one.key)
        ]
        targets = self._targets(shares)
        payment = self._make_payment(targets)
        self._match(payment, targets)
        payment._cobranza_keep_split(self, shares)
        return payment

    def _check_may_register(self):
        user = self.env.user
        if not user.has_group("cobranza_legal.group_accountant"):
            raise AccessError(self.env._("Only accountants register payments."))
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise UserError(self.env._("Enter what was paid."))
        if self.date > self.company_id._cobranza_today():
            raise UserError(
                self.env._("A payment that has not been made is not registered.")
            )

    def _check_amounts(self, payables, wanted):
        known = payables.by_key()
        money = self._money
        for line in self.line_ids:
            if line.amount < 0:
                raise UserError(self.env._("No claim is paid less than nothing."))
        for key, amount in wanted.items():
            owed = known[key].owed if key in known else 0
            if amount > owed:
                label = self.line_ids.filtered(lambda one, key=key: one.key == key)
                raise UserError(
                    self.env._(
                        "%(claim)s of %(document)s: %(owed)s is owed and %(paid)s is "
                        "imputed to it. If the debts have changed meanwhile, open the "
                        "payment again.",
                        claim=label[:1].label or key,
                        document=label[:1].document or "",
                        owed=money(owed),
                        paid=money(amount),
                    )
                )
        total = sum(wanted.values())
        if total > to_decimal(self.currency_id.round(self.amount)):
            raise UserError(
                self.env._(
                    "%(imputed)s is imputed and only %(paid)s was paid.",
                    imputed=money(total),
                    paid=money(self.amount),
                )
            )

    def _money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)

    # -- what is paid --------------------------------------------------------------

    def _targets(self, shares):
        """[(open item, amount, label)] of the shares; bills what is not billed."""
        accruing = {one.key for one, _amount in shares if one.accruing}
        # sudo: nobody makes charges by hand
        made = self.debtor_id.sudo()._charge_accruing(self.date, accruing)
        model = self.env["cobranza.charge"]
        charges = {
            one.key: made.get(one.key) or model.browse(one.charge)
            for one, _amount in shares
            if not one.line
        }
        self._bill(model.concat(*charges.values()))
        left = {}
        targets = []
        # charges first: what the payment of the principal changes is settled then
        for payable, amount in sorted(shares, key=lambda row: bool(row[0].line)):
            if payable.line:
                items = self.env["account.move.line"].browse(payable.line)
            else:
                items = charges[payable.key].sudo()._billed_items().sudo(False)
            label = f"{payable.document} · {self._label(payable)}"
            for item in items:
                open_ = to_decimal(item.amount_residual_currency)
                part = min(amount, left.get(item, open_))
                if part > 0:
                    left[item] = left.get(item, open_) - part
                    amount -= part
                    targets.append((item, part, label))
        return targets

    def _label(self, payable):
        return self.env["account.payment"]._cobranza_label(
            payable.kind, payable.first, payable.last
        )

    def _bill(self, charges):
        charges = charges.with_env(self.env)
        if not charges:
            return
        charges.filtered(lambda one: one.state == "assessed")._bill(
            on=self.date, draft=False
        )
        unbilled = charges.filtered(lambda one: one.state != "billed")
        if unbilled:
            raise UserError(
                self.env._(
                    "Not billed, so that nothing can pay it: %s",
                    ", ".join(unbilled.mapped("display_name")),
                )
            )

    # -- the payment ---------------------------------------------------------------

    def _make_payment(self, targets):
        payment = (
            self.env["account.payment"]
            .with_company(self.company_id)
            .with_context(force_payment_move=True, skip_invoice_sync=True)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.partner_id.id,
                    "amount": self.amount,
                    "currency_id": self.currency_id.id,
                    "date": self.date,
                    "journal_id": self.journal_id.id,
                    "payment_method_line_id": self.payment_method_line_id.id,
                    "memo": self.memo,
                    "cobranza_debtor_id": self.debtor_id.id,
                }
            )
        )
        lines = self._prepare_entry(payment, targets)
        payment._generate_journal_entry(line_ids=[Command.create(x) for x in lines])
        payment.action_post()
        return payment

    def _prepare_entry(self, payment, targets):
        """The money received, and one item for each claim with its exact amount; what
        is left in the debtor's favour is the last one."""
        liquidity, counterpart = payment._prepare_move_line_default_vals()[:2]
        company = self.company_id
        left = liquidity["debit"] - liquidity["credit"]
        rest = to_decimal(payment.amount)
        rows = []
        for item, amount, label in targets:
            rest -= amount
            balance = self.currency_id._convert(
                float(amount), company.currency_id, company, payment.date
            )
            rows.append([item.account_id.id, float(amount), balance, label])
        if rest > 0:
            account = counterpart["account_id"]
            rows.append([account, float(rest), 0, counterpart["name"]])
        # roundings to the company's currency go with the last
        rows[-1][2] = company.currency_id.round(left - sum(row[2] for row in rows[:-1]))
        common = {
            "partner_id": payment.partner_id.id,
            "currency_id": payment.currency_id.id,
            "date_maturity": payment.date,
        }
        return [
            liquidity,
            *(
                {
                    **common,
                    "account_id": account,
                    "name": label,
                    "amount_currency": -amount,
                    "balance": -balance,
                }
                for account, amount, balance, label in rows
            ),
        ]

    def _match(self, payment, targets):
        """Match each item of the payment with the one that it was made for."""
        lines = payment.move_id.line_ids.sorted("id")
        own = lines.filtered(lambda line: line.amount_currency < 0)[: len(targets)]
        items = [item for item, _amount, _label in targets]
        plan = [line | item for line, item in zip(own, items, strict=True)]
        if plan:
            lines.with_context(**{IMPUTED: True})._reconcile_plan(plan)
        moves = self.env["account.move.line"].concat(*items).move_id
        for move in moves.filtered(lambda one: one.is_invoice(True)):
            move.matched_payment_ids += payment
