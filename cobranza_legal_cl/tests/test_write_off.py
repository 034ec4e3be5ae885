from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.write_off import WriteOffStories

from .common import ChileCommon


@tagged("post_install", "-at_install")
class TestWriteOff(WriteOffStories, ChileCommon):
    """The allowance first, the rest to 410265, which the button creates."""

    def _owed(self, amount=1000000, due="2023-10-05"):
        move = self._bill(amount, due, self._business())
        self._run("2026-11-20")
        return self._debts(move)

    def _old(self, **vals):
        debt = self._owed(**vals)
        self.company._cobranza_create_accounts()
        with self.at("2025-01-31"):
            self._provide("2025-01-31")
        return debt

    def test_the_accounts_of_the_entry(self):
        debt = self._old()
        write_off = self._written_off(debt)
        self.assertEqual(
            self._sides(write_off.move_id), [("110310", -1000000), ("120190", 1000000)]
        )
        self.assertTrue(debt.settled)
        self.assertEqual(self._kinds(debt), {("write_off", 1000000)})
        self.assertEqual(self._balance("allowance"), 0)
        self.assertEqual(self._provide("2026-11-23").movement, 0)

    def test_what_is_not_provided_for_is_a_loss(self):
        self.company.cobranza_write_off_term = "none"
        debt = self._owed(due="2026-05-05")
        write_off = self._draft(debt)
        self.assertIn("410265", write_off.lacking_accounts)
        write_off.action_create_accounts()
        with self.at("2026-11-01"):
            self._provide("2026-11-01")  # 180 days: 25 %
        self._approved(write_off)
        write_off.action_post()
        self.assertEqual(
            self._sides(write_off.move_id),
            [("110310", -1000000), ("120190", 250000), ("410265", 750000)],
        )

    def test_what_is_paid_after_all_is_income_of_recoveries(self):
        debt = self._old()
        self._written_off(debt)
        dialogs = self.env["cobranza.write.off.recover"]
        dialogs = dialogs.with_user(self._people()["accountant"])
        context = debt.action_recover()["context"]
        recovery = dialogs.with_context(**context).create({"amount": 400000})._recover()
        self.assertEqual(dict(self._sides(recovery.move_id))["320250"], -400000)
        self.assertEqual(recovery.line_id.recovered, 400000)

    def test_what_the_circular_asks_for_is_said(self):
        small = self._owed(100000)
        self.assertIn("cl.uf", self._draft(small).line_ids.lacking)
        self.env["cobranza.write.off"].search([])._cancel("Once more")
        self._uf("2026-11-23", 39000)
        lacking = self._draft(small).line_ids.lacking
        self.assertIn("a letter or a call", lacking)
        self.assertNotIn("court", lacking)
        large = self._owed(3000000)
        self.assertIn("court", self._draft(large).line_ids.lacking)

    def test_it_is_asked_for_by_what_the_client_owes_in_all(self):
        self._uf("2026-11-23", 40000)
        business = self._business()
        moves = [self._bill(1000000, "2023-10-05", business) for _ in range(3)]
        self._run("2026-11-20")
        self.assertIn("court", self._draft(self._debts(moves[0])).line_ids.lacking)

    def test_up_to_the_limit_and_by_the_rows_of_the_company(self):
        self._uf("2026-11-23", 40000)
        at, above = self._owed(400000), self._owed(400001)
        self.assertNotIn("reception", self._draft(at).line_ids.lacking)
        write_off = self._draft(above)
        self.assertIn("reception", write_off.line_ids.lacking)
        tier = self.env.ref("cobranza_legal_cl.provision_tier_middle")
        own = {"needs_demand": False, "needs_contact": False, "needs_ceased": False}
        tier.copy({"code": tier.code, "company_id": self.company.id, **own})
        write_off.action_refresh()
        self.assertFalse(write_off.line_ids.lacking)

    def test_runs_and_write_offs_ask_for_the_same(self):
        self._uf("2026-11-23", 40000)
        due = "2026-05-05"  # half of it is deductible
        debts = self._owed(300000, due) | self._owed(3000000, due)
        run = self._provide("2026-11-23", post=False)
        said = {one.debt_id: one.tax_lacking for one in run.line_ids}
        write_off = self._draft(debts)
        found = {one.debt_id: one.lacking for one in write_off.line_ids}
        self.assertEqual(found, said)
        self.assertTrue(all(found.values()))
