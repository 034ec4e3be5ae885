from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..kernel.dunning import Reason
from .run_book import BookRow

ITEMS = """
    WITH item AS (
        SELECT l.id, l.move_id, r.id AS debtor, l.currency_id,
               COALESCE(l.date_maturity, l.date) AS due,
               l.amount_residual_currency::text AS open,
               %(policy)s AS policy, %(reason)s AS policy_reason,
               m.payment_state = 'blocked' AS blocked,
               l.no_followup IS TRUE AS no_followup,
               m.payment_state IN ('in_payment', 'paid', 'reversed') AS paid
        %(source)s AND r.id = ANY(%(debtors)s)
    ), place AS (%(place)s)
    SELECT nextval('cobranza_debt_id_seq')::int, debtor, currency_id, due, open,
           policy, policy_reason, blocked, no_followup, paid, id, no
      FROM (SELECT * FROM item JOIN place USING (id) ORDER BY id) opening
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
            ITEMS,
            source=source,
            policy=policy,
            reason=reason,
            debtors=debtors.ids,
            place=self.env["cobranza.debt"]._sql_place(scope.accounts),
        )
        return [self._item_row(*row) for row in self.env.execute_query(query)]

    @staticmethod
    def _item_row(debt, debtor, currency, due, amount, policy, why, *others):
        blocked, no_followup, paid, line, number = others
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
