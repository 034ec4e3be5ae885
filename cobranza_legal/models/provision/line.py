import re
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..common.transaction import now, pg_array

GIVEN = (
    *("debt_id", "debtor_id", "partner_id", "move_line_id", "document", "due_on"),
    *("days", "bucket", "first_day", "document_currency_id", "open_currency", "open"),
    *("base", "percent", "target", "booked", "movement", "why", "sued"),
    *("tax_deductible", "tax_difference", "tax_since", "tax_why", "tax_lacking"),
)
"""Fields of a line that its reader gives."""


BATCH = 10_000


ENTER = """
    INSERT INTO cobranza_provision_line (
        run_id, company_id, day, %(names)s,
        create_uid, create_date, write_uid, write_date)
    SELECT %(run)s, %(company)s, %(day)s, %(values)s,
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM unnest(%(columns)s) WITH ORDINALITY AS v(%(names)s, place)
      LEFT JOIN res_currency c ON c.id = v.document_currency_id
     ORDER BY v.place
"""


SUMS = """
    SELECT run_id, count(*),
           COALESCE(sum(movement) FILTER (WHERE due_on IS NOT NULL
                                            AND movement > 0), 0)::text,
           COALESCE(sum(movement) FILTER (WHERE due_on IS NOT NULL
                                            AND movement < 0), 0)::text,
           COALESCE(sum(movement) FILTER (WHERE due_on IS NULL), 0)::text
      FROM cobranza_provision_line
     WHERE run_id = ANY(%s)
     GROUP BY run_id
"""

BUCKET = re.compile(r"^bucket\b(.*)$")


class CobranzaProvisionLine(models.Model):
    """What a run provides for one open item, and what is booked for it."""

    _name = "cobranza.provision.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Line of a provision run"
    _order = "run_id, days desc, id"
    _rec_name = "document"

    run_id = fields.Many2one(
        "cobranza.provision.run",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    debt_id = fields.Many2one(
        "cobranza.debt", readonly=True, ondelete="set null", index="btree_not_null"
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="restrict"
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        "Journal item",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    document = fields.Char(readonly=True)
    due_on = fields.Date("Due", readonly=True)
    days = fields.Integer("Days past due", readonly=True, aggregator=None)
    bucket = fields.Char(readonly=True)
    first_day = fields.Integer("Bucket from", readonly=True, aggregator=None)
    document_currency_id = fields.Many2one(
        "res.currency", "Currency of the document", readonly=True
    )
    open_currency = fields.Monetary(
        "Open in its currency",
        currency_field="document_currency_id",
        readonly=True,
        aggregator=None,
    )
    currency_id = fields.Many2one(related="run_id.currency_id")
    open = fields.Monetary(
        readonly=True, help="Net of what the debtor has paid and nobody matched yet."
    )
    base = fields.Monetary(
        readonly=True,
        help="What may be lost: without what an insurer pays and, by setting, the tax "
        "that comes back.",
    )
    percent = fields.Float("%", readonly=True, digits=(5, 2), aggregator=None)
    target = fields.Monetary(
        "Allowance", readonly=True, help="What is to be booked in all."
    )
    booked = fields.Monetary(
        "Booked before", readonly=True, help="By the last posted run."
    )
    movement = fields.Monetary(readonly=True, help="What this run books.")
    why = fields.Char(readonly=True)
    sued = fields.Boolean("Claimed in court", readonly=True)
    tax_deductible = fields.Monetary(
        "Deductible",
        readonly=True,
        help="What the tax on profits lets be deducted of the allowance on this day.",
    )
    tax_difference = fields.Monetary(
        "Not deductible", readonly=True, help="Of what is booked."
    )
    tax_since = fields.Date("Deductible since", readonly=True)
    tax_why = fields.Char("Why by tax law", readonly=True)
    tax_lacking = fields.Char("Evidence missing", readonly=True)
    state = fields.Selection(related="run_id.state")
    day = fields.Date(related="run_id.day", store=True)

    @api.depends("document", "partner_id")
    def _compute_display_name(self):
        for one in self:
            parts = one.document, one.partner_id.name
            one.display_name = " · ".join(filter(None, parts))

    @api.model
    def _enter(self, run, rows):
        """Insert the lines of a run, as their reader gives them, past the ORM: a
        statement for ten thousand."""
        if not self.env.su:
            raise UserError(self.env._("Only the engine inserts in bulk."))
        run.flush_model(["company_id", "day"])
        for some in split_every(BATCH, rows, list):
            self._enter_batch(run, some)
        self.invalidate_model(flush=False)
        names = ["line_ids", "line_count", "charged", "released"]
        run.invalidate_recordset(names, flush=False)

    def _enter_batch(self, run, rows):
        columns = [_column(self._fields[name], rows) for name in GIVEN]
        values = {name: SQL.identifier("v", name) for name in GIVEN}
        rounded = SQL("round(v.open_currency, COALESCE(c.decimal_places, 2))")
        values |= {"open_currency": rounded, "percent": SQL("round(v.percent, 2)")}
        self.env.cr.execute(
            SQL(
                ENTER,
                names=SQL(", ").join(map(SQL.identifier, GIVEN)),
                values=SQL(", ").join(values.values()),
                columns=SQL(", ").join(columns),
                run=run.id,
                company=run.company_id.id,
                day=run.day,
                uid=self.env.uid,
                now=now(self.env),
            )
        )

    @api.model
    def _sums(self, run_ids):
        """{run id: (number of lines, charges of debts, releases of debts, negative,
        and movement of what is no debt)}; runs without lines are missing."""
        self.flush_model(["run_id", "movement", "due_on"])
        rows = self.env.execute_query(SQL(SUMS, list(run_ids)))
        return {run: (count, *map(Decimal, sums)) for run, count, *sums in rows}

    def _read_group_orderby(self, order, groupby_terms, query):
        """Buckets follow by their days, not by their words."""
        if "bucket" in groupby_terms:
            parts = (order or ",".join(groupby_terms)).split(",")
            parts = [BUCKET.sub(r"first_day:min\1", one.strip()) for one in parts]
            order = ",".join(parts)
        return super()._read_group_orderby(order, groupby_terms, query)

    def _discardable(self):
        """Those of runs that were not posted."""
        return self.filtered(lambda one: one.run_id.state in ("draft", "computed"))


def _column(field, rows):
    """The values of a field in ``rows`` as an array in SQL. A relation, day or text
    that is not there is NULL, a number 0."""
    empty = {"boolean": False, "integer": 0, "float": 0, "monetary": 0}.get(field.type)
    values = [row.get(field.name) for row in rows]
    if field.type != "char":
        values = [value or empty for value in values]
    values = [None if value is False and empty is None else value for value in values]
    return SQL(f"%s::{field.column_type[1]}[]", pg_array(values))
