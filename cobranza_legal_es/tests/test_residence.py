from datetime import date

from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.smtp_sink import body_of, smtp_sink

from .residence import MORNING, NOON, ResidenceCommon, read_golden


@tagged("post_install", "-at_install", "post_install_l10n")
class TestResidence(ResidenceCommon):
    """Its levels, day by day, while nobody does what they ask for."""

    def test_every_day_of_the_requirement_when_all_are_working_days(self):
        happened, left, messages = self.replay("2026-05-05")
        self.assertEqual(happened, read_golden("residence.csv"))
        self.assertEqual(left, [6])
        [message] = messages
        self.assertEqual(message["Subject"], "Recordatorio de pago - mayo 2026")
        self.assertEqual(message["To"].addresses[0].addr_spec, "lucia@example.com")
        self.assertIn("650,00", body_of(message))
        self.assertIn("05/05/2026", body_of(message))

    def test_levels_keep_their_days_and_the_email_waits_for_a_working_day(self):
        # day 6 is a Sunday and day 7 the Fiesta Nacional: it leaves on day 8
        happened, left, _messages = self.replay("2026-10-05")
        self.assertEqual(happened, read_golden("residence.csv"))
        self.assertEqual(left, [8])

    def test_days_without_cron_are_caught_up_one_level_a_day(self):
        happened, left, _messages = self.replay("2026-10-05", down=(6, 7, 8, 9, 16))
        self.assertEqual(happened, read_golden("residence_down.csv"))
        self.assertEqual(left, [10])

    def test_every_task_has_its_activity_and_its_words(self):
        self.replay("2026-05-05")
        debtor = self._debts(self.move).debtor_id
        contacts = debtor.contact_ids.sorted("planned_at")
        self.assertEqual(
            contacts.mapped("state"),
            ["sent", "sent", *["planned"] * 4],
            contacts.mapped("waiting"),
        )
        [(number, words)] = self.phones.messages
        self.assertEqual(number, "+34600000001")
        self.assertIn("INV/2026/00001", words)
        self.assertNotIn("650", words, "a phone is read by whoever holds it")
        self.assertNotIn("<", words)
        tasks = contacts[2:]
        self.assertEqual(len(tasks.activity_id), 4)
        self.assertEqual(tasks.activity_id.user_id, self.env.user)
        letter = tasks.filtered(lambda task: task.text_purpose == "certified_letter")
        self.assertIn("31/05/2026", letter.body)
        burofax = tasks.filtered(lambda task: task.text_purpose == "burofax")
        self.assertIn("Invitación a negociar", burofax.body)

    def test_payment_stops_the_ladder(self):
        due = date(2026, 5, 5)
        self.move = self._invoice(
            due=str(due), amount=650, partner=self.student, invoice_date="2026-05-01"
        )
        with smtp_sink(self.env) as sink:
            self.tick(self.follow_up, f"2026-05-11 {MORNING}")
            self._pay(self.move, 650, "2026-05-11")
            self.tick(self.sender, f"2026-05-11 {NOON}")
            self.tick(self.follow_up, f"2026-05-15 {MORNING}")
        self.assertFalse(sink.messages)
        debt = self._debts(self.move)
        self.assertEqual(debt.debtor_id.contact_ids.state, "cancelled")
        self.assertEqual((debt.level, debt.reason), (1, "settled"))
