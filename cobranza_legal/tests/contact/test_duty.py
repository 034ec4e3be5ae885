from datetime import date

from odoo.tests import tagged

from ...kernel.duties import FollowUpDuty
from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

NOON = f"{MONDAY} 12:00:00"
DUE = "2026-12-08"
LATER = "2026-12-09"


@tagged("post_install", "-at_install")
class TestDuty(ContactCommon):
    """What is owed after a contact is planned when it falls due, once."""

    def setUp(self):
        super().setUp()
        self.sink = self.enterContext(smtp_sink(self.env))
        self.contact = self._contact()
        self._send(NOON)

    def _owed(self, **vals):
        """From now on the law asks for a letter after every e-mail."""
        duty = FollowUpDuty(
            **{
                "key": "copy",
                "due_on": date.fromisoformat(DUE),
                "channel": "letter",
                "purpose": "formal_demand",
                "article": "Art. 1",
                **vals,
            }
        )
        rules = type(self.env["cobranza.rules"])
        mails = lambda _self, some: {
            one.id: [duty] for one in some if one.channel == "email"
        }
        self.patch(rules, "_follow_up_duties", mails)

    def _upkeep(self, day):
        with self.clock(f"{day} 06:00:00"), self.enter_registry_test_mode():
            self.env.ref("cobranza_legal.ir_cron_upkeep").method_direct_trigger()
        self.env.invalidate_all()

    @property
    def copies(self):
        return self.contact.copy_ids.filtered("duty_key")

    def test_it_is_planned_on_its_day_and_once(self):
        self._owed()
        self._upkeep(MONDAY)
        self.assertFalse(self.copies)
        self.assertEqual(self.contact.duty_check_on, date.fromisoformat(DUE))
        for day in (DUE, DUE, LATER, "2027-01-15"):
            self._upkeep(day)
            self.assertEqual(len(self.copies), 1, day)
        self.assertEqual(self.copies.channel, "letter")
        self.assertEqual(self.copies.duty_article, "Art. 1")
        self.assertEqual(self.copies.line_ids.debt_id, self.contact.line_ids.debt_id)
        self.assertEqual(self.copies.amount, self.contact.amount)
        self.assertFalse(self.copies.line_ids.is_step)

    def test_what_follows_a_guarantors_contact_goes_to_the_guarantor(self):
        self._owed()
        ana = self.env["res.partner"].create({"name": "Ana", "street": "1 Low Street"})
        self.level.recipient_role = "guarantor"
        self._guarantee(self.contact.debtor_id, ana)
        self.contact._through_gate().recipient_id = ana
        self._upkeep(DUE)
        self.assertEqual(self.copies.recipient_id, ana)
        self.assertEqual(self.copies._current_recipient(), ana)

    def test_a_late_upkeep_catches_up(self):
        self._owed()
        self._upkeep("2026-12-20")
        self.assertEqual(len(self.copies), 1)

    def test_an_upkeep_that_dies_before_its_commit_plans_it_again(self):
        self._owed()
        self._upkeep(MONDAY)
        with self.clock(f"{DUE} 06:00:00"), self.cr.savepoint() as savepoint:
            self.contact._upkeep(date.fromisoformat(DUE))
            self.assertEqual(len(self.copies), 1)
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertFalse(self.copies)
        self._upkeep(DUE)
        self.assertEqual(len(self.copies), 1)

    def test_it_counts_and_waits_for_its_slot(self):
        self._owed()
        with self.clock(f"{DUE} 05:00:00"):
            self._plan([self._invoice()], channel="email")
        self._send(f"{DUE} 12:00:00")
        self._upkeep(LATER)
        self.assertEqual(self.copies.waiting, "contact_limit")
        self.assertEqual(str(self.copies.planned_at.date()), "2026-12-15")
        with self.clock(f"{LATER} 12:00:00"):
            third = self._plan([self._invoice()], channel="call")
        self.assertGreater(third.planned_at, self.copies.planned_at)

    def test_silence_ends_with_any_answer(self):
        self._owed(condition="silence")
        with self.clock("2026-11-30 12:00:00"):
            self.contact._log(
                {
                    "debtor_id": self.contact.debtor_id.id,
                    "channel": "call",
                    "direction": "inbound",
                    "sent_at": "2026-11-30 12:00:00",
                }
            )
        self._upkeep(DUE)
        self.assertFalse(self.copies)

    def test_silence_ends_with_an_answer_by_email(self):
        self._owed(condition="silence")
        with self.clock("2026-11-30 12:00:00"):
            self.contact._add_events("answered", "debtor")
        self._upkeep(DUE)
        self.assertFalse(self.copies)

    def test_our_own_calls_that_nobody_answers_are_silence(self):
        self._owed(condition="silence")
        for outcome in ("no_answer", "answered"):
            with self.clock("2026-11-30 12:00:00"):
                self.contact._log(
                    {
                        "debtor_id": self.contact.debtor_id.id,
                        "channel": "call",
                        "outcome": outcome,
                        "sent_at": "2026-11-30 12:00:00",
                    }
                )
        self._upkeep(DUE)
        self.assertEqual(len(self.copies), 1)

    def test_a_paid_debt_owes_nothing(self):
        self._owed()
        self._upkeep(MONDAY)
        with self.clock("2026-12-01 12:00:00"):
            self._register_payment(self.contact.line_ids.debt_id.move_id)
        self._upkeep(DUE)
        self.assertFalse(self.copies)
        self.assertFalse(self.contact.duty_check_on)

    def test_what_is_on_hold_is_owed_afterwards(self):
        self._owed()
        with self.clock("2026-12-01 12:00:00"):
            hold = self.env["cobranza.hold"].create(
                {"debtor_id": self.contact.debtor_id.id}
            )
        self._upkeep(DUE)
        self.assertFalse(self.copies)
        with self.clock(f"{LATER} 05:00:00"):
            hold._release("Over")
        self._upkeep(LATER)
        self.assertEqual(len(self.copies), 1)

    def test_many_contacts_ask_as_often_as_one(self):
        self._owed()
        with self.clock(NOON):
            moves = [self._invoice() for _one in range(8)]
            contacts = self._plan(moves[:1]) | self._plan(moves[1:2])
            for move in moves[2:]:
                contacts |= self._plan([move])
            contacts._set_state("sending", sent_at=NOON)
            contacts._set_state("sent")
            contacts.debtor_id.sudo().review_on = False
            queries = []
            for some in (contacts[:1], contacts):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                some._duty_facts()
                self.env["cobranza.rules"]._follow_up_duties(some)
                queries.append(self.cr.sql_log_count - before)
        self.assertEqual(*queries)


@tagged("post_install", "-at_install")
class TestDeadline(ContactCommon):
    """The term of a demand passes without an answer."""

    def _demand(self, **vals):
        self.contact = self._contact(channel="letter", text_purpose="formal_demand")
        debt = self.contact.line_ids.debt_id
        debt.sudo().write({"level_id": self.level.id, "next_on": False, **vals})
        with self.clock(NOON):
            self.contact._complete(event="posted")
        return self.contact

    def _upkeep(self, day):
        return TestDuty._upkeep(self, day)

    def test_somebody_decides_what_follows_after_the_last_level(self):
        contact = self._demand()
        self._upkeep("2026-12-03")  # ten days: the last one
        self.assertFalse(contact.copy_ids)
        self._upkeep("2026-12-04")
        self.assertEqual(contact.copy_ids.channel, "manual")
        self._send("2026-12-04 12:00:00")
        self.assertIn("has passed", contact.copy_ids.activity_id.summary)

    def test_the_next_level_is_the_next_act(self):
        contact = self._demand(next_on="2026-12-10")
        self._upkeep("2026-12-04")
        self.assertFalse(contact.copy_ids)
