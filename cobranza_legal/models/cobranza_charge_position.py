from odoo import models
from odoo.tools import SQL

from .bridge import to_decimal
from .charge_position import Position


class CobranzaCharge(models.Model):
    """What was owed when something was charged, read for many debts at once."""

    _inherit = "cobranza.charge"

    def _positions(self, debts):
        """{debt: Position}; a fixed number of queries."""
        result = {
            debt: Position(whole=to_decimal(debt._whole_amount())) for debt in debts
        }
        by_id = {debt.id: position for debt, position in result.items()}
        domain = [("debt_id", "in", debts.ids), ("kind", "!=", "transfer")]
        for row in self.env["cobranza.settlement"].sudo().search(domain):
            position = by_id[row.debt_id.id]
            entry = (row.date, to_decimal(row.amount_currency))
            if row.kind == "credit_note":
                position.whole -= entry[1]
                position.notes.append(entry)
            else:
                position.payments.append(entry)
        for debt, *dispute in self._read_disputes(debts):
            by_id[debt].disputes.append(tuple(dispute))
        self._read_covering(result)
        return result

    def _read_disputes(self, debts):
        """[(debt, opened on, closed on or None, amount)] of disputes that the debtor
        has not lost from the start; what we agreed not to be owed stays disputed."""
        self.env["cobranza.dispute"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT debt_id, opened_on,
                          CASE WHEN state <> 'upheld' THEN closed_on END, amount::text
                     FROM cobranza_dispute WHERE debt_id = ANY(%s)""",
                debts.ids,
            )
        )
        return [(*row[:3], to_decimal(row[3])) for row in rows]

    def _read_covering(self, positions):
        """Set what unallocated payments of the debtor could still cover."""
        run = self.env["cobranza.run"].sudo()
        debtors = self.env["cobranza.debtor"].browse(
            {one.debtor_id.id for one in positions}
        )
        credits = run._read_credits(debtors.sudo())
        for debt, position in positions.items():
            found = credits.get(debt.debtor_id.id, {}).get(debt.currency_id.id)
            if found:
                position.covering = found[0]
