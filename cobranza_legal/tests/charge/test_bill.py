from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.billing import EVERY_KIND, BillingCommon
from ..common.refusals import Refusals


@tagged("post_install", "-at_install")
class TestBill(Refusals, BillingCommon):
    """Charges become documents whose debts hang from those that were charged."""

    def test_a_billed_charge_is_an_entry_whose_debt_hangs_from_its_parent(self):
        self._form("compensation")
        _move, debt = self._opened()
        charge = self._charge(debt)
        bill = self._bill_on("2026-11-02", charge)
        self.assertEqual((bill.state, bill.move_type), ("posted", "entry"))
        self.assertEqual(bill.journal_id, self.misc)
        self.assertEqual(
            self._items(bill),
            sorted([(self.receivable.code, 40, 0), (self.income.code, 0, 40)]),
        )
        self.assertEqual(
            (charge.state, str(charge.billed_on)), ("billed", "2026-11-02")
        )
        own = charge.bill_debt_id
        self.assertEqual((own.nature, own.parent_id), ("charge", debt))
        self.assertEqual(own.move_line_id, charge.bill_line_id)
        self.assertFalse(own.policy_id or own.level)
        self.assertTrue(charge.bill_line_id.no_followup)
        self.assertEqual(charge.amount_due, 40)

    def test_every_kind_in_one_document_of_each_debtor_and_currency(self):
        for kind in EVERY_KIND:
            self._form(kind)
        _move, first = self._opened()
        _other, second = self._opened(partner=self.partner_b, day="2026-10-21")
        charges = self.env["cobranza.charge"]
        for debt in (first, second):
            for number, kind in enumerate(EVERY_KIND, 1):
                charges |= self._charge(debt, kind, number)
        bills = self._bill_on("2026-11-02", charges)
        self.assertEqual(len(bills), 2)
        self.assertEqual(bills.partner_id, self.partner_a | self.partner_b)
        self._balanced(bills)
        self.assertEqual(set(charges.mapped("state")), {"billed"})
        costs = charges.filtered(lambda charge: charge.kind == "cost").bill_debt_id
        self.assertEqual(set(costs.mapped("nature")), {"cost"})
        others = charges.bill_debt_id - costs
        self.assertEqual(set(others.mapped("nature")), {"charge"})
        self.assertEqual(len(charges.bill_debt_id), len(charges))

    def test_billing_twice_bills_once(self):
        self._form("compensation")
        _move, debt = self._opened()
        charge = self._charge(debt)
        once = self._bill_on("2026-11-02", charge)
        self.assertEqual(self._bill_on("2026-11-03", charge), once)
        self.assertEqual(len(debt.charge_ids.bill_move_id), 1)
        self.assertEqual(len(charge.bill_move_id.cobranza_debt_ids), 1)

    def test_memo_stays_out_of_the_ledger(self):
        self._form("fee", "memo", journal_id=False, account_id=False)
        _move, debt = self._opened()
        charge = self._charge(debt, "fee")
        self.assertFalse(self._bill_on("2026-11-02", charge))
        self.assertEqual((charge.state, charge.amount_due), ("assessed", 40))

    def test_what_is_not_set_is_refused_with_the_way_out(self):
        self._form("interest", account_id=False)
        _move, debt = self._opened()
        charges = self._charge(debt) | self._charge(debt, "interest", 5)
        for said in (
            "Fixed compensation (law)",
            "Income account",
            "Billing of charges",
        ):
            with self.refuses(UserError, said):
                self._bill_on("2026-11-02", charges)
        self.assertFalse(charges.bill_move_id)
        self.assertIn(self.company.name, charges[0].bill_problem)

    def test_a_locked_day_becomes_the_first_open_one(self):
        self._form("compensation")
        _move, debt = self._opened()
        charge = self._charge(debt)
        self.company.fiscalyear_lock_date = "2026-10-31"
        bill = self._bill_on("2026-11-02", charge, on=charge.assessed_on)
        self.assertEqual(str(bill.date), "2026-11-01")
        self.assertEqual(str(charge.bill_line_id.date_maturity), "2026-11-01")

    def test_a_foreign_currency_is_billed_in_it(self):
        self._form("interest")
        other = self.setup_other_currency("GBP", rates=[("2026-01-01", 2)])
        _move, debt = self._opened(currency_id=other.id)
        charge = self._charge(debt, "interest", 10)
        charge |= self._charge(
            debt, "interest", 7, period_from="2026-12-01", currency_id=other.id
        )
        bill = self._bill_on("2026-11-02", charge)
        line = charge[0].bill_line_id
        self.assertEqual((line.currency_id, line.amount_currency), (other, 10))
        self.assertEqual(line.balance, 5)
        self._balanced(bill)
        self.assertEqual(bill.currency_id, other)
        self.assertEqual(charge[0].amount_due, 10)

    def test_two_currencies_of_a_debtor_are_two_documents(self):
        self._form("interest")
        self._form("compensation")
        other = self.setup_other_currency("GBP", rates=[("2026-01-01", 2)])
        _move, debt = self._opened(currency_id=other.id)
        own = self.company.currency_id.id
        charges = self._charge(debt, currency_id=own)
        charges |= self._charge(debt, "interest", 10)
        self.assertEqual(len(self._bill_on("2026-11-02", charges)), 2)

    # -- invoices and debit notes ------------------------------------------------------

    def test_an_invoice_bears_its_tax_and_its_charges_share_what_is_due(self):
        tax = self.company_data["default_tax_sale"]
        self._form("compensation", "invoice", tax_ids=[(6, 0, tax.ids)])
        self._form("interest", "invoice", tax_ids=[(6, 0, tax.ids)])
        _move, debt = self._opened()
        charges = self._charge(debt, amount=40) | self._charge(debt, "interest", 60)
        bill = self._bill_on("2026-11-02", charges)
        self.assertEqual(bill.move_type, "out_invoice")
        self.assertEqual(bill.amount_total, 115)
        self.assertEqual(len(charges.bill_debt_id), 1)
        self.assertEqual(charges.mapped("amount_due"), [46, 69])
        with self.at("2026-11-03"):
            self._register_payment(bill, amount=15, payment_date="2026-11-03")
        self.assertEqual(charges.mapped("amount_due"), [40, 60])

    def test_a_debit_note_belongs_to_its_document_and_is_taxed_as_it(self):
        tax = self.company_data["default_tax_sale"]
        vals = {"tax_ids": [(6, 0, tax.ids)], "journal_id": False}
        self._form("interest", "debit_note", "contract", **vals)
        taxed = self._create_invoice_one_line(
            price_unit=1000,
            tax_ids=tax,
            partner_id=self.partner_a,
            invoice_date="2026-09-01",
            invoice_date_due="2026-10-05",
            invoice_payment_term_id=False,
            post=True,
        )
        exempt = self._invoice()
        self._run("2026-10-20")
        charges = self.env["cobranza.charge"]
        for move in (taxed, exempt):
            debt = self._debts(move)
            charges |= self._charge(debt, "interest", 100, basis="contract")
        bills = self._bill_on("2026-11-02", charges)
        self.assertEqual(bills.debit_origin_id, taxed | exempt)
        totals = {bill.debit_origin_id: bill.amount_total for bill in bills}
        self.assertEqual(totals, {taxed: 115, exempt: 100})
        self.assertEqual(charges.mapped("amount_due"), [115, 100])

    def test_no_debit_note_without_an_invoice(self):
        self._form("interest", "debit_note", "contract")
        move, debt = self._opened()
        charge = self._charge(debt, "interest", 10, basis="contract", move_id=False)
        with self.refuses(UserError, "no customer invoice"):
            self._bill_on("2026-11-02", charge)
        self.assertEqual(move.state, "posted")

    # -- drafts ----------------------------------------------------------------------

    def _drafted(self):
        self._form("compensation", post=False)
        self._form("interest", post=False)
        _move, debt = self._opened()
        charges = self._charge(debt) | self._charge(debt, "interest", 5)
        return charges, self._bill_on("2026-11-02", charges)

    def test_posting_a_draft_bills_its_charges(self):
        charges, draft = self._drafted()
        self.assertEqual(draft.state, "draft")
        self.assertEqual(set(charges.mapped("state")), {"assessed"})
        self.assertFalse(charges.bill_debt_id)
        self.assertEqual(self._bill_on("2026-11-02", charges), draft)
        with self.at("2026-11-03"):
            draft.action_post()
        self.assertEqual(set(charges.mapped("state")), {"billed"})
        self.assertEqual(len(charges.bill_debt_id), 2)

    def test_asking_to_post_posts_the_draft_that_waits(self):
        charges, draft = self._drafted()
        bill = self._bill_on("2026-11-03", charges, draft=False)
        self.assertEqual((bill, bill.state), (draft, "posted"))

    def test_a_deleted_draft_frees_its_charges(self):
        charges, draft = self._drafted()
        draft.unlink()
        self.assertEqual(set(charges.mapped("state")), {"assessed"})
        self.assertFalse(charges.bill_move_id)
        again = self._bill_on("2026-11-03", charges, draft=False)
        self.assertEqual(again.state, "posted")

    def test_a_cancelled_bill_frees_its_charges_and_voids_their_debts(self):
        charges, draft = self._drafted()
        with self.at("2026-11-03"):
            draft.action_post()
            debts = charges.bill_debt_id
            draft.button_draft()
        self.assertEqual(set(charges.mapped("state")), {"assessed"})
        self.assertEqual(charges.bill_move_id, draft)
        with self.at("2026-11-03"):
            draft.action_post()
        self.assertEqual(charges.bill_debt_id, debts)
        self.assertEqual(set(charges.mapped("state")), {"billed"})
        with self.at("2026-11-04"):
            draft.button_cancel()
        self.assertEqual(set(charges.mapped("state")), {"assessed"})
        self.assertFalse(charges.bill_move_id)
        self.assertTrue(all(debts.mapped("void_reason")))

    def test_a_cancelled_bill_is_not_posted_again(self):
        charges, draft = self._drafted()
        draft.button_cancel()
        again = self._bill_on("2026-11-03", charges, draft=False)
        draft.button_draft()
        with self.refuses(UserError, "bill them again"):
            draft.action_post()
        self.assertEqual(charges.bill_move_id, again)

    def test_a_charge_taken_off_a_draft_by_hand_is_free(self):
        charges, draft = self._drafted()
        own = draft.line_ids.filtered(
            lambda line: line.cobranza_charge_id == charges[0]
        )
        draft.write({"line_ids": [(2, line.id) for line in own]})
        with self.at("2026-11-03"):
            draft.action_post()
        self.assertEqual(charges.mapped("state"), ["assessed", "billed"])
        self.assertFalse(charges[0].bill_move_id)

    def test_a_bill_that_was_paid_in_part_is_not_drafted(self):
        charges, draft = self._drafted()
        with self.at("2026-11-03"):
            draft.action_post()
            self._settle(charges[0].bill_line_id, 10)
            with self.refuses(UserError, "reverse the charges instead"):
                draft.button_draft()
        self.assertEqual(charges.mapped("amount_due"), [30, 5])

    def test_a_waived_charge_leaves_its_draft(self):
        charges, draft = self._drafted()
        self.company.cobranza_waive_limit = 5000
        charges[0]._waive("goodwill")
        self.assertEqual(draft.line_ids.cobranza_charge_id, charges[1])
        self._balanced(draft)
        self.assertEqual(sum(draft.line_ids.mapped("debit")), 5)
        charges[1]._waive("goodwill")
        self.assertFalse(draft.exists())
        self.assertEqual(set(charges.mapped("state")), {"waived"})

    def test_what_is_asked_to_be_waived_is_not_billed(self):
        self._form("compensation")
        _move, debt = self._opened()
        charge = self._charge(debt)
        self.company.cobranza_waive_limit = 1
        charge._waive("goodwill")
        self.assertFalse(self._bill_on("2026-11-02", charge))
