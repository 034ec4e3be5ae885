import base64
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_date, get_lang

from ...kernel.ageing import ASIDE, CEDED, CREDIT, ENTRY
from ...models.common.files import download_url
from ...models.common.money import say_amount
from ...models.common.transaction import now, pg_array
from ...models.common.workbook import DAY, INTEGER, MONEY, TEXT, Workbook
from ...models.kpi.ageing import AgeingReader
from ...models.policy.level import PHASES
from ...models.position.words import span_label

BY = (
    *("partner_id", "salesperson_id", "categories", "phase"),
    *("responsible_id", "currency_id"),
)


SHOWN = 25
"""Rows of the table on the screen."""


PRINTED = 200
"""Rows of the table on paper; the workbook has all."""


ENTER = """
    INSERT INTO cobranza_ageing_item (
        ageing_id, bucket_id, line_no, partner_id, debtor_id, debt_id, move_id,
        document, kind, due_on, days, currency_id, open_currency, open,
        salesperson_id, responsible_id, categories, phase,
        create_uid, create_date, write_uid, write_date)
    SELECT %(ageing)s, v.bucket, v.line, v.partner, r.id, v.debt, v.move, v.document,
           v.kind, v.due, v.days, v.currency, v.open_currency, v.open,
           COALESCE(m.invoice_user_id, p.user_id), r.user_id, t.names,
           CASE WHEN v.debt = ANY(%(sued)s) THEN 'judicial' ELSE l.phase END,
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM unnest(%(columns)s)
           AS v(bucket, line, partner, debt, move, document, kind, due, days, currency,
                open_currency, open)
      LEFT JOIN account_move m ON m.id = v.move
      LEFT JOIN res_partner p ON p.id = v.partner
      LEFT JOIN cobranza_debtor r ON r.partner_id = v.partner
                                 AND r.company_id = %(company)s
      LEFT JOIN cobranza_debt d ON d.id = v.debt
      LEFT JOIN cobranza_policy_level l ON l.id = d.level_id
      LEFT JOIN (SELECT s.partner_id,
                        string_agg(COALESCE(c.name->>%(lang)s, c.name->>'en_US'), ', '
                                   ORDER BY c.id) AS names
                   FROM res_partner_res_partner_category_rel s
                   JOIN res_partner_category c ON c.id = s.category_id
                  GROUP BY s.partner_id) t ON t.partner_id = v.partner
"""


TYPES = ("int", "int", "int", "int", "int", "text", "text", "date", "int", "int")
TYPES = (*TYPES, "numeric", "numeric")


READ = (
    *("account.move", "res.partner", "res.partner.category", "cobranza.debtor"),
    *("cobranza.debt", "cobranza.policy.level"),
)


class CobranzaAgeing(models.TransientModel):
    """What is open on a day by how long it has been due: on the screen, as PDF and as a
    workbook, down to each item, and tied to the trial balance of that day."""

    _name = "cobranza.ageing"
    _inherit = ("cobranza.dialog.mixin", "cobranza.paper.mixin")
    _description = "Ageing"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    on = fields.Date(
        "Day",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor()._cobranza_today(),
    )
    basis = fields.Selection(
        [("ledger", "By the ledger now"), ("then", "As known on that day")],
        default="ledger",
        required=True,
        help="By the ledger now: what the trial balance of that day says today. As "
        "known on that day: payments that were undone later are put back.",
    )
    by = fields.Selection(
        lambda self: self._fields_by(),
        "Rows",
        default="partner_id",
        required=True,
        help="Salesperson, category, phase and collector are those of today.",
    )
    spans = fields.Char(
        "Buckets",
        required=True,
        default=lambda self: (
            self.env.company._cobranza_creditor().sudo().cobranza_ageing_days
        ),
        help="The last day past due of each bucket but the oldest, with commas: "
        "30, 60, 90, 180.",
    )
    bucket_ids = fields.One2many("cobranza.ageing.bucket", "ageing_id", readonly=True)
    item_ids = fields.One2many("cobranza.ageing.item", "ageing_id", readonly=True)
    shown = fields.Boolean(readonly=True)
    total = fields.Monetary(readonly=True)
    undone = fields.Monetary(
        "Known then and not now",
        readonly=True,
        help="What was undone after that day, or done again: the difference to the "
        "ledger now.",
    )
    aside = fields.Monetary(
        "Set aside",
        readonly=True,
        help="In the ledger, and no matter between debtors and us: payments that were "
        "refused, and taxes that are owed to the authority.",
    )
    ledger = fields.Monetary("Trial balance", readonly=True)
    difference = fields.Monetary(readonly=True, help="Nothing is expected.")
    table = fields.Html(compute="_compute_table", sanitize=False)
    workbook = fields.Binary(compute="_compute_workbook")

    @api.model
    def _fields_by(self):
        """[(field of an item, label)] of what the rows may be."""
        known = self.env["cobranza.ageing.item"]._fields
        return [(name, known[name]._description_string(self.env)) for name in BY]

    @api.depends("on", "company_id")
    def _compute_display_name(self):
        for ageing in self:
            ageing.display_name = self.env._(
                "Ageing of %(company)s on %(day)s",
                company=ageing.company_id.name,
                day=format_date(self.env, ageing.on) if ageing.on else "",
            )

    @api.depends("by", "bucket_ids", "shown")
    def _compute_table(self):
        for ageing in self:
            ageing.table = ageing.shown and self.env["ir.qweb"]._render(
                "cobranza_legal.ageing_table", {"doc": ageing, "most": SHOWN}
            )

    def _compute_workbook(self):
        for ageing in self:
            content = AgeingWorkbook(ageing).content() if ageing.id else b""
            ageing.workbook = base64.b64encode(content) if content else False

    # -- reading -----------------------------------------------------------------------

    def action_show(self):
        """Read the ledger anew."""
        self.ensure_one()
        self._check_who()
        root = self.company_id._cobranza_creditor()
        # sudo: the whole tree, past the rules of its branches; the dialog has checked
        # that the company is one of the user's, and who reads it may see its debtors
        company = root.sudo().with_company(root)
        if self.basis == "then" and self.on >= company._cobranza_today():
            raise UserError(
                self.env._("Only a day that is over is known otherwise than now.")
            )
        spans = company._cobranza_read_spans(self.spans)
        reader = AgeingReader(company, self.on, self.basis == "then")
        own = self.sudo()  # sudo: the engine names what it has read
        rows, balance = reader.aged(spans), reader.balance()
        own._enter(company, rows, own._make_buckets(spans, rows), reader)
        own._tie(rows, balance)
        return True

    def _check_who(self):
        """Who may see every debtor of the company."""
        debtors = self.env["cobranza.debtor"]
        debtors.check_access("read")
        if debtors._sees_own_debts():
            raise UserError(self.env._("Only who sees every debtor sees the ageing."))

    def _tie(self, rows, balance):
        total = sum((one.open_company for one in rows), balance.ledger * 0)
        rest = balance.ledger - balance.aside - total
        then = self.basis == "then"
        self.write(
            {
                "shown": True,
                "total": float(total),
                "undone": float(-rest) if then else 0,
                "aside": float(balance.aside),
                "ledger": float(balance.ledger),
                "difference": 0 if then else float(rest),
            }
        )

    def _make_buckets(self, spans, rows):
        """{column of the kernel: bucket}; those beside the spans if they have any."""
        sums, counts = defaultdict(float), defaultdict(int)
        for one in rows:
            sums[one.column] += float(one.open_company)
            counts[one.column] += 1
        labels = {
            place: span_label(self.env, span) for place, span in enumerate(spans.spans)
        }
        beside = {
            CREDIT: self.env._("Unallocated payments and credit notes"),
            ENTRY: self.env._("Entries that are not followed"),
            CEDED: self.env._("Owed to somebody else"),
        }
        labels |= {one: beside[one] for one in ASIDE if counts[one]}
        whole = sum(sums.values())
        self.item_ids = self.bucket_ids = [Command.clear()]
        buckets = self.env["cobranza.ageing.bucket"].create(
            [
                {
                    "ageing_id": self.id,
                    "sequence": place,
                    "name": label,
                    "is_overdue": column not in (0, *ASIDE),
                    "amount": sums[column],
                    "item_count": counts[column],
                    "share": sums[column] / whole if whole else 0,
                }
                for place, (column, label) in enumerate(labels.items())
            ]
        )
        return dict(zip(labels, buckets, strict=True))

    def _enter(self, company, rows, buckets, reader):
        """Insert the items, one statement for all."""
        if not rows:
            return
        for name in READ:
            self.env[name].flush_model()
        values = [
            (
                buckets[one.column].id,
                one.item.line,
                one.item.partner,
                one.item.debt,
                one.item.move,
                one.item.document,
                one.item.kind,
                one.item.due,
                one.late,
                one.item.currency,
                one.open,
                one.open_company,
            )
            for one in rows
        ]
        columns = [
            SQL("%s::%s[]", pg_array(column), SQL(kind))
            for column, kind in zip(zip(*values, strict=True), TYPES, strict=True)
        ]
        sued = reader.claimed_in_court({one.item.debt for one in rows} - {None})
        self.env.cr.execute(
            SQL(
                ENTER,
                ageing=self.id,
                company=company.id,
                columns=SQL(", ").join(columns),
                sued=list(sued),
                lang=get_lang(self.env).code,
                uid=self.create_uid.id,
                now=now(self.env),
            )
        )
        self.env["cobranza.ageing.item"].invalidate_model(flush=False)
        self.invalidate_recordset(["item_ids"], flush=False)

    # -- for screen, paper and workbook ------------------------------------------------

    def _matrix(self, by=None, most=None):
        """([bucket], [(label, [amount of each bucket], sum)]), the largest row first;
        beyond ``most`` rows they are one."""
        self.ensure_one()
        by = by or self.by
        groups = self.env["cobranza.ageing.item"]._read_group(
            [("ageing_id", "=", self.id)], [by, "bucket_id"], ["open:sum"]
        )
        buckets = self.bucket_ids
        places = {bucket: place for place, bucket in enumerate(buckets)}
        sums = defaultdict(lambda: [0.0] * len(buckets))
        for key, bucket, amount in groups:
            sums[key][places[bucket]] += amount
        rows = sorted(sums.items(), key=lambda row: -sum(row[1]))
        rest = rows[most:] if most and len(rows) > most else []
        if rest:
            rows = rows[:most]
        label = self._labels(by)
        found = [(label(key), amounts, sum(amounts)) for key, amounts in rows]
        if rest:
            columns = zip(*(row for _key, row in rest), strict=True)
            amounts = [sum(column) for column in columns]
            words = self.env._("%s others", len(rest))
            found.append((words, amounts, sum(amounts)))
        return buckets, found

    def _labels(self, by):
        """A function that names the rows."""
        nothing = self.env._("None")
        field = self.env["cobranza.ageing.item"]._fields[by]
        if field.type == "selection":
            words = dict(field._description_selection(self.env))
            return lambda key: words.get(key, nothing)
        if field.type == "many2one":
            # sudo: names of what the user has read the sums of
            return lambda key: key.sudo().display_name or nothing
        return lambda key: key or nothing

    def _say(self, amount):
        return say_amount(self.env, amount, self.currency_id)

    def _by_label(self, by=None):
        return dict(self._fields_by())[by or self.by]

    def _printed(self):
        return PRINTED

    def _document_title(self):
        """Title and file name of the PDF."""
        return self.display_name

    # -- buttons -----------------------------------------------------------------------

    @api.model
    def action_open(self):
        """The ageing of today."""
        ageing = self.create({})
        ageing.action_show()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ageing"),
            "res_model": self._name,
            "res_id": ageing.id,
            "views": [[False, "form"]],
            "target": "current",
        }

    def action_items(self):
        """Every item, in a table of rows and buckets."""
        self.ensure_one()
        return self._show_items(Domain("ageing_id", "=", self.id))

    def _show_items(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_ageing_item"
        )
        context = {"pivot_row_groupby": [self.by]}
        return {**action, "domain": list(domain), "context": context}

    def action_workbook(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": download_url(self, "workbook", f"{self.display_name}.xlsx"),
            "target": "download",
        }

    def action_print(self):
        report = self.env.ref("cobranza_legal.action_report_ageing")
        return report.report_action(self, config=False)


class CobranzaAgeingBucket(models.TransientModel):
    """One column of an ageing."""

    _name = "cobranza.ageing.bucket"
    _inherit = "cobranza.dialog.mixin"
    _description = "Bucket of the ageing"
    _order = "ageing_id, sequence, id"

    ageing_id = fields.Many2one(
        "cobranza.ageing", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char("Bucket", required=True, readonly=True)
    is_overdue = fields.Boolean(readonly=True)
    currency_id = fields.Many2one(related="ageing_id.currency_id")
    amount = fields.Monetary("Open", readonly=True)
    item_count = fields.Integer("Items", readonly=True)
    share = fields.Float(readonly=True)

    def action_items(self):
        """The items of this bucket."""
        self.ensure_one()
        own = Domain("bucket_id", "=", self.id)
        return self.ageing_id._show_items(own)


class CobranzaAgeingItem(models.TransientModel):
    """What of one open item stands in one bucket."""

    _name = "cobranza.ageing.item"
    _inherit = "cobranza.dialog.mixin"
    _description = "Item of the ageing"
    _order = "ageing_id, due_on, id"
    _rec_name = "document"

    ageing_id = fields.Many2one(
        "cobranza.ageing", required=True, ondelete="cascade", index=True
    )
    bucket_id = fields.Many2one(
        "cobranza.ageing.bucket",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    line_no = fields.Integer("Journal item", readonly=True)
    company_currency_id = fields.Many2one(
        related="ageing_id.currency_id", string="Company currency"
    )
    partner_id = fields.Many2one(
        "res.partner", "Debtor", readonly=True, ondelete="cascade"
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor", "Followed debtor", readonly=True, ondelete="cascade"
    )
    debt_id = fields.Many2one("cobranza.debt", readonly=True, ondelete="cascade")
    move_id = fields.Many2one(
        "account.move", "Entry", readonly=True, ondelete="cascade"
    )
    document = fields.Char(readonly=True)
    kind = fields.Selection(
        [
            ("invoice", "Invoice"),
            ("credit_note", "Credit note"),
            ("bill", "Vendor bill"),
            ("charge", "Charges billed"),
            ("payment", "Payment"),
            ("entry", "Other entry"),
        ],
        readonly=True,
    )
    due_on = fields.Date("Due date", readonly=True)
    days = fields.Integer("Days late", readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    open_currency = fields.Monetary(
        "Open in its currency", readonly=True, aggregator=None
    )
    open = fields.Monetary(readonly=True, currency_field="company_currency_id")
    salesperson_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="cascade",
        help="Of the document, else of the customer.",
    )
    responsible_id = fields.Many2one(
        "res.users", "Collector", readonly=True, ondelete="cascade"
    )
    categories = fields.Char(
        "Category", readonly=True, help="All tags of the customer together."
    )
    phase = fields.Selection(
        PHASES,
        readonly=True,
        help="That of its level; judicial when it is claimed before a court.",
    )

    def action_open(self):
        """The debt, else the entry."""
        self.ensure_one()
        record = self.debt_id or self.move_id
        return record.get_formview_action()


class AgeingWorkbook(Workbook):
    """Of a ``cobranza.ageing``: what it is tied to, a sheet for each kind of rows, and
    each item."""

    def __init__(self, ageing):
        # sudo: names of what the user has read the sums of
        super().__init__(ageing.sudo())

    def _sheets(self):
        self._summary()
        for by, label in self.record._fields_by():
            buckets, rows = self.record._matrix(by)
            columns = [(label, TEXT), *((one.name, MONEY) for one in buckets)]
            columns.append((self.env._("Total"), MONEY))
            flat = [[name, *amounts, total] for name, amounts, total in rows]
            self._write(label, columns, flat, range(1, len(columns)))
        self._items()

    def _summary(self):
        env, ageing = self.env, self.record
        columns = [(env._("Bucket"), TEXT), (env._("Open"), MONEY)]
        rows = [[one.name, one.amount] for one in ageing.bucket_ids]
        self._write(env._("Ageing"), columns, rows, (1,))
        names = ("total", "undone", "aside", "ledger", "difference")
        labels = [ageing._fields[name]._description_string(env) for name in names]
        pairs = zip(labels, names, strict=True)
        rows = [[label, ageing[name]] for label, name in pairs]
        self._write(env._("Trial balance"), columns, rows, ())

    def _items(self):
        names = {
            "partner_id": TEXT,
            "document": TEXT,
            "kind": TEXT,
            "due_on": DAY,
            "days": INTEGER,
            "bucket_id": TEXT,
            "currency_id": TEXT,
            "open_currency": MONEY,
            "open": MONEY,
            "salesperson_id": TEXT,
            "responsible_id": TEXT,
            "categories": TEXT,
            "phase": TEXT,
        }
        items = self.record.item_ids
        fields_ = items._fields
        words = {
            name: dict(fields_[name]._description_selection(self.env))
            for name in ("kind", "phase")
        }
        columns = [
            (fields_[name]._description_string(self.env), kind)
            for name, kind in names.items()
        ]
        rows = [
            [
                one[name].display_name or ""
                if name.endswith("_id")
                else words[name].get(one[name], "")
                if name in words
                else one[name]
                for name in names
            ]
            for one in items
        ]
        self._write(self.env._("Items"), columns, rows, (8,))
