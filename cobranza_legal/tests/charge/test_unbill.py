from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.base import ROLES
from ..common.billing import BillingCommon
from ..common.refusals import Refusals


@tagged("post_install", "-at_install")
class TestUnbill(Refusals, BillingCommon):
    """What billed a charge is taken back with it, and only with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in ("compensation", "interest", "fee"):
            cls._form(kind)
        cls.move, cls.debt = cls._opened()
        cls.charges = cls._charge(cls.debt) | cls._charge(cls.debt, "interest", 5)

    def _credit(self, move, day, **vals):
        """A credit note or reversing entry by hand, posted and matched."""
        with self.at(day):
            wizard = self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=move.ids
            )
            wizard = wizard.create({"journal_id": move.journal_id.id, "date": day})
            wizard.refund_moves()
            back = wizard.new_move_ids
            if vals:
                back.invoice_line_ids.write(vals)
            if back.state != "posted":
                back.action_post()
        return back

    # -- the verb --------------------------------------------------------------------

    def test_one_charge_of_an_entry_is_taken_back(self):
        bill = self._bill_on("2026-11-02", self.charges)
        with self.at("2026-11-05"):
            back = self.charges[0]._unbill("charged by mistake")
        self.assertEqual((back.reversed_entry_id, str(back.date)), (bill, "2026-11-05"))
        self._balanced(back)
        self.assertEqual(sum(back.line_ids.mapped("debit")), 40)
        self.assertEqual(self.charges.mapped("state"), ["reversed", "billed"])
        self.assertEqual(self.charges.mapped("amount_due"), [0, 5])
        self.assertTrue(self.charges[0].bill_line_id.reconciled)
        self.assertFalse(self.charges[1].bill_line_id.reconciled)
        own = self.charges[0].bill_debt_id
        self.assertEqual(own.settlement_ids.kind, "credit_note")
        self.assertEqual(self.charges[0].state_reason, "charged by mistake")
        self.assertEqual(self.charges[0].history_ids[0].user_id, self.env.user)

    def test_taking_back_twice_takes_back_once(self):
        self._bill_on("2026-11-02", self.charges)
        with self.at("2026-11-05"):
            self.charges._unbill("mistake")
            self.assertFalse(self.charges._unbill("mistake"))

    def test_what_was_paid_becomes_a_credit_of_the_debtor(self):
        self._bill_on("2026-11-02", self.charges)
        with self.at("2026-11-03"):
            self._settle(self.charges[0].bill_line_id, 30)
        with self.at("2026-11-05"):
            back = self.charges[0]._unbill("mistake")
        credit = back.line_ids.filtered("credit").filtered(
            lambda line: line.account_id == self.receivable
        )
        self.assertEqual(credit.amount_residual, -30)

    def test_a_part_of_an_invoice_is_credited_with_its_tax(self):
        tax = self.company_data["default_tax_sale"]
        for kind in ("compensation", "interest"):
            self._form(kind, "invoice", tax_ids=[(6, 0, tax.ids)])
        bill = self._bill_on("2026-11-02", self.charges)
        with self.at("2026-11-05"):
            back = self.charges[0]._unbill("mistake")
        self.assertEqual((back.move_type, back.amount_total), ("out_refund", 46))
        self.assertEqual(bill.amount_residual, 5.75)
        self.assertEqual(self.charges.mapped("amount_due"), [0, 5.75])

    def test_reverse_takes_what_is_assessed_or_billed(self):
        self._bill_on("2026-11-02", self.charges[0])
        with self.at("2026-11-05"):
            self.charges._reverse("the law does not apply")
        self.assertEqual(set(self.charges.mapped("state")), {"reversed"})
        with self.refuses(UserError, "Give the reason"):
            self.charges._reverse(" ")

    def test_the_reason_is_asked_for_in_the_dialog(self):
        self._bill_on("2026-11-02", self.charges)
        wizard = self.env["cobranza.reason"].create(
            {"act": "reverse", "record_ids": self.charges.ids, "reason": "agreed"}
        )
        with self.at("2026-11-05"):
            action = wizard.action_confirm()
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(set(self.charges.mapped("state")), {"reversed"})

    # -- by hand ---------------------------------------------------------------------

    def test_an_entry_reversed_by_hand_reverses_its_charges(self):
        bill = self._bill_on("2026-11-02", self.charges)
        with self.at("2026-11-05"):
            bill._reverse_moves([{"date": "2026-11-05"}], cancel=True)
        self.assertEqual(set(self.charges.mapped("state")), {"reversed"})
        self.assertIn("credited", self.charges[0].state_reason)

    def test_an_invoice_credited_by_hand_reverses_its_charges(self):
        self._form("compensation", "invoice")
        bill = self._bill_on("2026-11-02", self.charges[0])
        self._credit(bill, "2026-11-05")
        self.assertEqual(self.charges[0].state, "reversed")

    def test_a_part_credited_by_hand_lowers_what_is_due(self):
        self._form("compensation", "invoice")
        bill = self._bill_on("2026-11-02", self.charges[0])
        self._credit(bill, "2026-11-05", price_unit=15)
        self.assertEqual(self.charges[0].state, "billed")
        self.assertEqual(self.charges[0].amount_due, 25)

    def test_paying_the_bill_settles_its_debt(self):
        self._bill_on("2026-11-02", self.charges)
        with self.at("2026-11-03"):
            self._settle(self.charges[0].bill_line_id, 40)
        own = self.charges[0].bill_debt_id
        self.assertTrue(own.settled)
        self.assertEqual(own.settlement_ids.kind, "cash")
        self.assertEqual(self.charges[0].state, "billed")
        self.assertEqual(self.charges.mapped("amount_due"), [0, 5])

    # -- the document that was charged -------------------------------------------------

    def test_a_credited_invoice_takes_back_what_was_billed_on_it(self):
        bill = self._bill_on("2026-11-02", self.charges)
        self._credit(self.move, "2026-11-05")
        self.assertEqual(set(self.charges.mapped("state")), {"reversed"})
        back = self.env["account.move"].search([("reversed_entry_id", "=", bill.id)])
        self.assertEqual(back.state, "posted")
        self.assertTrue(all(self.charges.bill_line_id.mapped("reconciled")))
        self.assertIn("Credited in full", back.ref)

    def test_a_cancelled_invoice_takes_back_drafts_and_bills(self):
        draft = self._bill_on("2026-11-02", self.charges[0], draft=True)
        self._bill_on("2026-11-02", self.charges[1])
        with self.at("2026-11-05"):
            self.move.button_draft()
            self.move.button_cancel()
        self.assertFalse(draft.exists())
        self.assertEqual(set(self.charges.mapped("state")), {"reversed"})
        self.assertEqual(self.debt.debtor_id.charge_amount, 0)

    def test_a_part_credited_charges_the_billed_fee_again(self):
        with self.law(fee=self.schedule()):
            fee = self._assess_on("2026-10-30", self.debt)[0]
            bill = self._bill_on("2026-11-02", fee)
            self._credit(self.move, "2026-11-05", price_unit=900)
        self.assertEqual((fee.state, fee.amount), ("reversed", 90))
        self.assertTrue(bill.reversal_move_ids)
        new = self.debt.charge_ids.filtered(
            lambda charge: charge.kind == "fee" and charge.state == "assessed"
        )
        self.assertEqual(new.amount, 9)

    def test_whoever_credits_an_invoice_needs_no_right_on_what_was_billed(self):
        self._bill_on("2026-11-02", self.charges)
        clerk = self._books_only()
        self._credit(self.move.with_user(clerk), "2026-11-05")
        self.assertEqual(set(self.charges.mapped("state")), {"reversed"})

    # -- who -------------------------------------------------------------------------

    def test_every_verb_as_each_role(self):
        self.company.cobranza_waive_limit = 5000
        verbs = {
            "_waive": {"collector", "manager", "accountant"},
            "_reinstate": {"collector", "manager", "accountant"},
            "_bill": {"accountant"},
            "_unbill": {"accountant"},
            "_reverse": {"accountant"},
        }
        for role in ROLES:
            user = self._role(role)
            if role == "lawyer":
                self.debt.debtor_id.user_id = user
            for verb, allowed in verbs.items():
                charge = self._charge(self.debt, "cost", 3)
                if verb == "_reinstate":
                    charge._waive("first")
                if verb == "_unbill":
                    self._form("cost")
                    self._bill_on("2026-11-02", charge)
                self._form("cost")
                own = charge.with_user(user)
                args = () if verb == "_bill" else ("because",)
                with self.subTest(role=role, verb=verb), self.at("2026-11-03"):
                    if role in allowed:
                        getattr(own, verb)(*args)
                    else:
                        with self.assertRaises(AccessError):
                            getattr(own, verb)(*args)

    def test_what_is_billed_is_not_waived(self):
        self._bill_on("2026-11-02", self.charges)
        with self.refuses(UserError, "an accountant has to reverse it"):
            self.charges[0].with_user(self._role("collector"))._waive("goodwill")

    def test_only_accountants_set_forms(self):
        forms = self.env["cobranza.charge.form"]
        for role in set(ROLES) - {"accountant"}:
            with self.assertRaises(AccessError):
                forms.with_user(self._role(role)).action_create_missing()
        forms.with_user(self._role("accountant")).action_create_missing()
        self.assertTrue(forms.search([("company_id", "=", self.company.id)]))
