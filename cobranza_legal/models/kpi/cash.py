"""What debtors have paid in a period, as it was known then or as the ledger tells."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ..common.payers import BANKS, PAID_ON, PAYERS, PAYS

PAID = """
    SELECT r.debit_move_id, chain.debt_id, r.amount::text, %(paid_on)s,
           COALESCE(l.date_maturity, l.date),
           b.origin_payment_id IS NOT NULL OR j.type IN %(banks)s
      FROM %(payers)s
      JOIN account_journal j ON j.id = b.journal_id
      JOIN account_move_line l ON l.id = r.debit_move_id
      JOIN account_move m ON m.id = l.move_id
      LEFT JOIN (SELECT id AS debt_id, move_line_id AS line_id FROM cobranza_debt
                  WHERE move_line_id IS NOT NULL
                  UNION
                 SELECT debt_id, line_id FROM cobranza_debt_former_line_rel) chain
        ON chain.line_id = l.id
     WHERE l.account_id = ANY(%(accounts)s) AND r.company_id = ANY(%(tree)s)
       AND r.max_date >= %(since)s AND r.max_date <= %(day)s AND %(pays)s
       AND %(paid_on)s BETWEEN %(since)s AND %(day)s AND r.amount <> 0
       AND l.parent_state = 'posted'
       AND (m.move_type IN ('out_invoice', 'out_receipt')
            OR chain.debt_id IS NOT NULL)
"""
"""Every reconciliation by which a document was paid in the period, and whether it was
with money."""


SETTLED = """
    SELECT s.debt_id, s.move_id, s.amount::text, s.date,
           COALESCE(d.kept_due_date, l.date_maturity, l.date)
      FROM %(settlements)s s
      JOIN account_partial_reconcile p ON p.id = s.partial_id
      JOIN cobranza_debt d ON d.id = s.debt_id
      LEFT JOIN account_move_line l ON l.id = d.move_line_id
     WHERE s.debt_id = ANY(%(debts)s) AND s.kind = ANY(%(kinds)s)
       AND s.date BETWEEN %(since)s AND %(day)s AND p.max_date <= %(day)s
     ORDER BY s.id
"""


UNDONE = """
    SELECT u.debt_id, u.move_id, u.amount::text, u.date, u.undone_on, u.redone_on,
           u.made_on, COALESCE(d.kept_due_date, l.date_maturity, l.date, u.date)
      FROM cobranza_settlement_undone u
      JOIN cobranza_debt d ON d.id = u.debt_id
      LEFT JOIN account_move_line l ON l.id = d.move_line_id
     WHERE u.company_id = %(company)s AND u.kind = ANY(%(kinds)s)
       AND u.made_on <= %(day)s AND u.date <= %(day)s
       AND (u.undone_on >= %(since)s OR u.redone_on > %(day)s)
     ORDER BY u.id
"""


DUE = """
    SELECT COALESCE(sum(l.balance), 0)::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      LEFT JOIN cobranza_debt d ON d.move_line_id = l.id
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND l.balance > 0 AND l.date <= %(day)s
       AND COALESCE(d.kept_due_date, l.date_maturity, l.date)
           BETWEEN %(since)s AND %(day)s
       AND (m.move_type IN ('out_invoice', 'out_receipt')
            OR d.id IS NOT NULL AND m.origin_payment_id IS NULL)
       AND NOT EXISTS (SELECT 1 FROM cobranza_debt_former_line_rel f
                        WHERE f.line_id = l.id)
"""
"""What documents said to pay in the period, whatever was paid of it."""


class Receipt(NamedTuple):
    """Money that paid a document, in company currency; negative: it came back.
    ``debt`` is None of what is no debt of ours yet."""

    debt: "int | None"
    day: date
    amount: Decimal
    due: date


class CashReader:
    """The receipts of the period of a ``KpiBook``: what debtors paid of documents and
    debts, neither credit notes nor write-offs, reclassifications nor rounding.

    Known then, a payment that was undone after the day is there, and one of an earlier
    period that was undone in this one is taken off on that day. By the ledger now, what
    was undone was never paid. Three queries.
    """

    def __init__(self, book):
        self.book, self.env = book, book.env
        self.values = {
            "since": book.since,
            "day": book.day,
            "company": book.company.id,
            "kinds": self.env["cobranza.settlement"]._kinds(collects=True),
        }

    def receipts(self):
        """[Receipt]."""
        for model in (
            *("account.move.line", "account.move", "account.partial.reconcile"),
            *("account.payment", "cobranza.debt", "cobranza.settlement.undone"),
        ):
            self.env[model].flush_model()
        paid = self._read_paid()
        loose = [
            Receipt(None, day, Decimal(amount), due)
            for _line, debt, amount, day, due, is_money in paid
            if debt is None and is_money
        ]
        settled = self._read_settled({row[1] for row in paid if row[1]})
        if self.book.then:
            settled = self._known_then(settled)
        return [*loose, *(Receipt(*one) for _key, one in settled)]

    def due(self):
        """What fell due in the period, in company currency."""
        values = {"accounts": self.book.accounts, "tree": self.book.tree}
        query = SQL(DUE, **values, **self.values)
        return Decimal(self.env.execute_query(query)[0][0])

    def _read_paid(self):
        query = SQL(
            PAID,
            paid_on=PAID_ON,
            payers=PAYERS,
            pays=PAYS,
            banks=BANKS,
            accounts=self.book.accounts,
            tree=self.book.tree,
            **self.values,
        )
        return self.env.execute_query(query)

    def _read_settled(self, debts):
        """[((debt, entry), values of a ``Receipt``)] by the ledger now."""
        if not debts:
            return []
        table = self.env["cobranza.settlement"]._table_sql
        query = SQL(SETTLED, settlements=table, debts=list(debts), **self.values)
        return [
            ((debt, entry), (debt, day, Decimal(amount), due or day))
            for debt, entry, amount, day, due in self.env.execute_query(query)
        ]

    def _known_then(self, settled):
        """The same as it was known on the day."""
        rows = self.env.execute_query(SQL(UNDONE, **self.values))
        since, day = self.values["since"], self.values["day"]
        again = {(row[0], row[1]) for row in rows if row[5] and row[5] > day}
        found = [one for one in settled if one[0] not in again]
        for debt, entry, amount, paid, undone, redone, made, due in rows:
            amount, key = Decimal(amount), (debt, entry)
            if paid >= since and undone > day:
                found.append((key, (debt, paid, amount, due)))
            came_back = since <= undone <= day and not (redone and redone <= day)
            if came_back and max(paid, made) < since:
                found.append((key, (debt, undone, -amount, due)))
        return found
