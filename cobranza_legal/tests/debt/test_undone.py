from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.debt.chain import Chain
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
            moves = self._invoices([self.partner_a] * size, "2026-09-10", 10)
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

    def test_a_payment_to_draft_is_remembered(self):
        """Odoo keeps the reconciliation."""
        for way in ("draft", "reject"):
            with self.subTest(way), self.cr.savepoint() as point:
                payment = self._paid()
                self._later()
                with self.at("2026-09-24"):
                    getattr(self, f"_back_by_{way}")(payment.move_id, 1000, "")
                undone = self.debt.undone_ids
                self.assertEqual(undone.mapped("amount"), [1000])
                self.assertEqual(
                    (str(undone.date), str(undone.undone_on), undone.redone_on),
                    ("2026-09-22", "2026-09-24", False),
                )
                self.assertEqual(undone.reason, {"reject": "rejected"}.get(way, way))
                self._later()
                with self.at("2026-09-26"):
                    if way == "reject":
                        payment.action_draft()
                    payment.action_post()
                self.assertEqual(str(undone.redone_on), "2026-09-26")
                self.assertTrue(self.debt.settled)
                self._later()
                with self.at("2026-09-28"):
                    payment.action_cancel()
                first, second = self.debt.undone_ids.sorted("id")
                self.assertEqual(first, undone)
                self.assertEqual(
                    (str(second.made_on), str(second.undone_on), second.redone_on),
                    ("2026-09-26", "2026-09-28", False),
                )
                point.rollback()
            self.env.invalidate_all()

    def test_what_is_matched_again_later_is_done_again(self):
        payment = self._paid()
        credit = self._credit_of(payment.move_id)
        other = self._invoice(due="2026-09-12", amount=300)
        self._run("2026-09-21")
        self._later()
        with self.at("2026-09-24"):
            credit.remove_move_reconcile()
        self._later()
        with self.at("2026-09-26"):
            (credit | self._owed(other)).reconcile()
            (credit | self._owed(self.move)).reconcile()
        found = [
            (one.amount, one.amount_currency, str(one.undone_on), str(one.redone_on))
            for one in self.debt.undone_ids.sorted("id")
        ]
        self.assertEqual(
            found,
            [
                (300, 300, "2026-09-24", "False"),
                (700, 700, "2026-09-24", "2026-09-26"),
            ],
        )

    def test_the_statement_of_a_past_day_says_both_figures_and_why(self):
        payment = self._paid(amount=400)
        with self.at("2026-10-01"):
            payment.action_cancel()
        debtor = self.debt.debtor_id
        wizard = self.env["cobranza.debt.statement"].create(
            {"debtor_id": debtor.id, "on": "2026-09-25"}
        )
        for debts in (self.debt, self.debt.browse()):
            wizard.debt_ids = debts
            [section] = wizard._position().sections
            rows, why = wizard._known_rows(section)
            self.assertEqual([amount for _label, amount in rows], [1000, 600])
            self.assertEqual(len(why), 1)
            for word in ("400", "09/22/2026", "10/01/2026", self.debt.document):
                self.assertIn(word, why[0])
            self.assertIn("As known on that day", wizard.preview.replace("as", "As"))
        for day in ("2026-09-21", "2026-10-01"):
            wizard.on = day
            self.assertEqual(wizard._known_rows(section), ([], []))

    def test_a_letter_says_what_the_ledger_tells_now_and_why(self):
        payment = self._paid(amount=400)
        self._run("2026-09-25")
        contact = self.debt.contact_line_ids.contact_id
        with self.at("2026-09-26"):
            contact._recompute()
            contact._set_state("planned")
            contact._through_gate().sent_at = "2026-09-26 12:00:00"
        self.assertEqual(contact.amount, 600)
        self.assertFalse(contact.ledger_note)
        with self.at("2026-10-01"):
            payment.action_cancel()
            self._register_payment(self.move, amount=50, payment_date="2026-09-24")
        lines = contact.ledger_note.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("600", lines[0])
        self.assertIn("950", lines[0])
        self.assertIn("10/01/2026", lines[1])
        self.assertIn("booked", lines[2])

    # -- returns that are taken back and come again ---------------------------------

    def _again_bank_line(self, entry):
        """The bank's line is matched, taken apart and matched once more."""
        line = self._bank_line(-1000, "2026-09-24")
        self._reconcile_line(line, self.receivable, 1000)
        yield
        line.action_undo_reconciliation()
        yield
        self._reconcile_line(line, self.receivable, 1000)
        yield

    def _again_outbound_payment(self, entry):
        payment = self._loose_payment(1000, "2026-09-24", "outbound")
        yield
        payment.action_draft()
        yield
        payment.action_post()
        yield

    def _again_entry(self, entry):
        cash = self.bank.default_account_id
        lines = (self.receivable, 1000), (cash, -1000)
        back = self._entry("2026-09-24", *lines, journal=self.bank)
        yield
        back.button_draft()
        yield
        back.action_post()
        yield

    def _again_deleted_line(self, entry):
        line = self._bank_line(-1000, "2026-09-24")
        self._reconcile_line(line, self.receivable, 1000)
        yield
        line.unlink()
        yield
        self._reconcile_line(
            self._bank_line(-1000, "2026-09-24"), self.receivable, 1000
        )
        yield

    def test_a_return_that_is_undone_and_done_again_carries_the_same_debt(self):
        for way in ("bank_line", "outbound_payment", "entry", "deleted_line"):
            for later in (self._later, lambda: None):
                with self.subTest(way), self.cr.savepoint() as point:
                    self._assert_again(way, later)
                    point.rollback()
                self.env.invalidate_all()

    def _assert_again(self, way, later):
        payment = self._paid()
        steps = getattr(self, f"_again_{way}")(payment.move_id)
        debts = self.debt.debtor_id.debt_ids
        for day, owed in (("24", 1000), ("26", 0), ("28", 1000)):
            later()
            with self.at(f"2026-09-{day}"):
                next(steps)
            self.debt.debtor_id.invalidate_recordset()
            self.assertEqual(self.debt.debtor_id.debt_ids, debts, day)
            self.assertEqual(self.debt.amount_residual, owed, day)
            self.assertEqual(self.debt.settled, not owed, day)
            self.assertFalse(self.debt.void_reason)

    # -- faults of ours ----------------------------------------------------------------

    def test_a_fault_of_ours_keeps_nobody_from_booking(self):
        debtor = self.debt.debtor_id
        books = self._books_only()
        logger = "odoo.addons.cobranza_legal.models.debt.chain"

        def fault(*_args):
            self.env.cr.execute("SELECT 1 / 0")

        for name in ("follow", "_owed_items"):
            with (
                self.subTest(name),
                self.cr.savepoint() as point,
                patch.object(Chain, name, fault),
                mute_logger("odoo.sql_db"),
                self.assertLogs(logger, "ERROR"),
            ):
                payment = self.env(user=books)["account.payment"].create(
                    {
                        "payment_type": "inbound",
                        "partner_type": "customer",
                        "partner_id": self.partner_a.id,
                        "amount": 1000,
                        "date": "2026-09-22",
                        "journal_id": self.bank.id,
                    }
                )
                payment.action_post()
                credit = self._credit_of(payment.move_id)
                (credit | self._owed(self.move).with_user(books)).reconcile()
                self.assertTrue(self.debt.settled)
                self.assertTrue(debtor.judge_since)
                credit.remove_move_reconcile()
                self.assertFalse(self.debt.settled)
                point.rollback()
            self.env.invalidate_all()

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
