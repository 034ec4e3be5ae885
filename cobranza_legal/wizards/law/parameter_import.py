"""Reading a CSV of legal values strictly; no Odoo in here."""

import csv
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.legal_table import LegalValue
from ...models.common.csv_file import decode
from ...models.common.files import uploaded
from ...models.law.parameter_value import CORRECTION

SHOWN = 200


LONG = ("code", "key", "date_from", "date_to", "value", "source")


SHORT = ("code", "date", "value")


DATE = re.compile(
    r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))"
)


PLAIN = re.compile(r"-?\d+(?:\.\d+)?")


COMMA = re.compile(r"-?\d+,\d+")


THOUSANDS = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?")


AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")


DIGITS, DECIMALS = 15, 8


NO_RULE = "-"
"""In the place of a value: the law has no such rule on those days."""


class BadCell(ValueError):
    """``kind`` says what is wrong: date, number, ambiguous or digits."""

    def __init__(self, kind, text):
        self.kind = kind
        self.text = text
        super().__init__(f"{kind}: {text}")


def read_date(text):
    """2026-01-09, 09-01-2026 or 09/01/2026."""
    found = DATE.fullmatch(text.strip())
    if not found:
        raise BadCell("date", text)
    year, month, day, day2, month2, year2 = found.groups()
    try:
        return date(int(year or year2), int(month or month2), int(day or day2))
    except ValueError as error:
        raise BadCell("date", text) from error


def read_number(text):
    """39643.59, 39643,59 or 39.643,59; never a guess.

    One point before exactly three digits may be thousands (40.804 for 40804) or
    decimals: BadCell('ambiguous').
    """
    text = text.strip()
    if AMBIGUOUS.fullmatch(text):
        raise BadCell("ambiguous", text)
    if PLAIN.fullmatch(text):
        plain = text
    elif COMMA.fullmatch(text) or THOUSANDS.fullmatch(text):
        plain = text.replace(".", "").replace(",", ".")
    else:
        raise BadCell("number", text)
    number = Decimal(plain)
    digits = number.normalize().as_tuple()
    if len(digits.digits) > DIGITS or -digits.exponent > DECIMALS:
        raise BadCell("digits", text)
    return number


def write_number(number):
    """Text that ``read_number`` reads as this number: 2.1140 and never 2.114."""
    text = f"{number:f}"
    return f"{text}0" if AMBIGUOUS.fullmatch(text) else text


def read_rows(text):
    """[(line number, {column: text} or None)]: the rows after the optional header.

    None for a row that has neither three nor six cells. Empty lines are left out.
    """
    rows = []
    for at, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=";"), [])]
        if not any(cells) or (not rows and cells[0].lower() == "code"):
            continue
        names = {len(LONG): LONG, len(SHORT): SHORT}.get(len(cells))
        rows.append((at, dict(zip(names, cells, strict=True)) if names else None))
    return rows


class CobranzaParameterImport(models.TransientModel):
    """All or nothing: with one bad line no value is loaded."""

    _name = "cobranza.parameter.import"
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
        lines = read_rows(decode(uploaded(self)))
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
            except (BadCell, UserError) as error:
                errors.append(self._line_message(at, self._cell_message(error)))
        for parameter in parameters:
            mine = [row for row in rows if row["parameter"] == parameter]
            errors += self._check_rows(parameter, mine)
        return rows, errors

    def _line_message(self, at, message):
        return self.env._("Line %(line)s: %(message)s", line=at, message=message)

    def _cell_message(self, error):
        if not isinstance(error, BadCell):
            return str(error)
        messages = {
            "date": self.env._("“%s” is not a date; write 2026-01-09.", error.text),
            "number": self.env._("“%s” is not a number; write 39643.59.", error.text),
            "ambiguous": self.env._(
                "“%s” may be thousands or decimals; write it without thousands points, "
                "or with all its decimals.",
                error.text,
            ),
            "digits": self.env._("“%s” has too many digits.", error.text),
        }
        return messages[error.kind]

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
        first = read_date(cells.get("date") or cells.get("date_from"))
        if parameter.validity == "month":
            first = first.replace(day=1)
        end = cells.get("date_to") if parameter.validity == "period" else None
        last = read_date(end) if end else None
        if last and last < first:
            raise UserError(self.env._("it ends before it starts."))
        legal = LegalValue(
            code=parameter.code,
            key=cells.get("key", ""),
            first=first,
            last=last,
            value=None if cells["value"] == NO_RULE else read_number(cells["value"]),
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
