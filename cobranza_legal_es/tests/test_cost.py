from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .common import SpainCommon

DUE, ON = "2026-10-05", "2026-10-21"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestCost(SpainCommon):
    """Proven costs beyond the 40 EUR of each invoice; of consumers the agreed ones."""

    def _owed(self, partner, count=1):
        moves = self.env["account.move"].union(
            *(self._invoice(due=DUE, partner=partner) for _n in range(count))
        )
        return self._follow(moves, "2026-10-20")

    def _cost(self, debts, amount, kind="registered", day="2026-10-15"):
        return self.env["cobranza.cost"].create(
            {
                "debtor_id": debts.debtor_id.id,
                "debt_ids": [Command.set(debts.ids)],
                "kind": kind,
                "day": day,
                "description": "Burofax",
                "amount": amount,
                "attachment_ids": [Command.create({"name": "bill", "raw": b"x"})],
            }
        )

    def _charged(self, debts, day=ON):
        with self.at(day):
            on = self.company._cobranza_today()
            charges, _refused = self.env["cobranza.charge"]._assess(debts, on)
        return charges.filtered(lambda charge: charge.kind == "cost")

    def test_a_business_pays_what_exceeds_forty_euros(self):
        debts = self._owed(self.client)
        cost = self._cost(debts, 93.17)
        charge = self._charged(debts)
        self.assertEqual(self.figure(charge), Decimal("53.17"))
        self.assertEqual(
            (charge.article, charge.basis), ("Ley 3/2004, art. 8.1", "law")
        )
        self.assertEqual(charge.cost_ids, cost)
        self.assertFalse(self._charged(debts, "2026-10-22"))

    def test_three_invoices_absorb_three_times_forty(self):
        debts = self._owed(self.council, 3)
        self._cost(debts, 120)
        self.assertFalse(self._charged(debts))
        self._cost(debts[0], 10, "lawyer", "2026-10-22")
        self.assertEqual(self._charged(debts, "2026-10-23").mapped("amount"), [10])

    def test_a_returned_debit_only_if_agreed(self):
        debts = self._owed(self.client)
        self._cost(debts, 3.5, "returned_debit")
        self.assertFalse(self._charged(debts))
        debts.debtor_id.costs_agreed = True
        charge = self._charged(debts, "2026-10-22")
        self.assertEqual((charge.amount, charge.basis), (3.5, "contract"))

    def test_a_consumer_pays_the_proven_cost_that_was_agreed_and_told(self):
        debts = self._owed(self.student)
        self._cost(debts, 3.5, "returned_debit")
        self.assertFalse(self._charged(debts))
        debts.debtor_id.costs_agreed = True
        self.assertFalse(self._charged(debts, "2026-10-22"))
        self._inform(debts.debtor_id, "2026-08-01")
        charge = self._charged(debts, "2026-10-23")
        self.assertEqual((charge.amount, charge.basis), (3.5, "contract"))

    def test_court_fees_are_left_to_the_court(self):
        debts = self._owed(self.client)
        cost = self._cost(debts, 300, "court_fee")
        self.assertFalse(self._charged(debts))
        self.assertIn("LEC", cost.recovery)

    def test_nothing_of_a_lawsuit_is_charged_without_an_award(self):
        debts = self._owed(self.client)
        for kind in ("procurador", "bond", "publication", "receptor"):
            cost = self._cost(debts, 300, kind)
            self.assertIn("LEC", cost.recovery)
        self.assertFalse(self._charged(debts))

    def test_its_entry_is_a_debt_of_costs(self):
        debts = self._owed(self.client)
        self._cost(debts, 60)
        charge = self._charged(debts)
        forms = self.env["cobranza.charge.form"].with_company(self.company)
        forms._create_missing(self.company)
        with self.at("2026-10-23"):
            bill = charge._bill()
        self.assertEqual(bill.state, "posted")
        self.assertEqual((charge.state, charge.amount_due), ("billed", 20))
        self.assertEqual(charge.bill_debt_id.nature, "cost")
