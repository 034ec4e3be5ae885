from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink


@tagged("post_install", "-at_install")
class TestContactTask(ContactCommon):
    """Calls, letters and tasks: a person makes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role("collector")
        cls.partner_a.write(
            {"phone": "+34911234567", "street": "Calle Mayor 1", "city": "Madrid"}
        )
        cls._text("call_script", "en_US", "Call", "<p>Ask for {{ amount }}</p>")
        cls._text("formal_demand", "en_US", "Demand", "<p>Pay {{ amount }}</p>")

    def _task(self, channel="call", **spec):
        self._debtor(user_id=self.collector.id)
        contact = self._contact(channel=channel, **spec)
        self._send()
        return contact.with_user(self.collector)

    def _end_call(self, contact, outcome, **values):
        action = contact.action_log_outcome()
        wizard = self.env[action["res_model"]].with_user(self.collector)
        wizard = wizard.with_context(**action["context"])
        with self.clock(f"{MONDAY} 14:00:00"):
            form = Form(wizard)
            form.outcome = outcome
            for name, value in values.items():
                setattr(form, name, value)
            form.save().action_confirm()
        return contact

    def test_a_due_call_becomes_a_task_with_its_script(self):
        call = self._task()
        self.assertEqual((call.state, call.task_raised), ("planned", True))
        activity = call.debtor_id.activity_ids
        self.assertEqual(activity, call.activity_id)
        self.assertEqual(activity.user_id, self.collector)
        self.assertIn("+34911234567", activity.summary)
        self.assertIn("1,000.00", activity.note)
        self._send(f"{MONDAY} 13:00:00")
        self.assertEqual(len(call.debtor_id.activity_ids), 1)

    def test_an_answered_call_is_done_and_frozen(self):
        call = self._end_call(self._task(), "answered", note="Polite")
        self.assertEqual((call.state, call.outcome), ("sent", "answered"))
        self.assertEqual(str(call.sent_at), f"{MONDAY} 14:00:00")
        self.assertEqual(call.event_ids.kind, "answered")
        self.assertEqual(call.user_id, self.collector)
        self.assertFalse(call.debtor_id.activity_ids)
        self.assertTrue(call._verify_hash())
        with self.assertRaises(UserError):
            call.write({"recipient_id": self.partner_b.id})

    def test_nobody_answers_or_the_number_is_wrong(self):
        call = self._end_call(self._task(), "no_answer")
        self.assertEqual(call.event_ids.kind, "no_answer")
        other = self._task(partner=self.partner_a, level=self.policy.level_ids[1])
        self._end_call(other, "wrong_number")
        self.assertEqual(other.event_ids.kind, "wrong_number")
        self.assertIn("phone number", other.debtor_id.activity_ids.summary)

    def test_another_person_on_the_phone_proves_nothing(self):
        call = self._end_call(self._task(), "third_party")
        self.assertFalse(call.event_ids)
        self.assertEqual(call.outcome, "third_party")

    def test_who_will_pay_makes_a_promise(self):
        call = self._task()
        self._end_call(call, "will_pay", promise_on="2026-11-30", promise_amount=400)
        promise = call.debtor_id.promise_ids
        self.assertEqual((promise.amount, promise.contact_id), (400, call))
        self.assertEqual(promise.debt_ids, call.line_ids.debt_id)

    def test_who_disputes_opens_a_dispute(self):
        call = self._task()
        self._end_call(call, "disputes", dispute_reason="quality", note="Broken")
        dispute = call.debtor_id.dispute_ids
        self.assertEqual((dispute.reason, dispute.state), ("quality", "open"))
        self.assertEqual(dispute.debt_id, call.line_ids.debt_id)

    def test_who_disputes_again_disputes_the_rest(self):
        call = self._task()
        debt = call.line_ids.debt_id
        vals = {"debtor_id": debt.debtor_id.id, "debt_id": debt.id, "reason": "price"}
        dispute = self.env["cobranza.dispute"]
        dispute.create({**vals, "whole": False, "amount": 10})
        self._end_call(call, "disputes", dispute_reason="quality", note="Broken")
        self.assertEqual(call.state, "sent")
        self.assertEqual(sorted(debt.dispute_ids.mapped("amount")), [10, 990])
        self.assertEqual(call.outcome_note, "Broken")

    def test_a_call_that_says_nothing_new_is_logged_all_the_same(self):
        records = {"disputes": "dispute_ids", "will_pay": "promise_ids"}
        for outcome, words, values in (
            ("disputes", "disputed already", {"dispute_reason": "price"}),
            ("will_pay", "promised already", {"promise_on": "2026-11-30"}),
        ):
            first = self._task()
            debt = first.line_ids.debt_id
            self._end_call(first, outcome, note="Once", **values)
            again = self._contact(
                debt.move_id, channel="call", level=self.policy.level_ids[1]
            ).with_user(self.collector)
            self._end_call(again, outcome, note="Twice", **values)
            self.assertEqual((again.state, again.outcome), ("sent", outcome))
            self.assertIn("Twice", again.outcome_note)
            self.assertIn(words, again.outcome_note)
            self.assertEqual(len(first.debtor_id[records[outcome]]), 1)

    def test_a_promise_leaves_out_what_is_promised(self):
        first, second = self._invoice(), self._invoice(amount=300)
        call = self._contact(first, second, channel="call").with_user(self.collector)
        debts = call.line_ids.debt_id.sorted("original_amount")
        self.env["cobranza.promise"].create(
            {
                "debtor_id": debts.debtor_id.id,
                "debt_ids": debts[1].ids,
                "amount": 1000,
                "made_on": MONDAY,
                "promised_on": "2026-11-30",
            }
        )
        self._end_call(call, "will_pay", promise_on="2026-11-30")
        promise = debts[0].debtor_id.promise_ids.filtered(
            lambda p: p.contact_id == call
        )
        self.assertEqual((promise.debt_ids, promise.amount), (debts[0], 300))
        self.assertIn("promised already", call.outcome_note)

    def test_who_says_he_paid_gets_a_hold_that_ends(self):
        call = self._end_call(self._task(), "says_paid")
        hold = call.debtor_id.hold_ids
        self.assertEqual((hold.reason, str(hold.date_to)), ("says_paid", "2026-11-30"))

    def test_who_asks_for_a_plan_is_a_task_of_the_responsible(self):
        call = self._end_call(self._task(), "asks_plan")
        self.assertIn("payment plan", call.debtor_id.activity_ids.summary)
        self.assertEqual(call.debtor_id.activity_ids.user_id, self.collector)

    def test_a_call_that_is_not_permitted_now_is_warned_about(self):
        call = self._task()
        wizard = self.env["cobranza.contact.outcome"].create({"contact_id": call.id})
        wizard.made_at = f"{MONDAY} 14:00:00"
        self.assertFalse(wizard.warning)
        wizard.made_at = "2026-11-22 14:00:00"  # a Sunday
        self.assertIn("hours", wizard.warning)

    def test_what_is_ticked_as_confidential_stays_so_about_another_debtor(self):
        call = self._task()
        wizard = self.env["cobranza.contact.outcome"].create(
            {"debtor_id": call.debtor_id.id, "confidential": True}
        )
        wizard.contact_id = call
        self.assertTrue(wizard.confidential)
        wizard.contact_id = False
        wizard.debtor_id = self._debtor(self.partner_b)
        self.assertTrue(wizard.confidential)

    def test_a_letter_is_printed_then_posted(self):
        letter = self._task("letter")
        with self.assertRaises(UserError):
            letter.action_posted()
        with self.clock(f"{MONDAY} 14:00:00"):
            letter.action_print()
            self.assertEqual(letter.state, "planned")
            self.assertTrue(letter.attachment_id)
            self.assertEqual(len(letter.event_ids.file_hash), 64)
            letter.action_posted()
        self.assertEqual(letter.state, "sent")
        self.assertEqual(letter.event_ids.mapped("kind"), ["printed", "posted"])
        self.assertTrue(letter._verify_hash())

    def test_a_printed_letter_that_claims_too_much_is_not_posted(self):
        letter = self._task("letter")
        letter.action_print()
        invoice = letter.line_ids.debt_id.move_id
        self._register_payment(invoice.with_user(self.env.user), amount=10)
        with self.assertRaises(UserError):
            letter.action_posted()
        letter.action_print()
        self.assertEqual(letter.amount, 990)
        letter.action_posted()

    def test_without_an_address_the_letter_is_missing_data(self):
        self.partner_a.street = False
        letter = self._task("letter")
        self.assertEqual((letter.waiting, letter.task_raised), ("missing_data", False))

    def test_a_task_is_done_with_a_note(self):
        task = self._task("manual")
        action = task.action_done()
        wizard = self.env[action["res_model"]].with_user(self.collector)
        wizard.with_context(**action["context"]).create(
            {"reason": "Visited"}
        ).action_confirm()
        self.assertEqual((task.state, task.outcome_note), ("sent", "Visited"))

    def test_a_contact_is_cancelled_with_a_reason(self):
        call = self._task()
        action = call.action_cancel()
        wizard = self.env[action["res_model"]].with_user(self.collector)
        wizard.with_context(**action["context"]).create(
            {"reason": "Error"}
        ).action_confirm()
        self.assertEqual((call.state, call.cancel_reason), ("cancelled", "Error"))
        self.assertFalse(call.debtor_id.activity_ids)

    def test_an_unplanned_contact_is_logged_and_only_ours_count(self):
        step = self._end_call(self._task(), "answered")
        wizard = self.env["cobranza.contact.log"].with_user(self.collector)
        vals = {"debtor_id": step.debtor_id.id, "step_id": step.id, "note": "He called"}
        with self.clock(f"{MONDAY} 15:00:00"):
            wizard.create(vals).action_confirm()
            out = {**vals, "direction": "outbound", "outcome": "no_answer"}
            log = wizard.create(out)
            self.assertIn("too many", log.warning)
            log.action_confirm()
        inbound, outbound = step.copy_ids.sorted("direction")
        self.assertEqual(
            (inbound.direction, outbound.direction), ("inbound", "outbound")
        )
        self.assertEqual(outbound.event_ids.kind, "no_answer")
        self.assertFalse(step.copy_ids.line_ids)

    def test_the_button_logs_what_we_did(self):
        action = self._debtor().action_log_contact()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        self.assertEqual(wizard.new({}).direction, "outbound")

    def test_the_day_in_the_name_is_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        call = self._task()
        self.assertIn("11/23/2026", call.with_context(lang="en_US").display_name)
        self.assertIn("23/11/2026", call.with_context(lang="es_ES").display_name)

    def test_a_lawyer_neither_releases_nor_logs(self):
        call = self._task().with_user(self._role("lawyer"))
        with self.assertRaises(AccessError):
            call.action_release()

    def test_in_confirm_mode_tasks_wait_for_release_too(self):
        self.company.cobranza_mode = "confirm"
        call = self._task()
        self.assertFalse(call.task_raised)
        call.action_release()
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertTrue(call.task_raised)
        self.assertFalse(sink.messages)
