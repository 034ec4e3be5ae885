from datetime import datetime

from odoo.tests import Form, tagged

from ...models.common.limits import Limiter
from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink


@tagged("post_install", "-at_install")
class TestSeveralAddresses(ContactCommon):
    """An e-mail field may hold several addresses: one contact goes to one of them."""

    def setUp(self):
        super().setUp()
        self.partner_a.email = "First@x.example.com; second@x.example.com"
        self.contact = self._contact()

    def _leave(self, contact=None, moment=f"{MONDAY} 12:00:00"):
        with smtp_sink(self.env) as sink:
            self._send(moment)
        return [message["To"] for message in sink.messages]

    def _opt_out(self, address):
        with self.clock(f"{MONDAY} 11:00:00"):
            return self.env["cobranza.opt.out"].create(
                {
                    "debtor_id": self.contact.debtor_id.id,
                    "channel": "email",
                    "address": address,
                }
            )

    def test_it_goes_to_the_first_and_says_so(self):
        [to] = self._leave()
        self.assertIn("<first@x.example.com>", to)
        self.assertNotIn("second@", to)
        self.assertEqual(self.contact.state, "sent")
        self.assertEqual(self.contact.address, "first@x.example.com")

    def test_what_is_no_address_is_passed_over(self):
        self.partner_a.email = "nobody, third@x.example.com"
        [to] = self._leave()
        self.assertIn("<third@x.example.com>", to)

    def test_without_a_valid_one_the_message_says_what_is_written(self):
        self.partner_a.email = "nobody; neither.example.com"
        self.assertFalse(self._leave())
        self.assertEqual(self.contact.waiting, "missing_data")
        self.assertIn("nobody; neither.example.com", self.contact.waiting_note)

    def test_an_opt_out_closes_its_address_only(self):
        self._opt_out("FIRST@x.example.com")
        [to] = self._leave()
        self.assertIn("<second@x.example.com>", to)

    def test_when_every_address_is_closed_nothing_leaves(self):
        self._opt_out("first@x.example.com")
        self._opt_out("second@x.example.com")
        self.assertFalse(self._leave())
        self.assertEqual(self.contact.waiting, "opted_out")

    def test_an_address_on_the_list_of_odoo_is_passed_over(self):
        self.env["mail.blacklist"].create({"email": "first@x.example.com"})
        [to] = self._leave()
        self.assertIn("<second@x.example.com>", to)

    def test_one_is_on_the_list_and_the_other_has_opted_out(self):
        self.env["mail.blacklist"].create({"email": "first@x.example.com"})
        self._opt_out("second@x.example.com")
        self.assertFalse(self._leave())
        self.assertEqual(self.contact.waiting, "opted_out")

    def test_an_address_that_failed_gives_way_to_the_next(self):
        self._leave()
        self.contact._add_events("bounced", "Mail server", datetime(2026, 11, 23, 13))
        again = self._contact(self._invoice(), moment="2026-12-01 12:00:00")
        self.assertEqual(again._unreachable(), {})
        [to] = self._leave(moment="2026-12-01 12:00:00")
        self.assertIn("<second@x.example.com>", to)

    def test_a_certified_message_goes_to_the_one_that_was_agreed(self):
        debtor = self.contact.debtor_id
        debtor.certified_email = "second@x.example.com"
        contact = self._contact(self._invoice(), channel="certified_email")
        recipient = contact._current_recipient()
        self.assertEqual(contact._open_address(recipient), "second@x.example.com")
        missing = contact._channel_model()._check_data(contact)
        self.assertNotIn("agreed", missing.get(contact.id, ""))


@tagged("post_install", "-at_install")
class TestVisit(ContactCommon):
    """Visits are written down with their outcome and count as calls do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.partner_a.write({"street": "Street 1", "city": "Town"})

    def test_a_visit_is_written_down_and_counts_for_the_limits(self):
        with Form(
            self.env["cobranza.contact.log"].with_context(
                default_debtor_id=self.debtor.id
            )
        ) as form:
            form.direction = "outbound"
            form.channel = "visit"
            form.made_at = "2026-11-23 10:00:00"
            self.assertTrue(form.is_spoken)
            form.outcome = "no_answer"
            form.note = "Nobody opened"
        form.record.action_confirm()
        visit = self.debtor.contact_ids
        self.assertEqual((visit.channel, visit.outcome), ("visit", "no_answer"))
        self.assertEqual(visit.event_ids.kind, "no_answer")
        limiter = Limiter(self.company, self.debtor, datetime(2026, 11, 24, 10))
        [found] = limiter.obstacles(self.debtor.id, "call", limiter.now)
        self.assertEqual(found.code, "limit")

    def test_a_visit_is_warned_of_outside_the_hours(self):
        wizard = self.env["cobranza.contact.log"].create(
            {
                "debtor_id": self.debtor.id,
                "direction": "outbound",
                "channel": "visit",
                "made_at": "2026-11-22 10:00:00",
                "note": "Sunday",
            }
        )
        self.assertIn("hours", wizard.warning)

    def test_a_level_may_ask_for_a_visit(self):
        level = self.env["cobranza.policy.level"].create(
            {
                "policy_id": self.policy.id,
                "name": "Visit",
                "days": 40,
                "channel": "visit",
            }
        )
        contact = self._contact(channel="visit", level=level)
        with self.clock(f"{MONDAY} 12:00:00"):
            self._send(f"{MONDAY} 12:00:00")
        self.assertTrue(contact.task_raised, contact.waiting_note)
        self.assertIn("Street 1", contact.activity_id.summary)
        self.assertIn("nobody else", contact.activity_id.note)
        wizard = self.env["cobranza.contact.outcome"].create(
            {
                "contact_id": contact.id,
                "outcome": "third_party",
                "made_at": f"{MONDAY} 12:00:00",
                "call_again": False,
            }
        )
        wizard.action_confirm()
        self.assertEqual((contact.state, contact.outcome), ("sent", "third_party"))

    def test_who_wants_no_contact_at_all_is_not_visited(self):
        visit = self._contact(channel="visit")
        self.env["cobranza.opt.out"].create({"debtor_id": visit.debtor_id.id})
        rules = self.company._cobranza_rules()
        self.assertIn(visit.id, rules._opted_out(visit, datetime(2026, 11, 23, 12)))

    def test_one_person_may_have_closed_her_address_only(self):
        clerk = self.env["res.partner"].create({"name": "Clerk", "email": "c@x.cl"})
        self._guarantee(self.debtor, clerk)
        contact = self._contact()
        self.env["cobranza.opt.out"].create(
            {"debtor_id": contact.debtor_id.id, "partner_id": clerk.id}
        )
        rules = self.company._cobranza_rules()
        self.assertFalse(rules._opted_out(contact, datetime(2026, 11, 23, 12)))
