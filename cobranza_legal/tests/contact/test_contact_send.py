from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import body_of, smtp_sink


@tagged("post_install", "-at_install")
class TestContactSend(ContactCommon):
    def test_a_due_email_leaves_once_and_is_frozen(self):
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._send()
            self._send()
        self.assertEqual(sink.recipients(), ["debtor.a@example.com"])
        message = sink.messages[0]
        self.assertEqual(message["Message-Id"], contact.attempt)
        self.assertIn("1,000.00", body_of(message))
        self.assertEqual(contact.state, "sent")
        self.assertEqual(contact.event_ids.mapped("kind"), ["accepted"])
        self.assertTrue(contact.content_hash)
        self.assertTrue(contact._verify_hash())
        for values in ({"body": "x"}, {"amount": 1}, {"state": "planned"}):
            with self.assertRaises(UserError):
                contact.write(values)
        with self.assertRaises(UserError):
            contact.unlink()

    def test_nothing_leaves_in_proposal_mode_even_if_released_before(self):
        contact = self._contact()
        self.assertTrue(contact.released)
        self.company.cobranza_mode = "proposal"
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertFalse(sink.messages)
        self.assertEqual((contact.state, contact.waiting), ("planned", "proposal"))
        with self.assertRaises(UserError):
            contact.action_release()

    def test_in_confirm_mode_a_person_releases(self):
        self.company.cobranza_mode = "confirm"
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._send()
            self.assertEqual(contact.waiting, "not_automatic")
            self.assertFalse(sink.messages)
            contact.action_release()
            self._send()
        self.assertEqual(len(sink.messages), 1)
        self.assertEqual(contact.released_by_id, self.env.user)

    def test_a_level_that_is_not_automatic_waits_for_a_person(self):
        contact = self._contact(automatic=False)
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertFalse(sink.messages)
        self.assertEqual(contact.waiting, "not_automatic")

    def test_no_machine_writes_to_whom_nobody_has_classified(self):
        invoice = self._invoice()
        self._debtor(regime="unknown")
        with self.clock(f"{MONDAY} 12:00:00"):
            self.patch(
                type(self), "_debtor", classmethod(lambda cls, partner: self._unknown())
            )
            contact = self._plan((invoice,))
        self.assertEqual((contact.released, contact.waiting), (False, "not_automatic"))

    def _unknown(self):
        return self.env["cobranza.debtor"].search([("regime", "=", "unknown")])

    def test_with_a_stale_bank_automatic_sending_waits_and_says_so(self):
        self.company.cobranza_bank_guard_days = 5
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._send()
            self.assertFalse(sink.messages)
            self.assertEqual(contact.waiting, "stale_bank")
            self.assertIn("no bank entry", contact.waiting_note)
            self._bank_entry("2026-11-20")
            self._send()
        self.assertEqual(len(sink.messages), 1)
        self.assertFalse(contact.waiting)

    def test_a_person_may_release_in_spite_of_a_stale_bank(self):
        self.company.cobranza_bank_guard_days = 5
        contact = self._contact()
        contact.action_release()
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertEqual(len(sink.messages), 1)

    def _bank_entry(self, day):
        journal = self.company_data["default_journal_bank"]
        self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "payment_ref": "x", "amount": 1, "date": day}
        )

    def test_missing_data_hold_a_contact_back_with_one_task(self):
        self.partner_a.email = False
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._send()
            self._send(f"{MONDAY} 13:00:00")
            self._send("2026-11-24 12:30:00")
            self.assertEqual(
                (contact.state, contact.waiting), ("planned", "missing_data")
            )
            self.assertIn("no valid e-mail", contact.waiting_note)
            self.assertEqual(len(contact.debtor_id.activity_ids), 1)
            self.partner_a.email = "found@example.com"
            self._send("2026-11-25 12:30:00")
        self.assertEqual(sink.recipients(), ["found@example.com"])

    def test_outside_the_hours_it_gets_the_next_slot(self):
        contact = self._contact(moment="2026-11-21 12:00:00")  # a Saturday
        self.assertEqual(contact.waiting, "hours")
        # Madrid opens at nine, which is eight in UTC
        self.assertEqual(str(contact.planned_at), f"{MONDAY} 08:00:00")
        with smtp_sink(self.env) as sink:
            self._send("2026-11-22 12:00:00")
            self.assertFalse(sink.messages)
            self._send(f"{MONDAY} 18:30:00")  # half past seven: too late
            self.assertFalse(sink.messages)
            self.assertEqual(str(contact.planned_at), "2026-11-24 08:00:00")
            self._send("2026-11-24 08:00:00")
        self.assertEqual(len(sink.messages), 1)

    def test_the_limit_of_the_week_gives_a_later_slot(self):
        first = self._contact()
        second = self._contact(self._invoice(amount=5), level=self.policy.level_ids[1])
        self.assertEqual(second.waiting, "contact_limit")
        self.assertEqual(str(second.planned_at), "2026-11-30 12:00:00")
        with smtp_sink(self.env) as sink:
            self._send()
            second.planned_at = f"{MONDAY} 12:30:00"  # a person tries to hurry
            self._send(f"{MONDAY} 12:30:00")
            self.assertEqual(len(sink.messages), 1)
            self.assertEqual(second.waiting, "contact_limit")
            self._send("2026-11-30 12:00:00")
        self.assertEqual([first.state, second.state], ["sent", "sent"])

    def test_what_the_country_forbids_waits_with_its_message(self):
        contact = self._contact()
        blockers = {contact.id: [("blocked", "The court said no")]}
        rules = self.env.registry["cobranza.rules"]
        self.patch(rules, "_contact_blockers", lambda self, contacts, at: blockers)
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertFalse(sink.messages)
        self.assertEqual(contact.waiting, "blocked")
        self.assertEqual(contact.waiting_note, "The court said no")

    def test_a_text_that_cannot_be_merged_does_not_leave(self):
        self._text("reminder", "en_US", "Call {{ company_phone }}")
        self.company.phone = False
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertFalse(sink.messages)
        self.assertEqual(contact.waiting, "missing_data")
        self.assertIn("company_phone", contact.waiting_note)
