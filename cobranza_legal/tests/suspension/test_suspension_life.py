from odoo import Command
from odoo.tests import tagged

from ..common.base import MONDAY
from ..common.queries import listed
from ..common.suspension import SuspensionCommon


class LifeCommon(SuspensionCommon):
    """Acts of the debtor and about it on a day."""

    @classmethod
    def _pay(cls, move, day):
        with cls.at(day):
            return cls._register_payment(move, payment_date=day)

    @classmethod
    def _dispute(cls, day):
        with cls.at(day):
            dispute = cls.env["cobranza.dispute"].create(
                {
                    "debtor_id": cls.debtor.id,
                    "debt_id": cls.debts[0].id,
                    "reason": "quality",
                }
            )
            cls.env.cr.flush()
        return dispute


@tagged("post_install", "-at_install")
class TestSuspensionNoticed(LifeCommon):
    """What days and money make of a notice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suspension = cls._notified(received=None)

    def test_in_force_on_the_day_after_the_term_of_what_was_received(self):
        suspension = self.suspension
        self._delivered(suspension, "2026-11-25")
        with self.at("2026-11-25"):
            self.assertEqual(str(suspension.received_on), "2026-11-25")
            self.assertEqual(str(suspension.until), "2026-12-05")
        self._night("2026-12-05")
        self.assertEqual(suspension.state, "noticed")
        self._night("2026-12-06")
        self.assertEqual(suspension.state, "in_force")
        self.assertEqual(str(suspension.in_force_on), "2026-12-06")
        self.assertEqual(self._tasks().count("Suspend these services"), 1)
        before = len(suspension.history_ids)
        self._night("2026-12-06")
        self._night("2026-12-07")
        self.assertEqual(len(suspension.history_ids), before)
        self.assertEqual(self._tasks().count("Suspend these services"), 1)

    def test_never_in_force_while_nothing_says_that_it_was_received(self):
        suspension = self.suspension
        self._night("2027-06-01")
        self.assertEqual((suspension.state, suspension.until), ("noticed", False))

    def test_a_notice_that_comes_back_is_no_notice(self):
        suspension = self.suspension
        self._delivered(suspension, "2026-11-26", "unknown_address")
        self.assertEqual(suspension.state, "proposed")
        self.assertFalse(suspension.notice_contact_id or suspension.noticed_on)
        self.assertEqual(len(suspension.contact_ids), 1)
        self.assertIn("did not arrive", " ".join(self._tasks()))
        with self.at("2026-11-27"):
            self.partner_a.street = "9 New Street"
            suspension.action_notify()
        self.assertEqual(len(suspension.contact_ids), 2)

    def test_it_waits_while_the_bank_may_still_tell_of_a_payment(self):
        self.company.cobranza_bank_guard_days = 5
        self._prepay(10, "2026-12-01", partner=self.partner_b)
        suspension = self.suspension
        self._delivered(suspension, MONDAY)  # may pay until 3 December
        self._night("2026-12-04")
        self.assertEqual(suspension.state, "noticed")
        self._prepay(10, "2026-12-04", partner=self.partner_b)
        self._night("2026-12-05")
        self.assertEqual(suspension.state, "in_force")

    def test_paying_in_time_ends_what_was_only_announced(self):
        suspension = self.suspension
        self._delivered(suspension, MONDAY)
        for move in self.moves:
            self._pay(move, "2026-12-01")
        self.assertEqual(suspension.state, "dropped")
        self._night("2026-12-20")
        self.assertEqual(suspension.state, "dropped")
        self.assertNotIn("Suspend these services", self._tasks())

    def test_a_dispute_after_the_notice_makes_it_count_no_more(self):
        suspension = self.suspension
        self._delivered(suspension, MONDAY)
        self._dispute("2026-11-25")
        self.assertEqual(suspension.state, "proposed")
        with self.at("2026-11-26"):
            self.debtor.dispute_ids._answer("rejected", "It was delivered")
            self.env.cr.flush()
        self._night("2026-12-20")
        self.assertEqual(suspension.state, "proposed")

    def test_a_promise_is_waited_for_and_gives_nothing_back(self):
        suspension = self.suspension
        self._delivered(suspension, MONDAY)
        with self.at("2026-12-01"):
            promise = self.env["cobranza.promise"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": [Command.set(self.debts.ids)],
                    "amount": 1500,
                    "promised_on": "2026-12-10",
                }
            )
        self._night("2026-12-08")
        self.assertEqual(suspension.state, "noticed")
        with self.at("2026-12-09"):
            promise._cancel("Will not pay")
        self._night("2026-12-09")
        self.assertEqual(suspension.state, "in_force")


@tagged("post_install", "-at_install")
class TestSuspensionInForce(LifeCommon):
    """How services are given back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suspension = cls._in_force()

    def test_paying_everything_gives_back_in_the_same_transaction(self):
        suspension = self.suspension
        self._pay(self.moves[0], "2026-12-04")
        self.assertEqual(suspension.state, "in_force")
        self._pay(self.moves[1], "2026-12-05")
        self.assertEqual(suspension.state, "lifted")
        self.assertEqual(str(suspension.ended_on), "2026-12-05")
        self.assertFalse(suspension.lifted_by_id)
        self.assertEqual(self._tasks().count("Give these services back"), 1)
        self._night("2026-12-06")
        self.assertEqual(self._tasks().count("Give these services back"), 1)

    def test_money_that_nobody_has_allocated_gives_back_too(self):
        suspension = self.suspension
        with self.at("2026-12-05"):
            self._prepay(1500, "2026-12-05")
            self.env.cr.flush()
        self.assertEqual(suspension.state, "lifted")

    def test_a_credit_note_over_all_gives_back(self):
        suspension = self.suspension
        self._pay(self.moves[1], "2026-12-05")
        with self.at("2026-12-05"):
            self._reverse_invoice(self.moves[0], date="2026-12-05", post=True)
            self.env.cr.flush()
        self.assertEqual(suspension.state, "lifted")

    def test_a_payment_that_bounces_suspends_nothing_anew(self):
        suspension = self.suspension
        self._pay(self.moves[1], "2026-12-04")
        payment = self._pay(self.moves[0], "2026-12-04")
        self.assertEqual(suspension.state, "lifted")
        with self.at("2026-12-07"):
            payment.action_draft()
            payment.action_cancel()
        self._night("2026-12-08")
        self.assertEqual(suspension.state, "lifted")

    def test_paid_and_due_to_begin_on_one_day_in_both_orders(self):
        """Its first day is that of the last payment: paid before the upkeep it never
        begins, paid after it it is over the same day."""
        self.partner_b.write(
            {"street": "2 High Street", "city": "Springfield", "zip": "1000"}
        )
        other = self._notified(debts=self.debts_b)
        self._pay(other.debt_ids.move_id, "2026-12-04")
        self._night("2026-12-04")
        self.assertEqual((other.state, other.in_force_on), ("dropped", False))
        for move in self.moves:
            self._pay(move, "2026-12-04")
        self.assertEqual(self.suspension.state, "lifted")
        self.assertEqual(self.suspension.in_force_on, self.suspension.ended_on)
        self._night("2026-12-04")
        self._night("2026-12-05")
        ends = {one.state: str(one.ended_on) for one in self.suspension | other}
        self.assertEqual(ends, {"lifted": "2026-12-04", "dropped": "2026-12-04"})

    def test_a_dispute_gives_back_before_the_transaction_ends(self):
        suspension = self.suspension
        self._dispute("2026-12-05")
        self.assertEqual(
            (suspension.state, suspension.state_reason), ("lifted", "Disputed")
        )

    def test_an_insolvency_gives_back(self):
        suspension = self.suspension
        with self.at("2026-12-05"):
            self.debtor.insolvent_on = "2026-12-05"
            self.env.cr.flush()
        self.assertEqual(suspension.state, "lifted")

    def test_a_hold_that_begins_later_gives_back_on_its_day(self):
        suspension = self.suspension
        with self.at("2026-12-05"):
            self.env["cobranza.hold"].create(
                {
                    "debtor_id": self.debtor.id,
                    "date_from": "2026-12-08",
                    "reason": "says_paid",
                }
            )
        self._night("2026-12-07")
        self.assertEqual(suspension.state, "in_force")
        self._night("2026-12-08")
        self.assertEqual(suspension.state, "lifted")

    def test_the_upkeep_asks_as_often_for_many_as_for_few(self):
        counts = []
        for size in (1, 2, 6):  # the first one warms up
            suspensions = self.env["cobranza.suspension"]
            for number in range(size):
                partner = self.partner_b.copy(
                    {"name": f"Debtor {size}/{number}", "street": "1", "city": "B"}
                )
                move = self._invoice(partner=partner)
                debts = self._ensure_debts(move, self._debtor(partner))
                suspensions |= self._notified(debts=debts)
            with self.at("2026-12-20"):
                today = self.company._cobranza_today()
                model = self.company._cobranza_engine(suspensions.sudo())
                self.env.flush_all()
                self.env.invalidate_all()
                with listed(self.env.cr) as queries:
                    model._upkeep(today)
                    self.env.flush_all()
                counts.append(queries)
            self.assertEqual(set(suspensions.mapped("state")), {"in_force"})
        _warm, few, many = counts
        self.assertEqual(len(few), len(many), f"{few}\n----\n{many}")
