from odoo import api, models
from odoo.tools import SQL

from .bridge import to_decimal
from .cobranza_settlement import COLLECTING

NOTHING = SQL()


class CobranzaPromise(models.Model):
    """What came of a promise, read from the settlements of its debts."""

    _inherit = "cobranza.promise"

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Open promises that are kept already or whose day and tolerance are over."""
        rows = self._read_received(
            SQL("p.company_id = %s AND p.state = 'open'", company.id),
            SQL(
                "HAVING p.promised_on + max(c.cobranza_promise_tolerance) < %s "
                "OR coalesce(sum(s.amount_currency), 0) >= p.amount",
                today,
            ),
            limit,
        )
        return self.browse(rows)

    def _upkeep(self, today):
        received = self._read_received(SQL("p.id = ANY(%s)", self.ids))
        labels = dict(self._fields["result"]._description_selection(self.env))
        judged = self.grouped(lambda one: one._judge(received[one.id]))
        for result, promises in judged.items():
            for promise in promises:
                amount = float(received[promise.id])
                promise._through_gate().write({"received": amount})
            values = {"result": result, "closed_on": today}
            promises._set_state("closed", labels[result], **values)

    def _judge(self, received):
        if received >= to_decimal(self.amount):
            return "kept"
        return "part_kept" if received > 0 else "broken"

    @api.model
    def _read_received(self, where, having=NOTHING, limit=None):
        """{promise id: paid from the day it was made to its last day of grace}.

        Only what collects counts: neither credit notes nor write-offs pay anything.
        """
        self.flush_model()
        self.env["res.company"].flush_model(["cobranza_promise_tolerance"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, coalesce(sum(s.amount_currency), 0)::text
                  FROM cobranza_promise p
                  JOIN res_company c ON c.id = p.company_id
                  JOIN cobranza_promise_debt_rel rel ON rel.cobranza_promise_id = p.id
             LEFT JOIN %s s ON s.debt_id = rel.cobranza_debt_id
                   AND s.kind = ANY(%s)
                   AND s.date BETWEEN p.made_on
                                  AND p.promised_on + c.cobranza_promise_tolerance
                 WHERE %s
                 GROUP BY p.id %s
                 ORDER BY p.id
                 LIMIT %s
                """,
                self.env["cobranza.settlement"]._table_sql,
                list(COLLECTING),
                where,
                having,
                limit,
            )
        )
        return {promise: to_decimal(amount) for promise, amount in rows}
