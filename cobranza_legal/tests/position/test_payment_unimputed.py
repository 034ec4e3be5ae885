from odoo.tests import tagged

from ..common.splitting import SplitCommon


@tagged("post_install", "-at_install")
class TestPaymentUnimputed(SplitCommon):
    """Money that went to the principal by another way is told to the accountant."""

    def _core_pay(self, amount, day, move=None):
        with self.law(interest=self.terms()), self.at(day):
            return self._register_payment(
                move or self.move, amount=amount, payment_date=day
            )

    def _upkeep(self, day, **law):
        with self.law(**{"interest": self.terms(), **law}), self.at(day):
            debts = self.env["cobranza.debt"].sudo()
            today = self.company._cobranza_today()
            due = debts._upkeep_due(self.company, today, 100)
            due._upkeep(today)
            self.assertFalse(debts._upkeep_due(self.company, today, 100))
        kind = self.env.ref("cobranza_legal.mail_activity_imputation")
        return self.debtor.activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def test_interest_that_nobody_had_charged_was_due(self):
        self._role("accountant")
        self._core_pay(1000, "2026-10-15")
        activity = self._upkeep("2026-10-15")
        self.assertEqual(len(activity), 1)
        self.assertIn("1,000.00 went to the principal", activity.note)
        self.assertIn("10.00 of charges and interest was due", activity.note)
        self.assertTrue(activity.user_id.has_group("cobranza_legal.group_accountant"))
        self.assertEqual(activity.user_id, self.debtor._accountant())

    def test_the_whole_sum_is_told_with_what_is_due_once(self):
        self._core_pay(1000, "2026-10-15")
        activity = self._upkeep("2026-10-15", compensations=[self._forty()])
        self.assertIn("50.00 of charges and interest was due", activity.note)

    def test_what_was_settled_is_told_by_the_list_of_those_paid_late(self):
        self._core_pay(3650, "2026-10-15")
        self.assertFalse(self._upkeep("2026-10-15", compensations=[self._forty()]))

    def test_charges_that_were_not_paid_were_due(self):
        self._charge(self.debt, "cost", 25, "2026-10-12")
        self._core_pay(3650, "2026-10-15")
        activity = self._upkeep("2026-10-15", interest=None)
        self.assertIn("25.00 of charges", activity.note)

    def test_one_activity_tells_all(self):
        self._core_pay(1000, "2026-10-15")
        self._upkeep("2026-10-15")
        self._core_pay(500, "2026-10-18")
        activity = self._upkeep("2026-10-18")
        self.assertEqual(len(activity), 1)
        self.assertIn("500.00 went to", activity.note)
        self.assertIn("1,000.00 went to", activity.note)

    def test_nothing_is_told_of_what_was_imputed_paid_in_time_or_undone(self):
        self._pay(1000, "2026-10-15")
        self.assertFalse(self._upkeep("2026-10-15"))
        early = self._invoice(due="2026-11-05", amount=70)
        self._core_pay(70, "2026-10-16", early)
        self.assertFalse(self._upkeep("2026-10-16"))
        payment = self._core_pay(100, "2026-10-17")
        with self.at("2026-10-17"):
            payment.action_draft()
            payment.action_cancel()
        self.assertFalse(self._upkeep("2026-10-17"))

    def test_posting_asks_as_often_for_many_debts_as_for_few(self):
        counts = []
        for number in (3, 20):
            moves = self._invoices([self.partner_a] * number, "2026-10-06", 50)
            self._run("2026-10-14")
            partials = self._core_pay(50 * number, "2026-10-15", moves)
            lines = partials.move_id.line_ids.matched_debit_ids
            lines = lines.browse(lines.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            lines._cobranza_mark_unimputed()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines._cobranza_mark_unimputed()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(abs(counts[1] - counts[0]), 1)
