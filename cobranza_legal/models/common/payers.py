"""Who paid a debit of the ledger, and when: the one definition of it in SQL."""

from odoo.tools import SQL

BANKS = ("bank", "cash", "credit")
"""Types of journals whose entries are money."""


PAYERS = SQL(
    """account_partial_reconcile r
       JOIN account_move_line c ON c.id = r.credit_move_id
       JOIN account_move b ON b.id = c.move_id
       LEFT JOIN account_payment y ON y.id = b.origin_payment_id"""
)
"""Who paid a debit: the reconciliation ``r``, the credit ``c``, its entry ``b`` and its
payment ``y``, if it has one."""


PAYS = SQL("(c.parent_state = 'posted' AND y.state IS DISTINCT FROM 'rejected')")
"""Whether one of ``PAYERS`` settles anything."""


PAID_ON = SQL("COALESCE(y.date, c.date)")
"""The day of a payment: its own, where its entry had to be booked later."""
