"""Workbooks: figures as numbers, totals as formulas."""

import io
from itertools import groupby

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

MONEY, DAY, TEXT, INTEGER, RATE = "money", "day", "text", "integer", "rate"
WIDTHS = {MONEY: 16, DAY: 12, TEXT: 12, INTEGER: 8, RATE: 8}
WIDEST = 70
"""Of a column of words, in characters."""


class Workbook:
    """Sheets with the figures of a record, in its environment's language."""

    def __init__(self, record):
        self.record, self.env = record, record.env
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True})
        places = record.currency_id.decimal_places
        money = "#,##0" + ("." + "0" * places if places else "")
        shown = {MONEY: money, DAY: "yyyy-mm-dd", INTEGER: "0", RATE: "0.##"}
        self.styles = {
            kind: self.book.add_format({"num_format": one})
            for kind, one in shown.items()
        }
        self.styles[TEXT] = self.book.add_format()
        self.head = self.book.add_format({"bold": True, "bottom": 1})
        self.total = self.book.add_format({"bold": True, "top": 1, "num_format": money})

    def content(self):
        """The bytes of the file."""
        self._sheets()
        self.book.close()
        return self.file.getvalue()

    def _sheets(self):
        """Writes the sheets."""
        raise NotImplementedError

    def _write(self, title, columns, rows, summed=(), by=None):
        """A sheet of ``rows`` under ``columns`` [(heading, kind)], with totals of those
        at the places ``summed``. ``by``: place of a column by whose values the rows are
        sorted: what stands under different values is not added up, each has its own
        total."""
        sheet = self.book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        for column, (heading, kind) in enumerate(columns):
            width = self._width(heading, kind, [row[column] for row in rows])
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, self.head)
        groups = groupby(rows, key=lambda row: by is not None and row[by])
        last = 0
        for value, some in [(value, list(own)) for value, own in groups] or [("", [])]:
            first = last + 1
            for row in some:
                last += 1
                for column, found in enumerate(row):
                    self._cell(sheet, last, column, found, columns[column][1])
            if summed:
                last += 1
                words = self.env._("Total")
                words = words if by is None else f"{words} {value}"
                self._totals(sheet, first, last, words, some, summed)

    def _totals(self, sheet, first, last, words, rows, summed):
        sheet.write_string(last, 0, words, self.total)
        for column in summed:
            if not rows:
                sheet.write_number(last, column, 0, self.total)
                continue
            letter = xl_col_to_name(column)
            value = self.record.currency_id.round(float(sum(r[column] for r in rows)))
            formula = f"=SUM({letter}{first + 1}:{letter}{last})"
            sheet.write_formula(last, column, formula, self.total, value)

    @staticmethod
    def _width(heading, kind, values):
        """Of a column, in characters: its heading and, of words, what stands in it."""
        wanted = [WIDTHS[kind], len(heading) + 2]
        if kind == TEXT:
            longest = max((len(str(value or "")) for value in values), default=0)
            wanted.append(min(longest + 2, WIDEST))
        return max(wanted)

    def _cell(self, sheet, row, column, value, kind):
        if value is None or value is False:
            return
        style = self.styles[kind]
        if kind == DAY:
            sheet.write_datetime(row, column, value, style)
        elif kind == TEXT:
            sheet.write_string(row, column, value, style)
        else:
            sheet.write_number(row, column, float(value), style)
