from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.contact import MONDAY
from ..common.iap_sink import HANG_UP, iap_sink
from ..common.written import NOON, WrittenCommon
from .test_contact_sms import FAULTS, NUMBER


@tagged("post_install", "-at_install")
class TestWrittenSms(WrittenCommon):
    """SMS that collectors write with Odoo's own composer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["iap.account"].get("sms")
        cls.partner_a.write({"phone": NUMBER, "country_id": cls.env.ref("base.es").id})

    def _compose(self, moment=NOON, **values):
        values = {
            "res_model": "cobranza.debtor",
            "res_id": self.debtor.id,
            "composition_mode": "comment",
            "body": "Please pay",
            **values,
        }
        with self.clock(moment):
            composer = self.env["sms.composer"].with_user(self.collector)
            composer.create(values).action_send_sms()

    def test_it_is_a_contact_that_counts(self):
        with iap_sink(self.env) as sink:
            self._compose()
        self.assertEqual(sink.messages, [(NUMBER, "Please pay")])
        contact = self.debtor.contact_ids
        self.assertEqual((contact.channel, contact.state), ("sms", "sent"))
        self.assertEqual((contact.address, self._kinds()), (NUMBER, ["accepted"]))
        self.assertEqual(contact.recipient_id, self.partner_a)
        self.assertEqual(contact.user_id, self.collector)
        with self.clock(NOON):
            self.assertTrue(self.debtor._limit_warning("email", contact.sent_at))

    def test_reports_of_the_provider_are_its_events(self):
        with iap_sink(self.env) as sink:
            self._compose()
        [(_path, params)] = sink.asked
        uuid = params["messages"][0]["numbers"][0]["uuid"]
        tracker = self.env["sms.tracker"].sudo().search([("sms_uuid", "=", uuid)])
        with self.clock(f"{MONDAY} 12:05:00"):
            tracker._action_update_from_sms_state("sent")
        self.assertEqual(self._kinds(), ["accepted", "delivered"])

    @mute_logger("odoo.addons.sms.models.sms_sms", *FAULTS)
    def test_what_the_provider_refuses_was_no_contact(self):
        for answer in ("wrong_number_format", "insufficient_credit"):
            with iap_sink(self.env) as sink:
                sink.answer = answer
                self._compose()
        states = self.debtor.contact_ids.mapped("state")
        self.assertEqual(states, ["failed", "failed"])

    @mute_logger("odoo.addons.sms.models.sms_sms", *FAULTS)
    def test_what_nobody_knows_is_in_doubt(self):
        with iap_sink(self.env) as sink:
            sink.answer = HANG_UP
            self._compose()
        self.assertEqual(self.debtor.contact_ids.state, "in_doubt")

    def test_nobody_writes_too_often_to_the_protected(self):
        self.debtor.regime = "consumer"
        with iap_sink(self.env) as sink:
            self._compose()
            refused = self.assertRaisesRegex(UserError, "too many")
            with refused, self.cr.savepoint():
                self._compose(f"{MONDAY} 15:00:00")
        self.assertEqual(len(sink.messages), 1)

    def test_numbers_of_others_get_nothing(self):
        with iap_sink(self.env) as sink:
            for values in (
                {"recipient_single_number_itf": "+34600999888"},
                {"composition_mode": "numbers", "numbers": "+34600999888"},
                {"composition_mode": "mass", "res_ids": str(self.debtor.ids)},
            ):
                with self.assertRaises(UserError), self.cr.savepoint():
                    self._compose(**values)
            self.env["phone.blacklist"].sudo().create({"number": NUMBER})
            refused = self.assertRaisesRegex(UserError, "blacklist")
            with refused, self.cr.savepoint():
                self._compose()
        self.assertFalse(sink.asked)
        self.assertFalse(self.debtor.contact_ids)
