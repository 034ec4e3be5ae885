from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon

NOON = f"{MONDAY} 12:00:00"


@tagged("post_install", "-at_install")
class TestBulkSend(ContactCommon):
    """Many contacts are read, some are left out, the others released together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_mode = "confirm"
        cls.silent, cls.paid, cls.quiet = cls.env["res.partner"].create(
            [
                {"name": "Silent", "is_company": True, "lang": "en_US"},
                {"name": "Paid", "email": "p@example.com", "is_company": True},
                {"name": "Quiet", "email": "q@example.com", "is_company": True},
            ]
        )
        cls.collector = cls._role("collector")

    def setUp(self):
        super().setUp()
        self.a = self._one(self.partner_a, 1000)
        self.b = self._one(self.partner_b, 500)
        self.no_address = self._one(self.silent, 70)
        self.settled = self._one(self.paid, 30)

    def _one(self, partner, amount):
        invoice = self._invoice(partner=partner, amount=amount)
        return self._contact(invoice)

    @property
    def _all(self):
        return self.a | self.b | self.no_address | self.settled

    def _open(self, contacts=None, user=None):
        contacts = self._all if contacts is None else contacts
        with self.clock(NOON):
            action = contacts.with_user(user or self.collector).action_bulk_send()
            return self._wizard(action)

    def _wizard(self, action):
        wizards = self.env["cobranza.bulk.send"].with_user(self.collector)
        return wizards.browse(action["res_id"])

    def _pay(self):
        """Paid without an entry that would cancel its contact: on hold."""
        self.env["cobranza.hold"].create({"debtor_id": self.settled.debtor_id.id})

    def test_the_list_releases_after_the_same_preview(self):
        views = self.env["cobranza.contact"].get_views([(False, "list")])
        buttons = views["views"]["list"]["arch"]
        self.assertIn('name="action_bulk_send"', buttons)
        self.assertNotIn('name="action_release"', buttons)

    def test_the_dialog_counts_what_leaves_and_says_why_the_rest_does_not(self):
        self._pay()
        wizard = self._open()
        self.assertEqual(wizard.leaving_ids, self.a | self.b)
        self.assertEqual(wizard.count, 2)
        for part in ("1,500.00", "E-mail", "English (US)", "Nothing left to claim"):
            self.assertIn(part, wizard.summary)
        self.assertIn("No address for: E-mail", wizard.summary)
        self.assertIn("Silent", wizard.summary)

    def test_each_message_reads_exactly_as_it_will_leave(self):
        wizard = self._open(self.a | self.b)
        with self.clock(NOON):
            first = wizard.current_id
            self.assertEqual(wizard.place_words, "1 of 2")
            said = (wizard.subject, str(wizard.preview))
            wizard.action_next()
            self.assertEqual(wizard.current_id, (self.a | self.b) - first)
            wizard.action_previous()
            wizard.action_release()
        self.assertIn(first.debtor_id.display_name, said[1])
        self.assertIn(first.partner_id.email, wizard.recipient)
        self._send(NOON)
        self.assertEqual(first.state, "sent")
        self.assertEqual((first.subject, str(first.body)), said)

    def test_what_was_left_out_stays_and_the_others_are_released(self):
        wizard = self._open(self.a | self.b)
        with self.clock(NOON):
            out = wizard.current_id
            wizard.action_exclude()
            self.assertEqual(wizard.count, 1)
            wizard.action_release()
        self.assertFalse(out.released)
        released = (self.a | self.b) - out
        self.assertTrue(released.released)
        self.assertEqual(released.released_by_id, self.collector)
        self.assertEqual(wizard.state, "released")

    def test_what_was_left_out_can_come_back(self):
        wizard = self._open(self.a)
        with self.clock(NOON):
            wizard.action_exclude()
            with self.assertRaises(UserError):
                wizard.action_release()
            wizard.action_exclude()
            wizard.action_release()
        self.assertTrue(self.a.released)

    def test_the_dialog_follows_what_the_sender_has_done(self):
        wizard = self._open(self.a | self.b)
        with self.clock(NOON):
            wizard.action_release()
            self.assertEqual((wizard.done_count, wizard.progress), (0, 0))
        self._send(NOON)
        wizard.invalidate_recordset()
        self.assertEqual((wizard.done_count, wizard.progress), (2, 100))

    def test_debtors_for_whom_nothing_is_planned_are_named(self):
        idle = self._debtor(self.quiet)
        debtors = self.a.debtor_id | idle
        with self.clock(NOON):
            wizard = self._wizard(debtors.with_user(self.collector).action_bulk_send())
        self.assertEqual(wizard.leaving_ids, self.a)
        self.assertIn("Nothing is planned", wizard.summary)
        self.assertIn("Quiet", wizard.summary)

    def test_what_the_limits_hold_back_is_told_with_its_day(self):
        other = self._invoice(partner=self.partner_a, amount=40, due="2026-10-06")
        with self.clock(NOON):
            self.a.action_release()
        self._send(NOON)
        with self.clock(NOON):
            second = self._plan([other], "email", level=self.policy.level_ids[1])
        wizard = self._open(self.b | second)
        self.assertEqual(wizard.leaving_ids, self.b | second)
        self.assertIn("1 of them leave later", wizard.summary)

    def test_nothing_leaves_a_company_in_proposal_mode(self):
        self.company._cobranza_switch("proposal")
        wizard = self._open(self.a)
        self.assertTrue(wizard.preview)
        with self.clock(NOON), self.assertRaisesRegex(UserError, "proposal mode"):
            wizard.action_release()
        self.assertFalse(self.a.released)

    def test_who_does_not_collect_releases_nothing(self):
        with self.assertRaises(AccessError):
            self._open(self.a, self._role("all_lawyer"))

    def test_the_dialog_asks_the_database_as_often_for_many(self):
        counts = []
        for number in (2, 12):
            contacts = self.env["cobranza.contact"]
            for one in range(number):
                partner = self.env["res.partner"].create(
                    {"name": f"Many {one}", "email": f"m{one}@example.com"}
                )
                contacts |= self._one(partner, 10)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._open(contacts)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 5)
