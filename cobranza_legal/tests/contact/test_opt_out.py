from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

TUESDAY = "2026-11-24"


@tagged("post_install", "-at_install")
class TestOptOut(ContactCommon):
    """Who does not want to be contacted in some way is not."""

    def _opt_out(self, contact=None, **vals):
        debtor = (contact or self.contact).debtor_id
        with self.clock(f"{MONDAY} 11:00:00"):
            return self.env["cobranza.opt.out"].create({"debtor_id": debtor.id, **vals})

    def _sent(self, contact, moment=f"{MONDAY} 12:00:00"):
        with smtp_sink(self.env) as sink:
            self._send(moment)
        return len(sink.messages)

    def setUp(self):
        super().setUp()
        self.contact = self._contact()

    def test_a_closed_channel_is_not_used_and_somebody_is_told_once(self):
        self._opt_out(channel="email")
        self.assertEqual(self._sent(self.contact), 0)
        self.assertEqual(
            (self.contact.state, self.contact.waiting), ("planned", "opted_out")
        )
        self.assertIn("E-mail", self.contact.waiting_note)
        task = self.contact.activity_id
        self.assertTrue(task)
        self._send(f"{TUESDAY} 12:30:00")
        self.assertEqual(self.contact.activity_id, task)
        task.sudo().action_done()
        self._send("2026-11-25 13:00:00")
        self.assertFalse(self.contact.activity_id.active, "told again every day")

    def test_calls_and_messages_of_any_kind_but_never_letters(self):
        self._opt_out()
        self.assertEqual(self._sent(self.contact), 0)
        self.assertEqual(self.contact.waiting, "opted_out")
        call = self._contact(self._invoice(), channel="call")
        letter = self._contact(self._invoice(), channel="letter")
        rules = self.company._cobranza_rules()
        with self.clock(f"{MONDAY} 12:00:00"):
            found = rules._opted_out(call | letter, None)
        self.assertEqual(set(found), {call.id})

    def test_only_the_person_who_said_so(self):
        clerk = self.env["res.partner"].create(
            {"name": "Clerk", "email": "clerk@example.com"}
        )
        self.contact.debtor_id.dunning_contact_id = clerk
        self._opt_out(channel="email", partner_id=self.partner_a.id)
        self.assertEqual(self._sent(self.contact), 1)
        second = self._contact(self._invoice(), moment="2026-12-01 12:00:00")
        self._opt_out(second, channel="email", partner_id=clerk.id)
        self.assertEqual(self._sent(second, "2026-12-01 12:00:00"), 0)
        self.assertEqual(second.waiting, "opted_out")

    def test_an_address_is_the_same_however_it_is_written(self):
        self._opt_out(channel="email", address="Debtor A <DEBTOR.A@example.com>")
        self.assertEqual(self._sent(self.contact), 0)
        other = self._contact(self._invoice(), moment="2026-12-01 12:00:00")
        self.partner_a.email = "other@example.com"
        self.assertEqual(self._sent(other, "2026-12-01 12:00:00"), 1)

    def test_from_its_first_to_its_last_day(self):
        self._opt_out(channel="email", since=TUESDAY, until=TUESDAY)
        self.assertEqual(self._sent(self.contact), 1)
        second = self._contact(self._invoice(), moment=f"{TUESDAY} 12:00:00")
        rules = self.company._cobranza_rules()
        with self.clock(f"{TUESDAY} 12:00:00"):
            self.assertTrue(rules._opted_out(second, None))
        with self.clock("2026-11-25 12:00:00"):
            self.assertFalse(rules._opted_out(second, None))

    def test_it_ends_by_its_last_day_or_by_hand_and_is_kept(self):
        one = self._opt_out(channel="email", until=TUESDAY)
        two = self._opt_out(channel="call")
        with self.clock("2026-11-25 06:00:00"), self.enter_registry_test_mode():
            self.env.ref("cobranza_legal.ir_cron_upkeep").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((one.state, two.state), ("ended", "open"))
        collector = self._role("collector")
        wizard = self.env["cobranza.reason"].with_user(collector)
        action = two.with_user(collector).action_end()
        wizard.with_context(**action["context"]).create(
            {"reason": "He called back"}
        ).action_confirm()
        self.assertEqual((two.state, two.state_reason), ("ended", "He called back"))
        self.assertEqual(self._sent(self.contact), 1)
        with self.assertRaises(UserError):
            two.with_user(collector).write({"channel": False})
        with self.assertRaises(UserError):
            two.sudo().unlink()

    def test_collectors_write_it_down_from_the_answer(self):
        collector = self._role("collector")
        self.assertEqual(self._sent(self.contact), 1)
        with self.clock(f"{MONDAY} 13:00:00"):
            answer = self.env["cobranza.contact"]._log(
                {
                    "debtor_id": self.contact.debtor_id.id,
                    "channel": "email",
                    "direction": "inbound",
                    "sent_at": f"{MONDAY} 13:00:00",
                }
            )
            action = answer.with_user(collector).action_new_opt_out()
            model = self.env["cobranza.opt.out"].with_user(collector)
            form = Form(model.with_context(**action["context"]))
            form.reason = "Stop writing"
            opt_out = form.save()
        self.assertEqual(opt_out.contact_id, answer)
        self.assertEqual((opt_out.channel, opt_out.source), ("email", "message"))
        self.assertEqual(opt_out.user_id, collector)
        self.assertEqual(len(opt_out.history_ids), 1)

    def test_who_may_not_record_it(self):
        for role in ("lawyer", "approver", "accountant"):
            model = self.env["cobranza.opt.out"].with_user(self._role(role))
            with self.assertRaises(AccessError):
                model.create({"debtor_id": self.contact.debtor_id.id})

    def test_only_people_of_the_debtor_opt_out(self):
        with self.assertRaises(ValidationError):
            self._opt_out(partner_id=self.partner_b.id)
        student = self.env["res.partner"].create({"name": "Student"})
        self.contact.debtor_id.beneficiary_ids = [Command.set(student.ids)]
        self.assertTrue(self._opt_out(partner_id=student.id))

    def test_lists_of_odoo_count_the_same(self):
        channel = type(self.env["cobranza.channel.email"])
        self.patch(channel, "_blacklisted", lambda _self, partners: partners)
        self.assertEqual(self._sent(self.contact), 0)
        self.assertEqual(self.contact.waiting, "opted_out")
        self.assertIn("blacklist", self.contact.waiting_note)
