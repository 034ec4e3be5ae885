from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

NOON = f"{MONDAY} 12:00:00"


@tagged("post_install", "-at_install")
class TestRecipient(ContactCommon):
    """To whom a level writes, and what happens when nobody is there."""

    def _partner(self, name, **vals):
        email = f"{name.lower()}@example.com"
        return self.env["res.partner"].create({"name": name, "email": email, **vals})

    def _sent(self, moment=NOON):
        with smtp_sink(self.env) as sink:
            self._send(moment)
        return sorted(sink.recipients())

    def test_each_role_falls_back_to_the_next(self):
        debtor = self._debtor()
        clerk, boss, lawyer = (self._partner(name) for name in ("Clerk", "Boss", "Law"))
        debtor.write(
            {
                "invoice_contact_id": clerk.id,
                "dunning_contact_id": boss.id,
                "legal_contact_id": lawyer.id,
            }
        )
        chain = {"invoice": clerk, "dunning": boss, "legal": lawyer}
        for role, expected in chain.items():
            self.level.recipient_role = role
            contact = self._contact()
            self.assertEqual(contact.recipient_id, expected, role)
            self.assertEqual(contact._current_recipient(), expected, role)
        debtor.write({"legal_contact_id": False, "dunning_contact_id": False})
        self.assertEqual(contact._current_recipient(), clerk)
        debtor.invoice_contact_id = False
        self.assertEqual(contact._current_recipient(), self.partner_a)

    # -- guarantors ------------------------------------------------------------------

    def _with_guarantors(self):
        self.level.recipient_role = "guarantor"
        self.company.cobranza_contact_gap = 0
        debtor = self._debtor()
        people = [self._partner(name) for name in ("Ana", "Bea", "Cleo")]
        self._guarantee(debtor, people)
        debtor.beneficiary_ids = people[2]
        return debtor, people

    def _run_level(self):
        """The run of the day on which the first level is reached."""
        move = self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        with smtp_sink(self.env) as sink:
            for day in (MONDAY, "2026-12-01", "2026-12-09"):
                self._run(day)
                self._send(f"{day} 12:30:00")
        return move, sorted(sink.recipients())

    def test_each_guarantor_gets_a_contact_and_no_beneficiary(self):
        debtor, (ana, bea, _cleo) = self._with_guarantors()
        move, mails = self._run_level()
        contacts = debtor.contact_ids.filtered(
            lambda contact: contact.level_id == self.level
        ).sorted("id")
        self.assertEqual(contacts.recipient_id, ana | bea)
        notes = contacts.mapped(
            lambda contact: (contact.state, contact.waiting, contact.waiting_note)
        )
        self.assertEqual(mails, ["ana@example.com", "bea@example.com"], notes)
        step, copy = contacts
        self.assertEqual(copy.step_id, step)
        self.assertEqual(step.line_ids.mapped("is_step"), [True])
        self.assertEqual(copy.line_ids.mapped("is_step"), [False])
        self.assertEqual(copy.line_ids.debt_id, self._debts(move))
        self.assertIn(move.name, copy.body)

    def test_a_guarantor_reads_its_own_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self._text("reminder", "es_ES", "Recordatorio")
        _debtor, (ana, bea, _cleo) = self._with_guarantors()
        ana.lang, bea.lang = "es_ES", "en_US"
        self._contact()
        with smtp_sink(self.env) as sink:
            for moment in (NOON, "2026-11-30 12:00:00"):
                self._send(moment)
        subjects = dict(zip(sink.recipients(), sink.messages, strict=True))
        self.assertEqual(subjects["ana@example.com"]["Subject"], "Recordatorio")
        self.assertIn("About", subjects["bea@example.com"]["Subject"])

    def test_a_debt_paid_reaches_no_guarantor(self):
        debtor, _people = self._with_guarantors()
        move = self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        self._run(MONDAY)
        self.assertEqual(debtor.contact_ids.mapped("state"), ["planned"] * 2)
        with self.clock(NOON):
            self._register_payment(move)
        self.assertEqual(debtor.contact_ids.mapped("state"), ["cancelled"] * 2)
        self.assertEqual(self._sent(), [])

    def test_without_a_guarantor_somebody_is_told(self):
        self.level.recipient_role = "guarantor"
        contact = self._contact()
        self.assertEqual(self._sent(), [])
        self.assertEqual(contact.waiting, "missing_data")
        self.assertIn("has no guarantor", contact.waiting_note)
        self.assertTrue(contact.activity_id)
        ana = self._partner("Ana")
        self._guarantee(contact.debtor_id, ana)
        self.assertEqual(self._sent("2026-11-24 12:30:00"), ["ana@example.com"])

    def test_who_no_longer_answers_for_it_is_not_written_to(self):
        debtor, (ana, _bea, _cleo) = self._with_guarantors()
        contact = self._contact()[0]
        self.assertEqual(contact.recipient_id, ana)
        debtor.obligor_ids.filtered(lambda one: one.partner_id == ana)._end(
            "paid", "Has paid"
        )
        self.assertNotIn("ana@example.com", self._sent())
        self.assertEqual(contact.waiting, "blocked")

    def test_an_archived_guarantor_is_not_replaced_by_the_debtor(self):
        _debtor, (ana, _bea, _cleo) = self._with_guarantors()
        contact = self._contact()[0]
        ana.active = False
        self.assertEqual(self._sent(), [])
        self.assertEqual(contact._current_recipient(), ana)
        self.assertIn("archived", contact.waiting_note)

    def test_two_runs_make_one_contact_for_each(self):
        debtor, _people = self._with_guarantors()
        self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        self._run(MONDAY)
        debtor._redecide_later()
        self._run(MONDAY)
        self.assertEqual(len(debtor.contact_ids), 2)

    def test_what_waits_for_a_guarantor_takes_up_no_letter_of_the_debtor(self):
        debtor, _people = self._with_guarantors()
        self.level.automatic = False
        self._contact()
        other = self.policy.level_ids[1]
        other.write({"channel": "email", "automatic": False})
        mine = self._contact(self._invoice(), level=other)
        self.assertEqual(mine.recipient_id, self.partner_a)
        self.assertEqual(len(debtor.contact_ids), 3)
