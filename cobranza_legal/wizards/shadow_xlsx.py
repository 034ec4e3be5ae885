"""The shadow month as a workbook: figures as numbers, days as days."""

import io

import xlsxwriter

TEXT, MONEY, DAY, INTEGER, RATE = "text", "money", "day", "integer", "rate"
WIDTHS = {TEXT: 34, MONEY: 16, DAY: 12, INTEGER: 10, RATE: 10}


class ShadowWorkbook:
    """The workbook of a ``cobranza.shadow.report`` in the user's language."""

    def __init__(self, report):
        self.env = report.env
        self.report = report
        self.values = report._values()
        self.figures = self.values["figures"]
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True})
        places = report.company_id.currency_id.decimal_places
        money = "#,##0." + "0" * places if places else "#,##0"
        formats = {MONEY: money, DAY: "yyyy-mm-dd", RATE: "0.0%"}
        self.formats = {
            kind: self.book.add_format({"num_format": formats.get(kind, "General")})
            for kind in WIDTHS
        }
        self.head = self.book.add_format({"bold": True, "bottom": 1})

    def content(self):
        """The bytes of the file."""
        for name, columns, rows in self._tables():
            self._write(name, columns, rows)
        self.book.close()
        return self.file.getvalue()

    def _write(self, name, columns, rows):
        sheet = self.book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for column, (heading, kind) in enumerate(columns):
            sheet.set_column(column, column, WIDTHS[kind])
            sheet.write_string(0, column, heading, self.head)
        for row, values in enumerate(rows, 1):
            for column, value in enumerate(values):
                kind = columns[column][1]
                if value is None or value is False:
                    continue
                if kind == TEXT:
                    sheet.write_string(row, column, str(value))
                elif kind == DAY:
                    sheet.write_datetime(row, column, value, self.formats[kind])
                else:
                    sheet.write_number(row, column, float(value), self.formats[kind])

    def _tables(self):
        yield (
            self.env._("Summary"),
            [(self.env._("Figure"), TEXT), ("", MONEY)],
            self._summary(),
        )
        yield (
            self.env._("Weeks"),
            [
                (self.env._("Week of"), DAY),
                (self.env._("Contacts"), INTEGER),
                (self.env._("By itself"), INTEGER),
                (self.env._("Claimed"), MONEY),
                (self.env._("Spared"), INTEGER),
                (self.env._("Charges"), MONEY),
            ],
            self.figures.weeks(),
        )
        yield self._levels()
        acts = (
            (self.env._("Letters spared"), self.figures.spared),
            (self.env._("Every contact"), self.figures.acts),
        )
        for name, found in acts:
            yield name, self._act_columns(), self._acts(found)
        yield self._data_errors()

    def _data_errors(self):
        return (
            self.env._("Data errors"),
            [
                (self.env._("What is missing or wrong"), TEXT),
                (self.env._("Debtor"), TEXT),
            ],
            [
                (line.name, debtor.display_name)
                for line in self.report.line_ids
                for debtor in line.debtor_ids
            ],
        )

    def _levels(self):
        return (
            self.env._("Contacts"),
            [
                (self.env._("Channel"), TEXT),
                (self.env._("Level"), TEXT),
                (self.env._("Contacts"), INTEGER),
                (self.env._("By itself"), INTEGER),
                (self.env._("Spared"), INTEGER),
                (self.env._("Claimed"), MONEY),
            ],
            [
                (self.values["channels"].get(row[0], row[0]), row[1].name, *row[2:])
                for row in self.figures.by_level()
            ],
        )

    def _summary(self):
        figures = self.figures
        debts, claimed, still_open = figures.claimed
        yield self.env._("Contacts that would have been made"), len(figures.acts)
        yield self.env._("Debts claimed"), debts
        yield self.env._("Claimed, each debt once"), claimed
        yield self.env._("Of that still open"), still_open
        yield self.env._("Letters spared, paid in the meantime"), len(figures.spared)
        yield self.env._("Charges"), sum(figures.charges().values())
        if figures.expected is not None:
            yield self.env._("Expected cash"), figures.expected

    def _act_columns(self):
        return [
            (self.env._("Day"), DAY),
            (self.env._("Debtor"), TEXT),
            (self.env._("Channel"), TEXT),
            (self.env._("Level"), TEXT),
            (self.env._("Debts"), INTEGER),
            (self.env._("Claimed"), MONEY),
            (self.env._("Paid on"), DAY),
        ]

    def _acts(self, acts):
        debtors = self.env["cobranza.debtor"].browse({act.debtor for act in acts})
        names = {one.id: one.display_name for one in debtors}
        levels = self.env["cobranza.policy.level"]
        channels = self.values["channels"]
        return [
            (
                act.day,
                names[act.debtor],
                channels.get(act.channel, act.channel),
                levels.browse(act.level).name,
                act.debts,
                act.amount,
                act.paid_on if act.settled else None,
            )
            for act in acts
        ]
