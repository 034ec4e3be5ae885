from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common.base import CobranzaCommon
from ..common.refusals import Refusals


@tagged("post_install", "-at_install")
class TestPromise(Refusals, CobranzaCommon):
    """A promise leaves its debts alone until its day; the money judges it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_promise_tolerance = 2
        cls.move = cls._invoice(amount=1000)
        cls.other = cls._invoice(amount=300, partner=cls.partner_b)
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id

    def _promise(self, **vals):
        values = {
            "debtor_id": self.debtor.id,
            "debt_ids": self.debt.ids,
            "amount": 1000,
            "made_on": "2026-10-10",
            "promised_on": "2026-10-20",
        }
        return self.env["cobranza.promise"].create({**values, **vals})

    def _pay(self, amount, day):
        with self.at(day):
            return self._register_payment(self.move, amount=amount, payment_date=day)

    def _upkeep(self, day):
        with self.at(day):
            model = self.env["cobranza.promise"]
            today = self.company._cobranza_today()
            due = model._upkeep_due(self.company, today, 10)
            due._upkeep(today)
            return due

    def test_a_promise_covers_its_debts_until_the_last_day_of_grace(self):
        self._promise()
        model = self.env["cobranza.promise"]
        for day, found in (("2026-10-22", {self.debt.id}), ("2026-10-23", set())):
            self.assertEqual(model._promised(self.debt.ids, day), found)

    def test_the_run_leaves_a_promised_debt_alone(self):
        self._promise()
        self._run("2026-10-11")
        self.assertEqual(self.debt.reason, "promised")

    def test_paid_in_time_is_kept(self):
        promise = self._promise()
        self._pay(1000, "2026-10-19")
        self._upkeep("2026-10-19")
        self.assertEqual((promise.state, promise.result), ("closed", "kept"))
        self.assertEqual(promise.received, 1000)

    def test_paid_on_the_last_day_of_grace_is_kept(self):
        promise = self._promise()
        self._pay(1000, "2026-10-22")
        self._upkeep("2026-10-23")
        self.assertEqual(promise.result, "kept")

    def test_paid_after_the_grace_is_broken(self):
        promise = self._promise()
        self._pay(1000, "2026-10-23")
        self._upkeep("2026-10-23")
        self.assertEqual((promise.result, promise.received), ("broken", 0))

    def test_paid_before_the_promise_does_not_count(self):
        self._pay(400, "2026-10-09")
        promise = self._promise(amount=600)
        self._upkeep("2026-10-23")
        self.assertEqual(promise.result, "broken")

    def test_part_of_the_money_is_kept_in_part(self):
        promise = self._promise()
        self._pay(400, "2026-10-15")
        self.assertFalse(self._upkeep("2026-10-22"))
        self._upkeep("2026-10-23")
        self.assertEqual((promise.result, promise.received), ("part_kept", 400))
        self.assertEqual(promise.history_ids[0].reason, "Kept in part")

    def test_a_write_off_keeps_no_promise(self):
        promise = self._promise()
        with self.at("2026-10-15"):
            self._register_payment(
                self.move,
                amount=0.01,
                payment_date="2026-10-15",
                payment_difference_handling="open",
            )
            entry = self._write_off(999.99)
            line = entry.line_ids.filtered(lambda line: line.credit)
            (line | self.debt.move_line_id).reconcile()
        self._upkeep("2026-10-23")
        self.assertEqual(promise.result, "part_kept")
        self.assertAlmostEqual(promise.received, 0.01)

    def _write_off(self, amount):
        receivable = self.debt.move_line_id.account_id.id
        expense = self.company_data["default_account_expense"].id
        line = {"partner_id": self.partner_a.id}
        return self._book(
            "2026-10-15",
            {**line, "account_id": receivable, "credit": amount},
            {**line, "account_id": expense, "debit": amount},
        )

    def test_a_credit_note_keeps_no_promise(self):
        promise = self._promise()
        debt = promise.debt_ids
        with self.at("2026-10-19"):
            note = debt.move_id._reverse_moves([{"date": "2026-10-19"}], cancel=True)
        self.assertEqual(note.state, "posted")
        self.assertTrue(debt.settled)
        self._upkeep("2026-10-30")
        self.assertEqual((promise.state, promise.result), ("closed", "broken"))

    def test_problems_are_refused_with_the_way_out(self):
        cases = (
            ({"amount": 1000.01}, "Lower the amount"),
            ({"promised_on": "2026-10-09"}, "comes before"),
            ({"debt_ids": []}, "choose the debts"),
            ({"debt_ids": self._debts(self.other).ids}, "of this debtor"),
        )
        for vals, message in cases:
            with self.subTest(message), self.refuses(ValidationError, message):
                self._promise(**vals)

    def test_a_debt_is_promised_once_at_a_time(self):
        first = self._promise(amount=500)
        with self.refuses(ValidationError, "promised already"):
            self._promise(amount=500)
        first._cancel("made in error")
        self._promise(amount=500)

    def test_every_change_wakes_the_debtor_up(self):
        promise = self._promise()
        for change in (
            lambda: promise.write({"promised_on": "2026-10-25"}),
            lambda: promise._cancel("made in error"),
            self._promise,
        ):
            self.debtor._forget_touches(self.company)  # as if it were committed
            self.debtor.sudo().review_on = "2027-01-01"
            self.debtor.flush_recordset()
            change()
            self.assertFalse(self.debtor.review_on)

    def test_the_result_is_not_written_by_hand(self):
        promise = self._promise()
        self._upkeep("2026-10-23")
        with self.assertRaises(UserError):
            promise.result = "kept"

    def test_a_collector_makes_and_cancels_and_an_approver_only_reads(self):
        promise = self._promise().with_user(self._role("collector"))
        promise.promised_on = "2026-10-21"
        with self.assertRaises(AccessError):
            promise.unlink()
        approver = self._role("approver")
        with self.assertRaises(AccessError):
            promise.with_user(approver)._cancel("made in error")
        with self.assertRaises(AccessError):
            self._dialog(promise.with_user(approver), "made in error")
        self._dialog(promise, "made in error").action_confirm()
        self.assertEqual(promise.state, "cancelled")
        self.assertEqual(promise.closed_on, self.company._cobranza_today())

    def _dialog(self, promise, reason):
        context = promise.action_cancel()["context"]
        dialogs = promise.env["cobranza.reason"].with_context(**context)
        return dialogs.create({"reason": reason})

    def test_a_promise_is_not_cancelled_without_a_reason(self):
        promise = self._promise()
        with self.refuses(UserError, "reason"):
            self._dialog(promise, " ").action_confirm()
        self.assertEqual(promise.state, "open")
        self._dialog(promise, "Said on the phone that he cannot").action_confirm()
        self.assertEqual(promise.state_reason, "Said on the phone that he cannot")
        closed = self._promise()
        self._upkeep("2026-10-23")
        with self.assertRaises(UserError):
            self._dialog(closed, "too late").action_confirm()
