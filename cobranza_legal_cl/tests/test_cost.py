from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.smtp_sink import smtp_sink

from .common import ROUND_UF, ChileCommon

DUE, DAY_21 = "2026-09-01", "2026-09-22"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestCost(ChileCommon):
    """Costs incurred: recorded with their proof, evidence once a fee rests on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._uf(DAY_21, ROUND_UF)
        cls.company.l10n_cl_fee_mode = "incurred"

    def _cost(self, user=None, **vals):
        proof = [Command.create({"name": "boleta.pdf", "raw": b"x"})]
        values = {
            "debtor_id": self._debtor().id,
            "day": "2026-09-15",
            "description": "Agency",
            "amount": 15000,
            "attachment_ids": proof,
        }
        costs = self.env["cobranza.cost"].with_user(user or self.env.user)
        return costs.create({**values, **vals})

    def test_collectors_record_costs_and_lawyers_do_not_see_them(self):
        cost = self._cost(self._role("collector"))
        self.assertEqual(cost.company_id, self.company)
        self.assertEqual(self._debtor().cost_total, 15000)
        with self.assertRaises(AccessError):
            cost.with_user(self._role("lawyer")).read(["amount"])

    def test_another_company_does_not_see_them(self):
        cost = self._cost()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._role("collector", other)
        found = cost.with_user(stranger).search([("id", "=", cost.id)])
        self.assertFalse(found)

    def test_a_cost_needs_its_proof(self):
        with self.assertRaises(ValidationError):
            self._cost(attachment_ids=[])

    def test_a_cost_that_a_fee_rests_on_stays(self):
        self._bill(400000, DUE)
        self._replay_days([f"{self._day(DUE, day)} 15:00:00" for day in (3, 9)])
        cost = self._cost()
        cost.amount = 12000
        self._replay_days([f"{DAY_21} 15:00:00"])
        self.assertEqual(self._debtor().charge_ids.amount, 12000)
        with self.assertRaises(UserError):
            cost.amount = 30000
        with self.assertRaises(UserError):
            cost.unlink()
        later = self._cost(day="2026-09-25")
        later.amount = 1

    def test_neither_a_lawsuit_nor_what_is_planned_is_a_cost_incurred(self):
        self._bill(400000, DUE)
        self._replay_days([f"{self._day(DUE, day)} 15:00:00" for day in (3, 9)])
        served = self._cost(kind="receptor")
        self._cost(amount=12000)
        planned = self._cost(amount=9000, state="budget", attachment_ids=[])
        self._cost(amount=9000, state="advance", attachment_ids=[])
        self._replay_days([f"{DAY_21} 15:00:00"])
        self.assertEqual(self._debtor().charge_ids.amount, 12000)
        served.amount = planned.amount = 1  # no fee rests on them
        self.assertIn("CPC", served.recovery)

    def test_whoever_reads_a_cost_opens_its_proof(self):
        collector = self._role("collector")
        file = (
            self.env["ir.attachment"]
            .with_user(collector)
            .create({"name": "boleta.pdf", "raw": b"x", "res_model": "cobranza.cost"})
        )
        cost = self._cost(collector, attachment_ids=[Command.set(file.ids)])
        self.env.invalidate_all()
        other = self._role("accountant")
        self.assertEqual(cost.with_user(other).attachment_ids.raw, b"x")

    def test_a_late_bounce_takes_off_the_reduction_only(self):
        invoice = self._bill(400000, DUE)
        self._cost(amount=40000, day="2026-09-02")
        with smtp_sink(self.env):
            self._days(DUE, 0, 22)
        fee, notice = self._fees(invoice), self._steps(invoice, "free_notice")
        self.assertEqual((fee.amount, fee.proof_contact_id), (36000, notice))
        with self.clock(f"{self._day(DUE, 23)} 18:00:00"):
            notice._add_events("bounced", "Mail server")
        again = self._fees(invoice)
        self.assertEqual(fee.state, "reversed")
        self.assertEqual(again.amount, 28000)
        self.assertTrue(again.formula.endswith("= 28000"))

    def test_a_cost_pays_for_one_fee_only(self):
        bills = self._bill(400000, DUE) + self._bill(400000, "2026-09-02")
        self._uf("2026-09-23", ROUND_UF)
        self._cost(amount=40000)
        self._days(DUE, 3, 22)
        fees = self._fees(bills).sorted("assessed_on")
        self.assertEqual(fees.mapped("amount"), [36000, 4000])
