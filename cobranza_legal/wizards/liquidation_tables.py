"""What the sheets of a debt statement hold."""

from dataclasses import dataclass

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


class LiquidationTables:
    """The sheets of a section of a ``cobranza.liquidation``, in its language."""

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
