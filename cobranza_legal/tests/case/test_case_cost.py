from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ...models.rules.charge import RecoverableCost
from ..common.case import CaseCommon

LAW = RecoverableCost(True, article="Law 3 art. 8")


@tagged("post_install", "-at_install")
class TestCaseCost(CaseCommon):
    """What cases cost: planned, paid in advance, spent, and what of it the debtor
    owes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._opened()
        own = {"code": "own", "name": "Own", "company_id": cls.company.id}
        cls.procedure = cls.env["cobranza.proceeding.type"].create(own)
        cls.suit = cls.env["cobranza.proceeding"].create(
            {"case_id": cls.case.id, "type_id": cls.procedure.id}
        )

    def setUp(self):
        super().setUp()
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_recoverable_costs", lambda *_args: LAW)
        self.patch(rules, "_case_stops_letters", lambda *_args: False)

    def _cost(self, amount=60, user=None, proven=True, **vals):
        proof = [Command.create({"name": "bill.pdf", "raw": b"x"})] if proven else []
        values = {
            "debtor_id": self.debtor.id,
            "case_id": self.case.id,
            "debt_ids": [Command.set(self.mine.ids)],
            "kind": "notary",
            "day": "2026-11-20",
            "description": "Power of attorney",
            "amount": amount,
            "attachment_ids": proof,
        }
        costs = self.env["cobranza.cost"].with_user(user or self.env.user)
        return costs.create({**values, **vals})

    def _charged(self, day="2026-11-24"):
        with self.at(day):
            on = self.company._cobranza_today()
            charges, _refused = self.env["cobranza.charge"]._assess(self.debts, on)
        return charges.filtered(lambda one: one.kind == "cost")

    def test_a_budget_and_an_advance_need_no_proof_what_was_spent_does(self):
        planned = self._cost(100, proven=False, state="budget")
        self._cost(30, proven=False, state="advance")
        self.assertEqual(
            (self.case.cost_budget, self.case.cost_total, self.case.cost_over),
            (100, 30, 0),
        )
        with self.assertRaisesRegex(ValidationError, "proof"), self.cr.savepoint():
            self._cost(10, proven=False)
        with self.assertRaisesRegex(ValidationError, "proof"), self.cr.savepoint():
            planned._settle("final", "2026-11-23", 120)
        file = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        planned._settle("final", "2026-11-23", 120, 20, file)
        self.assertEqual(
            (planned.state, planned.budget, planned.amount), ("final", 100, 120)
        )
        self.assertEqual(planned.amount_untaxed, 100)
        self.assertEqual((file.res_model, file.res_id), (planned._name, planned.id))
        self.assertEqual((self.case.cost_total, self.case.cost_over), (150, 50))
        self.assertIn("120", self.case.cost_table.replace("\xa0", " "))
        with self.assertRaises(UserError):
            planned._settle("final", "2026-11-23", 1, 0, file)

    def test_what_is_planned_or_advanced_never_reaches_the_debtor(self):
        self._cost(70, state="budget")
        self._cost(50, state="advance")
        self.assertFalse(self._charged())
        spent = self._cost(60)
        self.assertEqual(sum(self._charged("2026-11-25").mapped("amount")), 60)
        self.assertFalse(self._charged("2026-11-26"))
        with self.assertRaises(UserError):
            spent.amount = 1

    def test_planned_and_spent_on_the_day_of_the_assessment_in_both_orders(self):
        planned = self._cost(40, state="budget")
        self.assertFalse(self._charged())
        planned._settle("final", "2026-11-24", 40)
        self.assertEqual(sum(self._charged().mapped("amount")), 40)
        late = self._cost(30, state="budget")
        late._settle("final", "2026-11-25", 30)
        self.assertFalse(self._charged())  # of the day after
        self.assertEqual(sum(self._charged("2026-11-25").mapped("amount")), 30)

    def test_a_cost_of_a_suit_is_owed_through_an_award_only(self):
        fee = self._cost(100, kind="court_fee")
        served = self._cost(40, kind="receptor")
        lawyer = self._cost(500, kind="lawyer", proceeding_id=self.suit.id)
        study = self._cost(20, kind="lawyer")
        self.assertEqual(sum(self._charged().mapped("amount")), 20)
        self.assertIn("court awards", fee.recovery)
        cases = self.registry["cobranza.case"]
        self.patch(cases, "_costs_awarded", lambda _case: fee | lawyer)
        self.env.invalidate_all()
        self.assertIn("has awarded", fee.recovery)
        self.assertIn("has awarded", lawyer.recovery)
        self.assertIn("Only if", served.recovery)
        self.assertIn("Charged", study.recovery)
        self.assertFalse(self._charged("2026-11-25"))  # the judgment claims it

    def test_what_a_charge_rests_on_does_not_become_a_cost_of_a_suit(self):
        cost = self._cost(20, kind="lawyer")
        charge = self._charged()
        with self.assertRaises(UserError):
            cost.proceeding_id = self.suit
        self.assertEqual(charge.cost_ids, cost)

    def test_a_proceeding_is_one_of_the_case(self):
        with self.assertRaisesRegex(ValidationError, "proceeding"):
            self._cost(proceeding_id=self.suit.id, case_id=False)

    def test_the_bill_gives_the_amount_and_a_difference_is_told(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner_b.id,
                "invoice_date": "2026-11-20",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Fee", "price_unit": 100, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        proof = [Command.create({"name": "x", "raw": b"x"})]
        cost = self.env["cobranza.cost"].create(
            {
                "debtor_id": self.debtor.id,
                "case_id": self.case.id,
                "description": "Fee",
                "vendor_bill_id": bill.id,
                "attachment_ids": proof,
            }
        )
        self.assertEqual((cost.amount, cost.tax_amount), (100, 0))
        self.assertFalse(cost.bill_note)
        second = self._cost(20, vendor_bill_id=bill.id)
        self.env.invalidate_all()
        self.assertIn("100", cost.bill_note)
        self.assertIn("120", second.bill_note)
        form = Form(
            self.env["cobranza.cost"].with_context(default_debtor_id=self.debtor.id)
        )
        form.vendor_bill_id = bill
        self.assertEqual(form.amount, 100)

    def test_lawyers_plan_and_settle_costs_of_their_own_cases(self):
        planned = self._cost(80, user=self.lawyer, state="budget", proven=False)
        file = self.env["ir.attachment"].with_user(self.lawyer)
        file = file.create({"name": "x", "raw": b"x"})
        dialog = self.env["cobranza.cost.settle"].with_user(self.lawyer)
        dialog = dialog.create({"cost_id": planned.id, "file_ids": file.ids})
        self.assertEqual(dialog.amount, 80)
        dialog.action_confirm()
        self.assertEqual(planned.state, "final")
        strange = self._cost(80, case_id=False)
        with self.assertRaises(AccessError):
            self.env["cobranza.cost.settle"].with_user(self.other).create(
                {"cost_id": planned.id}
            )
        for one in (planned, strange):
            with self.assertRaises(AccessError):
                one.with_user(self.other).action_cancel()
        with self.assertRaises(UserError):
            planned.with_user(self.lawyer).write({"state": "budget"})
        action = self.case.with_user(self.lawyer).action_plan_cost()
        self.assertEqual(action["context"]["default_state"], "budget")

    def test_what_was_planned_is_nobodys_to_write(self):
        cost = self._cost(80, state="budget")
        for vals in ({"budget": 1}, {"state": "final"}):
            with self.assertRaises(UserError), self.cr.savepoint():
                cost.with_user(self._role("collector")).write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._cost(1, user=self._role("collector"), state="cancelled")
        cost.action_cancel()
        self.assertEqual((cost.state, self.case.cost_budget), ("cancelled", 0))
        self.assertEqual(self.debtor.cost_total, 0)
