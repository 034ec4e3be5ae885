from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

NOON = f"{MONDAY} 12:00:00"
TUESDAY = "2026-11-24 12:30:00"
ADDRESS = {"street": "1 High Street", "city": "Springfield"}


@tagged("post_install", "-at_install")
class TestReroute(ContactCommon):
    """A contact that cannot go by its channel goes by another, or is one task."""

    def setUp(self):
        super().setUp()
        self._text("formal_demand", "en_US", "Demand of {{ document }}")
        self.partner_a.write(ADDRESS)

    def _mails(self, moment=NOON):
        with smtp_sink(self.env) as sink:
            self._send(moment)
        return len(sink.messages)

    def _bounce(self, contact, moment=NOON):
        with self.clock(moment):
            contact._receive_bounce([contact.attempt], "550 No such mailbox")

    def test_without_an_email_it_becomes_a_letter(self):
        self.level.fallback_channel = "letter"
        self.partner_a.email = False
        contact = self._contact()
        self.assertEqual((contact.channel, contact.rerouted_from), ("letter", "email"))
        self.assertIn("no valid e-mail", contact.reroute_note)
        self.assertIn("1 High Street", contact.address)
        self.assertEqual(self._mails(), 0)
        self.assertTrue(contact.task_raised, contact.waiting_note)
        self.assertIn("letter", contact.activity_id.summary)

    def test_what_is_lost_after_planning_goes_another_way_too(self):
        self.level.fallback_channel = "letter"
        contact = self._contact()
        self.assertEqual(contact.channel, "email")
        self.partner_a.email = "not an address"
        self.assertEqual(self._mails(), 0)
        self.assertEqual(contact.channel, "letter")

    def test_an_opt_out_changes_the_way_at_once(self):
        self.level.fallback_channel = "letter"
        contact = self._contact()
        collector = self._role("collector")
        with self.clock(NOON):
            self.env["cobranza.opt.out"].with_user(collector).create(
                {"debtor_id": contact.debtor_id.id, "channel": "email"}
            )
        self.assertEqual(contact.channel, "letter")
        self.assertEqual(self._mails(), 0)

    def test_neither_way_is_one_task_with_the_way_out(self):
        self.level.fallback_channel = "letter"
        self.partner_a.write({"email": False, "street": False})
        contact = self._contact()
        self.assertEqual(self._mails(), 0)
        self.assertEqual(contact.waiting, "missing_data")
        task = contact.activity_id
        self.assertIn(contact.display_name, task.summary)
        self.assertIn("postal address", task.note)
        self.assertIn("choose another recipient", task.note)
        task.sudo().action_done()
        for day in range(24, 30):
            self._send(f"2026-11-{day} 13:00:00")
        self.assertFalse(contact.activity_id.active)
        self._send("2026-11-30 14:00:00")
        self.assertTrue(contact.activity_id.active, "nobody has mended it for a week")

    def test_a_new_lack_is_told(self):
        self.partner_a.email = False
        contact = self._contact()
        self._send(NOON)
        contact.activity_id.sudo().action_done()
        self.partner_a.email = "a@example.com"
        texts = self.env["cobranza.text"].search([("purpose", "=", "reminder")])
        texts.active = False
        contact.debtor_id._judge_if_marked()
        self._send(TUESDAY)
        self.assertIn("no approved text", contact.activity_id.note)

    def test_an_address_that_bounced_is_not_tried_again(self):
        first = self._contact()
        self.assertEqual(self._mails(), 1)
        self._bounce(first)
        second = self._contact(moment="2026-12-01 12:00:00")
        self.assertEqual(self._mails("2026-12-01 12:10:00"), 0)
        self.assertEqual(second.waiting, "missing_data")
        self.assertIn("debtor.a@example.com", second.waiting_note)
        self.partner_a.email = "new@example.com"
        self.assertEqual(self._mails("2026-12-02 12:20:00"), 1)

    def test_who_knows_better_tries_again(self):
        first = self._contact()
        self._mails()
        self._bounce(first)
        second = self._contact(moment="2026-12-01 12:00:00")
        with self.clock("2026-12-01 12:05:00"):
            second.with_user(self._role("collector")).action_try_again()
        mails = self._mails("2026-12-01 12:10:00")
        self.assertEqual(mails, 1, (second.waiting_note, second.planned_at))
        self.assertEqual(second.state, "sent")

    def test_an_answer_brings_an_address_back(self):
        first = self._contact()
        self._mails()
        self._bounce(first)
        with self.clock("2026-11-24 12:00:00"):
            first._add_events("answered", "debtor.a@example.com")
        self._contact(moment="2026-12-01 12:00:00")
        self.assertEqual(self._mails("2026-12-01 12:10:00"), 1)

    def test_a_printed_letter_keeps_its_way(self):
        level = self.policy.level_ids[2]
        level.fallback_channel = "email"
        contact = self._contact(channel="letter", level=level)
        with self.clock(NOON):
            contact.action_print()
            self.partner_a.street = False
        self._send(NOON)
        self.assertEqual(contact.channel, "letter")

    def test_the_other_way_waits_for_its_own_slot(self):
        self.level.fallback_channel = "letter"
        with smtp_sink(self.env):
            self._contact()
            self._send(NOON)
        self.partner_a.email = False
        second = self._contact(moment=TUESDAY)
        self.assertEqual((second.channel, second.waiting), ("letter", "contact_limit"))
        self._send("2026-11-25 12:00:00")
        self.assertFalse(second.task_raised)

    def test_both_ways_are_not_the_same(self):
        with self.assertRaises(ValidationError):
            self.level.fallback_channel = "email"
