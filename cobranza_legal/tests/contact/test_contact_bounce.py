from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

REASON = "550 5.1.1 The mailbox debtor.a@example.com does not exist"


def delivery_report(message, sender, recipient):
    """The report (RFC 3464) of a server that took ``message`` and could not deliver
    it, to the sender of its envelope."""
    report = MIMEMultipart("report", **{"report-type": "delivery-status"})
    report["From"] = "MAILER-DAEMON@mx.example.com"
    report["To"] = sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-Id"] = "<report-1@mx.example.com>"
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText(f"I could not deliver your message.\n\n{REASON}\n"))
    status = MIMEBase("message", "delivery-status")
    server, target = EmailMessage(), EmailMessage()
    server["Reporting-MTA"] = "dns; mx.example.com"
    target["Final-Recipient"] = f"rfc822; {recipient}"
    target["Action"] = "failed"
    target["Status"] = "5.1.1"
    target["Diagnostic-Code"] = f"smtp; {REASON}"
    status.set_payload([server, target])
    report.attach(status)
    report.attach(MIMEMessage(message))
    return report.as_string()


@tagged("post_install", "-at_install")
class TestContactBounce(ContactCommon):
    """A server that takes messages and sends them back later."""

    def _bounce(self, sink):
        [message], [(sender, [recipient])] = sink.messages, sink.envelopes
        report = delivery_report(message, sender, recipient)
        with self.clock(f"{MONDAY} 12:05:00"):
            self.env["mail.thread"].sudo().message_process(False, report)

    def test_what_comes_back_is_evidence_and_a_task(self):
        contact = self._contact()
        self._debtor(user_id=self.env.user.id)
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertFalse(contact.debtor_id.activity_ids)
        self._bounce(sink)
        self.assertEqual(contact.event_ids.mapped("kind"), ["accepted", "bounced"])
        event = contact.event_ids[-1]
        self.assertIn(REASON, event.note)
        self.assertEqual(str(event.moment), f"{MONDAY} 12:05:00")
        [task] = contact.debtor_id.activity_ids
        self.assertIn("came back", task.summary)
        self.assertIn("does not exist", task.note)
        self.assertEqual(task.user_id, self.env.user)

    def test_it_left_all_the_same_and_counts_once(self):
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._send()
            self._bounce(sink)
            self._bounce(sink)
            self._send(f"{MONDAY} 13:00:00")
        self.assertEqual(len(sink.messages), 1)
        self.assertEqual(contact.state, "sent")
        self.assertEqual(contact.event_ids.mapped("kind").count("bounced"), 1)
        with self.clock(f"{MONDAY} 13:00:00"):
            moment = contact.sent_at
            self.assertTrue(contact.debtor_id._limit_warning("email", moment))

    def test_a_bounce_of_something_else_is_nobodys(self):
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._send()
            message = EmailMessage()
            message["From"], message["To"] = sink.envelopes[0][0], "x@example.com"
            message["Message-Id"] = "<other@example.com>"
            sink.messages, sink.envelopes = [message], [("a@b.es", ["x@example.com"])]
            self._bounce(sink)
        self.assertEqual(contact.event_ids.mapped("kind"), ["accepted"])
