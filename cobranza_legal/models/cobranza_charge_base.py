from odoo import models
from odoo.tools import SQL

from ..kernel.money import round_to
from .bridge import to_decimal, unit

UNCHARGED = """
    SELECT d.move_id, d.debtor_id,
           sum(CASE WHEN l.id IS NULL OR r.debt_id IS NOT NULL THEN d.original_amount
                    ELSE l.amount_currency END)::text,
           (SELECT COALESCE(sum(c.base), 0) FROM cobranza_charge c
             WHERE c.move_id = d.move_id AND c.debtor_id = d.debtor_id
               AND c.kind = 'fee' AND c.state <> 'reversed')::text
      FROM cobranza_debt d
      LEFT JOIN account_move_line l ON l.id = d.move_line_id
      LEFT JOIN (SELECT DISTINCT debt_id FROM cobranza_debt_former_line_rel) r
        ON r.debt_id = d.id
     WHERE d.move_id = ANY(%s) AND d.void_reason IS NULL AND d.nature = 'principal'
     GROUP BY d.move_id, d.debtor_id
"""


class CobranzaCharge(models.Model):
    """No money of a document pays its fee twice, in whatever instalments it comes."""

    _inherit = "cobranza.charge"

    def _uncharged(self, debts):
        """{(document id, debtor id): what of the document no fee has been charged on};
        one query."""
        for model in ("cobranza.debt", "account.move.line", "cobranza.charge"):
            self.env[model].flush_model()
        rows = self.env.execute_query(SQL(UNCHARGED, debts.move_id.ids))
        return {
            (move, debtor): to_decimal(whole) - to_decimal(charged)
            for move, debtor, whole, charged in rows
        }

    def _fee_bases(self, work, debts, uncharged):
        """{debt: base}: what is claimed, as far as its document has not paid its fee;
        lowers ``uncharged`` and says where nothing is left."""
        bases = {}
        for debt in debts:
            key = debt.move_id.id, debt.debtor_id.id
            own = work.bases[debt]
            free = round_to(uncharged.get(key, own), unit(debt.currency_id))
            base = min(own, free)
            if base > 0:
                uncharged[key] = free - base
                bases[debt] = base
            else:
                message = self.env._(
                    "The fee of %s has been charged on the whole document.",
                    debt.document,
                )
                work.refuse([debt], message, pending=False)
        return bases
