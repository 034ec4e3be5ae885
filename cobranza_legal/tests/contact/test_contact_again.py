from dataclasses import replace

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common.contact import MONDAY, ContactCommon
from .test_contact_sms import NUMBER

NOON = f"{MONDAY} 12:00:00"


@tagged("post_install", "-at_install")
class TestContactAgain(ContactCommon):
    """How a call ended, and the call after it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.phone = NUMBER
        cls._text("call_script", "en_US", "Call", "<p>Is that {{ contact_name }}?</p>")
        cls.collector = cls._role("collector")

    def setUp(self):
        super().setUp()
        self.call = self._contact(channel="call").with_user(self.collector)
        self._send()

    def _end(self, outcome, moment=NOON, **values):
        with self.clock(moment):
            action = self.call.action_log_outcome()
            wizard = self.env["cobranza.contact.outcome"].with_user(self.collector)
            form = Form(wizard.with_context(**action["context"]))
            form.outcome = outcome
            for name, value in values.items():
                form[name] = value
            return form.save()

    def test_the_script_and_the_number_are_there(self):
        wizard = self._end("answered")
        self.assertIn("Is that partner_a?", wizard.script)
        self.assertEqual(wizard.address, NUMBER)
        self.assertFalse(wizard.call_again)

    def test_after_a_voicemail_it_is_called_again_when_permitted(self):
        wizard = self._end("voicemail")
        self.assertTrue(wizard.call_again)
        with self.clock(NOON):
            # one contact a week: the neutral rules
            self.assertEqual(str(wizard.again_at), "2026-11-30 12:00:00")
            wizard.action_confirm()
        self.assertEqual((self.call.state, self.call.outcome), ("sent", "voicemail"))
        self.assertEqual(self.call.event_ids.mapped("kind"), ["no_answer"])
        again = self.call.copy_ids
        self.assertEqual(str(again.planned_at), "2026-11-30 12:00:00")
        self.assertEqual((again.channel, again.state), ("call", "planned"))
        self.assertEqual(again.line_ids.debt_id, self.call.line_ids.debt_id)
        self.assertFalse(again.line_ids.is_step)
        self._send("2026-11-29 12:00:00")
        self.assertFalse(again.task_raised)
        self._send("2026-11-30 12:00:00")
        self.assertTrue(again.task_raised)
        self.assertIn(NUMBER, again.activity_id.summary)
        self.assertEqual(again.activity_id.user_id, self.collector)

    def test_a_person_says_when(self):
        wizard = self._end("answered")
        wizard.call_again = True
        wizard.again_from = "2026-12-06 20:00:00"  # a Sunday
        with self.clock(NOON):
            self.assertEqual(str(wizard.again_at), "2026-12-07 08:00:00")
            wizard.action_confirm()
        self.assertEqual(str(self.call.copy_ids.planned_at), "2026-12-07 08:00:00")

    def test_who_was_reached_is_not_called_again_by_itself(self):
        for outcome in ("answered", "says_paid", "asks_plan"):
            self.assertFalse(self._end(outcome).call_again, outcome)
        wizard = self._end("answered")
        with self.clock(NOON):
            wizard.action_confirm()
        self.assertFalse(self.call.copy_ids)

    def test_an_outcome_asks_for_debts_and_another_call_if_its_row_says_so(self):
        rows = dict(self.env["cobranza.outcome"]._by_code())
        rows["voicemail"] = replace(
            rows["voicemail"], debts=True, needs_debts=True, final=True
        )
        self.patch(self.env.registry["cobranza.outcome"], "_by_code", lambda self: rows)
        wizard = self._end("voicemail")
        wizard.debt_ids = False
        form = Form(wizard.with_user(self.collector))
        self.assertFalse(form._get_modifier("debt_ids", "invisible"))
        self.assertTrue(form._get_modifier("call_again", "invisible"))
        with self.clock(NOON), self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertEqual(self.call.state, "planned")

    def test_payment_takes_the_next_call_off(self):
        wizard = self._end("no_answer")
        with self.clock(NOON):
            wizard.action_confirm()
        again = self.call.copy_ids
        self._register_payment(self.call.line_ids.debt_id.move_id)
        self._send("2026-11-30 12:00:00")
        self.assertEqual(again.state, "cancelled")
        self.assertFalse(again.debtor_id.activity_ids)
