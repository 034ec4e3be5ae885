from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

SUNDAY = "2026-11-29"
NOON = f"{MONDAY} 12:00:00"


@tagged("post_install", "-at_install")
class TestOverride(ContactCommon):
    """A manager lifts a limit for one contact; nobody lifts what protects a debtor."""

    def setUp(self):
        super().setUp()
        self.manager = self._role("manager")
        with smtp_sink(self.env):
            self._contact()
            self._send(NOON)
        self.second = self._contact(moment="2026-11-25 12:00:00")

    def _lift(self, contact=None, user=None, moment="2026-11-25 12:00:00", **vals):
        model = self.env["cobranza.contact.override"].with_user(user or self.manager)
        contact = contact or self.second
        with self.clock(moment):
            return model.create(
                {
                    "contact_id": contact.id,
                    "lift_limit": True,
                    "reason": "He asked for it",
                    **vals,
                }
            )

    def _leaves(self, moment):
        with smtp_sink(self.env) as sink:
            self._send(moment)
        return len(sink.messages)

    def test_the_limit_holds_until_it_is_lifted(self):
        self.assertEqual(self.second.waiting, "contact_limit")
        self.assertEqual(self._leaves("2026-11-25 12:10:00"), 0)
        override = self._lift()
        self.assertEqual(self.second.override_id, override)
        self.assertFalse(self.second.waiting)
        self.assertEqual(self._leaves("2026-11-25 12:20:00"), 1)
        self.assertEqual(self.second.state, "sent")
        third = self._contact(moment="2026-11-26 12:00:00")
        self.assertEqual(third.waiting, "contact_limit", "it is for one contact only")

    def test_hours_are_lifted_apart_from_limits(self):
        self._lift(lift_limit=True, moment=f"{SUNDAY} 12:00:00")
        self.assertEqual(self.second.waiting, "hours")
        self.assertEqual(self._leaves(f"{SUNDAY} 12:10:00"), 0)
        self._lift(lift_hours=True, moment=f"{SUNDAY} 12:15:00")
        self.assertEqual(self._leaves(f"{SUNDAY} 12:20:00"), 1)

    def test_the_gap_of_the_company_is_lifted(self):
        self.company.cobranza_contact_gap = 20
        self.second.debtor_id._judge_if_marked()
        third = self._contact(moment="2026-12-01 12:00:00")
        self.assertEqual(third.waiting, "contact_limit")
        self._lift(third, moment="2026-12-01 12:00:00", lift_gap=True)
        self.assertEqual(self._leaves("2026-12-01 12:10:00"), 1)

    def test_it_is_written_down_for_ever(self):
        override = self._lift()
        history = self.env["cobranza.history"].search(
            [("res_model", "=", "cobranza.contact"), ("res_id", "=", self.second.id)]
        )
        self.assertEqual(history.user_id, self.manager)
        self.assertEqual(history.reason, "He asked for it")
        self.assertIn("Number of contacts", history.change)
        said = self.second.debtor_id.message_ids[0]
        self.assertIn("He asked for it", said.body)
        self.assertEqual(said.author_id, self.manager.partner_id)
        with self.assertRaises(UserError):
            override.write({"reason": "x"})
        with self.assertRaises(AccessError):
            override.unlink()
        with self.assertRaises(UserError):
            override.sudo().write({"lift_hours": True})
        with self.assertRaises(UserError):
            override.sudo().unlink()

    def test_nobody_else_may(self):
        for role in ("collector", "lawyer", "accountant", "approver"):
            with self.assertRaises(AccessError):
                self._lift(user=self._role(role))
        self.assertFalse(self.second.override_id)

    def test_the_author_is_who_did_it(self):
        other = self._role("collector")
        override = self._lift(user_id=other.id, moment="2026-11-25 12:00:00")
        self.assertEqual(override.user_id, self.manager)

    def test_it_needs_a_reason_and_something_to_lift(self):
        for vals in ({"reason": "  "}, {"lift_limit": False}):
            with self.assertRaises(ValidationError):
                self._lift(**vals)
        with self.assertRaises(UserError):
            self._lift(self.second.debtor_id.contact_ids.filtered("sent_at"))

    def test_never_for_the_protected_nor_the_vulnerable(self):
        debtor = self.second.debtor_id
        for vals in (
            {"regime": "consumer"},
            {"regime": "small_business"},
            {"regime": "unknown"},
            {"regime": "company", "vulnerable_on": MONDAY},
        ):
            debtor.write(vals)
            with self.assertRaisesRegex(UserError, "is protected"):
                self._lift()
        self.assertFalse(self.second.override_id)

    def test_who_is_protected_later_is_protected_when_it_leaves(self):
        self._lift()
        self.second._through_gate().released_by_id = self.manager
        self.second.debtor_id.regime = "consumer"
        self.assertEqual(self._leaves("2026-11-25 12:20:00"), 0)
        self.assertEqual(self.second.waiting, "contact_limit")

    def test_no_situation_is_lifted(self):
        self._lift(lift_hours=True, lift_gap=True)
        debtor = self.second.debtor_id
        with self.clock("2026-11-25 12:05:00"):
            self.env["cobranza.opt.out"].create(
                {"debtor_id": debtor.id, "channel": "email"}
            )
        self.assertEqual(self._leaves("2026-11-25 12:20:00"), 0)
        self.assertEqual(self.second.waiting, "opted_out")
        debtor.opt_out_ids._set_state("ended")
        student = self.env["res.partner"].create({"name": "S", "email": "s@x.com"})
        debtor.beneficiary_ids = [Command.set(student.ids)]
        self.second.recipient_id = student
        self.assertEqual(self._leaves("2026-11-26 12:30:00"), 0)
        self.assertEqual(self.second.waiting, "blocked")
        self.second.recipient_id = False
        debtor.sued_on = "2026-11-20"
        self.assertEqual(self._leaves("2026-11-27 12:40:00"), 0)
        self.assertNotEqual(self.second.state, "sent")

    def test_the_form_does_it(self):
        with self.clock("2026-11-25 12:00:00"):
            action = self.second.with_user(self.manager).action_override()
            model = self.env["cobranza.contact.override"].with_user(self.manager)
            form = Form(model.with_context(**action["context"]))
            form.reason = "Agreed by phone"
            form.lift_limit = True
            form.save().action_confirm()
        self.assertEqual(self._leaves("2026-11-25 12:20:00"), 1)
