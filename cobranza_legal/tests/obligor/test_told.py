from datetime import date

from odoo import Command
from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink
from ..common.test_update import migrate

NOON = f"{MONDAY} 12:00:00"
DAY = date(2026, 11, 23)


class ToldCommon(ContactCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_contact_gap = 0
        cls.debtor = cls._debtor()
        cls.ana, cls.bea = (cls._person(name) for name in ("Ana", "Bea"))

    @classmethod
    def _person(cls, name):
        return cls.env["res.partner"].create(
            {"name": name, "email": f"{name.lower()}@example.com", "lang": "en_US"}
        )

    def _sent(self, *moments):
        with smtp_sink(self.env) as sink:
            for moment in moments or (NOON, "2026-11-30 12:00:00"):
                self._send(moment)
        return dict(zip(sink.recipients(), sink.messages, strict=True))

    def _three(self):
        """Three debts; Ana answers for two of them, Bea for the last two."""
        self.level.recipient_role = "guarantor"
        moves = [self._invoice(amount=amount) for amount in (100, 200, 300)]
        debts = self.env["cobranza.debt"]
        for move in moves:
            debts |= self._ensure_debts(move, self.debtor)
        for person, own in ((self.ana, debts[:2]), (self.bea, debts[1:])):
            self._guarantee(self.debtor, person, debt_ids=[Command.set(own.ids)])
        return moves, debts


@tagged("post_install", "-at_install")
class TestTold(ToldCommon):
    """Who answers for some debts is told of these, and who answers no more of none."""

    def test_each_is_told_of_the_debts_that_it_answers_for(self):
        moves, debts = self._three()
        contacts = self._contact(*moves)
        self.assertEqual(contacts.recipient_id, self.ana | self.bea)
        first, second = contacts.sorted("id")
        self.assertEqual(first.line_ids.debt_id, debts[:2])
        self.assertEqual(second.line_ids.debt_id, debts[1:])
        self.assertEqual((first.amount, second.amount), (300, 500))
        steps = contacts.line_ids.filtered("is_step")
        self.assertEqual(steps.debt_id, debts)
        self.assertEqual(len(steps), 3)
        self.assertFalse(second.step_id)
        mails = self._sent()
        self.assertEqual(sorted(mails), ["ana@example.com", "bea@example.com"])
        self.assertNotIn(moves[2].name, first.body)
        self.assertNotIn(moves[0].name, second.body)

    def test_who_answers_for_the_same_debts_gets_a_copy(self):
        moves, debts = self._three()
        cleo = self._person("Cleo")
        self._guarantee(self.debtor, cleo, debt_ids=[Command.set(debts[:1].ids)])
        contacts = self._contact(*moves)
        copy = contacts.filtered(lambda one: one.recipient_id == cleo)
        self.assertEqual(copy.line_ids.debt_id, debts[:1])
        self.assertFalse(copy.line_ids.is_step)
        self.assertEqual(copy.step_id.recipient_id, self.ana)
        self.assertEqual(copy.amount, 100)

    def test_a_debt_that_nobody_answers_for_waits_for_somebody(self):
        moves, debts = self._three()
        self.debtor.obligor_ids[1]._end("paid", "Paid")
        contacts = self._contact(*moves)
        alone = contacts.filtered(lambda one: not one.recipient_id)
        self.assertEqual(alone.line_ids.debt_id, debts[2])
        self.assertEqual(list(self._sent(NOON)), ["ana@example.com"])
        self.assertIn("has no guarantor", alone.waiting_note)

    def test_nobody_is_sent_what_tells_of_other_debts_too(self):
        moves, _debts = self._three()
        self.level.recipient_role = "dunning"
        contact = self._contact(*moves)
        contact.recipient_id = self.ana
        self.assertEqual(self._sent(NOON), {})
        self.assertEqual(contact.waiting, "blocked")
        self.assertIn("does not answer for all debts", contact.waiting_note)

    def test_the_statement_of_all_goes_to_who_answers_for_all(self):
        moves, debts = self._three()
        contact = self.env["cobranza.contact"]._plan_statement(self.debtor)
        self.assertEqual(contact._told_debts(), debts.sudo())
        self.assertNotIn(self.ana, self.debtor._permitted_people(contact._told_debts()))
        whole = self._person("Dora")
        self._guarantee(self.debtor, whole)
        self.assertIn(whole, self.debtor._permitted_people(contact._told_debts()))
        self.assertIn(self.ana, self.debtor._permitted_people())
        self.assertTrue(moves)

    def test_two_records_of_one_person_cover_what_both_name(self):
        _moves, debts = self._three()
        self._guarantee(self.debtor, self.ana, debt_ids=[Command.set(debts[2:].ids)])
        self.assertIn(self.ana, self.debtor._permitted_people(debts))
        self.assertNotIn(self.bea, self.debtor._permitted_people(debts))

    def test_nobody_is_asked_for_more_than_it_answers_for(self):
        self.level.recipient_role = "guarantor"
        [bound] = self._guarantee(self.debtor, self.ana, limit_amount=150)
        self._guarantee(self.debtor, self.bea, limit_amount=100)
        contacts = self._contact(self._invoice(amount=120))
        self.assertEqual(list(self._sent()), ["ana@example.com"])
        held = contacts.filtered(lambda one: one.recipient_id == self.bea)
        self.assertIn("at most", held.waiting_note)
        self.assertEqual(bound.limit_amount, 150)

    def test_who_owes_a_share_is_not_asked_for_the_whole(self):
        self._guarantee(self.debtor, self.ana, capacity="several", share=40)
        contact = self._contact()
        contact.recipient_id = self.ana
        self.assertEqual(self._sent(NOON), {})
        self.assertIn("a share of 40 %", contact.waiting_note)

    def test_a_level_for_guarantors_passes_over_who_owes_a_share(self):
        self._guarantee(self.debtor, self.ana, capacity="several", share=40)
        self._guarantee(self.debtor, self.bea, capacity="avalista")
        self.assertEqual(self.debtor._guarantors(), self.bea)

    def test_whose_duty_has_ended_is_told_nothing(self):
        self.level.recipient_role = "guarantor"
        [row] = self._guarantee(self.debtor, self.ana)
        contact = self._contact()
        self.assertIn(self.debtor, self.debtor._of_people(self.ana, self.company))
        row._end("freed_by_extension", "More time was given")
        self.assertNotIn(self.ana, self.debtor._permitted_people())
        self.assertFalse(self.debtor._of_people(self.ana, self.company))
        self.assertEqual(self._sent(NOON), {})
        self.assertEqual(contact.waiting, "blocked")
        self.assertIn(self.ana, self.debtor._permitted_people(day=date(2026, 11, 22)))

    def test_who_answers_no_more_gets_no_key_to_the_page_either(self):
        [row] = self._guarantee(self.debtor, self.ana)
        row._end("paid", "Paid")
        contact = self._contact()
        contact.recipient_id = self.ana
        self.assertEqual(contact._portal_url(), "")


@tagged("post_install", "-at_install")
class TestObligorUpkeep(ToldCommon):
    """What becomes of who answers when partners are merged, data erased, versions
    updated."""

    def _merge(self, kept, *gone):
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([kept.id, *(one.id for one in gone)], kept)
        self.env.invalidate_all()

    def test_one_person_twice_for_the_same_debts_is_one(self):
        self._guarantee(self.debtor, self.ana)
        [signed] = self._guarantee(self.debtor, self.bea, deed="Lease")
        signed.signed_on = "2026-09-01"
        [other] = self._guarantee(self.debtor, self.bea, capacity="co_debtor")
        self._merge(self.ana, self.bea)
        rows = self.debtor.obligor_ids
        self.assertEqual(rows.partner_id, self.ana)
        in_force = rows.filtered(lambda one: one.state == "open")
        self.assertEqual(in_force, signed | other)
        self.assertEqual((rows - in_force).end_reason, "replaced")

    def test_two_deeds_stay_two(self):
        self._guarantee(self.debtor, self.ana, deed="Lease")
        self._guarantee(self.debtor, self.bea, deed="Loan")
        self._merge(self.ana, self.bea)
        self.assertEqual(set(self.debtor.obligor_ids.mapped("state")), {"open"})

    def test_whoever_turns_out_to_be_the_debtor_stands_not_beside_it(self):
        [row] = self._guarantee(self.debtor, self.ana)
        self._merge(self.partner_a, self.ana)
        self.assertEqual(row.end_reason, "mistake")

    def test_merged_debtors_keep_who_answers_and_a_person_looks_at_the_deeds(self):
        other = self._debtor(self.partner_b)
        move = self._invoice(partner=self.partner_b)
        debts = self._ensure_debts(move, other)
        self._guarantee(other, self.ana, debt_ids=[Command.set(debts.ids)])
        self._guarantee(other, self.bea)
        self._merge(self.partner_a, self.partner_b)
        rows = self.debtor.obligor_ids
        self.assertEqual(rows.partner_id, self.ana | self.bea)
        self.assertEqual(rows.mapped("company_id"), self.company)
        note = "".join(self.debtor.activity_ids.mapped("note"))
        self.assertIn("Bea", note)
        self.assertNotIn("Ana ·", note)

    def test_what_was_written_of_who_answered_is_erased_with_the_log(self):
        file = self.env["ir.attachment"].create({"name": "deed", "raw": b"deed"})
        [gone] = self._guarantee(
            self.debtor, self.ana, deed="Lease", note="x", file_ids=file.ids
        )
        [kept] = self._guarantee(self.debtor, self.bea, deed="Loan")
        gone._end("paid", "Paid in cash", date(2026, 11, 20))
        with self.clock("2027-11-23 12:00:00"):
            self.debtor._erase_matters(date(2027, 1, 1), "Years are over")
        self.assertFalse(gone.deed or gone.note or gone.state_reason or gone.file_ids)
        self.assertFalse(file.exists())
        self.assertEqual((gone.end_reason, str(gone.ended_on)), ("paid", "2026-11-20"))
        self.assertEqual(kept.deed, "Loan")

    def test_who_asks_for_it_has_what_is_over_erased_and_nobody_else_s(self):
        [gone] = self._guarantee(self.debtor, self.ana, deed="Lease")
        [other] = self._guarantee(self.debtor, self.bea, deed="Loan")
        (gone | other)._end("paid", "Paid", date(2026, 11, 20))
        erasures = self.env["cobranza.erasure"]
        with self.clock("2027-11-23 12:00:00"):
            person = {"partner_id": self.ana.id}
            cutoff = date(2027, 1, 1)
            one = erasures._propose(self.debtor, cutoff, "Asked", "Art. 1", **person)
            self.assertTrue(one)
            one.sudo()._set_state("approved", "Yes")
            one.sudo()._through_gate()._finish()
            self.assertFalse(gone.deed or gone.state_reason)
            self.assertEqual((other.deed, other.state_reason), ("Loan", "Paid"))
            said = gone.history_ids.mapped("change")
            self.assertFalse([text for text in said if "Lease" in text], said)
            self.assertFalse(self.debtor._ended_obligors(cutoff, self.ana.id))

    def test_named_guarantors_become_simple_guarantors_of_every_debt(self):
        cr = self.env.cr
        cr.execute(
            """CREATE TABLE cobranza_debtor_guarantor_rel
                   (cobranza_debtor_id int, res_partner_id int)"""
        )
        cr.execute(
            "INSERT INTO cobranza_debtor_guarantor_rel VALUES (%s, %s), (%s, %s)",
            [self.debtor.id, self.ana.id, self.debtor.id, self.partner_a.id],
        )
        saved = self.env["ir.filters"].create(
            {
                "name": "Mine",
                "model_id": "cobranza.debtor",
                "domain": "[('guarantor_ids', '!=', False)]",
            }
        )
        self.env.flush_all()
        for _time in range(2):
            migrate(cr, "post-obligors", "19.0.1.6.0")
        self.env.invalidate_all()
        row = self.debtor.obligor_ids
        self.assertEqual(row.partner_id, self.ana)
        self.assertEqual((row.capacity, row.state), ("guarantor", "open"))
        self.assertFalse(row.signed_on or row.since or row.debt_ids)
        self.assertTrue(row._answers_on(date(2020, 1, 1)))
        self.assertEqual(row.currency_id, self.company.currency_id)
        self.assertEqual(saved.domain, "[('obligor_ids.partner_id', '!=', False)]")
