"""Workbooks: figures as numbers, totals as formulas."""

import io

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

MONEY, DAY, TEXT, INTEGER, RATE = "money", "day", "text", "integer", "rate"
WIDTHS = {MONEY: 16, DAY: 12, TEXT: 30, INTEGER: 8, RATE: 8}


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

    def _write(self, title, columns, rows, summed):
        """A sheet of ``rows`` under ``columns`` [(heading, kind)]; those of the places
        ``summed`` have a total."""
        sheet = self.book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        for column, (heading, kind) in enumerate(columns):
            sheet.set_column(column, column, WIDTHS[kind])
            sheet.write_string(0, column, heading, self.head)
        for row, values in enumerate(rows, 1):
            for column, value in enumerate(values):
                self._cell(sheet, row, column, value, columns[column][1])
        if not summed:
            return
        last = len(rows) + 1
        sheet.write_string(last, 0, self.env._("Total"), self.total)
        for column in summed:
            letter = xl_col_to_name(column)
            value = float(sum(row[column] for row in rows))
            formula = f"=SUM({letter}2:{letter}{max(last, 2)})"
            sheet.write_formula(last, column, formula, self.total, value)

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
