import hashlib
from datetime import timedelta

from odoo.tests import tagged

from ..common.portal import PDF, PortalCommon


@tagged("post_install", "-at_install")
class TestPortalForm(PortalCommon):
    """What debtors do on their page, over HTTP."""

    # -- disputes --------------------------------------------------------------------

    def test_a_part_is_disputed_with_a_file_and_frozen(self):
        answer = self._dispute(files=[("photo.pdf", PDF, "application/pdf")])
        self.assertEqual(answer.status_code, 303, answer.text)
        [dispute] = self.debtor.dispute_ids
        self.assertEqual((dispute.amount, dispute.whole), (250, False))
        self.assertEqual(dispute.reason, "quality")
        self.assertEqual(dispute.description, "The second box was empty")
        self.assertEqual(dispute.answer_on, self.today + timedelta(days=15))
        self.assertEqual(dispute.attachment_ids.raw, PDF)
        self.assertFalse(dispute.attachment_ids.public)
        frozen = self.env["cobranza.dispute"]._disputed_amounts(self.debt.ids)
        self.assertEqual(frozen, {self.debt.id: (250, False)})
        text = self._text(self._page())
        self.assertIn("In dispute", text)
        self.assertIn("750.00", text)

    def test_what_was_sent_is_logged_told_and_confirmed(self):
        answer = self._dispute(files=[("photo.pdf", PDF, "application/pdf")])
        [contact] = self.contacts
        self.assertEqual(contact.direction, "inbound")
        self.assertEqual(contact.outcome, "disputes")
        self.assertEqual(contact.recipient_id, self.partner_a)
        self.assertIn("The second box was empty", contact.body)
        [event] = contact.event_ids
        self.assertEqual(event.file_hash, hashlib.sha256(PDF).hexdigest())
        self.assertEqual(event.attachment_id.raw, PDF)
        self.assertIn("disputes", contact.activity_id.summary)
        self.assertEqual(contact.activity_id.user_id, self.debtor._task_owner())
        note = self.debtor.message_ids[0]
        self.assertIn("The second box was empty", note.body)
        self.assertEqual(note.author_id, self.partner_a)
        done = self._text(self._page(answer.headers["Location"]))
        self.assertIn("We have received it", done)
        self.assertIn("photo.pdf", done)
        self.assertIn(f"C{contact.id:06d}", done)
        self.assertIn("Until then we do not claim this amount", done)

    def test_a_whole_document_is_disputed(self):
        self._dispute(scope="whole", amount="")
        dispute = self.debtor.dispute_ids
        self.assertEqual((dispute.amount, dispute.whole), (1000, True))

    def test_more_than_is_open_is_refused_and_what_was_written_is_kept(self):
        answer = self._dispute(amount="1000.01")
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.debtor.dispute_ids)
        self.assertFalse(self.contacts)
        tree = self._tree(answer)
        self.assertIn("1,000.00", tree.xpath("string(//*[@role='alert'])"))
        [said] = tree.xpath("//details[@id='dispute']//textarea/text()")
        self.assertEqual(said.strip(), "The second box was empty")
        self.assertTrue(tree.xpath("//details[@id='dispute'][@open]"))

    def test_what_is_disputed_is_not_disputed_twice(self):
        self._dispute(amount="900")
        answer = self._dispute(amount="101")
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.debtor.dispute_ids.mapped("amount"), [900])

    def test_what_was_answered_is_for_a_person_to_read(self):
        self._dispute()
        self.debtor.dispute_ids._answer("rejected", "It was agreed")
        self.company.phone = "+34 910 000 000"
        answer = self._dispute(text="Again")
        self.assertEqual(answer.status_code, 422)
        said = self._text(answer)
        for part in ("We answered your objection", "+34 910 000 000", "help@creditor"):
            self.assertIn(part, said)
        self.assertNotIn("It was agreed", said)
        self.assertEqual(len(self.debtor.dispute_ids), 1)
        self._send("message", text="Here is a new photo")
        self.assertIn("new photo", self.contacts.sorted("id")[-1].body)

    def test_amounts_that_are_none_are_refused(self):
        wrong = ("", "0", "-5", "1e9", "NaN", "Infinity", "0.001", "12,34,5", "٣")
        for amount in wrong:
            with self.subTest(amount=amount):
                self.assertEqual(self._dispute(amount=amount).status_code, 422)
        self.assertFalse(self.debtor.dispute_ids)

    def test_a_form_sent_twice_counts_once(self):
        hidden = self._hidden("dispute")
        first = self._dispute(hidden=hidden)
        second = self._dispute(hidden=hidden, amount="300")
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(self.debtor.dispute_ids.amount, 250)
        self.assertEqual(len(self.contacts), 1)

    # -- says that it has paid -------------------------------------------------------

    def _paid(self, **values):
        values = {"day": self.today.isoformat(), "amount": "1000", **values}
        return self._send("paid", **values)

    def test_who_has_paid_is_left_in_peace_until_it_was_checked(self):
        answer = self._paid(files=[("receipt.pdf", PDF, "application/pdf")])
        self.assertEqual(answer.status_code, 303, answer.text)
        [hold] = self.debtor.hold_ids
        self.assertEqual(hold.reason, "says_paid")
        self.assertFalse(hold.debt_ids)
        self.assertEqual(hold.date_to, self.today + timedelta(days=10))
        self.assertEqual(self.contacts.outcome, "says_paid")
        self.assertEqual(self.contacts.event_ids.attachment_id.raw, PDF)
        self.assertIn("check the bank", self.contacts.activity_id.summary)
        self.assertIn("claim nothing of this", self.contacts.outcome_note)
        self.assertIn("We are checking it", self._text(self._page()))
        hold._upkeep(self.today + timedelta(days=11))
        self.assertEqual(hold.state, "expired")

    def test_one_document_is_held_alone(self):
        self._paid(document=self._debt_ref())
        self.assertEqual(self.debtor.hold_ids.debt_ids, self.debt)

    def test_saying_it_again_does_not_stop_us_for_ever(self):
        self._paid()
        self.debtor.hold_ids._release("Not in the bank")
        self.assertEqual(self._paid().status_code, 303)
        self.assertEqual(len(self.debtor.hold_ids), 1)
        self.assertEqual(len(self.contacts), 2)
        self.assertNotIn("claim nothing", self.contacts.sorted("id")[1].outcome_note)

    def test_a_payment_is_not_of_tomorrow_nor_of_long_ago(self):
        for days in (1, -400):
            day = self.today + timedelta(days=days)
            answer = self._paid(day=day.isoformat())
            self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.debtor.hold_ids)

    # -- promises and the rest -------------------------------------------------------

    def _promise(self, days=5, **values):
        day = (self.today + timedelta(days=days)).isoformat()
        return self._send("promise", **{"day": day, "amount": "600", **values})

    def test_a_promise_within_the_limits_is_taken(self):
        answer = self._promise()
        self.assertEqual(answer.status_code, 303, answer.text)
        [promise] = self.debtor.promise_ids
        self.assertEqual((promise.amount, promise.debt_ids), (600, self.debt))
        self.assertEqual(promise.contact_id, self.contacts)
        self.assertEqual(promise.user_id, self.debtor._task_owner())
        page = self._page()
        self.assertNotIn("/send/promise", page.text)
        self.assertIn("You promised a payment", self._text(page))

    def test_promises_beyond_the_limits_are_refused(self):
        hidden = self._hidden("promise")
        for values in (
            {"days": 16},
            {"days": -1},
            {"amount": "499"},
            {"amount": "1001"},
        ):
            with self.subTest(values):
                answer = self._promise(hidden=hidden, **values)
                self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.debtor.promise_ids)

    def test_no_promise_is_taken_where_the_company_takes_none(self):
        hidden = self._hidden("promise")
        self.company.cobranza_portal_promise_days = 0
        self.assertNotIn("/send/promise", self._page().text)
        self.assertEqual(self._promise(hidden=hidden).status_code, 422)
        self.assertFalse(self.debtor.promise_ids)

    def test_who_broke_the_last_promise_is_not_offered_another(self):
        self._promise(days=0)
        promise = self.debtor.promise_ids
        promise._upkeep(self.today + timedelta(days=9))
        self.assertEqual(promise.result, "broken")
        self.assertNotIn("/send/promise", self._page().text)

    def test_a_plan_a_message_and_preferences_reach_a_person(self):
        sent = (
            ("plan", {"proposal": "100 a month"}, "100 a month"),
            ("message", {"text": "Which box?", "reply": "600 100 200"}, "Which box?"),
            ("preference", {"preferred": "email", "not_call": "1"}, "Telephone"),
        )
        for form, values, said in sent:
            answer = self._send(form, **values)
            self.assertEqual(answer.status_code, 303, form)
            contact = self.contacts.sorted("id")[-1]
            self.assertIn(said, contact.body)
            self.assertTrue(contact.activity_id.active)
        self.assertEqual(self.contacts.filtered("outcome").outcome, "asks_plan")

    def test_what_a_debtor_refuses_stops_at_once_but_not_letters(self):
        for _twice in range(2):
            self._send("preference", preferred="email", not_sms="1", not_letter="1")
        outs = self.debtor.opt_out_ids
        self.assertEqual(set(outs.mapped("channel")), {"sms", "whatsapp"})
        self.assertEqual(len(outs), 2, "said twice, recorded once")
        self.assertEqual(set(outs.mapped("source")), {"portal"})
        self.assertEqual(outs.user_id, self.debtor._task_owner())
        self.assertEqual(outs.contact_id, self.contacts.sorted("id")[:1])
        self.assertIn("Letter by post", self.contacts[0].body)

    def test_empty_forms_are_refused(self):
        for form in ("plan", "message", "preference"):
            self.assertEqual(self._send(form, text=" ").status_code, 422)
        self.assertFalse(self.contacts)

    def test_one_way_is_not_preferred_and_refused(self):
        answer = self._send("preference", preferred="call", not_call="1")
        self.assertEqual(answer.status_code, 422)

    def test_who_is_logged_in_is_named_as_the_author(self):
        user = self._portal_user(self.partner_a)
        self.authenticate(user.login, user.login)
        path = self.debtor.access_url
        hidden = self._hidden("message", self._page(path))
        answer = self._send("message", path=path, hidden=hidden, text="Hello")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.contacts.recipient_id, user.partner_id)
