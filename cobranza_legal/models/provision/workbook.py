"""Provisions as a workbook."""

from ..common.workbook import DAY, INTEGER, MONEY, RATE, TEXT, Workbook

SUMMED = ("base", "target", "booked", "movement")


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
