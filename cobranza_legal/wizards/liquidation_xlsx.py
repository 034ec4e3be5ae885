"""The debt statement as a workbook: figures as numbers, totals as formulas."""

import io

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from .liquidation_tables import DAY, INTEGER, MONEY, RATE, TEXT, LiquidationTables

WIDTHS = {MONEY: 16, DAY: 12, TEXT: 34, INTEGER: 8, RATE: 10}
SHEET_NAME = 31
"""The most characters that the format allows in the name of a sheet."""


class LiquidationWorkbook:
    """The workbook of a ``cobranza.liquidation`` in the language of its environment."""

    def __init__(self, doc):
        self.doc = doc
        self.env = doc.env
        self.position = doc._position()
        self.tables = LiquidationTables(doc)
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True})
        self.names = set()
        self.formats = {}

    def content(self):
        """The bytes of the file."""
        sheets = {
            section.currency: self.book.add_worksheet(
                self._name(self.env._("Summary"), section)
            )
            for section in self.position.sections
        }
        for section in self.position.sections:
            places = {
                key: self._write(table, section)
                for key, table in self.tables.of(section).items()
                if table.rows
            }
            self._write_summary(sheets[section.currency], section, places)
        if not self.position.sections:
            self.book.add_worksheet(self.env._("Summary"))
        self.book.close()
        return self.file.getvalue()

    # -- how they are written ------------------------------------------------------

    def _write(self, table, section):
        """Write a sheet; where its total is, for formulas, or None."""
        sheet = self.book.add_worksheet(self._name(table.name, section))
        sheet.freeze_panes(1, 0)
        for column, (heading, kind) in enumerate(table.columns):
            sheet.set_column(column, column, WIDTHS[kind])
            sheet.write_string(0, column, heading, self._format(TEXT, section, head=1))
        for row, values in enumerate(table.rows, 1):
            for column, value in enumerate(values):
                kind = table.columns[column][1]
                self._cell(sheet, row, column, value, kind, section)
        last = len(table.rows)
        for column in table.summed:
            letter = xl_col_to_name(column)
            value = sum(row[column] for row in table.rows)
            style = self._format(MONEY, section, total=1)
            formula = f"=SUM({letter}2:{letter}{last + 1})"
            sheet.write_formula(last + 1, column, formula, style, float(value))
        if not table.summed:
            return None
        sheet.write_string(
            last + 1, 0, self.env._("Total"), self._format(TEXT, section, total=1)
        )
        quoted = sheet.get_name().replace("'", "''")
        return f"'{quoted}'!{xl_col_to_name(table.summed[0])}{last + 2}"

    def _cell(self, sheet, row, column, value, kind, section):
        if value is None:
            return
        style = self._format(kind, section)
        if kind == DAY:
            sheet.write_datetime(row, column, value, style)
        elif kind == TEXT:
            sheet.write_string(row, column, value, style)
        else:
            sheet.write_number(row, column, float(value), style)

    def _write_summary(self, sheet, section, places):
        doc = self.doc
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, 26)
        title = self._format(TEXT, section, head=1)
        sheet.write_string(0, 0, doc.display_name, title)
        facts = (
            (self.env._("Creditor"), doc.company_id.name, doc.company_id.vat),
            (
                self.env._("Debtor"),
                doc.debtor_id.partner_id.name,
                doc.debtor_id.partner_id.vat,
            ),
        )
        for row, (label, name, vat) in enumerate(facts, 1):
            sheet.write_string(row, 0, label)
            sheet.write_string(row, 1, " · ".join(filter(None, (name, vat))))
        sheet.write_string(3, 0, self.env._("Situation on"))
        self._cell(sheet, 3, 1, self.position.on, DAY, section)
        sheet.write_string(4, 0, self.env._("Currency"))
        sheet.write_string(4, 1, section.currency)
        row = 6
        for key, label, amount in doc._summary(section):
            sheet.write_string(row, 0, label)
            style = self._format(MONEY, section)
            # what lowers the total is written as such
            formula = f"={'-' if key == 'credits' else ''}{places.get(key, 0)}"
            sheet.write_formula(row, 1, formula, style, float(amount))
            row += 1
        sheet.write_string(
            row, 0, self.env._("Total"), self._format(TEXT, section, total=1)
        )
        style = self._format(MONEY, section, total=1)
        formula = f"=SUM(B7:B{row})"
        sheet.write_formula(row, 1, formula, style, float(section.total))
        sheet.write_string(row + 1, 0, doc._words(section))
        sheet.write_string(row + 3, 0, doc._reserve())

    def _name(self, name, section):
        """The name of a sheet: with the currency if there are several."""
        if len(self.position.sections) > 1:
            name = f"{name[: SHEET_NAME - 4]} {section.currency}"
        return name[:SHEET_NAME]

    def _format(self, kind, section, head=0, total=0):
        key = (kind, section.currency, head, total)
        if key not in self.formats:
            places = self.doc._currency(section).decimal_places
            shown = {
                MONEY: "#,##0" + ("." + "0" * places if places else ""),
                DAY: "yyyy-mm-dd",
                RATE: "0.00##",
                INTEGER: "0",
            }
            values = {"num_format": shown[kind]} if kind in shown else {}
            if head or total:
                values |= {"bold": True, "bottom" if head else "top": 1}
            self.formats[key] = self.book.add_format(values)
        return self.formats[key]
