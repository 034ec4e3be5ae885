from odoo.tests import tagged

from ...kernel.compensation import FixedCompensation
from ...kernel.money import Money
from ..common.charging import ChargeCommon


@tagged("post_install", "-at_install")
class TestChargeGone(ChargeCommon):
    """A charge does not outlive the money that it was charged on."""

    def _opened(self, **vals):
        moves = self._invoice(**{"due": "2026-10-05", "amount": 1000, **vals})
        self._run("2026-10-20")
        return moves, self._debts(moves)

    def _charged(self, debts, day="2026-10-30"):
        law = {
            "fee": self.schedule(),
            "interest": self.terms("10"),
            "compensations": [self._compensation()],
        }
        with self.law(**law):
            return self._assess_on(day, debts)[0]

    def _compensation(self):
        money = Money.of(40, self.company.currency_id.name)
        return FixedCompensation("compensation", money, "Law 3 art. 8")

    def _credit(self, move, day, amount=None):
        """A credit note of a day, allocated to the invoice."""
        with self.at(day):
            wizard = self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=move.ids
            )
            wizard = wizard.create({"journal_id": move.journal_id.id, "date": day})
            wizard.refund_moves()
            note = wizard.new_move_ids
            if amount:
                note.invoice_line_ids.price_unit = amount
            if note.state != "posted":
                note.action_post()
            lines = (move | note).line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            lines.filtered(lambda line: not line.reconciled).reconcile()
        return note

    # -- the whole document ----------------------------------------------------------

    def test_a_cancelled_invoice_leaves_no_charges(self):
        move, debt = self._opened()
        charges = self._charged(debt)
        kinds = {"fee", "interest", "compensation"}
        self.assertEqual(set(charges.mapped("kind")), kinds)
        with self.at("2026-10-31"):
            move.button_draft()
            move.button_cancel()
        self.assertEqual(set(charges.mapped("state")), {"reversed"})
        self.assertIn("was cancelled", charges[0].state_reason)
        self.assertEqual(debt.debtor_id.charge_amount, 0)

    def test_an_instalment_that_is_no_more_leaves_no_charges(self):
        term = self._term(1, 2).id
        move, debts = self._opened(due=None, invoice_payment_term_id=term)
        self._charged(debts)
        with self.at("2026-10-31"):
            move.button_draft()
            move.invoice_payment_term_id = self._term(1)
            move.action_post()
        self.assertTrue(debts[1].void_reason)
        self.assertEqual(set(debts[1].charge_ids.mapped("state")), {"reversed"})
        self.assertEqual(set(debts[0].charge_ids.mapped("state")), {"assessed"})

    def test_an_invoice_that_is_credited_in_full_leaves_no_charges(self):
        move, debt = self._opened()
        charges = self._charged(debt)
        self._credit(move, "2026-10-31")
        self.assertEqual(set(charges.mapped("state")), {"reversed"})
        self.assertIn("Credited in full", charges[0].state_reason)
        self.assertEqual(debt.debtor_id.charge_amount, 0)

    def test_what_was_waived_stays_waived(self):
        self.company.cobranza_waive_limit = 5000
        move, debt = self._opened()
        charges = self._charged(debt)
        charges._waive("goodwill")
        self._credit(move, "2026-10-31")
        self.assertEqual(set(charges.mapped("state")), {"waived"})

    def test_whoever_credits_an_invoice_needs_no_right_on_its_charges(self):
        move, debt = self._opened()
        self._charged(debt)
        accountant = self._books_only()
        self._credit(move.with_user(accountant), "2026-10-31")
        self.assertEqual(set(debt.charge_ids.mapped("state")), {"reversed"})

    # -- a part of it ----------------------------------------------------------------

    def test_a_part_credited_charges_the_fee_again_on_the_rest(self):
        move, debt = self._opened()
        old = self._charged(debt).filtered(lambda charge: charge.kind == "fee")
        self.assertEqual((old.base, old.amount), (1000, 90))
        with self.law(fee=self.schedule()):
            self._credit(move, "2026-10-31", 900)
        self.assertEqual(old.state, "reversed")
        self.assertIn("never owed", old.state_reason)
        new = debt.charge_ids.filtered(
            lambda charge: charge.kind == "fee" and charge.state == "assessed"
        )
        self.assertEqual((new.base, new.amount), (100, 9))
        self.assertEqual(str(new.assessed_on), "2026-10-30")

    def test_the_other_debts_of_the_base_keep_theirs(self):
        one, first = self._opened(amount=20000)
        _other, second = self._opened(amount=10000)
        self._charged(first | second)
        with self.law(fee=self.schedule()):
            self._credit(one, "2026-10-31", 15000)
        live = (first | second).charge_ids.filtered(
            lambda charge: charge.kind == "fee" and charge.state == "assessed"
        )
        self.assertEqual(sorted(live.mapped("base")), [5000, 10000])
        # 9 % of 10,000 and 6 % of 5,000
        self.assertEqual(sum(live.mapped("amount")), 1200)

    def test_a_payment_before_the_fee_is_not_owed_to_the_note(self):
        move, debt = self._opened()
        with self.at("2026-10-20"):
            self._register_payment(move, amount=500, payment_date="2026-10-20")
        old = self._charged(debt).filtered(lambda charge: charge.kind == "fee")
        self.assertEqual(old.base, 500)
        with self.law(fee=self.schedule()):
            self._credit(move, "2026-10-31", 300)
        fees = debt.charge_ids.filtered(lambda charge: charge.kind == "fee")
        self.assertEqual((fees - old).base, 200)

    def test_a_note_on_what_was_disputed_leaves_the_fee(self):
        move, debt = self._opened()
        self.env["cobranza.dispute"].sudo().create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_id": debt.id,
                "whole": False,
                "amount": 900,
                "reason": "price",
                "opened_on": "2026-10-12",
            }
        )
        fee = self._charged(debt).filtered(lambda charge: charge.kind == "fee")
        self.assertEqual(fee.base, 100)
        with self.law(fee=self.schedule()):
            self._credit(move, "2026-10-31", 900)
        self.assertEqual(fee.state, "assessed")

    def test_interest_on_what_was_credited_is_charged_again(self):
        move, debt = self._opened()
        old = self._charged(debt).filtered(lambda charge: charge.kind == "interest")
        with self.law(interest=self.terms("10")):
            self._credit(move, "2026-10-31", 900)
        self.assertEqual(old.state, "reversed")
        new = debt.charge_ids.filtered(
            lambda charge: charge.kind == "interest" and charge.state == "assessed"
        )
        self.assertEqual(new.formula, "100.00 × 10% × 25/365")
        self.assertEqual(new.period_from, old.period_from)

    def test_no_interest_runs_on_what_a_credit_note_gives_back(self):
        move, debt = self._opened()
        self._credit(move, "2026-10-20", 900)
        with self.law(interest=self.terms("10")):
            charge, _refused = self._assess_on("2026-10-25", debt)
        self.assertEqual(charge.formula, "100.00 × 10% × 20/365")

    # -- never twice -----------------------------------------------------------------

    def test_new_instalments_of_an_invoice_pay_no_second_fee(self):
        move, _debt = self._opened(amount=900)
        with self.law(fee=self.schedule()):
            self._assess_on("2026-10-30", self._debts(move))
            move.button_draft()
            move.invoice_payment_term_id = self._term(1, 2, 3)
            move.action_post()
            debts = self._debts(move)
            charges, refused = self._assess_on("2026-11-02", debts)
        self.assertEqual(len(debts), 3)
        self.assertFalse(charges)
        self.assertIn("on the whole document", refused[debts[2].id])
        self.assertFalse(debts[2].charge_pending)
        self.assertEqual(sum(debts.charge_ids.mapped("base")), 900)

    def test_what_a_document_has_grown_by_pays_its_fee(self):
        move, _debt = self._opened(amount=900)
        with self.law(fee=self.schedule()):
            self._assess_on("2026-10-30", self._debts(move))
            move.button_draft()
            move.invoice_line_ids.price_unit = 1200
            move.invoice_payment_term_id = self._term(1, 2, 3)
            move.action_post()
            charges, _refused = self._assess_on("2026-11-02", self._debts(move))
        self.assertEqual(sum(charges.mapped("base")), 300)

    def test_every_debt_of_an_opening_entry_is_a_document(self):
        receivable = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        owed = {"account_id": receivable.id, "debit": 100}
        lines = [
            {**owed, "partner_id": one.id, "date_maturity": "2026-09-30"}
            for one in (self.partner_a, self.partner_a, self.partner_b)
        ]
        lines.append({"account_id": revenue.id, "credit": 300})
        move = self._book("2026-09-01", *lines)
        move.line_ids.write({"no_followup": False})
        self._run("2026-10-20")
        with self.law(compensations=[self._compensation()]):
            debts = self._debts(move)
            charges, _refused = self._assess_on("2026-10-30", debts)
            again, _refused = self._assess_on("2026-11-30", debts)
        self.assertEqual(charges.mapped("amount"), [40, 40, 40])
        self.assertEqual(set(debts.mapped("display_name")), {move.name})
        self.assertFalse(again)
