from bisect import bisect
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...kernel.errors import KernelError, MissingValue
from ...kernel.legal_table import LegalTable, LegalValue, Validity, check_values
from ..common.words import say_error
from .parameter_value import exact

VALIDITIES = [
    ("day", "That day only"),
    ("month", "That month only"),
    ("period", "From a day to another"),
]


WARN_DAYS = {"day": 10, "month": 10, "period": 45}


LOOK_BACK = timedelta(days=400)
"""How far back the last known value of a series that has run out is looked for."""


class CobranzaParameter(models.Model):
    """A kind of legal value, such as a rate or a limit: how its values are dated and
    keyed, between which bounds they are plausible, and which series run out or were
    missing when something needed them.
    """

    _name = "cobranza.parameter"
    _inherit = ["cobranza.gate.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Legal parameter"
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
    warned = fields.Json(
        readonly=True,
        copy=False,
        help="For which end of each series its manager has been asked for the next.",
    )

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
                       v.value::text, v.no_rule, v.rank, v.source
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

    def _too_far(self, legals, there, tolerance=1):
        """[(LegalValue, (day, number))]: those of one key, in the order of their days,
        that are implausibly far from their nearest neighbour.

        ``there`` are the stored values of that key; what is plausible becomes a
        neighbour too. ``tolerance`` multiplies what the parameter allows.
        """
        if not self.max_change and not self.max_step:
            return []
        known = sorted(
            (value.date_from, exact(value.value))
            for value in there
            if not value.no_rule
        )
        far = []
        for legal in legals:
            if legal.value is None:
                continue
            day, number = legal.first, legal.value
            at = bisect(known, (day, number))
            near = min(
                known[max(at - 1, 0) : at + 1],
                key=lambda known, day=day: abs((known[0] - day).days),
                default=(day, number),
            )
            if abs(number - near[1]) <= self._allowed(near, day) * exact(tolerance):
                known.insert(at, (day, number))
            else:
                far.append((legal, near))
        return far

    def _allowed(self, near, day):
        """The largest plausible change from a neighbour (day, number) to a day."""
        months = Decimal(abs((near[0] - day).days)) / 30
        share = abs(near[1]) * exact(self.max_change) / 100
        return max(share, exact(self.max_step)) * (1 + months)

    def _far_message(self, legal, near):
        return self.env._(
            "%(value)s is too far from %(near)s of %(day)s.",
            value=legal.value,
            near=near[1],
            day=near[0],
        )

    # -- what runs out ---------------------------------------------------------------

    @api.model
    def _ending_series(self, company):
        """[(NeededSeries, last known day or None)]: the series without which the
        company's rules stop and that end within the days that the rules say.

        None: no value is known of the last year or since.
        """
        needed = company._cobranza_rules()._needed_series()
        if not needed:
            return []
        today = company._cobranza_today()
        table = company._cobranza_legal_table(today - LOOK_BACK, date.max)
        ending = []
        for series in needed:
            try:
                until = table.until(series.code, series.key)
            except MissingValue:
                ending.append((series, None))
                continue
            if until and until < today + timedelta(days=series.ahead):
                ending.append((series, until))
        return ending

    @api.model
    def _ending_lines(self, company):
        """[{name, code, until}] of the series that run out, for banners."""
        ending = self._ending_series(company)
        names = self._by_code(series.code for series, _until in ending)
        return [
            {
                "name": names[series.code].name,
                "code": _label(series.code, series.key),
                "until": until and fields.Date.to_string(until),
            }
            for series, until in ending
            if series.code in names
        ]

    @api.model
    def get_ending_banner(self):
        """What the screens of legal values warn about."""
        return {"ending": self._ending_lines(self.env.company)}

    @api.model
    def _by_code(self, codes):
        found = self.search([("code", "in", list(set(codes)))])
        return {parameter.code: parameter for parameter in found}

    def _upkeep_due(self, company, today, limit):
        """Parameters with a series that runs out and that nobody was asked for."""
        ending = self._ending_series(company)
        if not ending:
            return self.browse()
        by_code = self._by_code(series.code for series, _until in ending)
        due = [
            by_code[series.code].id
            for series, until in ending
            if series.code in by_code
            and (by_code[series.code].warned or {}).get(series.key) != str(until)
        ]
        return self.browse(dict.fromkeys(due[:limit]))

    def _upkeep(self, today):
        """Ask the manager for the next values, once for each end of a series."""
        company = self.env.company
        for series, until in self._ending_series(company):
            parameter = self.filtered(
                lambda parameter, code=series.code: parameter.code == code
            )
            warned = parameter.warned or {}
            if not parameter or warned.get(series.key) == str(until):
                continue
            name = _label(series.code, series.key)
            company._cobranza_ask_manager(
                parameter,
                self.env._("Load the next values of %s", name),
                [self._message_ending(name, until)],
                add=True,
            )
            seen = {**warned, series.key: str(until)}
            parameter._through_gate().warned = seen

    def _message_ending(self, name, until):
        if not until:
            return self.env._("No value of %s is known; what needs one stops.", name)
        return self.env._(
            "No value of %(name)s is known after %(day)s; what needs one stops then.",
            name=name,
            day=until,
        )

    # -- what was missing ------------------------------------------------------------

    @api.model
    def _report_missing(self, company, errors):
        """Ask the manager for the values whose absence stopped something: one activity
        for each series, which names the days. ``errors`` are ``MissingValue``."""
        series = defaultdict(list)
        for error in errors:
            series[error.code, error.key].append(error)
        by_code = self._by_code(code for code, _key in series)
        for (code, key), mine in series.items():
            if code in by_code:
                mine.sort(key=lambda error: error.on or date.min)
                company._cobranza_ask_manager(
                    by_code[code],
                    self.env._("Load the legal value %s", _label(code, key)),
                    [say_error(self.env, error) for error in mine],
                    add=True,
                )


def _legal_value(
    code, _validity, unit, article, key, first, last, value, no_rule, rank, source
):
    return LegalValue(
        code=code,
        key=key,
        first=first,
        last=last,
        value=None if no_rule else exact(value),
        rank=rank,
        source=source or "",
        article=article or "",
        unit=unit or "",
    )


def _label(code, key):
    return f"{code}[{key}]" if key else code
