from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ..common.case import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseFigures(CaseCommon):
    """What cases bring in, with their cost."""

    def test_what_was_entrusted_and_by_lawyer(self):
        """Of 300 claimed 90 were paid; the cost of the case is its lawyer's."""
        case = self._opened()
        with self.at("2026-11-25"):
            self._register_payment(
                self.mine[0].move_id, amount=90, payment_date="2026-11-25"
            )
            self._register_payment(
                self.debts[4].move_id, amount=50, payment_date="2026-11-25"
            )
            cost = {
                "debtor_id": self.debtor.id,
                "case_id": case.id,
                "description": "Procurador",
                "kind": "procurador",
                "day": "2026-11-24",
                "amount": 9,
                "attachment_ids": [(0, 0, {"name": "x.pdf", "raw": b"x"})],
            }
            self.env["cobranza.cost"].create(cost)
        figures = self.env["cobranza.kpi"]
        with self.at("2026-12-01"):
            figures.sudo()._take(self.company.sudo(), date(2026, 11, 30))
        rows = figures.search([("day", "=", "2026-11-30")])
        by_code = {(row.code, row.split): row for row in rows}
        self.assertEqual(by_code["case_recovery", ""].value, 30.0)
        own = by_code["recovered_lawyer", f"lawyer:{self.lawyer.id}"]
        self.assertEqual((own.value, Decimal(own.inputs["cost"])), (90, 9))
        self.assertEqual(by_code["recovered", ""].value, 140)
        mine = figures.with_user(self.lawyer).search([])
        self.assertEqual(mine, own)
        found = mine.action_behind()["domain"]
        cases = self.env["cobranza.case"].with_user(self.lawyer)
        self.assertEqual(cases.search(found), case)
        self.assertFalse(figures.with_user(self.other).search([]))
