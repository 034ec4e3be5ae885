from collections import Counter

from odoo import api, fields, models
from odoo.fields import Command

from ..kernel.errors import RefusedTerms
from ..kernel.imputation import NOTHING_SAID, Declaration, impute
from ..models.bridge import to_decimal, to_money, unit


class CobranzaPaymentSplit(models.TransientModel):
    """Register a payment: on account of what it is received, as the law says or as the
    parties agree."""

    _name = "cobranza.payment.split"
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
    owed = fields.Monetary(compute="_compute_owed", help="On the day of the payment.")
    unallocated = fields.Monetary(
        compute="_compute_unallocated", help="Stays in the debtor's favour."
    )

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
        claims = [one.as_claim(currency.name) for one in payables.claims]
        money = to_money(max(0, currency.round(self.amount or 0)), currency)
        asked = money, claims, self._law_order(), self.date, unit(currency)
        try:
            found, refused = impute(*asked, self._said(payables)), None
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
            "disputed": float(payable.owed - payable.offered),
            "amount": float(amount),
        }

    @api.depends("debtor_id")
    def _compute_article(self):
        for split in self:
            split.article = split._law_order().article if split.debtor_id else False

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


class CobranzaPaymentSplitLine(models.TransientModel):
    _name = "cobranza.payment.split.line"
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
