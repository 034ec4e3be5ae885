from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from .common import SpainCommon

CONSUMERS = (
    # points over the legal interest, amount, due, paid, interest
    (2, 1000, "2022-12-05", "2023-02-05", "8.74"),
    (0, 3000, "2009-03-05", "2009-04-30", "21.62"),
    (2, 10000, "2024-01-31", "2024-12-31", "481.85"),
)
BUSINESSES = (
    (10000, "2024-06-15", "2024-07-15", "101.71"),
    (2500, "2025-05-05", "2026-11-21", "399.09"),
    (1250, "2026-05-01", "2026-06-07", "12.86"),
)


@tagged("post_install", "-at_install", "post_install_l10n")
class TestVectors(SpainCommon):
    """The figures of the law sheet, from the invoice to the charge."""

    def _interest(self, move, due, paid, **terms):
        debt = self._follow(move, self._after(due))
        debtor = debt.debtor_id
        self._inform(debtor, "2009-01-01")
        debtor.write({"l10n_es_grace_days": 0, **terms})
        with self.at(paid):
            charges, refused = self.env["cobranza.charge"]._assess(
                debt, date.fromisoformat(paid)
            )
        self.assertFalse(refused)
        charge = charges.filtered(lambda charge: charge.kind == "interest")
        return self.figure(charge), charge.basis

    @staticmethod
    def _after(due):
        day = date.fromisoformat(due)
        return date.fromordinal(day.toordinal() + 10).isoformat()

    def _bill(self, partner, amount, due):
        return self._invoice(due=due, amount=amount, partner=partner, invoice_date=due)

    def test_legal_interest_and_points_of_consumers(self):
        for points, amount, due, paid, expected in CONSUMERS:
            partner = self._partner("Estudiante", vat="12345678Z")
            found = self._interest(
                self._bill(partner, amount, due),
                due,
                paid,
                l10n_es_interest_terms="legal_plus",
                l10n_es_interest_points=points,
            )
            self.assertEqual(found, (Decimal(expected), "contract"), due)

    def test_the_interest_of_ley_3_2004_of_businesses(self):
        for amount, due, paid, expected in BUSINESSES:
            partner = self._partner("Cliente SL", vat="ESA58818501", is_company=True)
            found = self._interest(self._bill(partner, amount, due), due, paid)
            self.assertEqual(found, (Decimal(expected), "law"), due)

    def test_the_semester_that_nobody_has_published_stops_by_name(self):
        partner = self._partner("Cliente SL", vat="ESA58818501", is_company=True)
        debt = self._follow(self._bill(partner, 1000, "2026-12-01"), "2026-12-15")
        with self.at("2027-01-02"):
            charges, refused = self.env["cobranza.charge"]._assess(
                debt, date(2027, 1, 2)
            )
        self.assertNotIn("interest", charges.mapped("kind"))
        self.assertIn("es.interest.commercial", refused[debt.id])
        self.assertTrue(debt.charge_lacking)
