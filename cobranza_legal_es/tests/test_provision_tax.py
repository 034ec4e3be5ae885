from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.provision import ProvisionStories

from .common import SpainCommon


@tagged("post_install", "-at_install")
class TestProvisionTax(ProvisionStories, SpainCommon):
    """LIS arts. 11.3, 13.1 and 104."""

    def _bill(self, due="2026-06-20", amount=1000, **vals):
        return self._invoice(
            due, amount, self.client, **{"invoice_date": "2025-10-01", **vals}
        )

    def _close(self, day="2026-12-31", post=False):
        with self.at(day):
            return self._provide(day, post=post)

    def _debtor(self, **vals):
        """The client as a debtor that is known."""
        self._run("2026-11-20")
        debtor = self.env["cobranza.debtor"].search(
            [("partner_id", "=", self.client.id), ("company_id", "=", self.company.id)]
        )
        debtor.write(vals)
        return debtor

    def test_t34_what_is_deductible_at_the_close(self):
        late, early = self._bill("2026-08-15"), self._bill("2026-06-20")
        run = self._close(post=True)
        by_move = {one.move_line_id.move_id: one for one in run.line_ids}
        one = by_move[late]
        self.assertEqual((one.target, one.tax_deductible), (250, 0))
        self.assertEqual(one.tax_difference, 250)
        self.assertIn("2027", one.tax_lacking)
        one = by_move[early]
        self.assertEqual((one.target, one.tax_deductible), (500, 500))
        self.assertEqual(str(one.tax_since), "2026-12-20")
        self.assertEqual((run.tax_deductible, run.tax_difference), (500, 250))
        action = run.action_tax()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(lines.mapped("tax_deductible")), 500)

    def test_t33_on_the_day_before_and_on_the_day(self):
        self._bill("2025-11-05", 1234.56)
        for day, wanted in (("2026-05-04", 0), ("2026-05-05", 617.28)):
            run = self._close(day)
            self.assertEqual(run.tax_deductible, wanted, day)
            run.unlink()

    def test_an_insolvency_or_a_suit_come_before_six_months(self):
        move = self._bill("2026-08-15")
        debtor = self._debtor(insolvent_on="2026-12-01")
        line = self._close().line_ids
        self.assertEqual(line.tax_deductible, 250)
        self.assertEqual(str(line.tax_since), "2026-12-01")
        self.assertIn("Insolvency", line.tax_why)
        debtor.insolvent_on = "2027-01-01"
        line.run_id.unlink()
        line = self._close().line_ids
        self.assertEqual(line.tax_deductible, 0)
        line.run_id.unlink()
        self._sue(self._debts(move), "2026-12-10")
        line = self._close().line_ids
        self.assertEqual(str(line.tax_since), "2026-12-10")
        self.assertEqual(line.tax_deductible, 250)

    def _sue(self, debts, day):
        case = self.env["cobranza.case"].create(
            {"debtor_id": debts.debtor_id.id, "debt_ids": [(6, 0, debts.ids)]}
        )
        kind = {"code": "own", "name": "Own", "company_id": self.company.id}
        kind = self.env["cobranza.proceeding.type"].create(kind)
        suit = self.env["cobranza.proceeding"].create(
            {"case_id": case.id, "type_id": kind.id}
        )
        suit._through_gate().write({"state": "filed", "filed_on": day})

    def test_public_bodies_only_if_it_is_claimed(self):
        move = self._bill()
        self._debtor(regime="public", regime_stated=True)
        run = self._close()
        self.assertEqual(run.tax_deductible, 0)
        self.assertIn("court", run.line_ids.tax_lacking)
        run.unlink()
        self._sue(self._debts(move), "2026-12-28")
        line = self._close().line_ids
        self.assertEqual(
            (line.tax_deductible, str(line.tax_since)), (500, "2026-12-28")
        )

    def test_related_parties_only_in_liquidation(self):
        self._bill()
        debtor = self._debtor(related_party=True, insolvent_on="2026-12-22")
        run = self._close()
        self.assertEqual(run.tax_deductible, 0)
        self.assertIn("liquidation", run.line_ids.tax_lacking)
        run.unlink()
        debtor.insolvency_kind = "liquidation"
        line = self._close().line_ids
        self.assertEqual(
            (line.tax_deductible, str(line.tax_since)), (500, "2026-12-22")
        )

    def test_a_small_company_deducts_one_percent_of_the_rest(self):
        self._bill("2026-06-20")  # covered one by one
        self._bill("2026-08-15", 4000)  # 1,000 are provided for
        self._bill("2027-01-31", 6000)  # not due
        run = self._close()
        self.assertFalse(run.tax_general_why)
        self.company.cobranza_tax_general = True
        self._again(run)
        self.assertIn("2025", run.tax_general_why)
        self.assertEqual(run.tax_general, 0)
        self.company.write(
            {"cobranza_turnover": 10000000, "cobranza_turnover_year": 2025}
        )
        self._again(run)
        self.assertIn("too high", run.tax_general_why)
        self.company.cobranza_turnover = 9999999.99
        self._again(run)
        self.assertEqual(run.tax_general, 100)
        self.assertEqual(run.tax_deductible, 500)

    def _again(self, run):
        with self.at("2026-12-31"):
            run.action_compute()

    def test_the_workbook_has_the_list(self):
        self._bill()
        self.assertTrue(self._close().workbook)
