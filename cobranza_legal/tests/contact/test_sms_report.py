from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common.contact import MONDAY
from ..common.iap_sink import HANG_UP, iap_sink
from .test_contact_sms import FAULTS, SmsCommon

REPORTS = {
    "expired": ("expired", "Expired"),
    "not_delivered": ("bounced", "Not Delivered"),
    "invalid_destination": ("bounced", "Invalid Destination"),
    "rejected": ("bounced", "Rejected"),
    "not_allowed": ("bounced", "Not Allowed"),
    "made_up": ("bounced", "made_up"),
}


@tagged("post_install", "-at_install")
class TestSmsReport(SmsCommon, HttpCase):
    """What the provider reports over HTTP about SMS that left."""

    def _sent(self, answer="success"):
        contact = self._sms(self._invoice(amount=7))
        with iap_sink(self.env) as sink:
            sink.answer = answer
            self._send()
        [(_path, params)] = sink.asked
        self.assertTrue(params["webhook_url"].endswith("/sms/status"))
        [message] = params["messages"]
        return contact, message["numbers"][0]["uuid"]

    def _report(self, uuid, status):
        status = [{"sms_status": status, "uuids": [uuid]}]
        params = {"message_statuses": status}
        with self.clock(f"{MONDAY} 12:05:00"):
            self.assertEqual(self.make_jsonrpc_request("/sms/status", params), "OK")

    def test_delivery_is_an_event_once(self):
        contact, uuid = self._sent()
        for _again in range(2):
            self._report(uuid, "sent")
            self._report(uuid, "delivered")
        self.assertEqual(contact.event_ids.mapped("kind"), ["accepted", "delivered"])
        self.assertFalse(contact.debtor_id.activity_ids)

    def test_every_error_is_an_event_with_its_reason_and_a_task(self):
        for number, (status, (kind, reason)) in enumerate(REPORTS.items()):
            with self.subTest(status=status):
                self.partner_a.phone = f"+3460011122{number}"
                contact, uuid = self._sent()
                self._report(uuid, status)
                self.assertEqual(contact.event_ids.mapped("kind"), ["accepted", kind])
                self.assertIn(reason, contact.event_ids[-1].note)
                self.assertEqual(contact.state, "sent")
                self.assertIn("not delivered", contact.activity_id.summary)
                contact.activity_id.unlink()
                # the next one is due in another week
                contact._through_gate().write({"sent_at": "2026-10-01 12:00:00"})

    @mute_logger(*FAULTS)
    def test_a_report_settles_a_doubt(self):
        contact, uuid = self._sent(HANG_UP)
        self.assertEqual(contact.state, "in_doubt")
        self._report(uuid, "delivered")
        self.assertEqual(contact.state, "sent")
        self.assertEqual(contact.event_ids.mapped("kind"), ["delivered"])

    def test_what_nobody_sent_is_nobodys_event(self):
        before = self.env["cobranza.contact.event"].search_count([])
        self._report("0" * 32, "delivered")
        self.assertEqual(self.env["cobranza.contact.event"].search_count([]), before)
