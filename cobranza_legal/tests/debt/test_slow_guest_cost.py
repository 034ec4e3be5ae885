from odoo.tests import tagged

from ..common.guest import GuestCostCommon


@tagged("post_install", "-at_install")
class TestSlowGuestCost(GuestCostCommon):
    """What we add to Odoo's own acts on 500 invoices in one go is a fixed number of
    queries: to post them, set them back, cancel, pay and unpay them, to a statement of
    500 lines, to what is changed on 500 customers."""

    def test_of_500_customers(self):
        self._measure(3)  # the caches that live longer than a transaction
        self._check(self._measure(10), self._measure(500), 500)

    def test_of_one_customer(self):
        self._measure(3, 3)
        self._check(self._measure(10, 10), self._measure(500, 500), 500)
