"""What is open of a journal item, in SQL: Odoo's residual, and what is matched with
what settles nothing. The one definition of it beside ``PositionReader``, which reads
many items on any day."""

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

NOTHING = """
    ({line}.parent_state <> 'posted' OR EXISTS (
        SELECT 1 FROM account_payment refused
         WHERE refused.move_id = {line}.move_id AND refused.state = 'rejected'))
"""
"""Condition on a journal item: a match with it settles nothing. Odoo keeps the matches
of entries that go back to draft, takes those of drafts, and keeps the entries of
payments that are rejected."""


MATCHED = """
    (SELECT p.{own}
       FROM account_move m
       JOIN account_move_line o ON o.move_id = m.id
       JOIN account_partial_reconcile p ON p.{other} = o.id
      WHERE m.journal_id = ANY(ARRAY(SELECT id FROM account_journal))
        AND m.state IN ('draft', 'cancel')
      UNION ALL
     SELECT p.{own}
       FROM account_payment n
       JOIN account_move_line o ON o.move_id = n.move_id
       JOIN account_partial_reconcile p ON p.{other} = o.id
      WHERE n.state = 'rejected')
"""


UNDONE = SQL(MATCHED.format(own="debit_move_id", other="credit_move_id"))
"""The debits that are matched with what settles nothing. Journals are named because
Odoo's index of states begins with them."""


UNDONE_CREDITS = SQL(MATCHED.format(own="credit_move_id", other="debit_move_id"))
"""The credits that are."""


SETTLED = SQL("(l.reconciled AND l.id NOT IN %s)", UNDONE)
"""Condition on a debit ``l``: nothing is open of it."""


STILL_OPEN = SQL("(l.reconciled IS NOT TRUE OR l.id IN %s)", UNDONE)
"""Condition on a debit ``l``: something may be open of it, whatever Odoo calls it."""


OPEN = """
    ({line}.{residual}
     + COALESCE((
         SELECT sum(taken.{debit})
           FROM account_partial_reconcile taken
           JOIN account_move_line other ON other.id = taken.credit_move_id
          WHERE taken.debit_move_id = {line}.id AND {nothing}), 0)
     - COALESCE((
         SELECT sum(given.{credit})
           FROM account_partial_reconcile given
           JOIN account_move_line other ON other.id = given.debit_move_id
          WHERE given.credit_move_id = {line}.id AND {nothing}), 0))
"""


def open_sql(line="l", in_currency=False):
    """What is open of the posted journal item with the alias ``line``, signed like its
    balance, in company currency or in its own. Callers flush what ``FLUSHED`` names."""
    sides = ("debit_amount_currency", "credit_amount_currency")
    debit, credit = sides if in_currency else ("amount", "amount")
    return SQL(
        OPEN.format(
            line=line,
            residual="amount_residual_currency" if in_currency else "amount_residual",
            debit=debit,
            credit=credit,
            nothing=NOTHING.format(line="other"),
        )
    )


FLUSHED = {
    "account.move.line": [
        *("amount_residual", "amount_residual_currency", "reconciled"),
        *("parent_state", "move_id"),
    ],
    "account.move": ["state", "journal_id"],
    "account.payment": ["state", "move_id"],
    "account.partial.reconcile": [
        *("amount", "debit_amount_currency", "credit_amount_currency"),
        *("debit_move_id", "credit_move_id"),
    ],
}
"""{model: fields} that ``open_sql``, ``STILL_OPEN`` and ``UNDONE`` read."""


def flush_open(env):
    """Write what the conditions and amounts above read."""
    for model, names in FLUSHED.items():
        env[model].flush_model(names)


class OpenAmount(fields.Monetary):
    """An amount that is worked out when it is read, and by SQL where it is searched,
    sorted, grouped and summed.

    :param sql: name of the model's method that gives the expression for the alias of
        its table; it names what has to be flushed.
    """

    sql = None
    search = "to_sql"

    def to_sql(self, model, alias):
        return getattr(model, self.sql)(alias)

    def determine_domain(self, records, operator, value):
        return Domain.custom(
            to_sql=lambda model, alias, query: self._condition_to_sql(
                self.name, operator, value, model, alias, query
            )
        )
