from datetime import date

from odoo.tests import tagged

from ..common.base import MONDAY
from ..common.booking import BookingCommon
from ..common.queries import listed

TODAY = date.fromisoformat(MONDAY)


@tagged("post_install", "-at_install")
class TestBehaviour(BookingCommon):
    """How a debtor pays, by its settlements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paid = cls._invoice(amount=100, due="2026-10-05")
        late = cls._invoice(amount=300, due="2026-09-05")
        cls._run("2026-10-04")
        cls._payment(100, "2026-10-05", cls.paid)
        cls._payment(200, "2026-09-25", late)
        cls._invoice(amount=50, due="2026-11-13", partner=cls.partner_b)
        cls._run("2026-11-20")
        cls.debtor = cls.partner_a.cobranza_debtor_ids
        cls.other = cls.partner_b.cobranza_debtor_ids
        cls.other.regime = "company"

    def _daily(self, day=TODAY):
        engine = self.company._cobranza_engine(self.env["cobranza.behaviour"].sudo())
        engine._daily(self.company, day)

    def test_what_was_paid_and_what_is_open(self):
        """Also what was paid before any level, which never was followed."""
        self._daily()
        self.assertFalse(self._debts(self.paid))
        # 100 on time, 200 twenty days late, 100 open for 79 days
        self.assertEqual(self.debtor.habit_days, round((200 * 20 + 100 * 79) / 400, 1))
        self.assertEqual(self.debtor.habit_on_time, 0.25)
        self.assertEqual(self.debtor.habit_debts, 2)
        self.assertEqual(self.debtor.habit_trend, 0)
        self.assertEqual((self.other.habit_days, self.other.habit_on_time), (10, 0))
        self.assertIn("25 % paid on time", self.debtor.habit_words)

    def test_a_credit_note_is_no_payment_and_later_days_forget(self):
        move = self._invoice(amount=1000, due="2026-10-01")
        refund = self._invoice(amount=1000, move_type="out_refund")
        self._match(move, refund)
        self._daily()
        self.assertEqual(self.debtor.habit_on_time, 0.25)
        self._daily(date(2028, 1, 1))
        self.assertEqual((self.debtor.habit_days, self.debtor.habit_debts), (0, 0))
        self.assertFalse(self.debtor.habit_words)

    def test_it_may_be_run_again_and_writes_only_what_changed(self):
        self._daily()
        with listed(self.env.cr) as queries:
            self._daily()
        self.assertLess(len(queries), 15, queries)
        before = self.env.cr.rowcount
        self.assertEqual(before, 0)

    def test_the_same_queries_for_more_debts(self):
        self._daily()
        counts = []
        for _again in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            with listed(self.env.cr) as queries:
                self._daily()
            counts.append(len(queries))
            self._invoices([self.partner_a] * 30, due="2026-10-01")
            self._run(MONDAY)
        self.assertEqual(*counts)

    def test_it_counts_in_the_priority_by_a_weight_only(self):
        self._daily()
        before = self.other.priority
        self.company.cobranza_weight_habit = 100
        self.other._redecide_later()
        self._run(MONDAY)
        factor = self.other.priority_parts["factors"]["habit"]
        self.assertAlmostEqual(float(factor), 1 + 10 / 30)
        self.assertGreater(self.other.priority, before)
        self.assertIn("late on average", self.other.priority_words)

    def test_of_a_natural_person_only_where_a_person_decides(self):
        self.partner_b.is_company = False
        self.company.cobranza_weight_habit = 100
        self._daily()
        self.other._redecide_later()
        self._run(MONDAY)
        self.assertTrue(self.other.habit_is_person)
        self.assertEqual(self.other.priority_parts["factors"]["habit"], "1")
        collector = self._role("collector")
        self.other.with_user(collector).action_habit_counts()
        self._run(MONDAY)
        self.assertNotEqual(self.other.priority_parts["factors"]["habit"], "1")
        self.other.with_user(collector).action_habit_counts()
        self._run(MONDAY)
        self.assertEqual(self.other.priority_parts["factors"]["habit"], "1")
