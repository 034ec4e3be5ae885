from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ..common.agency import AgencyCommon


@tagged("post_install", "-at_install")
class TestAgencyFigures(AgencyCommon):
    """What agencies bring in, with their commission."""

    def test_what_an_agency_recovered(self):
        """Of its debts, from the day after the handover; 10 % of it."""
        with self.at("2026-11-21"):
            placed = self._placed()
        self._pay(self.moves[0], 30, "2026-11-21")
        self._pay(self.moves[1], 150, "2026-11-25")
        self._pay(self.moves[2], 70, "2026-11-25")
        figures = self.env["cobranza.kpi"]
        with self.at("2026-12-01"):
            figures.sudo()._take(self.company.sudo(), date(2026, 11, 30))
        own = figures.search([("code", "=", "recovered_agency")])
        self.assertEqual(own.split, f"agency:{self.agency.id}")
        self.assertEqual((own.value, Decimal(own.inputs["cost"])), (150, 15))
        self.assertEqual(own.split_words, self.agency.display_name)
        found = self.env["cobranza.placement"].search(own.action_behind()["domain"])
        self.assertEqual(found, placed)
