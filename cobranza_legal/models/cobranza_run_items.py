from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..kernel.dunning import Reason
from .run_book import BookRow

ITEMS = """
    SELECT r.id, l.currency_id, COALESCE(l.date_maturity, l.date),
           l.amount_residual_currency::text, %(policy)s, %(reason)s,
           m.payment_state = 'blocked', l.no_followup IS TRUE,
           m.payment_state IN ('in_payment', 'paid', 'reversed'),
           l.id, l.move_id
    %(source)s AND r.id = ANY(%(debtors)s)
     ORDER BY l.id
"""


class CobranzaRun(models.Model):
    """Items that become debts: read first, written with their first decision."""

    _inherit = "cobranza.run"

    def _read_items(self, company, debtors, day, scope):
        """BookRows of the items of these debtors that become debts today, under the ids
        that they will have."""
        self._flush_ledger()
        source, policy, reason = self._sql_items(company, day, scope)
        query = SQL(
            ITEMS, source=source, policy=policy, reason=reason, debtors=debtors.ids
        )
        items = self.env.execute_query(query)
        # a join of the two would be planned for a handful of rows
        lines = {item[-2]: item[-1] for item in items}
        places = self.env["cobranza.debt"]._places(lines, scope.accounts)
        return [
            self._item_row(*places[item[-2]], *item[:-1])
            for item in items
            if item[-2] in places
        ]

    @staticmethod
    def _item_row(debt, number, debtor, currency, due, amount, policy, why, *others):
        blocked, no_followup, paid, line = others
        flags = (
            (blocked, Reason.BLOCKED_PAYMENT),
            (no_followup, Reason.NO_FOLLOWUP),
            (paid, Reason.COVERED),
        )
        return BookRow(
            id=debt,
            debtor=debtor,
            currency=currency,
            level=0,
            level_id=None,
            level_since=None,
            episode=1,
            due=due,
            open=Decimal(amount),
            policy=policy,
            policy_reason=why,
            stored=(None, None, None, None),
            stored_level=0,
            blockers=tuple(reason for flag, reason in flags if flag),
            opens=(line, number),
        )
