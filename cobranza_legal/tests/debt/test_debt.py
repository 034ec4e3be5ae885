from odoo.tests import tagged

from ..common.base import CobranzaCommon


@tagged("post_install", "-at_install")
class TestDebt(CobranzaCommon):
    """Each debt tells the truth about its own instalment, whatever is done to it."""

    def _release_all(self):
        self.env["cobranza.contact"].search(
            [("state", "=", "planned")]
        ).action_release()

    def _three_instalments(self):
        """Due 2026-09-11, 2026-10-01 and 2026-10-21; the first two have levels."""
        term = self._term(10, 30, 50)
        move = self._invoice(
            amount=1000,
            due=None,
            invoice_date="2026-09-01",
            invoice_payment_term_id=term.id,
        )
        self.company._cobranza_switch("confirm")
        for day in ("2026-09-16", "2026-09-26", "2026-10-11", "2026-10-16"):
            self._release_all()
            self._run(day)
        self._run("2026-10-26")
        return move

    def test_each_instalment_is_a_debt_of_its_own_level(self):
        debts = self._debts(self._three_instalments())
        self.assertEqual(debts.mapped("instalment_no"), [1, 2, 3])
        self.assertEqual(debts.mapped("level"), [3, 2, 1])
        self.assertEqual(debts.mapped("original_amount"), [300, 300, 400])
        self.assertEqual(
            [str(day) for day in debts.mapped("date_maturity")],
            ["2026-09-11", "2026-10-01", "2026-10-21"],
        )

    def test_moving_the_date_keeps_level_and_first_due_date(self):
        move = self._three_instalments()
        debts = self._debts(move)
        move.button_draft()
        move.invoice_date = "2026-10-01"
        move.action_post()
        self.assertEqual(self._debts(move), debts)
        self.assertEqual(
            [str(day) for day in debts.mapped("date_maturity")],
            ["2026-10-11", "2026-10-31", "2026-11-20"],
        )
        self.assertEqual(str(debts[0].original_due_date), "2026-09-11")
        self.assertEqual(debts.mapped("level"), [3, 2, 1])

    def test_three_terms_to_one_and_back_revives_the_same_debts(self):
        move = self._three_instalments()
        debts = self._debts(move)
        term = move.invoice_payment_term_id
        move.button_draft()
        move.invoice_payment_term_id = self._term(10)
        move.action_post()
        self.assertEqual(debts[0].amount_residual, 1000)
        self.assertFalse(debts[0].void_reason)
        for debt in debts[1:]:
            self.assertIn("No longer an instalment", debt.void_reason)
            self.assertFalse(debt.move_line_id)
        move.button_draft()
        move.invoice_payment_term_id = term
        move.action_post()
        self.assertEqual(self._debts(move), debts)
        self.assertFalse(any(debts.mapped("void_reason")))
        self.assertEqual(debts.mapped("amount_residual"), [300, 300, 400])

    def test_a_new_instalment_opens_a_new_debt(self):
        move = self._invoice(due="2026-09-10", amount=1000)
        self._run("2026-10-01")
        move.button_draft()
        move.invoice_payment_term_id = self._term(9, 39)
        move.action_post()
        debts = self._debts(move)
        self.assertEqual(debts.mapped("instalment_no"), [1, 2])
        self.assertEqual(debts.mapped("level"), [1, 0])

    def test_doubling_the_price_doubles_what_is_open(self):
        move = self._three_instalments()
        debts = self._debts(move)
        move.button_draft()
        move.invoice_line_ids.price_unit *= 2
        move.action_post()
        self.assertEqual(debts.mapped("amount_residual"), [600, 600, 800])
        self.assertEqual(debts.mapped("original_amount"), [300, 300, 400])

    def test_a_draft_document_is_not_followed(self):
        move = self._three_instalments()
        debts = self._debts(move)
        move.button_draft()
        self._run("2026-11-20")
        self.assertEqual(set(debts.mapped("reason")), {"void"})
        self.assertEqual(debts.mapped("level"), [3, 2, 1])

    def test_a_deleted_document_leaves_void_debts_with_its_name(self):
        move = self._three_instalments()
        debts, name = self._debts(move), move.name
        move.button_draft()
        move.with_context(force_delete=True).unlink()
        self.assertEqual(set(debts.mapped("document")), {name})
        for debt in debts:
            self.assertIn("was deleted", debt.void_reason)

    def test_a_cancelled_document_leaves_void_debts(self):
        move = self._three_instalments()
        debts = self._debts(move)
        move.button_cancel()
        for debt in debts:
            self.assertIn("was cancelled", debt.void_reason)

    def test_a_reversed_document_settles_its_debts_by_credit_note(self):
        move = self._three_instalments()
        debts = self._debts(move)
        self._reverse_invoice(move, post=True, date="2026-10-30")
        self.assertTrue(all(debts.mapped("settled")))
        self.assertEqual(set(debts.settlement_ids.mapped("kind")), {"credit_note"})

    def _bounced(self):
        """A debt at its first level that a run has seen settled, and whose payment has
        come back."""
        move = self._invoice(due="2026-09-10")
        self._run("2026-09-20")
        debt = self._debts(move)
        payment = self._register_payment(move, payment_date="2026-09-22")
        self.assertTrue(debt.settled)
        self.assertEqual(debt.settlement_ids.kind, "cash")
        self._run("2026-09-23")
        self.assertEqual((debt.reason, debt.episode), ("settled", 1))
        payment.action_cancel()
        self.assertFalse(debt.settled)
        return debt

    def test_a_bounced_payment_opens_a_new_episode_from_the_start(self):
        debt = self._bounced()
        self._run("2026-09-25")
        self.assertEqual((debt.episode, debt.level), (2, 1))
        self.assertEqual(str(debt.level_since), "2026-09-25")
        self.assertEqual(debt.reason, "entered")
        steps = debt.contact_line_ids.filtered("is_step")
        self.assertEqual(steps.mapped("episode"), [2])
        self._run("2026-09-26")
        self.assertEqual(debt.episode, 2)

    def test_a_policy_may_resume_where_a_bounced_payment_left_it(self):
        self.policy.on_reopen = "resume"
        debt = self._bounced()
        self._run("2026-09-24")
        self.assertEqual((debt.episode, debt.level), (2, 1))
        self.assertEqual(str(debt.level_since), "2026-09-20")

    def test_a_payment_undone_and_done_again_changes_nothing(self):
        move = self._invoice(due="2026-09-10")
        self._run("2026-09-20")
        debt = self._debts(move)
        contact = debt.contact_line_ids.contact_id
        self._register_payment(move, payment_date="2026-09-22")
        self.assertEqual(contact.state, "cancelled")
        line = debt.move_line_id
        credit = line.matched_credit_ids.credit_move_id
        line.remove_move_reconcile()
        (line | credit).reconcile()
        self._run("2026-09-23")
        self.assertEqual((debt.episode, debt.level), (1, 1))
        self.assertEqual(debt.reason, "settled")

    def test_a_payment_undone_before_the_run_leaves_the_debt_where_it_was(self):
        move = self._invoice(due="2026-09-10")
        self._run("2026-09-20")
        debt = self._debts(move)
        contact = debt.contact_line_ids.contact_id
        payment = self._register_payment(move, payment_date="2026-09-22")
        payment.action_cancel()
        self._run("2026-09-23")
        self.assertEqual((debt.episode, debt.level), (1, 1))
        # what the payment stopped is planned again
        again = debt.contact_line_ids.contact_id - contact
        self.assertEqual((contact.state, again.state), ("cancelled", "planned"))
        self.assertEqual(again.level_id, contact.level_id)

    def test_kinds_of_settlement_are_told_apart(self):
        move = self._invoice(due="2026-09-10", amount=1000)
        self._run("2026-09-20")
        debt = self._debts(move)
        self._register_payment(move, amount=300, payment_date="2026-09-22")
        bank_loss = self.company_data["default_account_expense"]
        self.company.cobranza_loss_account_ids = bank_loss
        self._register_payment(
            move,
            amount=200,
            payment_date="2026-09-25",
            payment_difference_handling="open",
        )
        line = debt.move_line_id
        entry = self._reclassify_amount(line, bank_loss, 500)
        self.assertTrue(entry)
        kinds = debt.settlement_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["cash", "cash", "write_off"])
        self.assertEqual(sum(debt.settlement_ids.mapped("amount")), 1000)

    def _reclassify_amount(self, line, account, amount):
        entry = self._book(
            "2026-09-26",
            {
                "account_id": line.account_id.id,
                "partner_id": line.partner_id.id,
                "balance": -amount,
            },
            (account, amount),
        )
        (line + entry.line_ids[0]).reconcile()
        return entry
