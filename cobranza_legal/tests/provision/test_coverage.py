from datetime import date

from odoo.tests import tagged

from ..common.booking import BookingCommon


@tagged("post_install", "-at_install")
class TestCoverage(BookingCommon):
    """How much of what is overdue the allowance covers."""

    def test_the_allowance_over_what_is_overdue(self):
        expense = self.company_data["default_account_expense"]
        account = expense.copy(
            {"code": "149001", "account_type": "asset_current", "name": "Allowance"}
        )
        self.company.cobranza_provision_account_id = account
        self._invoice(amount=1000, due="2026-10-05")
        self._payment(200, "2026-10-10")
        self._book("2026-10-20", (expense, 300), (account, -300))
        self._book("2026-11-02", (expense, 50), (account, -50))
        figures = self.env["cobranza.kpi"]
        figures.sudo()._take(self.company.sudo(), date(2026, 10, 31))
        kpi = figures.search([("code", "=", "provision_coverage")])
        self.assertEqual(kpi.value, 37.5)
        self.assertIn("800.00", kpi.input_words)
        self.assertTrue(kpi.action_behind())
