from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.contact import MONDAY, ContactCommon
from ..common.iap_sink import HANG_UP, iap_sink

NUMBER = "+34600111222"
SURELY_NOT = {
    "wrong_number_format": "refuses the number",
    "country_not_supported": "does not serve this country",
    "registration_needed": "register first",
    "incompatible_content": "does not accept this text",
}
NOBODY_KNOWS = ("server_error", "something_new", "IAPServerError", HANG_UP, 500, 504)
NOTHING_LEAVES = {
    "insufficient_credit": "no credit",
    "InsufficientCreditError": "no credit",
    "unregistered": "does not know this account",
    403: "cannot be reached",
    429: "cannot be reached",
}
FAULTS = (
    "odoo.addons.iap.tools.iap_tools",
    "odoo.addons.cobranza_legal.models.contact.sending",
    "odoo.addons.cobranza_legal.models.channel.phone",
)


class SmsCommon(ContactCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["iap.account"].get("sms")
        cls.partner_a.write(
            {"phone": "600 11 12 22", "country_id": cls.env.ref("base.es").id}
        )
        cls._text(
            "sms_reminder",
            "en_US",
            False,
            "<p>{{ company_name }}: <b>{{ amount }}</b> is due.</p>"
            "<p>Thanks &amp; bye</p>",
        )

    def _sms(self, *invoices, **spec):
        return self._contact(*invoices, channel="sms", **spec)


@tagged("post_install", "-at_install")
class TestContactSms(SmsCommon):
    def test_a_due_sms_leaves_once_as_plain_text_and_is_frozen(self):
        contact = self._sms()
        with iap_sink(self.env) as sink:
            self._send()
            self._send()
        [(number, words)] = sink.messages
        self.assertEqual(number, NUMBER)
        self.assertRegex(words, r"^Creditor Ltd: .*1,000\.00.* is due\.\nThanks & bye$")
        self.assertEqual((contact.state, contact.address), ("sent", NUMBER))
        self.assertEqual(contact.event_ids.mapped("kind"), ["accepted"])
        self.assertTrue(contact._verify_hash())
        self.assertFalse(contact.subject)
        self.assertIn("Thanks &amp; bye", contact.body)
        self.assertFalse(self.env["sms.sms"].sudo().search([("number", "=", NUMBER)]))

    def test_it_is_in_the_chatter_and_nobody_was_notified(self):
        contact = self._sms()
        with iap_sink(self.env):
            self._send()
        messages = contact.debtor_id.message_ids
        posted = messages.filtered(
            lambda message: message.message_id == contact.attempt
        )
        self.assertEqual(posted.message_type, "sms")
        self.assertIn("Thanks &amp; bye", posted.body)
        self.assertFalse(posted.notification_ids)

    def test_the_number_of_messages_is_shown_before_they_are_paid(self):
        contact = self._sms()
        self.assertRegex(contact.message_size, r"^1 SMS, \d\d characters$")
        self._text("sms_reminder", "en_US", False, f"<p>{'á' * 71}</p>")
        contact.invalidate_recordset()
        self.assertEqual(contact.message_size, "2 SMS, 71 characters")

    def test_numbers_that_get_no_sms_are_missing_data(self):
        contact = self._sms()
        with iap_sink(self.env) as sink:
            for days, phone in enumerate((False, "12", "+34 910 00 00 00")):
                self.partner_a.phone = phone
                contact.action_try_again()
                self._send(self.later(f"{MONDAY} 12:00:00", days=days))
                self.assertEqual(contact.waiting, "missing_data", phone)
                self.assertIn("no valid mobile number", contact.waiting_note)
            self.assertFalse(sink.messages)
            self.partner_a.phone = "0034 600 111 222"
            contact.action_try_again()
            self._send("2026-11-26 12:00:00")
        self.assertEqual(sink.messages[0][0], NUMBER)

    @mute_logger(*FAULTS)
    def test_what_surely_did_not_leave_has_failed(self):
        contact = self._sms()
        with iap_sink(self.env) as sink:
            for number, (answer, words) in enumerate(SURELY_NOT.items(), 1):
                sink.answer = answer
                self._send()
                self.assertEqual((contact.state, answer), ("failed", answer))
                self.assertIn(words, contact.cancel_reason)
                self.assertFalse(contact.sent_at)
                self.assertEqual(len(sink.asked), number)
                self.assertEqual(len(contact.debtor_id.activity_ids), 1)
                contact.action_try_again()
            sink.answer = "processing"
            self._send()
        self.assertEqual(contact.state, "sent")

    @mute_logger(*FAULTS)
    def test_what_nobody_knows_is_in_doubt_and_not_sent_again(self):
        for answer in NOBODY_KNOWS:
            with self.subTest(answer=answer), iap_sink(self.env) as sink:
                contact = self._sms(self._invoice(amount=7))
                sink.answer = answer
                self._send()
                sink.answer = "success"
                self._send("2026-12-23 12:00:00")
                self.assertEqual(contact.state, "in_doubt")
                self.assertEqual(len(sink.asked), 1)
                contact.action_mark_failed()

    @mute_logger(*FAULTS)
    def test_when_nothing_leaves_contacts_wait_with_one_task(self):
        contact = self._sms()
        with iap_sink(self.env) as sink:
            for answer, words in NOTHING_LEAVES.items():
                sink.answer = answer
                self._send()
                self.assertEqual((contact.state, answer), ("planned", answer))
                self.assertIn(words, contact.waiting_note)
                self.assertNotIn("http", contact.waiting_note)
            self.assertEqual(len(contact.debtor_id.activity_ids), 1)
            sink.answer = "success"
            self._send(f"{MONDAY} 12:30:00")
        self.assertEqual((contact.state, contact.waiting_note), ("sent", False))

    @mute_logger(*FAULTS)
    def test_without_a_server_contacts_wait(self):
        contact = self._sms()
        with iap_sink(self.env) as sink:
            parameters = self.env["ir.config_parameter"].sudo()
            parameters.set_param("sms.endpoint", "http://127.0.0.1:1")
            self._send()
            self.assertEqual(contact.state, "planned")
            self.assertIn("cannot be reached", contact.waiting_note)
            parameters.set_param("sms.endpoint", sink.address)
            self._send()
        self.assertEqual((len(sink.messages), contact.state), (1, "sent"))

    def test_a_number_in_the_blacklist_gets_nothing(self):
        self.env["phone.blacklist"].sudo().create({"number": NUMBER})
        contact = self._sms()
        with iap_sink(self.env) as sink:
            self._send()
        self.assertFalse(sink.asked)
        self.assertEqual(contact.state, "planned")
        self.assertIn("blacklist", contact.waiting_note)
        self.assertEqual(len(contact.debtor_id.activity_ids), 1)
        channel = self.env["cobranza.channel.sms"]
        both = self.partner_a | self.partner_b
        self.assertEqual(channel._blacklisted(both), self.partner_a)

    def test_an_address_in_the_blacklist_gets_nothing(self):
        self.env["mail.blacklist"].sudo()._add("Debtor.A@example.com")
        contact = self._contact()
        channel = self.env["cobranza.channel.email"]
        both = self.partner_a | self.partner_b
        self.assertEqual(channel._blacklisted(both), self.partner_a)
        self._send()
        self.assertEqual(contact.state, "planned")
        self.assertIn("blacklist", contact.waiting_note)
        self.assertEqual(len(contact.debtor_id.activity_ids), 1)
