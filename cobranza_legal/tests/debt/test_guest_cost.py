from odoo.tests import tagged

from ..common.guest import GuestCostCommon


@tagged("post_install", "-at_install")
class TestGuestCost(GuestCostCommon):
    """What we add to Odoo's own acts on 200 customers in one go is a fixed number of
    queries."""

    ACTS = ("reconcile", "statement", "followed", "language", "place", "levels")

    def test_we_add_a_fixed_number_of_queries(self):
        self._measure(3)  # the caches that live longer than a transaction
        self._check(self._measure(10), self._measure(200), 200)
