from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.contact import MONDAY
from ..common.smtp_sink import smtp_sink
from ..common.written import NOON, WrittenCommon
from .test_contact_inbound import BOUNCE

MAIL = ("odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server")


@tagged("post_install", "-at_install")
class TestContactWritten(WrittenCommon):
    """What became of the e-mails that collectors write themselves."""

    def test_it_is_made_when_odoo_has_sent_it(self):
        with smtp_sink(self.env) as sink:
            self._post()
            contact = self.debtor.contact_ids
            self._send()  # our sender leaves it to Odoo
            self.assertEqual((contact.state, self._kinds()), ("sending", []))
            self._queue()
        self.assertEqual(sink.recipients().count("debtor.a@example.com"), 1)
        self.assertEqual((contact.state, self._kinds()), ("sent", ["accepted"]))
        self.assertIn(contact.attempt, [one["Message-Id"] for one in sink.messages])

    @mute_logger(*MAIL)
    def test_what_the_server_refuses_was_no_contact(self):
        with smtp_sink(self.env) as sink:
            sink.refused.add("debtor.a@example.com")
            self._post()
            self._queue()
        contact = self.debtor.contact_ids
        self.assertEqual(contact.state, "failed")
        self.assertIn("550", contact.cancel_reason)
        self.assertEqual(len(self.debtor.activity_ids), 1)
        with self.clock(NOON):
            self.assertFalse(self.debtor._limit_warning("email", contact.planned_at))

    @mute_logger(*MAIL)
    def test_without_a_server_it_failed_until_a_person_tries_again(self):
        with smtp_sink(self.env) as sink:
            server = self.env["ir.mail_server"].sudo().search([])
            server.smtp_port = 1
            self._post()
            self._queue()
            contact = self.debtor.contact_ids
            self.assertEqual(contact.state, "failed")
            server.smtp_port = sink.port
            mail = self.env["mail.mail"].sudo()
            mail = mail.search([("message_id", "=", contact.attempt)])
            mail.mark_outgoing()
            self._queue(f"{MONDAY} 12:30:00")
        self.assertEqual((contact.state, self._kinds()), ("sent", ["accepted"]))
        self.assertEqual(str(contact.sent_at), f"{MONDAY} 12:30:00")

    @mute_logger(*MAIL)
    def test_what_the_server_hangs_up_on_is_in_doubt_and_counts(self):
        with smtp_sink(self.env) as sink:
            self._post()
            # a fault of which nobody knows whether it came before or after
            model = self.env.registry["ir.mail_server"]
            with patch.object(model, "send_email", side_effect=RuntimeError("?")):
                self._queue()
        self.assertFalse(sink.messages)
        contact = self.debtor.contact_ids
        self.assertEqual(contact.state, "in_doubt")
        with self.clock(NOON):
            self.assertTrue(self.debtor._limit_warning("email", contact.sent_at))

    def test_a_bounce_is_an_event_with_a_task(self):
        with smtp_sink(self.env):
            self._post()
            self._queue()
        contact = self.debtor.contact_ids
        mail = BOUNCE.format(attempt=contact.attempt)
        self.env["mail.thread"].sudo().message_process(False, mail)
        self.assertEqual(sorted(self._kinds()), ["accepted", "bounced"])
        self.assertEqual(contact.state, "sent")
        self.assertEqual(len(self.debtor.activity_ids), 1)

    def test_what_is_cancelled_before_it_leaves_was_no_contact(self):
        message = self._post()
        message.sudo().notification_ids.write({"notification_status": "canceled"})
        self.assertEqual(self.debtor.contact_ids.state, "failed")

    def test_what_stays_in_the_queue_for_a_day_is_in_doubt(self):
        self._post()
        self._send(f"{MONDAY} 13:00:00")
        self.assertEqual(self.debtor.contact_ids.state, "sending")
        self._send("2026-11-24 12:30:00")
        self.assertEqual(self.debtor.contact_ids.state, "in_doubt")


@tagged("post_install", "-at_install")
class TestContactWrittenLimit(WrittenCommon):
    """What the composer may not do."""

    def _refused(self, words, **values):
        before = self.debtor.contact_ids
        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
            self._post(**values)
        self.debtor.invalidate_recordset()
        self.assertEqual(self.debtor.contact_ids, before)

    def test_nobody_writes_too_often_to_the_protected(self):
        self.debtor.regime = "consumer"
        self._post()
        self._refused("too many", moment=f"{MONDAY} 15:00:00")
        self._refused("hours", moment="2026-12-05 12:00:00")
        self._post("2026-11-30 12:00:00")
        self.assertEqual(len(self.debtor.contact_ids), 2)

    def test_to_a_company_it_is_a_warning(self):
        bus = self.env["bus.bus"].sudo()
        self._post()
        last = bus.search([], limit=1, order="id desc").id
        self._post(moment=f"{MONDAY} 15:00:00")
        self.env.cr.precommit.run()
        told = bus.search([("id", ">", last)]).mapped("message")
        self.assertTrue(any("too many" in one for one in told), told)
        self.assertEqual(len(self.debtor.contact_ids), 2)

    def test_an_answer_is_logged_and_not_counted(self):
        self.debtor.regime = "consumer"
        self._post()
        asked = self.env["cobranza.contact"].sudo()
        values = {"debtor_id": self.debtor.id, "channel": "email"}
        values |= {"direction": "inbound", "sent_at": f"{MONDAY} 13:00:00"}
        asked = asked._log(values)
        self._post(moment=f"{MONDAY} 15:00:00")
        answer = self.debtor.contact_ids.filtered("is_answer")
        self.assertEqual(answer.step_id, asked)
        # the next one answers nothing any more
        self._refused("too many", moment=f"{MONDAY} 16:00:00")
        self._post("2026-11-30 12:00:00")

    def test_what_the_country_forbids_is_refused_to_all(self):
        self.debtor.deceased_on = "2026-11-01"
        self._refused("No contact with")
        self.debtor.deceased_on = False
        self._refused("nor acts for it", partners=self.partner_b)
        self.debtor.beneficiary_ids = self.partner_b
        self._refused("owes nothing", partners=self.partner_a | self.partner_b)
        self.debtor.message_subscribe(self.partner_b.ids)
        self._refused("owes nothing")

    def test_who_asked_for_no_mail_gets_none(self):
        self.env["mail.blacklist"].sudo()._add("debtor.a@example.com")
        self._refused("blacklist")

    def test_notices_to_people_outside_are_refused(self):
        with self.assertRaisesRegex(UserError, "Send message"):
            self.debtor.with_user(self.collector).message_notify(
                body="Pay", partner_ids=self.partner_a.ids
            )
        self._refused("contacts of the debtor", outgoing_email_to="x@example.com")

    def test_nobody_writes_to_debtors_in_bulk(self):
        composer = self.env["mail.compose.message"].with_user(self.collector)
        composer = composer.create(
            {
                "composition_mode": "mass_mail",
                "model": "cobranza.debtor",
                "res_ids": str(self.debtor.ids),
                "body": "Pay",
                "subject": "Pay",
            }
        )
        with self.assertRaisesRegex(UserError, "one by one"):
            composer._action_send_mail()
