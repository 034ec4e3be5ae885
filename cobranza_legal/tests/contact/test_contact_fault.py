from contextlib import suppress
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.contact import sending
from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink


class Killed(BaseException):
    """The process is gone: nobody may catch this."""


@tagged("post_install", "-at_install")
class TestContactFault(ContactCommon):
    def _die_at_commit(self, number):
        """Send; the process dies right after the commit of that number, counted from
        the first that is about a batch: one before keeps why contacts wait."""
        count = -1

        def commit(env):
            nonlocal count
            env.cr.commit()
            count += 1
            if count == number:
                raise Killed

        with patch.object(sending, "commit", commit):
            self._run_cron()
        return count

    def _run_cron(self, moment=f"{MONDAY} 12:00:00"):
        with (
            suppress(Killed),
            self.clock(moment),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            env = self.env(cr=cr, user=1)
            env["cobranza.contact"]._cron_send()

    def test_a_contact_found_leaving_is_in_doubt_and_never_sent_again(self):
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._die_at_commit(3)  # alone; prepared; marked as leaving
            self.assertEqual(contact.state, "sending")
            self._send()
            self._send("2026-12-23 12:00:00")
        self.assertFalse(sink.messages)
        self.assertEqual(contact.state, "in_doubt")
        self.assertTrue(contact.sent_at)
        self.assertEqual(len(contact.debtor_id.activity_ids), 1)

    def test_what_is_in_doubt_counts_for_the_limit(self):
        contact = self._contact()
        with smtp_sink(self.env):
            self._die_at_commit(3)
            self._send()
        self.assertEqual(contact.state, "in_doubt")
        other = self._contact(self._invoice(amount=9), level=self.policy.level_ids[1])
        self.assertEqual(other.waiting, "contact_limit")

    def test_killed_before_it_leaves_it_leaves_once_later(self):
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._die_at_commit(2)
            self.assertEqual(contact.state, "planned")
            self._send()
        self.assertEqual((len(sink.messages), contact.state), (1, "sent"))

    def test_killed_after_the_last_commit_nothing_is_lost(self):
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            self._die_at_commit(4)
            self.assertEqual(contact.state, "sent")
            self.assertFalse(contact.in_chatter)
            self._send()
        self.assertEqual(len(sink.messages), 1)
        self.assertTrue(contact.in_chatter)

    def test_a_server_that_hangs_up_after_the_message_leaves_a_doubt(self):
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            sink.answer = None
            self._send()
            sink.answer = "250 OK"
            self._send("2026-12-23 12:00:00")
        self.assertEqual(len(sink.messages), 1)
        self.assertEqual(contact.state, "in_doubt")

    def test_a_refusal_is_a_failure_that_a_person_may_try_again(self):
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            sink.refused.add("debtor.a@example.com")
            self._send()
            self.assertEqual(contact.state, "failed")
            self.assertIn("No such mailbox", contact.cancel_reason)
            self.assertEqual(len(contact.debtor_id.activity_ids), 1)
            attempt = contact.attempt
            sink.refused.clear()
            contact.action_try_again()
            self._send()
        self.assertEqual((len(sink.messages), contact.state), (1, "sent"))
        self.assertNotEqual(contact.attempt, attempt)

    @mute_logger("odoo.addons.cobranza_legal.models.channel.email")
    def test_without_a_mail_server_contacts_stay_and_say_why(self):
        contact = self._contact()
        with smtp_sink(self.env) as sink:
            port = sink.port
            self.env["ir.mail_server"].sudo().search([]).smtp_port = 1
            self._send()
            self.assertEqual(contact.state, "planned")
            self.assertIn("refused", contact.waiting_note)
            self.env["ir.mail_server"].sudo().search([]).smtp_port = port
            self._send()
        self.assertEqual(len(sink.messages), 1)

    @mute_logger("odoo.addons.cobranza_legal.models.contact.sending")
    def test_one_broken_contact_does_not_keep_the_others(self):
        good = self._contact(self._invoice(partner=self.partner_b))
        bad = self._contact(self._invoice())
        model = self.env.registry["cobranza.contact"]
        render = model._render

        def explode(contact):
            if contact.id == bad.id:
                raise ZeroDivisionError("boom")
            return render(contact)

        with smtp_sink(self.env) as sink, patch.object(model, "_render", explode):
            self._send()
        self.assertEqual(sink.recipients(), ["debtor.b@example.com"])
        self.assertEqual((good.state, bad.state), ("sent", "planned"))
        self.assertEqual(bad.waiting, "blocked")

    def test_what_changes_while_it_is_prepared_stops_it(self):
        contact = self._contact()
        model = self.env.registry["cobranza.contact"]
        facts = model._facts

        def other_facts(contacts, lock=False):
            rows = facts(contacts, lock)
            return (
                {one: (*row, "changed") for one, row in rows.items()} if lock else rows
            )

        with smtp_sink(self.env) as sink:
            with patch.object(model, "_facts", other_facts):
                self._send()
            self.assertEqual(contact.state, "planned")
            self.assertFalse(sink.messages)
            self._send()
        self.assertEqual(len(sink.messages), 1)
