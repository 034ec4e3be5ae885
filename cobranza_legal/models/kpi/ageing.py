"""What is open of a company by how long it has been due, tied to its ledger."""

from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ...kernel.ageing import aged
from ..common.money import unit
from ..position.figures import FiguresReader
from ..position.reader import PositionReader

ZERO = Decimal(0)


BALANCE = """
    SELECT COALESCE(sum(l.balance), 0)::text,
           COALESCE(sum(l.balance) FILTER (WHERE y.state = 'rejected'), 0)::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      LEFT JOIN account_payment y ON y.id = m.origin_payment_id
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND l.date <= %(on)s
"""


ASIDE = """
    SELECT COALESCE(sum(l.balance
               - COALESCE((SELECT sum(p.amount) FROM account_partial_reconcile p
                             JOIN account_move_line o ON o.id = p.credit_move_id
                            WHERE p.debit_move_id = l.id AND p.max_date <= %(on)s
                              AND o.parent_state = 'posted'), 0)
               + COALESCE((SELECT sum(p.amount) FROM account_partial_reconcile p
                             JOIN account_move_line o ON o.id = p.debit_move_id
                            WHERE p.credit_move_id = l.id AND p.max_date <= %(on)s
                              AND o.parent_state = 'posted'), 0)), 0)::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      LEFT JOIN account_payment y ON y.id = m.origin_payment_id
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND l.date <= %(on)s
       AND y.state IS DISTINCT FROM 'rejected' AND (%(aside)s)
"""


class Balance(NamedTuple):
    """What the trial balance says of the followed accounts on a day, and how much of it
    is no matter between debtors and us: payments that were refused and still are in the
    ledger, and what blocks set aside."""

    ledger: Decimal
    aside: Decimal


class AgeingReader:
    """The ageing of a company, its branches included, on any day; as superuser, in a
    fixed number of queries.

    ``then``: as it was known on that day, with what was undone later put back; else by
    the ledger now, which is what the trial balance of that day says today.
    """

    def __init__(self, company, on, then=False):
        self.company, self.env = company, company.env
        self.on, self.then = on, then
        self.reader = PositionReader(self.env, company, on)

    def aged(self, spans):
        """[kernel ``Aged``] in the columns of these ``Spans``."""
        if self.then:
            items, _changes = self.reader.items_known_then()
        else:
            items = self.reader.items()
        ceded = FiguresReader(self.env, self.company, self.on).ceded()
        return aged(items, self.on, spans, unit(self.company.currency_id), ceded)

    def balance(self):
        """The ``Balance`` of the day, by the ledger now."""
        self.reader.flush()
        values = {
            "accounts": self.reader.followed.told,
            "tree": self.reader.followed.tree,
            "on": self.on,
        }
        [[ledger, refused]] = self.env.execute_query(SQL(BALANCE, **values))
        condition = self.reader.aside_condition()
        [[aside]] = self.env.execute_query(SQL(ASIDE, aside=condition, **values))
        return Balance(Decimal(ledger), Decimal(refused) + Decimal(aside))

    def claimed_in_court(self, debt_ids):
        """The ids of those debts that were claimed before a court by the day."""
        found, ids = set(), list(debt_ids)
        for block in self.env["cobranza.block"]._blocks() if ids else ():
            found |= block._claimed_in_court(ids, self.on)
        return found
