from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...kernel.errors import MissingValue
from ...models.contact import sending as handover
from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

HANDOVER = "odoo.addons.cobranza_legal.models.contact.sending"


class GuardCommon(ContactCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.write({"street": "Calle Mayor 1", "city": "Madrid"})
        cls._text("formal_demand", "en_US", "Demand")

    def _late(self, **vals):
        return self._invoice(due="2026-11-16", invoice_date="2026-11-01", **vals)

    def _planned_by_run(self):
        self._late()
        debtor = self._debtor()
        self._run(MONDAY)
        return debtor.contact_ids.ensure_one()

    def _recipients(self, moment=f"{MONDAY} 12:30:00"):
        """Whom the sending cron of a moment writes to."""
        with smtp_sink(self.env) as sink:
            self._send(moment)
        return sink.recipients()

    def _switch(self, *modes):
        with self.at(MONDAY):
            for mode in modes:
                self.company._cobranza_switch(mode)

    def _person(self, name, **vals):
        email = f"{name.lower()}@example.com"
        return self.env["res.partner"].create({"name": name, "email": email, **vals})


@tagged("post_install", "-at_install")
class TestAtMostOnce(GuardCommon):
    def _two(self):
        return self._contact(self._invoice()), self._contact(
            self._invoice(partner=self.partner_b)
        )

    def _end_sent_raising(self, error, times=1):
        model = self.env.registry["cobranza.contact"]
        end_sent, calls = model._end_sent, []

        def raising(contact, source):
            calls.append(contact.id)
            if len(calls) <= times:
                raise error
            return end_sent(contact, source)

        return patch.object(model, "_end_sent", raising)

    @mute_logger(HANDOVER)
    def test_any_fault_after_it_left_leaves_a_doubt_and_nothing_leaves_twice(self):
        first, second = self._two()
        with smtp_sink(self.env) as sink:
            with self._end_sent_raising(ValueError("a fault in an extension")):
                self._send()
            self._send(f"{MONDAY} 13:00:00")
        emails = ["debtor.a@example.com", "debtor.b@example.com"]
        self.assertEqual(sorted(sink.recipients()), emails)
        self.assertEqual({first.state, second.state}, {"in_doubt", "sent"})

    @mute_logger("odoo.addons.cobranza_legal.models.contact.sending")
    def test_a_fault_between_two_contacts_sends_the_first_one_once(self):
        first, second = self._two()
        model = self.env.registry["cobranza.contact"]
        leave, calls = model._send_parcel, []

        def raising(contact, *args):
            calls.append(contact.id)
            if len(calls) == 2:
                raise ZeroDivisionError("boom")
            return leave(contact, *args)

        with patch.object(model, "_send_parcel", raising):
            recipients = self._recipients()
        self.assertEqual(len(recipients), len(set(recipients)))
        self.assertEqual([first.state, second.state], ["sent", "sent"])

    @mute_logger(HANDOVER)
    def test_two_that_end_at_once_are_written_again(self):
        contact = self._contact()
        with self._end_sent_raising(UniqueViolation(), handover.RETRIES - 1):
            self.assertEqual(len(self._recipients()), 1)
        self.assertEqual(contact.state, "sent")

    def test_the_file_of_a_statement_that_stays_is_thrown_away(self):
        self._text("statement", "en_US", "Your account")
        with self.at(MONDAY):
            debtor = self._debtor()
            self._late()
            debtor.action_send_statement()
        model = self.env.registry["cobranza.contact"]
        facts = model._facts

        def changing(contacts, lock=False):
            return {} if lock else facts(contacts)

        files = self.env["ir.attachment"].sudo()
        before = files.search_count([])
        with patch.object(model, "_facts", changing):
            self.assertEqual(self._recipients(), [])
        self.assertEqual(files.search_count([]), before)

    def test_what_a_claim_depends_on_is_all_noticed(self):
        contact = self._contact()
        debt = contact.line_ids.debt_id
        seen = {contact._facts()[contact.id]}
        for record, vals in (
            (debt.sudo(), {"ceded_on": MONDAY}),
            (debt.move_line_id, {"no_followup": True}),
            (debt.move_line_id, {"date_maturity": "2026-12-31"}),
        ):
            record.write(vals)
            facts = contact._facts()[contact.id]
            self.assertNotIn(facts, seen)
            seen.add(facts)


@tagged("post_install", "-at_install")
class TestRelease(GuardCommon):
    """Nothing leaves that was not released under the present mode."""

    def test_what_was_proposed_waits_when_the_company_goes_automatic(self):
        self.company.cobranza_mode = "proposal"
        contact = self._planned_by_run()
        self._switch("automatic")
        self.assertEqual(self._recipients(), [])
        self.assertEqual(contact.waiting, "not_automatic")

    def test_what_the_machine_released_waits_for_a_person_in_confirm_mode(self):
        self._planned_by_run()
        self._switch("confirm")
        self.assertEqual(self._recipients(), [])

    def test_an_emergency_stop_takes_every_release_back(self):
        contact = self._planned_by_run()
        with self.at(MONDAY):
            contact.action_release()
        self._switch("proposal", "confirm")
        self.assertEqual(self._recipients(), [])
        self.assertFalse(contact.released_by_id)

    def test_what_a_person_released_leaves_in_confirm_mode(self):
        contact = self._planned_by_run()
        with self.at(MONDAY):
            contact.action_release()
        self._switch("confirm")
        self.assertEqual(len(self._recipients()), 1)

    def test_about_the_vulnerable_a_person_decides(self):
        self._debtor(vulnerable_on=MONDAY)
        contact = self._planned_by_run()
        self.assertEqual((contact.released, contact.waiting), (False, "not_automatic"))
        self.assertEqual(self._recipients(), [])
        with self.at(MONDAY):
            contact.action_release()
        self.assertEqual(len(self._recipients()), 1)

    def test_who_becomes_vulnerable_is_written_to_by_no_machine(self):
        contact = self._planned_by_run()
        self.assertTrue(contact.released)
        contact.debtor_id.vulnerable_on = MONDAY
        self.assertEqual(self._recipients(), [])
        self.assertEqual(contact.waiting, "not_automatic")

    def test_whom_no_machine_may_write_to_any_more_waits_for_a_person(self):
        contact = self._planned_by_run()
        contact.debtor_id.regime = "unknown"
        self.assertEqual(self._recipients(), [])
        self.assertEqual((contact.released, contact.waiting), (False, "not_automatic"))
        with self.at(MONDAY):
            contact.action_release()
        self.assertEqual(len(self._recipients()), 1)

    def test_what_waits_for_a_person_holds_up_nothing_else(self):
        waiting = self._contact(self._invoice(), automatic=False)
        other = self._contact(self._invoice(amount=5))
        self.assertEqual(len(self._recipients()), 1)
        self.assertEqual([waiting.state, other.state], ["planned", "sent"])

    def test_a_letter_that_nobody_posts_holds_up_its_own_week_only(self):
        letter = self._contact(self._invoice(), channel="letter")
        self._send()
        self.assertTrue(letter.task_raised)
        mail = self._contact(
            self._invoice(amount=5), moment=f"{MONDAY} 13:00:00", automatic=True
        )
        self.assertEqual(mail.waiting, "contact_limit")
        self.assertEqual(
            self._recipients("2026-12-01 12:30:00"), [self.partner_a.email]
        )

    def test_missing_data_hold_up_nothing_else(self):
        letter = self._contact(self._invoice(), channel="letter")
        self.partner_a.street = False
        self._send()
        self.assertEqual(letter.waiting, "missing_data")
        self._contact(self._invoice(amount=5))
        self.assertEqual(self._recipients(), [self.partner_a.email])


@tagged("post_install", "-at_install")
class TestWhoIsWrittenTo(GuardCommon):
    def test_beneficiaries_never_hear_of_the_debt(self):
        contact = self._planned_by_run()
        student = self._person("Student")
        contact.debtor_id.write(
            {"beneficiary_ids": student.ids, "dunning_contact_id": student.id}
        )
        self.assertEqual(self._recipients(), [])
        self.assertEqual(contact.waiting, "blocked")
        self.assertIn("owes nothing", contact.waiting_note)

    def test_third_parties_never_hear_of_the_debt(self):
        contact = self._planned_by_run()
        contact.recipient_id = self._person("Neighbour")
        self.assertEqual(self._recipients(), [])
        self.assertIn("nor acts for it", contact.waiting_note)

    def test_who_was_archived_is_not_written_to(self):
        contact = self._planned_by_run()
        former = self._person("Former", parent_id=self.partner_a.id)
        contact.debtor_id.dunning_contact_id = former
        contact.recipient_id = former
        former.active = False
        self.assertEqual(self._recipients(), [self.partner_a.email])

    def test_the_header_names_whom_it_is_written_to(self):
        contact = self._planned_by_run()
        contact.debtor_id.dunning_contact_id = self._person(
            "New", parent_id=self.partner_a.id
        )
        with smtp_sink(self.env) as sink:
            self._send(f"{MONDAY} 12:30:00")
        self.assertIn("New <new@example.com>", sink.messages[0]["To"].replace('"', ""))

    def test_the_account_of_the_checklist_is_the_one_on_the_letters(self):
        bank = {"partner_id": self.company.partner_id.id, "acc_number": "ES12 3456"}
        self.env["res.partner.bank"].create(bank)
        contact = self._contact()
        wizard = self.env["cobranza.go.live"].create({"mode": "automatic"})
        self.assertFalse(wizard.account_problem)
        self.assertEqual(contact._merge_payment()["iban"], "ES12 3456")


@tagged("post_install", "-at_install")
class TestPaper(GuardCommon):
    """What people print and post passes the same gate as what machines send."""

    def _letter(self, *invoices, **vals):
        return self._contact(*invoices, channel="letter", **vals)

    def _refused(self, button, words):
        with self.clock(f"{MONDAY} 12:30:00"):
            with self.assertRaises(UserError) as caught:
                button()
            self.assertIn(words, str(caught.exception))

    def test_in_proposal_mode_letters_are_neither_printed_nor_posted(self):
        letter = self._letter()
        with self.clock(f"{MONDAY} 12:00:00"):
            letter.action_print()
        self.company.cobranza_mode = "proposal"
        self._refused(letter.action_posted, "proposal mode")
        self._refused(letter.action_print, "proposal mode")

    def test_no_letter_is_printed_or_posted_for_a_third_party(self):
        letter = self._letter()
        with self.clock(f"{MONDAY} 12:00:00"):
            letter.action_print()
        letter.debtor_id.beneficiary_ids = self.partner_a
        self._refused(letter.action_posted, "owes nothing")
        self._refused(letter.action_print, "owes nothing")

    def test_a_letter_beyond_the_limit_of_the_week_is_not_printed(self):
        letter = self._letter()
        self._contact(self._invoice(amount=5), moment=f"{MONDAY} 12:10:00")
        mail = letter.debtor_id.contact_ids - letter
        with self.at(MONDAY):
            mail.write({"planned_at": f"{MONDAY} 11:00:00"})
        letter.sudo()._through_gate().write({"task_raised": True, "planned_at": False})
        self.assertEqual(len(self._recipients(f"{MONDAY} 12:15:00")), 1)
        self._refused(letter.action_print, "too many contacts")

    def test_a_printed_letter_that_claims_a_paid_debt_is_printed_again(self):
        one, two = self._late(), self._late(amount=500)
        letter = self._letter(one, two)
        with self.clock(f"{MONDAY} 12:00:00"):
            letter.action_print()
            self._register_payment(one, payment_date=MONDAY)
        debts = (self._debts(one) | self._debts(two)).sudo()
        debts.write({"level": 1, "level_id": self.level.id, "level_since": MONDAY})
        self._run("2026-11-24")
        self.assertEqual((letter.state, letter.amount), ("planned", 500))
        self.assertFalse(letter.body)
        with self.clock("2026-11-24 12:00:00"):
            with self.assertRaises(UserError):
                letter.action_posted()
            letter.action_print()
            letter.action_posted()
        self.assertTrue(letter._verify_hash())
        self.assertEqual(len(letter.event_ids.attachment_id), 2)

    def test_a_letter_printed_before_its_task_stays_as_it_is_on_paper(self):
        letter = self._letter()
        with self.clock(f"{MONDAY} 12:00:00"):
            letter.action_print()
        self.partner_a.write({"name": "Renamed", "street": "Moved 2"})
        self._send()
        self.assertTrue(letter.task_raised)
        self.assertTrue(letter._verify_hash())


@tagged("post_install", "-at_install")
class TestForgery(GuardCommon):
    def _event(self, contact, **vals):
        events = self.env["cobranza.contact.event"].with_user(self._role("collector"))
        return events.create({"contact_id": contact.id, "kind": "delivered", **vals})

    def test_nobody_declares_an_email_delivered(self):
        contact = self._contact()
        self._recipients()
        with self.assertRaises(UserError):
            self._event(contact)

    def test_a_carrier_answers_after_the_letter_was_posted_and_not_before(self):
        collector = self._role("collector")
        letter = self._contact(channel="letter")
        with self.clock(f"{MONDAY} 12:00:00"):
            letter.action_print()
            letter.action_posted()
        events = self.env["cobranza.contact.event"].with_user(collector)
        vals = {"contact_id": letter.id, "kind": "delivered", "source": "forged"}
        with self.clock("2026-11-25 12:00:00"):
            for moment in ("2026-11-01 12:00:00", "2026-11-26 12:00:00"):
                with self.assertRaises(UserError):
                    events.create({**vals, "moment": moment})
            event = events.create(vals)
        self.assertEqual(event.source, collector.name)
        self.assertEqual(str(event.moment), "2026-11-25 12:00:00")

    def test_an_answer_comes_through_the_mail_gateway_only(self):
        contact = self._contact()
        self._recipients()
        forged = {"references": contact.attempt, "in_reply_to": "", "body": "<p>x</p>"}
        for group in ("base.group_portal", "cobranza_legal.group_collector"):
            user = new_test_user(self.env, login=f"forger {group}", groups=group)
            contact.debtor_id.with_user(user).message_update(forged)
        self.assertNotIn("answered", contact.event_ids.mapped("kind"))
        self.assertEqual(contact.debtor_id.contact_ids, contact)

    def test_a_call_before_any_known_holiday_is_warned_about(self):
        def unknown(hooks, purpose, place, on):
            raise MissingValue("holidays", on)

        wizard = self.env["cobranza.contact.log"].new(
            {
                "debtor_id": self._debtor().id,
                "direction": "outbound",
                "channel": "call",
                "made_at": "2016-05-05 12:00:00",
            }
        )
        rules = self.env.registry[self.company._cobranza_rules()._name]
        with patch.object(rules, "_calendar", unknown):
            self.assertIn("load it in the legal parameters", wizard.warning)
