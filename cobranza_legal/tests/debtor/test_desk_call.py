from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon

NOON = f"{MONDAY} 12:00:00"


@tagged("post_install", "-at_install")
class TestDeskCall(ContactCommon):
    """How a call ended, in one click or with a small dialog."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.write({"phone": "+34 600 000 000", "tz": "UTC"})
        cls._text("call_script", "en_US", "Call")
        cls.invoice = cls._invoice(amount=1000, due="2026-10-05")
        cls.debtor = cls._debtor(tz="UTC")
        cls.collector = cls._role("collector")

    def setUp(self):
        super().setUp()
        with self.clock(NOON):
            self._ensure_debts(self.invoice, self.debtor)

    def _click(self, outcome, user=None):
        debtor = self.debtor.with_user(user or self.collector)
        with self.clock(NOON):
            return debtor.with_context(call_outcome=outcome).action_call()

    def _answer(self, action, **values):
        wizards = self.env["cobranza.contact.outcome"].with_user(self.collector)
        with self.clock(NOON):
            wizard = wizards.with_context(**action["context"]).create(values)
            wizard.action_confirm()
        return wizard.contact_id

    def _calls(self):
        return self.debtor.contact_ids.filtered(
            lambda contact: contact.channel == "call"
        )

    def test_a_call_that_nobody_answered_is_one_click(self):
        action = self._click("no_answer")
        self.assertEqual(action["tag"], "display_notification")
        call = self._calls()
        self.assertEqual((call.state, call.outcome), ("sent", "no_answer"))
        self.assertEqual(call.direction, "outbound")
        self.assertEqual(call.user_id, self.collector)
        self.assertEqual(call.address, "+34 600 000 000")
        self.assertEqual(call.event_ids.mapped("kind"), ["no_answer"])

    def test_a_planned_call_is_done_by_it(self):
        planned = self._contact(self.invoice, channel="call")
        self._click("voicemail")
        done = self._calls().filtered(lambda contact: contact.state == "sent")
        self.assertEqual(done, planned)
        self.assertEqual(planned.outcome, "voicemail")
        self.assertTrue(planned.content_hash)

    def test_says_paid_puts_the_debts_on_hold_at_once(self):
        self._click("says_paid")
        hold = self.debtor.hold_ids
        self.assertEqual(hold.reason, "says_paid")
        self.assertEqual(hold.debt_ids, self._debts(self.invoice))

    def test_a_wrong_number_asks_for_the_right_one(self):
        self._click("wrong_number")
        task = self.debtor.activity_ids
        self.assertIn("+34 600 000 000", task.summary)

    def test_a_promise_is_offered_with_its_amount_and_day(self):
        action = self._click("will_pay")
        self.assertFalse(self._calls())
        call = self._answer(action)
        promise = self.debtor.promise_ids
        self.assertEqual(promise.amount, 1000)
        self.assertEqual(promise.promised_on, date(2026, 11, 30))
        self.assertEqual(promise.contact_id, call)
        self.assertEqual(call.outcome, "will_pay")

    def test_the_day_of_a_promise_is_a_working_day(self):
        with self.clock("2026-11-21 12:00:00"):
            day = self.debtor._usual_promise_day()
        self.assertEqual(day, date(2026, 11, 30))

    def test_an_objection_asks_for_its_reason(self):
        action = self._click("disputes")
        self._answer(action, dispute_reason="price", note="Too dear")
        dispute = self.debtor.dispute_ids
        self.assertEqual((dispute.reason, dispute.amount), ("price", 1000))

    def test_the_page_warns_before_a_call_that_is_not_permitted(self):
        with self.clock("2026-11-22 12:00:00"):  # a Sunday
            warning = self.debtor.call_warning
        self.assertIn("outside the permitted hours", warning)
        self.assertIn("11/23/26, 9:00", warning)
        with self.clock(NOON):
            self.assertFalse(self.debtor.call_warning)
        self._click("no_answer")
        with self.clock(f"{MONDAY} 15:00:00"):
            self.assertIn("too many contacts", self.debtor.call_warning)

    def test_a_call_that_took_place_is_written_down_though_it_was_not_permitted(self):
        self._click("no_answer")
        self._click("no_answer")
        self.assertEqual(len(self._calls()), 2)

    def test_who_does_not_collect_writes_down_no_calls(self):
        with self.assertRaises(AccessError):
            self._click("no_answer", self._role("all_lawyer"))
