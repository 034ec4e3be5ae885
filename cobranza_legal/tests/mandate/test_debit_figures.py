from datetime import date

from odoo.tests import tagged

from .test_debit import DebitCommon


@tagged("post_install", "-at_install")
class TestDebitFigures(DebitCommon):
    """Which part of the direct debits comes back."""

    def test_the_rate_of_the_month_on_its_last_day(self):
        """One of two, known from the day on which it came back."""
        debits = self._presented(self._bill()) | self._presented(self._bill(amount=300))
        late = debits[1]
        late.sudo()._through_gate().write(
            {"state": "returned", "returned_on": "2026-12-28"}
        )
        figures = self.env["cobranza.kpi"]
        with self.at("2027-01-02"):
            for day in (27, 31):
                figures.sudo()._take(self.company.sudo(), date(2026, 12, day))
        rows = figures.search([("code", "=", "returned_debits")], order="day")
        self.assertEqual(rows.mapped("value"), [0.0, 50.0])
        self.assertIn("800", rows[1].input_words)
        found = self.env["cobranza.debit"].search(rows[1].action_behind()["domain"])
        self.assertEqual(found, debits)
