from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.base import CobranzaCommon
from .ledger_ways import LedgerWays


@tagged("post_install", "-at_install")
class TestUndone(LedgerWays, CobranzaCommon):
    """What settled a debt and was undone is remembered; promises are judged by it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_promise_tolerance = 0
        cls.move = cls._invoice(due="2026-09-10", amount=1000)
        cls._run("2026-09-20")
        cls.debt = cls._debts(cls.move)

    def _paid(self, day="2026-09-22", amount=1000):
        with self.at(day):
            return self._register_payment(self.move, amount=amount, payment_date=day)

    def _later(self):
        """Another transaction begins."""
        self.cr.precommit.run()

    # -- memory ------------------------------------------------------------------------

    def test_what_is_done_again_at_once_was_not_undone(self):
        payment = self._paid()
        credit = self._credit_of(payment.move_id)
        credit.remove_move_reconcile()
        self.assertEqual(len(self.debt.undone_ids), 1)
        (credit | self._owed(self.move)).reconcile()
        self.assertFalse(self.debt.undone_ids)

    def test_what_is_done_again_later_was_undone(self):
        payment = self._paid()
        credit = self._credit_of(payment.move_id)
        credit.remove_move_reconcile()
        self._later()
        (credit | self._owed(self.move)).reconcile()
        self.assertEqual(self.debt.undone_ids.amount, 1000)

    def test_of_what_is_done_again_in_part_the_rest_was_undone(self):
        other = self._invoice(due="2026-09-12", amount=300)
        self._run("2026-09-21")
        payment = self._paid()
        credit = self._credit_of(payment.move_id)
        credit.remove_move_reconcile()
        (credit | self._owed(other)).reconcile()
        (credit | self._owed(self.move)).reconcile()
        self.assertEqual(self.debt.undone_ids.amount_currency, 300)
        self.assertEqual(self.debt.amount_residual, 300)

    def test_why_is_read_from_the_entry_when_asked(self):
        payment = self._paid()
        entry = payment.move_id
        name = entry.name
        self._credit_of(entry).remove_move_reconcile()
        self._later()
        undone = self.debt.undone_ids
        self.assertEqual(undone.reason, "unmatched")
        payment.action_draft()
        undone.invalidate_recordset()
        self.assertEqual(undone.reason, "draft")
        payment.action_cancel()
        undone.invalidate_recordset()
        self.assertIn(undone.reason, ("cancelled", "deleted"))
        payment.action_draft()
        payment.unlink()
        undone.invalidate_recordset()
        self.assertEqual((undone.reason, undone.document), ("deleted", name))

    def test_a_reversed_entry_says_so(self):
        payment = self._paid()
        self._credit_of(payment.move_id).remove_move_reconcile()
        payment.move_id._reverse_moves([{"date": "2026-09-24"}], cancel=True)
        self.assertEqual(self.debt.undone_ids.reason, "reversed")

    def test_nobody_writes_or_deletes_it(self):
        payment = self._paid()
        self._credit_of(payment.move_id).remove_move_reconcile()
        undone = self.debt.undone_ids
        with self.assertRaises(UserError):
            undone.amount = 1
        with self.assertRaises(UserError):
            undone.sudo().unlink()

    def test_a_stranger_who_unreconciles_loses_nothing(self):
        payment = self._paid()
        books = self._books_only()
        self._credit_of(payment.move_id).with_user(books).remove_move_reconcile()
        self.assertEqual(self.debt.undone_ids.user_id, books)

    def test_a_past_day_has_two_figures(self):
        payment = self._paid(amount=400)
        with self.at("2026-10-01"):
            payment.action_cancel()
        then = self.env["cobranza.debt"]._settlements_known_then
        for day, found in (
            ("2026-09-21", []),
            ("2026-09-22", [400]),
            ("2026-09-30", [400]),
            ("2026-10-01", []),
        ):
            known = then(self.debt.ids, day)[self.debt.id]
            self.assertEqual([one[1] for one in known], found, day)
        self.assertFalse(self.debt.settlement_ids)

    def test_many_reconciliations_are_undone_with_the_same_queries(self):
        counts = []
        for size in (2, 20):
            moves = self.env["account.move"]
            for number in range(size):
                moves |= self._invoice(due="2026-09-10", amount=10 + number)
            self._run("2026-09-21")
            payment = self._loose_payment(
                sum(moves.mapped("amount_total")), "2026-09-22"
            )
            credit = self._credit_of(payment.move_id)
            (credit | self._owed(moves)).reconcile()
            partials = credit.matched_debit_ids
            undone = self.env["cobranza.settlement.undone"]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            gone = undone._read(partials.browse(partials.ids))
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(gone), size)
        self.assertLessEqual(counts[1], counts[0] + 1)

    # -- promises ----------------------------------------------------------------------

    def _promise(self, made="2026-09-21", until="2026-09-25"):
        with self.at(made):
            return self.env["cobranza.promise"].create(
                {
                    "debtor_id": self.debt.debtor_id.id,
                    "debt_ids": self.debt.ids,
                    "amount": self.debt.amount_residual,
                    "made_on": made,
                    "promised_on": until,
                }
            )

    def _judge(self, day):
        with self.at(day):
            today = self.company._cobranza_today()
            promises = self.env["cobranza.promise"]
            promises._upkeep_due(self.company, today, 10)._upkeep(today)

    def test_a_promise_kept_by_a_payment_that_bounces_is_broken_again(self):
        ways = ("cancel", "unmatch", "reject", "draft", "bank_line", "reversal")
        for way in (*ways, "outbound_payment", "payment_return"):
            with self.subTest(way), self.cr.savepoint() as point:
                promise = self._promise()
                payment = self._paid()
                self._judge("2026-09-23")
                self.assertEqual(promise.result, "kept")
                with self.at("2026-09-28"):
                    back = getattr(self, f"_back_by_{way}")
                    back(payment.move_id, 1000, "2026-09-28")
                self.assertEqual((promise.result, promise.received), ("broken", 0))
                self.assertIn("Broken", promise.history_ids[0].change)
                point.rollback()
            self.env.invalidate_all()

    def test_a_promise_is_kept_again_when_the_payment_was_there_after_all(self):
        promise = self._promise()
        payment = self._paid()
        self._judge("2026-09-23")
        credit = self._credit_of(payment.move_id)
        credit.remove_move_reconcile()
        self.assertEqual(promise.result, "broken")
        (credit | self._owed(self.move)).reconcile()
        self.assertEqual(promise.result, "kept")

    def test_a_payment_of_the_same_day_keeps_what_was_promised_before_it(self):
        promise = self._promise(made="2026-09-22")
        self._paid("2026-09-22")
        self._judge("2026-09-22")
        self.assertEqual(promise.result, "kept")

    def test_a_payment_before_the_promise_on_the_same_day_does_not_keep_it(self):
        self._paid("2026-09-22", 400)
        promise = self._promise(made="2026-09-22")
        self.assertEqual(promise.amount, 600)
        self._judge("2026-09-26")
        self.assertEqual((promise.result, promise.received), ("broken", 0))

    def test_a_loose_payment_before_the_promise_does_not_keep_it_when_matched(self):
        with self.at("2026-09-22"):
            payment = self._loose_payment(400, "2026-09-22")
        promise = self._promise(made="2026-09-22")
        with self.at("2026-09-23"):
            (self._credit_of(payment.move_id) | self._owed(self.move)).reconcile()
        self._judge("2026-09-26")
        self.assertEqual((promise.result, promise.received), ("broken", 0))
