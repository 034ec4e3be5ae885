from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo.tools import SQL

from ...kernel.position import Credit, Payment, Principal
from ..common.money import to_decimal

SETTLED_OTHERWISE = ("in_payment", "paid", "reversed")


LOOSE = """
    SELECT l.id, l.currency_id, m.name, l.date, COALESCE(l.date_maturity, l.date),
           l.amount_currency::text,
           (SELECT COALESCE(sum(CASE WHEN p.debit_move_id = l.id
                                     THEN p.debit_amount_currency
                                     ELSE -p.credit_amount_currency END), 0)
              FROM account_partial_reconcile p
             WHERE (p.debit_move_id = l.id OR p.credit_move_id = l.id)
               AND p.max_date <= %(on)s)::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN res_partner r ON r.id = l.partner_id
     WHERE l.company_id = %(company)s AND l.account_id = ANY(%(accounts)s)
       AND r.commercial_partner_id = %(partner)s AND l.parent_state = 'posted'
       AND l.date <= %(on)s
       AND (l.reconciled IS NOT TRUE OR EXISTS (
                SELECT 1 FROM account_partial_reconcile late
                 WHERE late.max_date > %(on)s
                   AND (late.debit_move_id = l.id OR late.credit_move_id = l.id)))
       AND (l.reconciled IS TRUE OR m.payment_state IS NULL
            OR m.payment_state NOT IN %(paid)s)
       AND NOT EXISTS (SELECT 1 FROM cobranza_debt d WHERE d.move_line_id = l.id)
       AND NOT EXISTS (SELECT 1 FROM cobranza_debt_former_line_rel f
                        WHERE f.line_id = l.id)
     ORDER BY COALESCE(l.date_maturity, l.date), l.id
"""


@dataclass(slots=True)
class Ledger:
    """What the books say of one debtor on a day, by the dates of the entries.

    ``principals`` by debt id, ``loose`` the open items that are no debts yet, and
    ``credits`` what is unallocated, both by currency id.
    """

    principals: dict[int, Principal] = field(default_factory=dict)
    loose: dict[int, list[Principal]] = field(default_factory=dict)
    credits: dict[int, list[Credit]] = field(default_factory=dict)


class LedgerReader:
    """The principals, payments and credits of one debtor on any day, by the dates of
    the entries. ``debtor`` as superuser."""

    def __init__(self, debtor):
        self.debtor = debtor
        self.env = debtor.env
        self.company = debtor.company_id

    def collect(self, on):
        """The ``Ledger`` of the day ``on``; a fixed number of queries."""
        ledger = Ledger()
        debts = self._debts_on(on)
        payments = self._payments_until(debts, on)
        for debt in debts:
            ledger.principals[debt.id] = Principal(
                debt=debt.id,
                document=debt.display_name,
                issued=self._issued(debt),
                due=debt.date_maturity or debt.original_due_date,
                original=to_decimal(debt._whole_amount()),
                payments=tuple(payments[debt.id]),
            )
        self._read_loose(ledger, on)
        return ledger

    def _debts_on(self, on):
        """The principals that had been posted by a day and are ours to claim."""
        domain = [
            ("debtor_id", "=", self.debtor.id),
            ("nature", "=", "principal"),
            ("void_reason", "=", False),
            ("move_line_id.parent_state", "=", "posted"),
        ]
        debts = self.env["cobranza.debt"].search(domain, order="id")
        return debts.filtered(
            lambda debt: (
                self._issued(debt) <= on
                and not (debt.ceded_on and debt.ceded_on <= on)
                and (
                    debt.move_line_id.reconciled
                    or debt.move_id.payment_state not in SETTLED_OTHERWISE
                )
            )
        )

    @staticmethod
    def _issued(debt):
        return min(debt.line_ids.mapped("date"))

    def _payments_until(self, debts, on):
        """{debt id: [Payment]} until a day, in the order of their dates."""
        result = defaultdict(list)
        domain = [
            ("debt_id", "in", debts.ids),
            ("kind", "!=", "transfer"),
            ("date", "<=", on),
            ("amount_currency", "!=", 0),
        ]
        rows = self.env["cobranza.settlement"].search(domain, order="date, id")
        for row in rows:
            amount = to_decimal(row.amount_currency)
            payment = Payment(row.date, amount, row.kind, row.move_id.name)
            result[row.debt_id.id].append(payment)
        return result

    def _read_loose(self, ledger, on):
        """Fill in the items that no debt carries: documents that are not followed yet,
        and payments and credit notes that are unallocated."""
        self.env["cobranza.run"]._flush_ledger()
        query = SQL(
            LOOSE,
            on=on,
            company=self.company.id,
            accounts=self.company._cobranza_followed_accounts().ids,
            partner=self.debtor.partner_id.id,
            paid=SETTLED_OTHERWISE,
        )
        items = []
        for row in self.env.execute_query(query):
            left = Decimal(row[5]) - Decimal(row[6])
            if left < 0:
                credit = Credit(row[3], row[2] or "", -left)
                ledger.credits.setdefault(row[1], []).append(credit)
            elif left > 0:
                items.append(row)
        payments = self._loose_payments([row[0] for row in items], on)
        for line, currency, document, issued, due, amount, _matched in items:
            ledger.loose.setdefault(currency, []).append(
                Principal(
                    debt=None,
                    document=document or "",
                    issued=issued,
                    due=due,
                    original=Decimal(amount),
                    payments=tuple(payments[line]),
                )
            )

    def _loose_payments(self, lines, on):
        """{journal item: [Payment]} until a day."""
        result = defaultdict(list)
        if not lines:
            return result
        query = SQL(
            """SELECT p.debit_move_id, p.max_date, p.debit_amount_currency::text,
                      CASE WHEN m.move_type = 'out_refund' THEN 'credit_note'
                           ELSE 'cash' END, m.name
                 FROM account_partial_reconcile p
                 JOIN account_move_line c ON c.id = p.credit_move_id
                 JOIN account_move m ON m.id = c.move_id
                WHERE p.debit_move_id = ANY(%s) AND p.max_date <= %s
                  AND p.debit_amount_currency <> 0
                ORDER BY p.max_date, p.id""",
            lines,
            on,
        )
        for line, day, amount, kind, document in self.env.execute_query(query):
            result[line].append(Payment(day, Decimal(amount), kind, document or ""))
        return result
