from odoo import Command
from odoo.tests import tagged

from ..common.lateness import LateCommon


@tagged("post_install", "-at_install")
class TestLate(LateCommon):
    """What days late ask for is found, whatever way and however early it was paid."""

    def test_an_invoice_paid_late_before_any_run_is_shown_and_not_claimed(self):
        move = self._invoice(due="2026-10-05", amount=3650)
        self._pay_late(move, "2026-10-20")
        self.assertFalse(self._debts(move))
        late = self._look()
        self.assertEqual(late.move_id, move)
        self.assertEqual((late.state, late.days_late), ("open", 15))
        self.assertEqual(str(late.paid_on), "2026-10-20")
        self.assertEqual(self._sums(late), {"interest": 15, "compensation": 40})
        self.assertEqual((late.total, late.principal), (55, 3650))
        self.assertFalse(late.debt_id.charge_ids)
        self.assertEqual(late.debt_id.reason, "settled")
        self.assertFalse(self.env["cobranza.debtor"].search([]).activity_ids)

    def test_the_daily_cron_finds_it_where_nobody_is_a_debtor_yet(self):
        move = self._invoice(due="2026-10-05", amount=3650)
        self._pay_late(move, "2026-10-20")
        self.assertFalse(
            self.env["cobranza.debtor"].search([("company_id", "=", self.company.id)])
        )
        with self._grants(), self.at("2026-10-21"), self.enter_registry_test_mode():
            self.env.ref("cobranza_legal.ir_cron_upkeep").method_direct_trigger()
        self.assertEqual((self._late().move_id, self._late().total), (move, 55))

    def test_every_way_of_paying_asks_for_the_same(self):
        for way in ("odoo", "bank", "set_off"):
            with self.subTest(way):
                move = self._invoice(due="2026-10-05", amount=3650)
                getattr(self, f"_pay_by_{way}")(move)
                self.assertEqual(move.amount_residual, 0)
                late = self._look().filtered(lambda one, m=move: one.move_id == m)
                self.assertEqual(self._sums(late), {"interest": 15, "compensation": 40})

    def _pay_by_odoo(self, move):
        self._pay_late(move)

    def _pay_by_bank(self, move):
        line = move.line_ids.filtered("debit")
        with self.at("2026-10-20"):
            statement = self.env["account.bank.statement.line"].create(
                {
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "date": "2026-10-20",
                    "payment_ref": "transfer",
                    "amount": 3650,
                    "partner_id": move.partner_id.id,
                }
            )
            _liquidity, suspense, _other = statement._seek_for_lines()
            suspense.account_id = line.account_id
            (suspense | line).reconcile()

    def _pay_by_set_off(self, move):
        line = move.line_ids.filtered("debit")
        payable = self.company_data["default_account_payable"]
        with self.at("2026-10-20"):
            entry = self.env["account.move"].create(
                {
                    "date": "2026-10-20",
                    "journal_id": self.misc.id,
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": move.partner_id.id,
                                side: 3650,
                            }
                        )
                        for account, side in (
                            (payable, "debit"),
                            (line.account_id, "credit"),
                        )
                    ],
                }
            )
            entry.action_post()
            (entry.line_ids.filtered("credit") | line).reconcile()

    def test_what_was_paid_in_time_or_credited_is_not_shown(self):
        early = self._invoice(due="2026-10-20", amount=3650)
        self._pay_late(early, "2026-10-20")
        credited = self._invoice(due="2026-10-05", amount=100)
        with self.at("2026-10-20"):
            wizard = self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=credited.ids
            )
            wizard = wizard.create(
                {"journal_id": credited.journal_id.id, "date": "2026-10-20"}
            )
            wizard.refund_moves()
            note = credited.reversal_move_ids
            note.action_post()
            lines = (note | credited).line_ids
            receivable = lines.filtered(
                lambda one: one.account_id.account_type == "asset_receivable"
            )
            receivable.filtered(lambda one: not one.reconciled).reconcile()
        self.assertEqual(credited.amount_residual, 0)
        self.assertFalse(self._look())

    def test_one_day_late_is_late_and_the_due_day_is_not(self):
        moves = [self._invoice(due=f"2026-10-{day}", amount=3650) for day in (19, 20)]
        for move in moves:
            self._pay_late(move, "2026-10-20")
        late = self._look()
        self.assertEqual((late.move_id, late.days_late), (moves[0], 1))
        self.assertEqual(self._sums(late), {"interest": 1, "compensation": 40})

    def test_parts_paid_late_bear_interest_until_their_own_days(self):
        move = self._invoice(due="2026-10-05", amount=3650)
        self._pay_late(move, "2026-10-10", amount=1825)
        self.assertFalse(self._look("2026-10-11"))
        self._pay_late(move, "2026-10-20")
        late = self._look(commission=self._one_percent())
        self.assertEqual(
            self._sums(late),
            {"interest": 5 + 5, "compensation": 40, "commission": 36.5},
        )

    def test_a_cent_that_is_left_does_not_hide_it(self):
        move = self._invoice(due="2026-10-05", amount=1000)
        self._pay_late(move, "2026-10-20", amount=999.99)
        late = self._look()
        self.assertEqual(self._sums(late)["compensation"], 40)
        self.assertEqual(late.debt_id.reason, "dust")

    def test_what_was_charged_before_is_not_due_again(self):
        move, debt = self._opened(amount=3650)
        with self._grants():
            self._assess_on("2026-10-15", debt)
        self._pay_late(move, "2026-10-20")
        self.assertEqual(self._sums(self._look()), {"interest": 5})

    def test_too_few_days_and_too_small_sums_are_not_shown(self):
        self.company.write({"cobranza_late_days": 15, "cobranza_late_sum": 55})
        for due in ("2026-10-05", "2026-10-06"):
            self._pay_late(self._invoice(due=due, amount=3650), "2026-10-20")
        small = self._invoice(due="2026-10-05", amount=365)
        self._pay_late(small, "2026-10-20")
        shown = self._look().filtered(lambda one: one.state == "open")
        self.assertEqual([str(one.due) for one in shown], ["2026-10-05"])
        self.assertEqual(shown.total, 55)
        self.company.write({"cobranza_late_days": 1, "cobranza_late_sum": 0})
        shown = self._look("2026-10-22").filtered(lambda one: one.state == "open")
        self.assertEqual(len(shown), 3)

    def test_a_company_may_look_for_none_or_claim_at_once(self):
        self.company.cobranza_late_mode = "off"
        self._pay_late(self._invoice(due="2026-10-05", amount=3650))
        self.assertFalse(self._look())
        self.company.cobranza_late_mode = "claim"
        late = self._look()
        self.assertEqual(late.state, "claimed")
        self.assertEqual(sum(late.charge_ids.mapped("amount")), 55)

    def test_nothing_is_due_without_a_law_and_it_is_not_asked_every_day(self):
        self._pay_late(self._invoice(due="2026-10-05", amount=3650))
        late = self._look(interest=None, compensations=())
        self.assertEqual((late.state, late.total), ("none", 0))
        with self.at("2026-10-22"):
            found = late._found(self.company, self.company._cobranza_today(), 100)
        self.assertFalse(found)

    def test_one_that_was_looked_at_is_found_again_when_it_is_paid_again(self):
        move = self._invoice(due="2026-10-05", amount=3650)
        payment = self._pay_late(move, "2026-10-20")
        late = self._look()
        with self.at("2026-10-21"):
            payment.action_draft()
            payment.action_cancel()
        self.assertEqual(self._look("2026-10-22").state, "none")
        self._pay_late(move, "2026-10-25")
        again = self._look("2026-10-26")
        self.assertEqual((again, again.state), (late, "open"))
        self.assertEqual(self._sums(late), {"interest": 20, "compensation": 40})

    def test_one_activity_a_month_tells_the_manager(self):
        for number in range(3):
            self._pay_late(self._invoice(due="2026-10-05", amount=3650 + number))
        self._look("2026-10-21")
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "cobranza.late")]
        )
        self.assertFalse(activities)
        for day in ("2026-11-01", "2026-11-02", "2026-11-20"):
            self._look(day)
            activities = activities.search([("res_model", "=", "cobranza.late")])
            self.assertEqual(len(activities), 1)
        self.assertIn("165", activities.note)
        self.assertIn(self.partner_a.name, activities.note)
        self.assertTrue(
            activities.user_id.has_group("cobranza_legal.group_collection_manager")
        )
        self.assertFalse(self._late().debtor_id.activity_ids)

    def test_the_habit_of_the_customer(self):
        self._pay_late(self._invoice(due="2026-10-05", amount=3650), "2026-10-15")
        self._pay_late(self._invoice(due="2026-10-05", amount=3650), "2026-10-25")
        self._pay_late(self._invoice(due="2026-11-05", amount=3650), "2026-10-25")
        late = self._look("2026-10-26")
        with self.at("2026-10-26"):
            self.assertEqual(set(late.mapped("habit")), {"2 of 3 late, by 15 days"})

    def test_it_asks_as_often_for_many_as_for_few(self):
        counts = []
        self._pay_late(self._invoice(due="2026-10-05", amount=3650))
        self._look()
        for number in (3, 20):
            moves = self._invoices([self.partner_a] * number, amount=3650)
            self._pay_late(moves, amount=3650 * number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._look()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 4, counts)
