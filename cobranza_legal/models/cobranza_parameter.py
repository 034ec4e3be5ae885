from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..kernel.errors import KernelError
from ..kernel.legal_table import LegalTable, LegalValue, Validity, check_values
from .kernel_words import say_error

VALIDITIES = [
    ("day", "That day only"),
    ("month", "That month only"),
    ("period", "From a day to another"),
]
WARN_DAYS = {"day": 10, "month": 10, "period": 45}


class CobranzaParameter(models.Model):
    _name = "cobranza.parameter"
    _description = "Legal parameter"
    _inherit = ["cobranza.gate.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "code"
    _rec_names_search = ("code", "name")

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    validity = fields.Selection(VALIDITIES, required=True, default="period")
    unit = fields.Char(translate=True, help="Such as percent, EUR, days, UF.")
    article = fields.Char(help="Where the law says so.")
    key_label = fields.Char(
        string="Key", translate=True, help="What the key of a value tells apart."
    )
    country_id = fields.Many2one("res.country")
    description = fields.Text(translate=True)
    max_change = fields.Float(
        string="Largest plausible change (%)",
        help="For each month between two values; an import refuses more. 0: any.",
    )
    max_step = fields.Float(
        string="Largest plausible change (points)",
        help="The same in the unit of the values, for rates near zero.",
    )
    fetched_at = fields.Datetime(string="Last fetched", readonly=True, copy=False)
    value_ids = fields.One2many("cobranza.parameter.value", "parameter_id")
    known_until = fields.Date(
        compute="_compute_known_until", help="Empty: the last value has no end."
    )
    ends_soon = fields.Boolean(
        compute="_compute_known_until", search="_search_ends_soon"
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "This code exists already.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for parameter in self:
            parameter.display_name = f"{parameter.name} ({parameter.code})"

    @api.depends("value_ids.date_from", "value_ids.date_to", "validity")
    def _compute_known_until(self):
        today = self.env.company._cobranza_today()
        ends = self._series_ends()
        for parameter in self:
            known = [end for end in ends[parameter.id] if end]
            parameter.known_until = min(known, default=False)
            warn = timedelta(days=WARN_DAYS.get(parameter.validity, 0))
            parameter.ends_soon = bool(known) and min(known) - warn <= today

    def _series_ends(self):
        """{parameter id: last known day of each key, None if it is open}."""
        groups = self.env["cobranza.parameter.value"]._read_group(
            [("parameter_id", "in", self.ids), ("superseded_by_id", "=", False)],
            ["parameter_id", "key"],
            ["__count", "date_to:count", "date_to:max", "date_from:max"],
        )
        ends = defaultdict(list)
        for parameter, _key, count, closed, last, start in groups:
            if parameter.validity == "day":
                ends[parameter.id].append(start)
            elif parameter.validity == "month":
                ends[parameter.id].append(start + relativedelta(day=31))
            else:
                ends[parameter.id].append(last if count == closed else None)
        return ends

    def _search_ends_soon(self, operator, value):
        if operator != "in":
            return NotImplemented
        ending = self.search([("value_ids", "!=", False)]).filtered("ends_soon")
        return [("id", "in", ending.ids)]

    @api.model
    def _legal_table(self, first, last):
        """``LegalTable`` with every value in force on a day from ``first`` to ``last``.

        One query; whatever the day, a code that exists but has no value then raises
        MissingValue, never a default.
        """
        value = self.env["cobranza.parameter.value"]
        self.flush_model()
        value.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.code, p.validity, p.unit ->> 'en_US',
                       COALESCE(v.article, p.article),
                       COALESCE(v.key, ''), v.date_from, v.date_to,
                       trim_scale(v.value)::text, v.no_rule, v.rank, v.source
                  FROM cobranza_parameter p
             LEFT JOIN cobranza_parameter_value v
                    ON v.parameter_id = p.id AND v.superseded_by_id IS NULL
                   AND v.date_from <= %(last)s
                   AND CASE p.validity
                       WHEN 'day' THEN v.date_from >= %(first)s
                       WHEN 'month' THEN v.date_from >= date_trunc('month', %(first)s)
                       ELSE v.date_to IS NULL OR v.date_to >= %(first)s END
                """,
                first=first,
                last=last,
            )
        )
        return LegalTable(
            {row[0]: Validity(row[1]) for row in rows},
            [_legal_value(*row) for row in rows if row[5]],
        )

    @api.model
    def _mark_used(self, legal_values):
        """Note the day on which these ``LegalValue`` were first used: from then on they
        are superseded, never edited."""
        names = {(one.code, one.key, one.first, one.rank) for one in legal_values}
        if not names:
            return
        codes, keys, firsts, ranks = zip(*names, strict=True)
        value = self.env["cobranza.parameter.value"]
        value.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE cobranza_parameter_value v
                   SET used_on = %(today)s
                  FROM cobranza_parameter p,
                       unnest(%(codes)s, %(keys)s, %(firsts)s::date[], %(ranks)s)
                       AS used (code, key, first, rank)
                 WHERE p.id = v.parameter_id AND p.code = used.code
                   AND COALESCE(v.key, '') = used.key AND v.date_from = used.first
                   AND v.rank = used.rank AND v.used_on IS NULL
                   AND v.superseded_by_id IS NULL
                """,
                today=self.env.company._cobranza_today(),
                codes=list(codes),
                keys=list(keys),
                firsts=list(firsts),
                ranks=list(ranks),
            )
        )
        value.invalidate_model(["used_on"], flush=False)

    def _check_series(self):
        """ValidationError for values that overlap or leave days out in between."""
        for parameter in self:
            message = parameter._series_problem()
            if message:
                raise ValidationError(message)

    def _series_problem(self, extra=()):
        """Why the values in force and ``extra`` ones do not fit together, or None."""
        try:
            self._check_kernel(extra)
        except KernelError as error:
            return self.env._(
                "The values of %(parameter)s do not fit together. %(error)s",
                parameter=self.display_name,
                error=say_error(self.env, error),
            )
        return None

    def _check_kernel(self, extra):
        validity = Validity(self.validity)
        values = [value._legal() for value in self.value_ids._in_force()]
        values += extra
        check_values(validity, values)
        table = LegalTable({self.code: validity}, values)
        for key in {value.key for value in values}:
            rows = table.series(self.code, key).rows
            merged = [
                LegalValue(self.code, key, r.first, r.last, r.value) for r in rows
            ]
            check_values(validity, merged)

    def action_correct(self):
        """The form of a new value of this parameter."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "cobranza.parameter.value",
            "view_mode": "form",
            "context": {"default_parameter_id": self.id},
        }


def _legal_value(
    code, _validity, unit, article, key, first, last, value, no_rule, rank, source
):
    return LegalValue(
        code=code,
        key=key,
        first=first,
        last=last,
        value=None if no_rule else Decimal(value),
        rank=rank,
        source=source or "",
        article=article or "",
        unit=unit or "",
    )
