import base64
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...kernel.provision import ZERO
from ...models.common.files import download_url
from ...models.common.workbook import MONEY, TEXT, Workbook
from ...models.provision.book import KINDS, OTHER, ProvisionBook
from ...models.provision.closing import Check

COLUMNS = [code for code, _label in KINDS]


class CobranzaProvisionBook(models.TransientModel):
    """The accounts of provisions from one day to another, tied to the ledger, and what
    is left to do before the last day is closed."""

    _name = "cobranza.provision.book"
    _inherit = "cobranza.dialog.mixin"
    _description = "Book of provisions"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    since = fields.Date(
        "From", required=True, default=lambda self: self._default_days()[0]
    )
    until = fields.Date(
        "To", required=True, default=lambda self: self._default_days()[1]
    )
    account_ids = fields.One2many(
        "cobranza.provision.book.account", "book_id", "Accounts", readonly=True
    )
    item_ids = fields.One2many(
        "cobranza.provision.book.item", "book_id", "Movements", readonly=True
    )
    check_ids = fields.One2many(
        "cobranza.provision.book.check", "book_id", "Before closing", readonly=True
    )
    left = fields.Integer("Left to do", compute="_compute_left")
    workbook = fields.Binary(compute="_compute_workbook")

    _days = models.Constraint(
        "CHECK (until >= since)", "It does not end before it begins."
    )

    @api.model
    def _default_days(self):
        """The fiscal year until the last posted run, else until today."""
        company = self.env.company._cobranza_creditor().sudo()
        last = self.env["cobranza.provision.run"]._last_posted(company)
        until = last.day or company._cobranza_today()
        return company.compute_fiscalyear_dates(until)["date_from"], until

    @api.depends("since", "until")
    def _compute_display_name(self):
        for book in self:
            book.display_name = self.env._(
                "Book of provisions from %(since)s to %(until)s",
                since=format_date(self.env, book.since),
                until=format_date(self.env, book.until),
            )

    @api.depends("check_ids.done")
    def _compute_left(self):
        for book in self:
            book.left = len(book.check_ids.filtered(lambda one: not one.done))

    def _compute_workbook(self):
        for book in self:
            content = BookWorkbook(book).content() if book.id else b""
            book.workbook = base64.b64encode(content) if content else False

    # -- buttons -----------------------------------------------------------------------

    def action_show(self):
        """Read the ledger and the runs anew."""
        self.ensure_one()
        self.env["cobranza.provision.run"].check_access("read")
        root = self.company_id._cobranza_creditor()
        # sudo: the whole tree, past the rules of its branches; the dialog has checked
        # that the company is one of the user's
        company = root.sudo().with_company(root)
        book = ProvisionBook(company, self.since, self.until)
        moved = book.moved()
        own = self.sudo()  # sudo: what the engine has read names what it may
        own.item_ids = [Command.clear()]
        own.env["cobranza.provision.book.item"].create(
            [
                {
                    "book_id": self.id,
                    "account_id": one.account,
                    "kind": one.kind,
                    "partner_id": one.partner,
                    "move_id": one.move,
                    "amount": float(one.amount),
                    **book.measures(one),
                }
                for one in moved
            ]
        )
        sums = defaultdict(lambda: defaultdict(lambda: ZERO))
        for one in moved:
            sums[one.account][one.kind] += one.amount
        own.account_ids = [Command.clear()] + [
            Command.create(
                {
                    "account_id": account,
                    "sequence": place,
                    **{code: float(sums[account][code]) for code in COLUMNS},
                    "closing": float(closing),
                    "difference": float(closing - sum(sums[account].values(), ZERO)),
                }
            )
            for place, (account, closing) in enumerate(book.closing().items())
        ]
        own._check(company)
        return True

    def _check(self, company):
        found = []
        for block in company.env["cobranza.block"]._blocks():
            found += block._closing_checks(company, self.until)
        self.check_ids = [Command.clear()] + [
            Command.create(
                {
                    "label": one.label,
                    "done": one.done,
                    "detail": one.detail,
                    "target_model": one.model,
                    "target_domain": repr(list(one.domain)),
                    "target_action": one.action,
                }
            )
            for one in [*found, self._tied()]
        ]

    def _tied(self):
        others = self.item_ids.filtered(lambda one: one.kind == OTHER and one.move_id)
        return Check(
            "tied",
            self.env._("The ledger has nothing beside the runs"),
            not others,
            self.env._("%s left", len(others)) if others else "",
            "account.move",
            [("id", "in", others.move_id.ids)],
        )

    def action_items(self):
        """The movements by debtor."""
        self.ensure_one()
        return self.account_ids._show(Domain("book_id", "=", self.id))

    def action_workbook(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": download_url(self, "workbook", f"{self.display_name}.xlsx"),
            "target": "download",
        }


class CobranzaProvisionBookAccount(models.TransientModel):
    """One account of the book: from its opening to its closing balance."""

    _name = "cobranza.provision.book.account"
    _inherit = "cobranza.dialog.mixin"
    _description = "Account of the book of provisions"
    _order = "book_id, sequence, id"
    _rec_name = "account_id"

    book_id = fields.Many2one(
        "cobranza.provision.book", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    currency_id = fields.Many2one(related="book_id.currency_id")
    account_id = fields.Many2one("account.account", required=True, readonly=True)
    opening = fields.Monetary("Opening balance", readonly=True)
    charge = fields.Monetary("Charged to the result", readonly=True)
    collected = fields.Monetary(
        "Released by collection",
        readonly=True,
        help="Released because debtors paid.",
    )
    written_off = fields.Monetary(
        "Released by write-off",
        readonly=True,
        help="Used or released because debts were written off.",
    )
    judged = fields.Monetary(
        "Released otherwise",
        readonly=True,
        help="Released because a debt was judged anew, or is smaller for another "
        "reason.",
    )
    recovery = fields.Monetary("Paid after all", readonly=True)
    exchange = fields.Monetary(readonly=True)
    moved = fields.Monetary("Reclassified", readonly=True)
    other = fields.Monetary(
        "Not from runs",
        readonly=True,
        help="Entries that no run and no write-off made.",
    )
    closing = fields.Monetary("Closing balance", readonly=True)
    difference = fields.Monetary(
        readonly=True, help="Between the ledger and the movements; nothing is expected."
    )

    def action_items(self):
        """The movements of this account by debtor."""
        self.ensure_one()
        own = Domain("account_id", "=", self.account_id.id)
        return self._show(own & Domain("book_id", "=", self.book_id.id))

    def _show(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_provision_book_item"
        )
        return {**action, "domain": list(domain)}


class CobranzaProvisionBookItem(models.TransientModel):
    """What moved one account of the book, by debtor and entry."""

    _name = "cobranza.provision.book.item"
    _inherit = "cobranza.dialog.mixin"
    _description = "Movement of the book of provisions"
    _order = "book_id, account_id, id"
    _rec_name = "account_id"

    book_id = fields.Many2one(
        "cobranza.provision.book", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="book_id.currency_id")
    account_id = fields.Many2one("account.account", required=True, readonly=True)
    kind = fields.Selection(
        lambda self: [(code, self.env._(label)) for code, label in KINDS],
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    move_id = fields.Many2one("account.move", "Entry", readonly=True)
    amount = fields.Monetary(
        readonly=True,
        aggregator=None,
        help="As its account shows it; amounts of different accounts do not add up.",
    )
    allowance = fields.Monetary(readonly=True, help="Moved on the allowance.")
    cost = fields.Monetary(
        "Cost of the period",
        readonly=True,
        help="Charges and losses, less what was released and paid after all.",
    )
    doubtful = fields.Monetary(
        "Doubtful customers", readonly=True, help="Moved on their accounts."
    )


class CobranzaProvisionBookCheck(models.TransientModel):
    """One thing that should be done before a period is closed."""

    _name = "cobranza.provision.book.check"
    _inherit = "cobranza.dialog.mixin"
    _description = "Check before closing"
    _order = "book_id, id"
    _rec_name = "label"

    book_id = fields.Many2one(
        "cobranza.provision.book", required=True, ondelete="cascade", index=True
    )
    label = fields.Char("What", required=True, readonly=True)
    done = fields.Boolean(readonly=True)
    detail = fields.Char(readonly=True)
    target_model = fields.Char(readonly=True)
    target_domain = fields.Char(readonly=True)
    target_action = fields.Char(readonly=True)

    def action_mend(self):
        """The screen where what is left is mended."""
        self.ensure_one()
        if self.target_action:
            return self.env["ir.actions.actions"]._for_xml_id(self.target_action)
        return {
            "type": "ir.actions.act_window",
            "name": self.label,
            "res_model": self.target_model,
            "views": [(False, "list"), (False, "form")],
            "domain": self.target_domain,
        }


class BookWorkbook(Workbook):
    """Of a ``cobranza.provision.book``: by account, by debtor, and each entry."""

    def __init__(self, book):
        # sudo: names of the entries that the book tells of, whoever reads it
        super().__init__(book.sudo())

    def _sheets(self):
        env = self.env
        model = env["cobranza.provision.book.account"]
        names = [*COLUMNS, "closing", "difference"]
        labels = [model._fields[name]._description_string(env) for name in names]
        columns = [(env._("Account"), TEXT), *((label, MONEY) for label in labels)]
        rows = [
            [one.account_id.display_name, *(one[name] for name in names)]
            for one in self.record.account_ids
        ]
        self._write(env._("By account"), columns, rows)
        self._by_debtor(labels[: len(COLUMNS)])
        self._entries()

    def _by_debtor(self, labels):
        sums = defaultdict(lambda: dict.fromkeys(COLUMNS, 0.0))
        for one in self.record.item_ids:
            sums[one.account_id, one.partner_id][one.kind] += one.amount
        env = self.env
        columns = [(env._("Account"), TEXT), (env._("Debtor"), TEXT)]
        columns += [(label, MONEY) for label in labels]
        columns.append((env._("Closing balance"), MONEY))
        rows = [
            [
                account.display_name,
                partner.display_name or "",
                *found.values(),
                sum(found.values()),
            ]
            for (account, partner), found in sums.items()
        ]
        rows.sort(key=lambda row: row[:2])
        self._write(env._("By debtor"), columns, rows, range(2, len(columns)), by=0)

    def _entries(self):
        env = self.env
        labels = dict(
            env["cobranza.provision.book.item"]
            ._fields["kind"]
            ._description_selection(env)
        )
        columns = [
            (env._("Account"), TEXT),
            (env._("Entry"), TEXT),
            (env._("Movement"), TEXT),
            (env._("Debtor"), TEXT),
            (env._("Amount"), MONEY),
        ]
        rows = [
            [
                one.account_id.display_name,
                one.move_id.display_name or "",
                labels[one.kind],
                one.partner_id.display_name or "",
                one.amount,
            ]
            for one in self.record.item_ids
        ]
        rows.sort(key=lambda row: row[0])
        self._write(env._("Movements"), columns, rows, (4,), by=0)
