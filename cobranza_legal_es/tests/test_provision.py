from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.provision import ProvisionStories

from .common import ChartCommon, SpainCommon


class ProvisionSpain(ProvisionStories):
    def _t30(self, day):
        """The allowance of 1,234.56 due on 2025-11-05, booked on a day by a run that is
        taken back afterwards."""
        with self.at(day):
            run = self._provide(day)
            found = -self._balance("allowance", day)
            run.action_reverse()
        self.assertEqual(self._balance("allowance"), 0)
        return found

    def _bill(self, due="2025-11-05", amount=1234.56, **vals):
        vals = {"invoice_date": "2025-10-01", **vals}
        return self._invoice(due, amount, self.client, **vals)


@tagged("post_install", "-at_install")
class TestProvision(ProvisionSpain, SpainCommon):
    """PGC de Pymes: 694 to 490, 490 to 794, the balance at 436."""

    def test_t30_to_the_day(self):
        self._bill()
        wanted = {
            "2025-11-05": 0,
            "2026-02-03": 0,
            "2026-02-04": 308.64,
            "2026-05-04": 308.64,
            "2026-05-05": 617.28,
            "2026-08-02": 617.28,
            "2026-08-03": 925.92,
            "2026-11-05": 925.92,
            "2026-11-06": 1234.56,
        }
        found = {day: self._t30(day) for day in wanted}
        self.assertEqual(found, wanted)

    def test_t34_the_provision_at_the_close(self):
        self._bill("2026-08-15", 1000)
        self._bill("2026-06-20", 1000)
        with self.at("2026-12-31"):
            run = self._provide("2026-12-31")
        self.assertEqual(sorted(run.line_ids.mapped("target")), [250, 500])

    def test_the_accounts_of_the_entry(self):
        move = self._bill("2026-04-05", 1000)
        run = self._provide("2026-10-31")
        self.assertEqual(self._sides(run.move_id), [("490000", -500), ("694000", 500)])
        self._pay(move, 1000, "2026-11-05")
        run = self._provide("2026-11-10")
        self.assertEqual(self._sides(run.move_id), [("490000", 500), ("794000", -500)])
        self.assertFalse(run.lacking)

    def test_the_tax_that_comes_back_may_be_left_out(self):
        tax = self.company_data["default_tax_sale"]
        self._create_invoice_one_line(
            price_unit=1000,
            tax_ids=tax,
            partner_id=self.client,
            invoice_date="2025-10-01",
            invoice_date_due="2025-10-31",
            post=True,
        )
        self.assertEqual(self._provide("2026-11-10", post=False).target, 1210)
        self.company.cobranza_provision_net_of_tax = True
        self.assertEqual(self._provide("2026-11-11", post=False).target, 1000)

    def test_closing_moves_the_balance_to_436_for_a_day(self):
        move = self._bill("2026-04-05", 1000)
        run = self._provide("2026-10-31")
        run.action_reclassify()
        sides = dict(self._sides(run.reclass_move_id))
        self.assertEqual(sides, {"430000": -1000, "436000": 1000})
        self.assertEqual(str(run.reclass_back_move_id.date), "2026-11-01")
        self.assertEqual(move.payment_state, "not_paid")


@tagged("post_install", "-at_install")
class TestProvisionFull(ProvisionSpain, ChartCommon):
    """The same on the chart of large companies."""

    chart = "es_full"

    def test_the_accounts_of_the_entry(self):
        self.assertEqual(self.company.chart_template, "es_full")
        self._bill("2026-04-05", 1000)
        run = self._provide("2026-10-31")
        self.assertEqual(self._sides(run.move_id), [("490000", -500), ("694000", 500)])


@tagged("post_install", "-at_install")
class TestProvisionCanary(ProvisionSpain, ChartCommon):
    """A chart of the Canary Islands, from which 490, 694 and 794 were taken."""

    chart = "es_canary_pymes"

    def test_they_are_named_refused_created_and_it_passes(self):
        self.assertEqual(self.company.chart_template, "es_canary_pymes")
        found = self._accounts()
        for role in ("allowance", "charge", "release"):
            found[role].unlink()
        self._bill("2026-04-05", 1000)
        run = self._provide("2026-10-31", post=False)
        for code in ("490000", "694000", "794000"):
            self.assertIn(code, run.lacking)
        self._assert_refused("490000", run.action_post)
        accountant = self._role("accountant")
        run.with_user(accountant).action_create_accounts()
        self.env.invalidate_all()
        self.assertFalse(run.lacking)
        run.with_user(accountant).action_post()
        self.assertEqual(self._sides(run.move_id), [("490000", -500), ("694000", 500)])
        # found by their template ids, whatever code the accountant gives them
        account = self._accounts()["charge"]
        account.code = "699900"
        self.assertEqual(self._accounts()["charge"], account)
