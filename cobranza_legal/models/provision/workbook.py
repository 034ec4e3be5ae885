"""Provisions as workbooks: figures as numbers, totals as formulas."""

import io

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

MONEY, DAY, TEXT, INTEGER, RATE = "money", "day", "text", "integer", "rate"
WIDTHS = {MONEY: 16, DAY: 12, TEXT: 30, INTEGER: 8, RATE: 8}
SUMMED = ("base", "target", "booked", "movement")


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
        sheet = self.book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        for column, (heading, kind) in enumerate(columns):
            sheet.set_column(column, column, WIDTHS[kind])
            sheet.write_string(0, column, heading, self.head)
        for row, values in enumerate(rows, 1):
            for column, value in enumerate(values):
                self._cell(sheet, row, column, value, columns[column][1])
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


class ProvisionWorkbook(Workbook):
    """Of a ``cobranza.provision.run``: by bucket, by debtor, debt by debt, and what is
    deductible."""

    def _sheets(self):
        env = self.env
        self._summary(env._("By bucket"), env._("Bucket"), "bucket")
        self._summary(env._("By debtor"), env._("Debtor"), "partner_id")
        self._lines()
        self._tax()

    def _labels(self, names):
        fields = self.record.line_ids._fields
        return [fields[name]._description_string(self.env) for name in names]

    def _summary(self, title, heading, key):
        columns = [(heading, TEXT)]
        columns += [(label, MONEY) for label in self._labels(SUMMED)]
        self._write(title, columns, self.record._summary(key), (1, 2, 3, 4))

    def _tax(self):
        names = {
            "partner_id": TEXT,
            "document": TEXT,
            "due_on": DAY,
            "open": MONEY,
            "target": MONEY,
            "tax_deductible": MONEY,
            "tax_difference": MONEY,
            "tax_since": DAY,
            "tax_why": TEXT,
            "tax_lacking": TEXT,
        }
        lines = self.record.line_ids.filtered("target")
        self._debts(self.env._("Deductible"), names, lines, (3, 4, 5, 6))

    def _lines(self):
        names = {
            "partner_id": TEXT,
            "document": TEXT,
            "due_on": DAY,
            "days": INTEGER,
            "bucket": TEXT,
            "document_currency_id": TEXT,
            "open_currency": MONEY,
            "open": MONEY,
            "base": MONEY,
            "percent": RATE,
            "target": MONEY,
            "booked": MONEY,
            "movement": MONEY,
            "why": TEXT,
        }
        lines = self.record.line_ids
        self._debts(self.env._("Debt by debt"), names, lines, (7, 8, 10, 11, 12))

    def _debts(self, title, names, lines, summed):
        columns = list(zip(self._labels(names), names.values(), strict=True))
        rows = [
            [
                one[name].display_name if name.endswith("_id") else one[name]
                for name in names
            ]
            for one in lines
        ]
        self._write(title, columns, rows, summed)
