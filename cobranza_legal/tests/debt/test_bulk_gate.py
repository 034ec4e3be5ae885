from odoo.tests import tagged

from ..common.base import CobranzaCommon

OWN = ("id", "create_uid", "create_date", "write_uid", "write_date")


@tagged("post_install", "-at_install")
class TestBulkGate(CobranzaCommon):
    """What the run writes by SQL is what the ORM would have written, every column."""

    def _rows(self, debts):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT * FROM cobranza_debt WHERE id = ANY(%s) ORDER BY id", [debts.ids]
        )
        return [
            # the ORM writes FALSE where SQL leaves NULL: the same to everybody
            {
                key: None if value is False else value
                for key, value in row.items()
                if key not in OWN
            }
            for row in self.env.cr.dictfetchall()
        ]

    def _forget(self, debts):
        """Take debts away with all that hangs from them."""
        self.env.flush_all()
        for table, column in (
            ("cobranza_contact_line", "debt_id"),
            ("cobranza_debt", "id"),
        ):
            self.env.cr.execute(
                f"DELETE FROM {table} WHERE {column} = ANY(%s)", [debts.ids]
            )
        self.env.invalidate_all(flush=False)

    def _ledger(self):
        """Instalments, a second currency, a blocked invoice and one for later."""
        other = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        moves = self._invoice(
            due=None, invoice_payment_term_id=self._term(5, 25, 45).id
        )
        moves |= self._invoice(due="2026-09-20", currency_id=other.id)
        blocked = self._invoice(due="2026-09-22", partner=self.partner_b)
        blocked.action_toggle_block_payment()
        return moves | blocked

    def test_a_first_decision_by_sql_equals_the_one_by_the_orm(self):
        moves = self._ledger()
        self._run("2026-10-20")
        debts = self._debts(moves).sorted("id")
        self.assertGreater(len(debts), 3)
        written = self._rows(debts)
        fields = self.env["cobranza.debt"]._fields
        values = [
            {key: row[key] for key in row if key in fields and row[key] is not None}
            for row in written
        ]
        self._forget(debts)
        created = self.env["cobranza.debt"].sudo().create(values)
        self.assertEqual(self._rows(created), written)
