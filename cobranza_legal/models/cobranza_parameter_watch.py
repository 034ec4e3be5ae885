from collections import defaultdict
from datetime import date, timedelta

from odoo import api, fields, models

from ..kernel.errors import MissingValue
from .kernel_words import say_error

LOOK_BACK = timedelta(days=400)
"""How far back the last known value of a series that has run out is looked for."""


class CobranzaParameter(models.Model):
    """Series that run out, and values that were missing when something needed them."""

    _inherit = "cobranza.parameter"

    warned = fields.Json(
        readonly=True,
        copy=False,
        help="For which end of each series its manager has been asked for the next.",
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
            parameter = self.filtered(lambda one, code=series.code: one.code == code)
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


def _label(code, key):
    return f"{code}[{key}]" if key else code
