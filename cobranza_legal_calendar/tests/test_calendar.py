from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.case import CaseCommon


@tagged("post_install", "-at_install")
class TestCalendar(CaseCommon):
    """Deadlines and hearings in the calendar of whoever is told of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._opened()
        own = {"code": "own", "name": "Own", "company_id": cls.company.id}
        kind = cls.env["cobranza.proceeding.type"].create(own)
        cls.suit = cls.env["cobranza.proceeding"].create(
            {"case_id": cls.case.id, "type_id": kind.id, "user_id": cls.lawyer.id}
        )
        cls.deadline = cls.env["cobranza.deadline"].create(
            {
                "name": "Answer",
                "number": 5,
                "start_on": "2026-11-23",
                "proceeding_id": cls.suit.id,
                "user_id": cls.lawyer.id,
            }
        )

    def test_a_private_entry_in_step_with_the_deadline(self):
        event = self.deadline.calendar_event_id
        self.assertEqual(str(event.start_date), "2026-11-30")
        self.assertTrue(event.allday)
        self.assertEqual((event.user_id, event.privacy), (self.lawyer, "private"))
        self.assertEqual(event.partner_ids, self.lawyer.partner_id)
        self.assertNotIn(self.debtor.display_name, event.name)
        self.deadline.start_on = "2026-11-24"
        self.assertEqual(str(event.start_date), "2026-12-01")
        self.assertEqual(self.deadline.calendar_event_id, event)
        self.deadline._close("Paid")
        self.assertFalse(event.exists())

    def test_what_must_elapse_stands_where_the_feed_has_it(self):
        self.deadline.elapses = True
        event = self.deadline.calendar_event_id
        self.assertEqual(str(event.start_date), "2026-12-01")
        self.assertEqual(event.start_date, self.deadline._agenda_day())

    def test_nothing_is_written_when_nothing_changed(self):
        event = self.deadline.calendar_event_id
        self.env.flush_all()
        events = self.registry["calendar.event"]
        with patch.object(events, "write", side_effect=AssertionError("written")):
            self.env["cobranza.deadline"]._daily(self.company, self.deadline.start_on)
        self.assertEqual(self.deadline.calendar_event_id, event)
        event.sudo().unlink()
        self.env["cobranza.deadline"]._daily(self.company, self.deadline.start_on)
        self.assertTrue(self.deadline.calendar_event_id)

    def test_hearings_of_all_who_attend(self):
        self.case._hand_over_to(self.lawyer | self.other, self.env["res.partner"])
        hearing = self.env["cobranza.hearing"].create(
            {
                "proceeding_id": self.suit.id,
                "starts_at": "2026-12-10 10:00:00",
                "user_id": self.lawyer.id,
                "attendee_ids": [Command.set(self.other.ids)],
            }
        )
        event = hearing.calendar_event_id
        self.assertEqual(str(event.start), "2026-12-10 10:00:00")
        both = self.lawyer.partner_id | self.other.partner_id
        self.assertEqual(event.partner_ids, both)
        self.assertFalse(event.message_ids.filtered("notification_ids"))
        hearing.write({"duration": 3, "room": "Room 4"})
        self.assertEqual(str(event.stop), "2026-12-10 13:00:00")
        self.assertIn("Room 4", event.location)
        hearing.link = "https://video.example.com/1"
        self.assertIn("video.example.com", event.location)
        hearing._end("cancelled", "Settled")
        self.assertFalse(event.exists())

    def test_no_client_names_another_entry(self):
        with self.assertRaises(UserError):
            self.deadline.with_user(self.lawyer).write({"calendar_event_id": False})

    def test_nobody_is_written_to(self):
        mails = self.env["mail.mail"].search([])
        self.deadline.start_on = "2026-11-24"
        self.assertEqual(self.env["mail.mail"].search([]), mails)
