from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from ...kernel.errors import RefusedTerms
from ...kernel.imputation import NOTHING_SAID, Declaration, impute
from ...kernel.owed import Figures
from ...models.common.money import to_decimal, to_money, unit
from ...models.debt.ledger import IMPUTED
from ...models.position.words import total_label


class CobranzaPaymentSplit(models.TransientModel):
    """Register a payment: on account of what it is received, as the law says or as the
    parties agree, with what whoever registers it should know before. Confirming it
    charges what accrued, bills, pays and matches, all or nothing.
    """

    _name = "cobranza.payment.split"
    _inherit = "cobranza.dialog.mixin"
    _description = "Register a payment"

    _check_company_auto = True
    debtor_id = fields.Many2one("cobranza.debtor", required=True, readonly=True)
    company_id = fields.Many2one(related="debtor_id.company_id")
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    date = fields.Date(
        "Paid on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
        help="The day of the payment, which still earns interest.",
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary()
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        compute="_compute_journal",
        store=True,
        readonly=False,
    )
    method_ids = fields.Many2many(
        "account.payment.method.line", compute="_compute_methods"
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment method",
        domain="[('id', 'in', method_ids)]",
        compute="_compute_method",
        store=True,
        readonly=False,
    )
    memo = fields.Char()
    named_ids = fields.Many2many(
        "cobranza.debt",
        string="The debtor said it pays",
        domain="[('debtor_id', '=', debtor_id), ('nature', '=', 'principal'), "
        "('settled', '=', False), ('void_reason', '=', False)]",
        help="What the debtor declared when paying. Empty: nothing was said, and the "
        "order of the law applies.",
    )
    consented = fields.Boolean(
        "We consent to a debt that is not due",
        help="Else the debtor may not prefer it to one that is due.",
    )
    principal_first = fields.Boolean(
        "We take the principal first",
        help="Of the debts that the debtor named, or of all. The receipt reserves the "
        "interest and the other charges.",
    )
    line_ids = fields.One2many(
        "cobranza.payment.split.line",
        "split_id",
        string="On account of",
        compute="_compute_lines",
        store=True,
        readonly=False,
    )
    article = fields.Char(compute="_compute_article")
    owed = fields.Monetary(
        "Can be paid",
        compute="_compute_owed",
        help="The sum of the claims: what is overdue, not yet due and charged, but for "
        "what is told to be left out.",
    )
    overdue = fields.Monetary(compute="_compute_figures")
    not_due = fields.Monetary("Not yet due", compute="_compute_figures")
    charges = fields.Monetary("Charges accrued", compute="_compute_figures")
    loose = fields.Monetary(
        "Unallocated payments and credit notes", compute="_compute_figures"
    )
    total = fields.Monetary("Total on the day", compute="_compute_figures")
    total_label = fields.Char("Words for the total", compute="_compute_figures")
    unallocated = fields.Monetary(
        compute="_compute_unallocated", help="Stays in the debtor's favour."
    )
    problem = fields.Text(compute="_compute_problem")

    @api.depends("debtor_id", "amount", "currency_id")
    def _compute_display_name(self):
        for split in self:
            split.display_name = self.env._(
                "Payment of %s", split.debtor_id.display_name
            )

    @api.depends("debtor_id")
    def _compute_journal(self):
        for split in self:
            domain = [
                *self.env["account.journal"]._check_company_domain(split.company_id),
                ("type", "in", ("bank", "cash", "credit")),
            ]
            split.journal_id = split.journal_id or self.env["account.journal"].search(
                domain, limit=1
            )

    @api.depends("journal_id")
    def _compute_methods(self):
        for split in self:
            split.method_ids = split.journal_id._get_available_payment_method_lines(
                "inbound"
            )

    @api.depends("journal_id")
    def _compute_method(self):
        for split in self:
            if split.payment_method_line_id not in split.method_ids._origin:
                split.payment_method_line_id = split.method_ids[:1]._origin

    # -- the proposal --------------------------------------------------------------

    def _law_order(self):
        """The order of the company's country for this debtor."""
        rules = self.company_id._cobranza_rules()
        return rules._imputation_order(self.debtor_id.regime)

    def _payables(self):
        return self.debtor_id._origin._payable(self.date, self.currency_id)

    def _said(self, payables):
        """What the parties said, as the kernel takes it."""
        groups = dict.fromkeys(one.group for one in payables.claims)
        named = [f"debt:{debt.id}" for debt in self.named_ids._origin]
        named = tuple(group for group in named if group in groups)
        first = named or tuple(groups)
        return Declaration(
            named=named,
            consented=self.consented,
            principal_first=frozenset(first if self.principal_first else ()),
        )

    def _proposed(self, payables):
        """({key: amount}, RefusedTerms or None): what each claim gets."""
        currency = self.currency_id
        said = self._said(payables)
        claims = [
            one.as_claim(currency.name, one.group in said.named)
            for one in payables.claims
        ]
        money = to_money(max(0, currency.round(self.amount or 0)), currency)
        asked = money, claims, self._law_order(), self.date, unit(currency)
        try:
            found, refused = impute(*asked, said), None
        except RefusedTerms as error:
            found, refused = impute(*asked, NOTHING_SAID), error
        return {key: share.amount for key, share in found.shares}, refused

    def _ready(self):
        return bool(self.debtor_id and self.date and self.currency_id)

    @api.depends(
        "debtor_id",
        "date",
        "currency_id",
        "amount",
        "named_ids",
        "consented",
        "principal_first",
    )
    def _compute_lines(self):
        for split in self:
            commands = [Command.clear()]
            if split._ready():
                payables = split._payables()
                shares, _refused = split._proposed(payables)
                commands += [
                    Command.create(split._prepare_line(one, shares.get(one.key, 0)))
                    for one in payables.claims
                ]
            split.line_ids = commands

    def _prepare_line(self, payable, amount):
        return {
            "key": payable.key,
            "document": payable.document,
            "label": self.env["account.payment"]._cobranza_label(
                payable.kind, payable.first, payable.last
            ),
            "due": payable.due,
            "owed": float(payable.owed),
            "disputed": float(payable.disputed),
            "amount": float(amount),
        }

    @api.depends("debtor_id")
    def _compute_article(self):
        for split in self:
            split.article = split._law_order().article if split.debtor_id else False

    @api.depends("debtor_id", "date", "currency_id")
    def _compute_figures(self):
        """What is owed on the day of the payment, as every document says it."""
        for split in self:
            figures = split._payables().figures if split._ready() else Figures()
            for name in ("overdue", "not_due", "charges", "loose", "total"):
                split[name] = float(getattr(figures, name))
            split.total_label = total_label(self.env, split.date)

    @api.depends("line_ids.owed")
    def _compute_owed(self):
        for split in self:
            split.owed = sum(split.line_ids.mapped("owed"))

    @api.depends("amount", "line_ids.amount")
    def _compute_unallocated(self):
        for split in self:
            split.unallocated = split.amount - sum(split.line_ids.mapped("amount"))

    def _wanted(self):
        """{key: amount} as it stands on the screen, without what gets nothing."""
        wanted = Counter()
        for line in self.line_ids:
            if not self.currency_id.is_zero(line.amount):
                wanted[line.key] += to_decimal(self.currency_id.round(line.amount))
        return wanted

    @api.depends("debtor_id", "date", "currency_id", "named_ids", "consented", "amount")
    def _compute_problem(self):
        for split in self:
            split.problem = "\n".join(split._problems()) if split._ready() else False

    def _problems(self):
        """What whoever registers the payment should know."""
        payables = self._payables()
        problems = list(payables.notes)
        if self._proposed(payables)[1]:
            problems.append(
                self.env._(
                    "A debt that is not due may not be preferred to one that is "
                    "(%s): the order of the law is proposed.",
                    self._law_order().article,
                )
            )
        for name, total in payables.elsewhere:
            currency = self.env["res.currency"].search([("name", "=", name)])
            total = format_amount(self.env, float(total), currency)
            problems.append(self.env._("Owed in another currency: %s", total))
        problems += self._duplicates()
        return problems

    def _duplicates(self):
        """A payment alike on that day may be this one."""
        alike = self.env["account.payment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("payment_type", "=", "inbound"),
                ("date", "=", self.date),
                ("currency_id", "=", self.currency_id.id),
                ("amount", "=", self.amount),
                ("state", "in", ("in_process", "paid")),
            ],
            limit=1,
        )
        if not alike:
            return []
        return [
            self.env._(
                "%(payment)s of %(day)s has the same amount.",
                payment=alike.name,
                day=format_date(self.env, alike.date),
            )
        ]

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
                label = self.line_ids.filtered(lambda line, key=key: line.key == key)
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
        # sudo: nobody makes charges by hand
        made = self.debtor_id.sudo()._charge_accruing(
            self.date, {one.debt for one, _amount in shares if one.debt}
        )
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
            items._cobranza_take_off()
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
        charges.filtered(lambda charge: charge.state == "assessed")._bill(
            on=self.date, draft=False, memo=True
        )
        unbilled = charges.filtered(lambda charge: charge.state != "billed")
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
            ._through_gate()
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
        payment = payment._behind_gate()
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
        for move in moves.filtered(lambda move: move.is_invoice(True)):
            move.matched_payment_ids += payment


class CobranzaPaymentSplitLine(models.TransientModel):
    _name = "cobranza.payment.split.line"
    _inherit = "cobranza.dialog.mixin"
    _description = "Claim that a payment may extinguish"

    split_id = fields.Many2one(
        "cobranza.payment.split", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="split_id.currency_id")
    key = fields.Char(required=True)
    document = fields.Char()
    label = fields.Char("Claim")
    due = fields.Date("Due date")
    owed = fields.Monetary()
    disputed = fields.Monetary()
    amount = fields.Monetary("Paid")
