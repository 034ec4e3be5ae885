from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo.tools import SQL

from ...kernel.owed import CHARGE, grouped, netted
from ...kernel.position import Credit, Payment, Principal
from ..common.money import to_decimal
from ..common.payers import PAID_ON, PAYERS, PAYS
from .reader import PositionReader

PAYMENTS = """
    SELECT r.debit_move_id, %(paid_on)s, r.debit_amount_currency::text,
           CASE WHEN b.move_type = 'out_refund' THEN 'credit_note' ELSE 'cash' END,
           b.name
      FROM %(payers)s
     WHERE r.debit_move_id = ANY(%(lines)s) AND r.max_date <= %(on)s AND %(pays)s
       AND r.debit_amount_currency <> 0
     ORDER BY r.max_date, r.id
"""


@dataclass(slots=True)
class Ledger:
    """What the books say of one debtor on a day, by the dates of the entries.

    ``principals`` by debt id, ``loose`` the open items that are no debts yet, and
    ``credits`` what is unallocated, both by currency id; ``funds`` are those credits as
    (day, amount), credit notes at the beginning of time: what they give back was never
    owed.
    """

    principals: dict[int, Principal] = field(default_factory=dict)
    loose: dict[int, list[Principal]] = field(default_factory=dict)
    credits: dict[int, list[Credit]] = field(default_factory=dict)
    funds: dict[int, list[tuple[date, Decimal]]] = field(default_factory=dict)


class LedgerReader:
    """The principals of one debtor on any day, with the payments that lowered them, and
    its credits: the items of ``PositionReader`` as a statement tells them. ``debtor``
    as superuser; of several ones, of one company, the principals alone."""

    def __init__(self, debtor):
        self.debtor = debtor
        self.env = debtor.env
        self.company = debtor.company_id

    def collect(self, on):
        """The ``Ledger`` of the day ``on``; a fixed number of queries."""
        ledger = Ledger(self.principals(on))
        self._read_loose(ledger, on)
        return ledger

    def principals(self, on):
        """{debt id: Principal} of the day ``on``; a fixed number of queries."""
        debts = self._debts_on(on)
        payments = self._payments_until(debts, on)
        return {
            debt.id: Principal(
                debt=debt.id,
                document=debt.display_name,
                issued=self._issued(debt),
                due=debt._due_on(),
                original=to_decimal(debt._whole_amount()),
                payments=tuple(payments[debt.id]),
                line=debt.move_line_id.id,
            )
            for debt in debts
        }

    def _debts_on(self, on):
        """The principals that had been posted by a day and are ours to claim."""
        domain = [
            ("debtor_id", "in", self.debtor.ids),
            ("nature", "=", "principal"),
            ("void_reason", "=", False),
            ("move_line_id.parent_state", "=", "posted"),
        ]
        debts = self.env["cobranza.debt"].search(domain, order="id")
        return debts.filtered(
            lambda debt: self._issued(debt) <= on and not debt._is_ceded(on)
        )

    @staticmethod
    def _issued(debt):
        return min(debt.line_ids.mapped("date"))

    def _payments_until(self, debts, on):
        """{debt id: [Payment]} that lowered the debts in the ledger of a day, in the
        order of their own dates."""
        result = defaultdict(list)
        settlements = self.env["cobranza.settlement"]
        domain = [
            ("debt_id", "in", debts.ids),
            ("kind", "in", settlements._kinds(carries=False)),
            ("partial_id.max_date", "<=", on),
            ("amount_currency", "!=", 0),
        ]
        rows = settlements.search(domain, order="date, id")
        for row in rows:
            amount = to_decimal(row.amount_currency)
            payment = Payment(row.date, amount, row.kind, row.move_id.name)
            result[row.debt_id.id].append(payment)
        return result

    def _read_loose(self, ledger, on):
        """Fill in the items that no debt carries: documents that are not followed yet,
        and payments and credit notes that are unallocated. What cancels itself out and
        entries that are not followed are nothing to tell a debtor of."""
        reader = PositionReader(self.env, self.company, on)
        items = reader.items(self.debtor.partner_id)
        items = [one for one in items if not one.debt and one.kind != CHARGE]
        left = [one for group in grouped(items).values() for one in netted(group)]
        owed = [one for one in left if one.is_debit and one.counts and one.open]
        for item in left:
            if item.open < 0:
                credit = Credit(item.paid_on, item.document or "", -item.open)
                ledger.credits.setdefault(item.currency, []).append(credit)
                day = date.min if item.kind == "credit_note" else item.paid_on
                ledger.funds.setdefault(item.currency, []).append((day, -item.open))
        payments = self._loose_payments([item.line for item in owed], on)
        for item in owed:
            paid = tuple(payments[item.line])
            ledger.loose.setdefault(item.currency, []).append(
                Principal(
                    debt=None,
                    document=item.document or "",
                    issued=item.day,
                    due=item.due,
                    original=item.open + sum(one.amount for one in paid),
                    payments=paid,
                    line=item.line,
                )
            )

    def _loose_payments(self, lines, on):
        """{journal item: [Payment]} until a day."""
        result = defaultdict(list)
        if not lines:
            return result
        query = SQL(
            PAYMENTS, payers=PAYERS, pays=PAYS, paid_on=PAID_ON, lines=lines, on=on
        )
        rows = self.env.execute_query(query)
        for line, day, amount, kind, document in rows:
            result[line].append(Payment(day, Decimal(amount), kind, document or ""))
        return result
