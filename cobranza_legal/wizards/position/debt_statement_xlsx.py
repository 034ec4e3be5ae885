"""What the sheets of a debt statement hold.

The debt statement as a workbook: figures as numbers, totals as formulas.
"""

import io
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

MONEY, DAY, TEXT, INTEGER, RATE = "money", "day", "text", "integer", "rate"


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: ``columns`` are [(heading, kind)], ``rows`` lists of as many values.

    ``summed`` are the columns that get a total, the first the one in the summary.
    """

    name: str
    columns: tuple
    rows: list
    summed: tuple[int, ...] = ()


class DebtStatementTables:
    """The sheets of a section of a ``cobranza.debt.statement``, in its language."""

    def __init__(self, doc):
        self.doc = doc
        self.env = doc.env

    def of(self, section):
        """{key of the summary: Table}, in order."""
        return {
            "principal": self._principals(section),
            "payments": self._payments(section),
            "interest": self._interest(section),
            "fees": self._charges(self.env._("Fees"), section.fees),
            "costs": self._charges(self.env._("Costs"), section.costs),
            "credits": self._credits(section),
            "law": self._law(section),
        }

    def _principals(self, section):
        columns = (
            (self.env._("Document"), TEXT),
            (self.env._("Issued"), DAY),
            (self.env._("Due date"), DAY),
            (self.env._("Original"), MONEY),
            (self.env._("Paid"), MONEY),
            (self.env._("Open"), MONEY),
            (self.env._("Disputed"), MONEY),
        )
        rows = [
            [
                one.document,
                one.issued,
                one.due,
                one.original,
                one.paid,
                one.open,
                one.disputed,
            ]
            for one in section.principals
        ]
        return Table(self.env._("Principal"), columns, rows, (5, 3, 4, 6))

    def _payments(self, section):
        columns = (
            (self.env._("Date"), DAY),
            (self.env._("Document"), TEXT),
            (self.env._("Kind"), TEXT),
            (self.env._("Settled by"), TEXT),
            (self.env._("Amount"), MONEY),
        )
        rows = [
            [
                one.day,
                principal.document,
                self.doc._kind("cobranza.settlement", one.kind),
                one.document,
                one.amount,
            ]
            for principal in section.principals
            for one in principal.payments
        ]
        return Table(self.env._("Payments"), columns, rows, (4,))

    def _interest(self, section):
        columns = (
            (self.env._("Document"), TEXT),
            (self.env._("From"), DAY),
            (self.env._("To"), DAY),
            (self.env._("Days"), INTEGER),
            (self.env._("Base"), MONEY),
            (self.env._("Yearly rate (%)"), RATE),
            (self.env._("Amount"), MONEY),
            (self.env._("Note"), TEXT),
        )
        rows = []
        for one in section.interest:
            for part in self.doc._interest_rows(one):
                rows.append([one.document, *part])
        return Table(self.env._("Interest"), columns, rows, (6,))

    def _charges(self, name, charges):
        columns = (
            (self.env._("Charge"), TEXT),
            (self.env._("Document"), TEXT),
            (self.env._("How it is worked out"), TEXT),
            (self.env._("Legal basis"), TEXT),
            (self.env._("Amount"), MONEY),
            (self.env._("Open"), MONEY),
        )
        rows = [
            [
                self.doc._kind("cobranza.charge", one.kind),
                one.document,
                self.doc._formula(one.formula),
                one.article,
                one.amount,
                one.open,
            ]
            for one in charges
        ]
        return Table(name, columns, rows, (5, 4))

    def _credits(self, section):
        columns = (
            (self.env._("Date"), DAY),
            (self.env._("Document"), TEXT),
            (self.env._("Amount"), MONEY),
        )
        rows = [[one.day, one.document, one.amount] for one in section.credits]
        return Table(self.env._("Unallocated payments"), columns, rows, (2,))

    def _law(self, section):
        columns = (
            (self.env._("Legal value"), TEXT),
            (self.env._("Day"), DAY),
            (self.env._("Value"), RATE),
            (self.env._("Legal basis"), TEXT),
            (self.env._("Source"), TEXT),
        )
        names = self.doc._parameters(section)
        rows = [
            [
                names.get(use.code, use.code),
                use.day,
                use.value,
                use.article,
                use.source,
            ]
            for use in section.values
        ]
        rows += [["", None, None, article, ""] for article in section.articles]
        return Table(self.env._("Legal basis"), columns, rows)


WIDTHS = {MONEY: 16, DAY: 12, TEXT: 34, INTEGER: 8, RATE: 10}


SHEET_NAME = 31
"""The most characters that the format allows in the name of a sheet."""


class DebtStatementWorkbook:
    """The workbook of a ``cobranza.debt.statement``, in the environment's language."""

    def __init__(self, doc):
        self.doc = doc
        self.env = doc.env
        self.position = doc._position()
        self.tables = DebtStatementTables(doc)
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
        row = self._write_figures(sheet, section, places)
        sheet.write_string(row + 1, 0, doc._words(section))
        sheet.write_string(row + 3, 0, doc._reserve())

    def _write_figures(self, sheet, section, places):
        """Write the figures of the day as formulas over the other sheets; the row of
        the total."""
        rows = self.doc._figure_rows(section)
        last = 6 + len(rows) - 1
        formulas = self._formulas(section, places)
        formulas["total"] = f"SUM(B7:B{last})"
        for row, (key, label, amount) in enumerate(rows, 6):
            total = int(row == last)
            sheet.write_string(row, 0, label, self._format(TEXT, section, total=total))
            style = self._format(MONEY, section, total=total)
            sheet.write_formula(row, 1, f"={formulas[key]}", style, float(amount))
        return last

    def _formulas(self, section, places):
        """{key of a figure: formula}; the day is in B4."""
        charges = [
            places[key] for key in ("interest", "fees", "costs") if key in places
        ]
        found = {
            "overdue": "0",
            "not_due": "0",
            "charges": "+".join(charges) or "0",
            # what lowers the total is written as such
            "loose": f"-{places.get('credits', 0)}",
        }
        if "principal" in places:
            sheet = places["principal"].rpartition("!")[0]
            end = len(section.principals) + 1
            due, open_ = f"{sheet}!C2:C{end}", f"{sheet}!F2:F{end}"
            found["overdue"] = f'SUMIF({due},"<"&B4,{open_})'
            found["not_due"] = f'SUMIF({due},">="&B4,{open_})'
        return found

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
