from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.contact import ContactCommon
from ..common.smtp_sink import smtp_sink

ANSWER = """From: Debtor <debtor.a@example.com>
To: claims@creditor.example.com
Subject: Re: About INV
Message-Id: <answer-1@example.com>
In-Reply-To: {attempt}
References: {attempt}
Content-Type: text/plain; charset=utf-8

I will pay on Friday.
"""
BOUNCE = """From: MAILER-DAEMON@mx.example.com
To: claims@creditor.example.com
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce-1@mx.example.com>
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=utf-8

No such user here.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; debtor.a@example.com
Action: failed
Status: 5.1.1

--B
Content-Type: message/rfc822

From: claims@creditor.example.com
To: debtor.a@example.com
Subject: About INV
Message-Id: {attempt}

text
--B--
"""


@tagged("post_install", "-at_install")
class TestContactInbound(ContactCommon):
    def setUp(self):
        super().setUp()
        self.contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._send()
        [self.message] = sink.messages
        self.debtor = self.contact.debtor_id

    def _receive(self, template):
        mail = template.format(attempt=self.contact.attempt)
        self.env["mail.thread"].sudo().message_process(False, mail)

    def test_the_email_is_in_the_chatter_and_nobody_was_notified(self):
        messages = self.debtor.message_ids
        posted = messages.filtered(
            lambda message: message.message_id == self.contact.attempt
        )
        self.assertEqual(len(posted), 1)
        self.assertIn("1,000.00", posted.body)
        self.assertFalse(posted.notification_ids)
        self.assertFalse(self.env["mail.mail"].sudo().search([]) & posted.mail_ids)

    def test_an_answer_lands_in_the_chatter_of_the_debtor(self):
        self._receive(ANSWER)
        newest = self.debtor.message_ids[0]
        self.assertIn("I will pay on Friday", newest.body)
        self.assertEqual(newest.message_id, "<answer-1@example.com>")
        inbound = self.debtor.contact_ids - self.contact
        self.assertEqual(
            (inbound.direction, inbound.step_id), ("inbound", self.contact)
        )
        self.assertIn("answered", self.contact.event_ids.mapped("kind"))
        self.assertIn("answered", self.debtor.activity_ids[0].summary)

    def test_an_answer_does_not_count_for_the_limit(self):
        self._receive(ANSWER)
        self.assertEqual(
            self.debtor.contact_ids.mapped("direction").count("inbound"), 1
        )
        planned = self._contact(
            self._invoice(amount=2),
            level=self.policy.level_ids[1],
            moment="2026-11-30 12:00:00",
        )
        self.assertEqual(str(planned.planned_at), "2026-11-30 12:00:00")

    def test_a_bounce_is_an_event_once(self):
        self._receive(BOUNCE)
        self._receive(BOUNCE.replace("bounce-1", "bounce-2"))
        kinds = self.contact.event_ids.mapped("kind")
        self.assertEqual(kinds.count("bounced"), 1)
        self.assertEqual(self.contact.state, "sent")
        self.assertEqual(len(self.debtor.activity_ids), 1)

    def test_events_are_appended_only(self):
        event = self.contact.event_ids
        with self.assertRaises(UserError):
            event.write({"kind": "delivered"})
        with self.assertRaises(UserError):
            event.sudo().unlink()
        with self.assertRaises(UserError):
            event.create({"contact_id": self.contact.id, "kind": "accepted"})

    def test_neutral_rules_prove_no_reception(self):
        self.assertFalse(self.contact.received_on)

    def test_the_sender_and_where_answers_go(self):
        self.assertIn("claims@creditor.example.com", self.message["From"])
        self.assertTrue(self.message["Reply-To"])
        self.assertEqual(self.message["References"], self.contact.attempt)
        self.assertTrue(fields.Datetime.to_string(self.contact.sent_at))
