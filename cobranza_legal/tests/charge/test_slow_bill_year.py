from odoo.tests import tagged

from ..common.billing_year import BillingYear


@tagged("post_install", "-at_install")
class TestBillYear(BillingYear):
    """Every day of a year, over everything that can be billed."""

    def test_a_year_of_daily_runs_charges_no_charge(self):
        self._check_a_year(step=1)
