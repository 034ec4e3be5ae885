from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.errors import UnclearText, UnreadableTable
from ...kernel.legal_table import LegalValue
from ...kernel.table import read_cell, read_cells, used
from ...kernel.typed import read_day, read_number
from ...models.common.csv_file import say_cell, say_table
from ...models.common.files import uploaded
from ...models.law.parameter_value import CORRECTION

SHOWN = 200


LONG = ("code", "key", "date_from", "date_to", "value", "source")


SHORT = ("code", "date", "value")


NO_RULE = "-"
"""In the place of a value: the law has no such rule on those days."""


def read_lines(content):
    """[(line, {column: text} or None)]: the rows after the optional header.

    None for a row that has neither the three nor the six cells; a missing source at
    the end is empty. UnreadableTable.
    """
    rows = read_cells(content)
    long = LONG
    if rows and rows[0][1][0].casefold() == "code":
        header = tuple(name.casefold() for name in used(rows.pop(0)[1]))
        long = header if sorted(header) == sorted(LONG) else LONG
    return [(line, _named(list(used(cells)), long)) for line, cells in rows]


def _named(cells, long):
    if len(cells) == len(SHORT):
        return dict(zip(SHORT, cells, strict=True))
    if len(long) - 1 <= len(cells) <= len(long):
        cells += [""] * (len(long) - len(cells))
        return dict(zip(long, cells, strict=True))
    return None


class CobranzaParameterImport(models.TransientModel):
    """All or nothing: with one bad line no value is loaded."""

    _name = "cobranza.parameter.import"
    _inherit = "cobranza.dialog.mixin"
    _description = "Import of legal values"

    file = fields.Binary(string="CSV file", required=True, attachment=False)
    filename = fields.Char()
    source = fields.Char(
        help="Where the values were read, for lines that do not say it."
    )
    reason = fields.Char(
        required=True,
        default=lambda self: self.env._("Values published after the addon."),
    )
    errors = fields.Text(compute="_compute_preview")
    count = fields.Integer(string="Values to load", compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("file", "source")
    def _compute_preview(self):
        for wizard in self:
            rows, errors = wizard._read() if wizard.file else ([], [])
            wizard.errors = "\n".join(errors) or False
            wizard.count = len([row for row in rows if not row["known"]])
            wizard.preview = wizard._preview_table(rows)

    def _preview_table(self, rows):
        known = self.env._("already there")
        line = Markup("<tr>%s</tr>")
        cell = Markup("<td>%s</td>")
        body = Markup().join(
            line
            % Markup().join(
                cell % ("" if one is None else one)
                for one in (
                    row["legal"].code,
                    row["legal"].key,
                    row["legal"].first,
                    row["legal"].last,
                    row["legal"].value if row["legal"].value is not None else NO_RULE,
                    row["legal"].source,
                    known if row["known"] else "",
                )
            )
            for row in rows[:SHOWN]
        )
        return Markup('<table class="table table-sm"><tbody>%s</tbody></table>') % body

    def action_import(self):
        """Create the values of the file, or refuse it with every bad line."""
        self.ensure_one()
        rows, errors = self._read()
        if errors:
            raise UserError("\n".join(errors))
        new = [row for row in rows if not row["known"]]
        if not new:
            raise UserError(self.env._("The file has no value that is not there yet."))
        values = self.env["cobranza.parameter.value"].create(
            [self._prepare_value_vals(row) for row in new]
        )
        return values._get_records_action(name=self.env._("Loaded values"))

    def _prepare_value_vals(self, row):
        legal = row["legal"]
        return {
            "parameter_id": row["parameter"].id,
            "key": legal.key,
            "date_from": legal.first,
            "date_to": legal.last,
            "value": float(legal.value or 0),
            "no_rule": legal.value is None,
            "source": legal.source,
            "reason": self.reason,
        }

    def _read(self):
        """(rows, errors): {line, parameter, legal, known} for each good line, and one
        message for each bad one."""
        self.ensure_one()
        try:
            lines = read_lines(uploaded(self))
        except UnreadableTable as error:
            return [], [say_table(self.env, error)]
        codes = {cells["code"] for _at, cells in lines if cells}
        parameters = self.env["cobranza.parameter"].search(
            [("code", "in", list(codes))]
        )
        by_code = {parameter.code: parameter for parameter in parameters}
        rows, errors = [], []
        if not lines:
            errors.append(self.env._("The file has no lines."))
        for at, cells in lines:
            try:
                rows.append(self._read_line(at, cells, by_code))
            except UserError as error:
                errors.append(self._line_message(at, str(error)))
            except UnclearText as error:
                errors.append(self._line_message(at, say_cell(self.env, error)))
        for parameter in parameters:
            mine = [row for row in rows if row["parameter"] == parameter]
            errors += self._check_rows(parameter, mine)
        return rows, errors

    def _line_message(self, at, message):
        return self.env._("Line %(line)s: %(message)s", line=at, message=message)

    def _read_line(self, at, cells, by_code):
        if cells is None:
            raise UserError(
                self.env._(
                    "it needs the cells code;key;date_from;date_to;value;source or "
                    "code;date;value."
                )
            )
        parameter = by_code.get(cells["code"])
        if not parameter:
            raise UserError(self.env._("there is no parameter “%s”.", cells["code"]))
        source = cells.get("source") or self.source
        if not source:
            raise UserError(self.env._("the value has no source."))
        first = read_cell(cells, "date" if "date" in cells else "date_from", read_day)
        if parameter.validity == "month":
            first = first.replace(day=1)
        last = None
        if parameter.validity == "period" and cells.get("date_to"):
            last = read_cell(cells, "date_to", read_day)
        if last and last < first:
            raise UserError(self.env._("it ends before it starts."))
        value = None
        if cells["value"] != NO_RULE:
            value = read_cell(cells, "value", read_number)
        legal = LegalValue(
            code=parameter.code,
            key=cells.get("key", ""),
            first=first,
            last=last,
            value=value,
            rank=CORRECTION,
            source=source,
        )
        return {"line": at, "parameter": parameter, "legal": legal, "known": False}

    def _check_rows(self, parameter, rows):
        """Messages on what the rows of one parameter contradict; marks known ones."""
        errors = []
        series = defaultdict(list)
        for row in rows:
            series[row["legal"].key].append(row)
        held = parameter.value_ids._in_force()
        for key, mine in series.items():
            there = held.filtered(lambda value, key=key: (value.key or "") == key)
            mine.sort(key=lambda row: (row["legal"].first, row["line"]))
            errors += self._check_duplicates(mine)
            errors += self._check_existing(mine, there)
            errors += self._check_changes(parameter, mine, there)
        new = [row["legal"] for row in rows if not row["known"]]
        problem = None if errors else parameter._series_problem(new)
        return [*errors, problem] if problem else errors

    def _check_duplicates(self, rows):
        errors, seen = [], {}
        for row in rows:
            first = row["legal"].first
            if first in seen:
                message = self.env._(
                    "%(day)s is on line %(other)s already.",
                    day=first,
                    other=seen[first],
                )
                errors.append(self._line_message(row["line"], message))
            seen.setdefault(first, row["line"])
        return errors

    def _check_existing(self, rows, there):
        errors = []
        held = {(value.date_from, value.rank): value for value in there}
        for row in rows:
            legal = row["legal"]
            own = held.get((legal.first, CORRECTION))
            same = own or held.get((legal.first, 0))
            if same and same._legal().value == legal.value:
                row["known"] = (same.date_to or None) == legal.last
            if own and not row["known"]:
                message = self.env._(
                    "%s has a value of yours already; correct it on its own form.",
                    own.display_name,
                )
                errors.append(self._line_message(row["line"], message))
        return errors

    def _check_changes(self, parameter, rows, there):
        """Messages on values that are implausibly far from their nearest neighbour."""
        far = parameter._too_far([row["legal"] for row in rows], there)
        lines = {row["legal"]: row["line"] for row in rows}
        return [
            self._line_message(lines[legal], parameter._far_message(legal, near))
            for legal, near in far
        ]
