from datetime import date

from odoo.tests import tagged

from ..common.lateness import LateCommon


@tagged("post_install", "-at_install")
class TestDust(LateCommon):
    """Nobody is asked for the cents that are left, nor for anything because of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy((5, {"charge": True}), (15, {"charge": True}))
        cls.company.cobranza_policy_id = cls.policy

    def _left(self, amount, whole=1000, due="2026-10-05", paid="2026-10-05"):
        """A document of which so much is left."""
        move = self._invoice(due=due, amount=whole)
        with self.at(paid):
            self._register_payment(move, amount=whole - amount, payment_date=paid)
        self.assertAlmostEqual(move.amount_residual, amount)
        return move

    def _followed(self, *moves, day="2026-10-20"):
        with self._grants():
            self._run(day)
        return self._debts(self.env["account.move"].concat(*moves))

    def test_a_cent_is_neither_claimed_nor_charged_for(self):
        debt = self._followed(self._left(0.01))
        self.assertEqual((debt.reason, debt.level), ("dust", 0))
        self.assertFalse(debt.charge_ids)
        self.assertFalse(debt.contact_line_ids)
        with self._grants(), self.at("2026-10-20"):
            section = debt.debtor_id._position(date(2026, 10, 20)).sections[0]
            self.assertFalse(section.charges)
            self.assertFalse(debt._claimable())

    def test_it_speaks_for_the_debtor_only_when_nothing_else_is_owed(self):
        old = self._invoice(due="2026-09-01", amount=1000)
        with self._grants():
            self._run("2026-09-06")
        with self.at("2026-10-01"):
            self._register_payment(old, amount=999.5, payment_date="2026-10-01")
        [debt] = self._followed(old, day="2026-10-02")
        self.assertEqual((debt.level, debt.debtor_id.reason), (1, "dust"))
        other = self._followed(self._invoice(due="2026-10-12", amount=500))
        self.assertEqual((debt.reason, other.reason), ("dust", "entered"))
        self.assertEqual(debt.debtor_id.reason, "entered")

    def test_one_unit_is_too_small_and_a_cent_more_is_not(self):
        small, more = self._followed(self._left(1), self._left(1.01))
        self.assertEqual(small.reason, "dust")
        self.assertEqual(more.reason, "entered")
        self.assertTrue(more.charge_ids)

    def test_what_a_credit_leaves_of_a_debt_is_too_small_too(self):
        move = self._invoice(due="2026-10-05", amount=1000)
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-10-05",
                "invoice_line_ids": [
                    (0, 0, {"name": "back", "price_unit": 999.5, "tax_ids": []})
                ],
            }
        )
        credit.action_post()
        debt = self._followed(move)
        self.assertEqual((debt.reason, debt.level), ("dust", 0))
        self.assertFalse(debt.charge_ids)

    def test_a_company_says_how_much_is_too_small(self):
        dust = self.env["cobranza.dust"].create(
            {"currency_id": self.company.currency_id.id, "amount": 5}
        )
        debt = self._followed(self._left(4))
        self.assertEqual(debt.reason, "dust")
        dust.amount = 0
        with self._grants():
            self._run("2026-10-21")
        self.assertEqual(debt.reason, "entered")
        cent = self._followed(self._left(0.01), day="2026-10-22")
        self.assertEqual(cent.reason, "entered")

    def test_every_currency_has_100_times_its_smallest_unit(self):
        currencies = self.env["res.currency"].with_context(active_test=False)
        found = currencies.search([("name", "in", ("EUR", "CLP"))])
        amounts = self.env["cobranza.dust"]._amounts(self.company)
        by_name = {one.name: float(amounts[one.id]) for one in found}
        self.assertEqual(by_name, {"EUR": 1, "CLP": 100})
