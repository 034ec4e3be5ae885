from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon

NOON = f"{MONDAY} 12:00:00"
TEXT = "<p>{{ debtor_name }}: <b>{{ amount }}</b> &amp; more</p>"


@tagged("post_install", "-at_install")
class TestContactWhatsapp(ContactCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.write(
            {"phone": "600 11 12 22", "country_id": cls.env.ref("base.es").id}
        )
        cls.text = cls._text("reminder", "en_US", "Subject", TEXT)
        cls.collector = cls._role("collector")

    def _whatsapp(self, *invoices, **spec):
        contact = self._contact(*invoices, channel="whatsapp", **spec)
        return contact.with_user(self.collector)

    def _open(self, contact, moment=NOON):
        with self.clock(moment):
            action = contact.action_open_whatsapp()
        self.assertEqual(action["type"], "ir.actions.act_url")
        url = urlsplit(action["url"])
        self.assertEqual((url.scheme, url.netloc), ("https", "wa.me"))
        return url.path.lstrip("/"), parse_qs(url.query)["text"][0]

    def _refused(self, words, contact, moment=NOON):
        refused = self.assertRaisesRegex(UserError, words)
        with refused, self.cr.savepoint(), self.clock(moment):
            contact.action_open_whatsapp()
        contact.invalidate_recordset()
        self.assertEqual(contact.state, "planned")

    def test_the_chat_opens_with_the_frozen_words(self):
        contact = self._whatsapp()
        self._send()
        self.assertTrue(contact.task_raised)
        task = contact.activity_id
        self.assertIn("WhatsApp", task.summary)
        number, words = self._open(contact)
        self.assertEqual(number, "34600111222")
        self.assertRegex(words, r"^partner_a: .*1,000\.00.* & more$")
        self.assertEqual((contact.state, contact.subject), ("sending", False))
        self.assertTrue(contact._verify_hash())
        self._send(f"{MONDAY} 12:05:00")
        self.assertEqual(contact.state, "sending", "a person is writing")
        contact.action_whatsapp_sent()
        self.assertEqual((contact.state, contact.user_id), ("sent", self.collector))
        self.assertEqual(contact.event_ids.mapped("kind"), ["accepted"])
        self.assertFalse(task.active)

    def test_it_counts_from_the_moment_the_chat_opens(self):
        contact = self._whatsapp()
        self._open(contact)
        with self.clock(NOON):
            debtor = contact.debtor_id
            self.assertIn("too many", debtor._limit_warning("email", contact.sent_at))
            contact.action_whatsapp_not_sent()
            self.assertFalse(
                debtor._limit_warning("call", contact.planned_at, contact.id)
            )
        self.assertEqual(contact.state, "planned")
        self._open(contact)

    def test_what_nobody_confirms_is_in_doubt_the_day_after(self):
        contact = self._whatsapp()
        self._open(contact)
        self._send("2026-11-24 12:30:00")
        self.assertEqual(contact.state, "in_doubt")

    def test_limits_hours_and_blockers_are_asked_at_that_minute(self):
        contact = self._whatsapp()
        self._refused("hours", contact, f"{MONDAY} 23:00:00")
        contact.recipient_id = self.partner_b
        self._refused("nor acts for it", contact)
        contact.recipient_id = self.partner_a
        self.company.cobranza_mode = "proposal"
        self._refused("", contact)
        self.company.cobranza_mode = "automatic"
        self.env["phone.blacklist"].sudo().create({"number": "+34600111222"})
        self._refused("blacklist", contact)
        self.env["phone.blacklist"].sudo().search([]).unlink()
        self.partner_a.phone = "12"
        self._refused("no valid mobile", contact)
        self.partner_a.phone = "600111222"
        other = self._whatsapp(self._invoice(amount=5), level=self.policy.level_ids[1])
        self._open(contact)
        self._refused("too many", other)

    def test_what_was_paid_meanwhile_is_not_claimed(self):
        first, second = self._invoice(), self._invoice(amount=5)
        contact = self._whatsapp(first, second)
        self._register_payment(first)
        _number, words = self._open(contact)
        self.assertIn("5.00", words)
        self.assertNotIn("1,005", words)
        self._register_payment(second)
        self.assertEqual(contact.state, "sending", "it is out already")
        late = self._whatsapp(self._invoice(amount=7), moment="2026-12-07 12:00:00")
        contact.debtor_id.sudo().deceased_on = "2026-12-01"
        with self.clock("2026-12-07 12:00:00"):
            self.assertIs(late.action_open_whatsapp(), True)
        self.assertEqual(late.state, "cancelled")

    def test_from_the_debtor_without_a_plan(self):
        invoice = self._invoice()
        self._run(MONDAY)
        debtor = self._debts(invoice).debtor_id
        debtor.contact_ids._set_state("cancelled")
        with self.clock(NOON):
            action = debtor.with_user(self.collector).action_whatsapp()
            again = debtor.with_user(self.collector).action_whatsapp()
        self.assertEqual(action["res_id"], again["res_id"])
        contact = self.env["cobranza.contact"].browse(action["res_id"])
        self.assertEqual(contact.text_purpose, "reminder")
        self.assertFalse(contact.line_ids.is_step)
        _number, words = self._open(contact.with_user(self.collector))
        self.assertIn("1,000.00", words)

    def test_with_nothing_to_claim_nothing_is_written(self):
        debtor = self._debtor()
        with self.assertRaisesRegex(UserError, "Nothing may be claimed"):
            debtor.with_user(self.collector).action_whatsapp()

    def test_only_who_makes_contacts_opens_it(self):
        contact = self._whatsapp()
        for role in ("lawyer", "accountant"):
            with self.assertRaises(AccessError), self.clock(NOON):
                contact.with_user(self._role(role)).action_open_whatsapp()
