import json
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...kernel.kpi import meets
from ..common.money import say_amount, to_decimal
from ..common.rows import Row
from ..common.transaction import apart, now, pg_array
from .book import KpiBook

_logger = logging.getLogger(__name__)


REACH = 31
"""So many days that were missed are taken by the upkeep; what is older is filled back
by a dialog."""


ENTER = """
    INSERT INTO cobranza_kpi (
        company_id, day, code, sequence, split, user_id, numerator, denominator,
        factor, value, measured, inputs, backfilled,
        create_uid, create_date, write_uid, write_date)
    SELECT %(company)s, %(day)s, v.code, v.sequence, v.split, v.user_id, v.numerator,
           v.denominator, v.factor, COALESCE(v.value, 0), v.value IS NOT NULL,
           v.inputs::jsonb, %(backfilled)s,
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM unnest(%(columns)s)
           AS v(code, sequence, split, user_id, numerator, denominator, factor, value,
                inputs)
    ON CONFLICT (company_id, day, code, split) DO NOTHING
"""


TYPES = ("text", "int", "text", "int", *["numeric"] * 4, "text")


class CobranzaKpi(models.Model):
    """What was measured of one company on one day, as it was known then. It stays as it
    is: what happens to the ledger afterwards changes the figure by the ledger only."""

    _name = "cobranza.kpi"
    _inherit = "cobranza.gate.mixin"
    _description = "Figure of a day"
    _order = "day desc, sequence, code, split, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    day = fields.Date(required=True, readonly=True)
    code = Row("cobranza.kpi.indicator", "Indicator", required=True, readonly=True)
    split = fields.Char(required=True, readonly=True, default="", index=True)
    split_words = fields.Char("Of", compute="_compute_words")
    user_id = fields.Many2one(
        "res.users",
        "Person",
        readonly=True,
        index="btree_not_null",
        help="Whom it is about; that person sees it.",
    )
    numerator = fields.Float(digits=(24, 6), readonly=True, aggregator=None)
    denominator = fields.Float(digits=(24, 6), readonly=True, aggregator=None)
    factor = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    value = fields.Float(digits=(24, 2), readonly=True, aggregator="avg")
    measured = fields.Boolean(
        readonly=True, help="Off: there was nothing to divide by on this day."
    )
    inputs = fields.Json(readonly=True)
    backfilled = fields.Boolean(
        readonly=True,
        help="It was taken later, as it was known on the day.",
    )
    sequence = fields.Integer(readonly=True, aggregator=None)
    unit = fields.Char(compute="_compute_row")
    every = fields.Char("Reported every", compute="_compute_row")
    formula = fields.Char(compute="_compute_row")
    has_list = fields.Boolean(compute="_compute_row")
    value_words = fields.Char("Figure", compute="_compute_value_words")
    input_words = fields.Text("Made of", compute="_compute_inputs")
    target = fields.Float(compute="_compute_target", digits=(24, 2))
    standing = fields.Selection(
        [("met", "On target"), ("missed", "Off target"), ("none", "No target")],
        compute="_compute_target",
    )

    _day_uniq = models.Constraint(
        "UNIQUE (company_id, day, code, split)", "This figure was taken already."
    )

    @api.depends("code", "day")
    def _compute_display_name(self):
        rows = self.env["cobranza.kpi.indicator"]
        for one in self:
            day = fields.Date.to_string(one.day) or ""
            one.display_name = f"{rows._label(one.code)} {day}"

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_row(self):
        rows = self.env["cobranza.kpi.indicator"]
        every = {
            "day": self.env._("day"),
            "week": self.env._("week"),
            "month": self.env._("month"),
        }
        for one in self:
            row = rows._row(one.code)
            one.unit = row.unit if row else ""
            one.formula = self.env._(row.formula) if row else ""
            one.every = every.get(row.every) if row else ""
            one.has_list = bool(row and row.behind)

    @api.depends("split")
    @api.depends_context("lang")
    def _compute_words(self):
        words = self.env["cobranza.kpi.dimension"]._words_of(set(self.mapped("split")))
        for one in self:
            one.split_words = words[one.split or ""]

    @api.depends("inputs", "company_id")
    @api.depends_context("lang")
    def _compute_inputs(self):
        known = self.env["cobranza.kpi.input"]
        for one in self:
            said = known._say(one.inputs, one.currency_id)
            one.input_words = "\n".join(f"{label}: {text}" for label, text in said)

    @api.depends("value", "measured", "unit")
    @api.depends_context("lang")
    def _compute_value_words(self):
        for one in self:
            one.value_words = one._say(one.value) if one.measured else "–"

    def _say(self, value):
        """A value of this indicator with its unit."""
        if self.unit == "money":
            return say_amount(self.env, value, self.currency_id)
        text = formatLang(self.env, value, digits=2)
        if self.unit == "percent":
            return f"{text} %"
        return self.env._("%s days", text)

    @api.depends("code", "value", "measured", "company_id", "day", "split")
    def _compute_target(self):
        rows = self.env["cobranza.kpi.indicator"]
        target_of = self.env["cobranza.kpi.target"]._targets(self.company_id)
        for one in self:
            row = rows._row(one.code)
            target = target_of(one.company_id.id, one.code, one.day)
            one.target = float(target or 0)
            value = to_decimal(one.value) if one.measured else None
            met = row and meets(value, target, row.better, row.strict)
            one.standing = "none" if met is None else "met" if met else "missed"

    # -- what is behind ----------------------------------------------------------------

    def _book(self, *, then=True):
        """The ``KpiBook`` of the day of this figure."""
        self.ensure_one()
        return KpiBook(self.company_id, self.day, then=then)

    def action_behind(self):
        """The list behind the figure, as it was known then."""
        self.ensure_one()
        self.check_access("read")
        row = self.env["cobranza.kpi.indicator"]._row(self.code)
        if not (row and row.behind):
            raise UserError(self.env._("There is no list behind this figure."))
        # whoever opens it sees of the list what it may see
        return getattr(self.env[row.source], row.behind)(self)

    def action_compare(self):
        """The figure by the ledger now, and what makes the difference."""
        self.ensure_one()
        self.check_access("read")
        found = self.env["cobranza.kpi.compare"].create({"kpi_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Known then and by the ledger now"),
            "res_model": found._name,
            "res_id": found.id,
            "view_mode": "form",
            "target": "new",
        }

    # -- measuring ---------------------------------------------------------------------

    @api.model
    def _measure(self, book, codes=None):
        """[(Indicator, Measure)] of a ``KpiBook``: of all indicators, or those of
        ``codes``. A source that fails is logged and left out; the others stay."""
        found = []
        for code, row in self.env["cobranza.kpi.indicator"]._by_code().items():
            if codes is not None and code not in codes:
                continue
            source = self.env[row.source].sudo().with_company(book.company)
            try:
                with apart(self.env):
                    found += [(row, one) for one in getattr(source, row.measure)(book)]
            except Exception:
                _logger.exception("Indicator %s of %s", code, book.company.name)
        return found

    @api.model
    def _take(self, company, day, *, backfilled=False):
        """Keep what is measured of a day that is over, as it was known then. What was
        taken before stays as it is, so it may be run again at any time. Run as
        superuser."""
        book = KpiBook(company, day)
        dimensions = self.env["cobranza.kpi.dimension"]
        rows = [
            (
                row.code,
                row.sequence,
                one.split,
                dimensions._user_of(one.split),
                one.numerator,
                one.denominator,
                row.factor(one),
                row.value(one),
                json.dumps(one.inputs),
            )
            for row, one in self._measure(book)
        ]
        columns = (
            [
                SQL(f"%s::{kind}[]", pg_array(values))
                for kind, values in zip(TYPES, zip(*rows, strict=True), strict=True)
            ]
            if rows
            else []
        )
        if not columns:
            return
        self.env.cr.execute(
            SQL(
                ENTER,
                company=book.company.id,
                day=day,
                backfilled=backfilled,
                columns=SQL(", ").join(columns),
                uid=self.env.uid,
                now=now(self.env),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _daily(self, company, today):
        """Take the days that are over and were not taken yet, as ``cobranza.block``."""
        if company.parent_id:
            return
        yesterday = today - timedelta(1)
        last = self.search(
            [("company_id", "=", company.id), ("day", "<=", yesterday)],
            order="day desc",
            limit=1,
        )
        day = (
            max(last.day, today - timedelta(REACH))
            if last
            else yesterday - timedelta(1)
        )
        while day < yesterday:
            day += timedelta(1)
            self._take(company, day, backfilled=day < yesterday)
            if not self.env["ir.cron"]._commit_progress():
                return
