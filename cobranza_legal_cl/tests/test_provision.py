from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.provision import ProvisionStories

from .common import ChileCommon


@tagged("post_install", "-at_install")
class TestProvision(ProvisionStories, ChileCommon):
    """Res. Ex. SII 121: 5, 25, 50 and 100 %; the accounts are made by the button."""

    def _owed(self, due="2025-11-05", amount=1000000):
        return self._bill(amount, due, self._business())

    def test_the_percentages_of_the_sii_to_the_day(self):
        self._owed()
        self.company._cobranza_create_accounts()
        wanted = {
            "2025-11-05": 0,
            "2025-11-06": 50000,
            "2026-02-03": 50000,
            "2026-02-04": 250000,
            "2026-05-04": 250000,
            "2026-05-05": 500000,
            "2026-11-05": 500000,
            "2026-11-06": 1000000,
        }
        found = {}
        for day in wanted:
            with self.at(day):
                run = self._provide(day)
                found[day] = -self._balance("allowance", day)
                run.action_reverse()
        self.assertEqual(found, wanted)

    def test_the_button_makes_what_the_chart_lacks(self):
        move = self._owed("2026-04-05")
        run = self._provide("2026-10-31", post=False)
        self._assert_refused("120190", run.action_post)
        run.action_create_accounts()
        run.action_post()
        self.assertEqual(
            self._sides(run.move_id), [("120190", -500000), ("410260", 500000)]
        )
        self._pay(move, 1000000)
        again = self._provide("2026-11-10")
        self.assertEqual(
            self._sides(again.move_id), [("120190", 500000), ("410260", -500000)]
        )

    def _pay(self, move, amount):
        with self.at("2026-11-05"):
            self._register_payment(move, amount=amount, payment_date="2026-11-05")

    def test_closing_moves_the_balance_to_120110(self):
        move = self._owed("2026-04-05")
        self.company._cobranza_create_accounts()
        run = self._provide("2026-10-31")
        run.action_reclassify()
        sides = dict(self._sides(run.reclass_move_id))
        self.assertEqual(sides, {"110310": -1000000, "120110": 1000000})
        self.assertEqual(move.payment_state, "not_paid")

    def test_related_parties_are_left_out(self):
        self._owed("2026-04-05")
        self.env["cobranza.debtor"].search(
            [("company_id", "=", self.company.id)]
        ).related_party = True
        self.assertEqual(self._provide("2026-10-31", post=False).target, 0)

    def test_the_tax_stays_owed_but_in_a_reorganisation(self):
        """DL 825: nothing is watched; art. 27 ter is said to who may use it."""
        move = self._owed("2025-11-05")
        self._run("2025-12-30")
        with self.at("2027-04-01"):
            reliefs = self.env["cobranza.vat.relief"].sudo()
            reliefs._follow(self.company, self.company._cobranza_today())
        self.assertFalse(reliefs.search([("move_id", "=", move.id)]))
        debtor = self.env["cobranza.debtor"].search(
            [("partner_id", "=", move.commercial_partner_id.id)]
        )
        self.assertIn("No relief", debtor.vat_relief_words)
        self.company.l10n_cl_creditor_in_reorganisation = True
        self.env.invalidate_all()
        self.assertIn("27 ter", debtor.vat_relief_words)
        self.assertNotIn("No relief", debtor.vat_relief_words)
