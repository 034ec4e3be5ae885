import base64
from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common.base import MONDAY, ROLES, CobranzaCommon

DAY = date(2026, 11, 23)


class ObligorCommon(CobranzaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        moves = [cls._invoice(amount=amount) for amount in (100, 200, 300)]
        cls.moves = cls.env["account.move"].concat(*moves)
        cls._run("2026-11-20")
        cls.debts = cls._debts(cls.moves)
        cls.debtor = cls.debts.debtor_id
        cls.ana, cls.bea = (cls._person(name) for name in ("Ana", "Bea"))

    @classmethod
    def _person(cls, name):
        return cls.env["res.partner"].create(
            {"name": name, "email": f"{name.lower()}@example.com"}
        )

    @classmethod
    def _obligor(cls, partner, capacity="guarantor", debts=None, **vals):
        vals = {"since": False, "debtor_id": cls.debtor.id, **vals}
        if debts:
            vals["debt_ids"] = [Command.set(debts.ids)]
        return cls.env["cobranza.obligor"].create(
            {"partner_id": partner.id, "capacity": capacity, **vals}
        )

    @classmethod
    def _file(cls):
        return cls.env["ir.attachment"].create({"name": "deed.pdf", "raw": b"%PDF-1.4"})

    def _who(self, debt, day=DAY):
        found = debt._obligors(day)[debt.id]
        return [(one.partner, one.capacity.code) for one in found]

    def _user(self, role):
        return new_test_user(
            self.env,
            f"obligor_{role}",
            ROLES[role],
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )


@tagged("post_install", "-at_install")
class TestObligor(ObligorCommon):
    """Who answers for which debts, on which day, up to what."""

    def test_the_debtor_answers_without_a_record(self):
        self.assertEqual(self._who(self.debts[0]), [(self.partner_a, "debtor")])
        [[one]] = self.debts[0]._obligors(DAY).values()
        self.assertFalse(one.obligor)
        self.assertEqual((one.limit, one.share), (0, 0))

    def test_each_answers_for_what_it_has_signed(self):
        all_of_it = self._obligor(self.ana, "co_debtor")
        some = self._obligor(self.bea, debts=self.debts[:1], limit_amount=50.5)
        found = self.debtor._obligors(DAY)
        self.assertEqual(set(found), set(self.debts.ids))
        first = found[self.debts[0].id]
        self.assertEqual([one.obligor for one in first[1:]], [all_of_it, some])
        self.assertEqual(first[2].limit, Decimal("50.5"))
        self.assertTrue(first[1].capacity.is_solidary)
        self.assertTrue(first[2].capacity.has_excussion)
        self.assertEqual(
            self._who(self.debts[1]),
            [(self.partner_a, "debtor"), (self.ana, "co_debtor")],
        )
        self.assertEqual(
            set(self.debtor._obligors(DAY, self.debts[1])), {self.debts[1].id}
        )

    def test_a_debt_to_come_is_covered_where_none_is_named(self):
        self._obligor(self.ana)
        self._obligor(self.bea, debts=self.debts)
        new = self._invoice(amount=77)
        self._run(MONDAY)
        self.assertEqual(
            self._who(self._debts(new)),
            [(self.partner_a, "debtor"), (self.ana, "guarantor")],
        )

    def test_what_is_charged_for_a_debt_goes_with_it(self):
        charge = self.debts[2].sudo()
        charge.write({"nature": "charge", "parent_id": self.debts[0].id})
        row = self._obligor(self.ana, debts=self.debts[0])
        self.assertIn((self.ana, "guarantor"), self._who(self.debts[2]))
        self.assertTrue(row._answers_for(self.debts[2]))
        self.assertFalse(row._answers_for(self.debts[1]))

    def test_days_count_as_they_say(self):
        row = self._obligor(self.ana, since="2026-11-10", until="2026-11-20")
        days = {9: False, 10: True, 20: True, 21: False}
        for day, answers in days.items():
            on = date(2026, 11, day)
            self.assertEqual(row._answers_on(on), answers, on)
            self.assertEqual(len(self._who(self.debts[0], on)) == 2, answers, on)

    def test_from_the_day_it_ends_it_answers_no_more_and_before_it_did(self):
        row = self._obligor(self.ana)
        row._end("paid", "Has paid", date(2026, 11, 22))
        self.assertEqual((row.state, row.ended_by_id), ("ended", self.env.user))
        for day, answers in ((21, True), (22, False)):
            on = date(2026, 11, day)
            self.assertEqual(row._answers_on(on), answers)
            self.assertEqual(len(self._who(self.debts[0], on)) == 2, answers)
        self.assertIn("paid", self.debtor.message_ids[0].body)

    def test_a_mistake_never_made_anybody_answer(self):
        row = self._obligor(self.ana)
        row._end("mistake", "Another person")
        self.assertFalse(row._answers_on(date(2026, 11, 1)))
        self.assertEqual(len(self._who(self.debts[0], date(2026, 11, 1))), 1)

    def test_no_beneficiary_answers(self):
        row = self._obligor(self.ana)
        self.debtor.beneficiary_ids = self.ana
        self.assertFalse(row._answers_on(DAY))
        self.assertEqual(self._who(self.debts[0]), [(self.partner_a, "debtor")])
        self.assertNotIn(self.ana, self.debtor._permitted_people())
        self.debtor.beneficiary_ids = self.bea
        with self.assertRaises(ValidationError):
            self._obligor(self.bea)

    def test_heirs_take_over_from_the_day_of_the_death(self):
        with self.assertRaises(ValidationError):
            self._obligor(self.ana, "heir")
        self.debtor.deceased_on = "2026-11-15"
        self._obligor(self.ana, "heir", share=60)
        self._obligor(self.bea, "heir", share=40)
        self.assertEqual(
            self._who(self.debts[0]), [(self.ana, "heir"), (self.bea, "heir")]
        )
        self.assertEqual(
            self._who(self.debts[0], date(2026, 11, 14)), [(self.partner_a, "debtor")]
        )
        [*_rest, last] = self.debts[0]._obligors(DAY)[self.debts[0].id]
        self.assertEqual(last.share, 40)

    def test_an_estate_without_known_heirs_is_the_debtors(self):
        self.debtor.deceased_on = "2026-11-15"
        self.assertEqual(self._who(self.debts[0]), [(self.partner_a, "debtor")])

    def test_shares_of_one_debt_are_no_more_than_the_whole(self):
        self._obligor(self.ana, "several", self.debts[:2], share=60)
        self._obligor(self.bea, "several", self.debts[2], share=100)
        cleo = self._person("Cleo")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._obligor(cleo, "several", self.debts[1], share=40.001)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._obligor(cleo, "several", share=1)
        self._obligor(cleo, "several", self.debts[1], share=40)

    def test_shares_of_other_days_do_not_add_up(self):
        self._obligor(self.ana, "several", share=100, until="2026-11-10")
        self._obligor(self.bea, "several", share=100, since="2026-11-11")
        with self.assertRaises(ValidationError):
            self._obligor(self._person("Cleo"), "several", share=1, since="2026-11-05")

    def test_a_guarantor_has_no_share(self):
        with self.assertRaises(ValidationError):
            self._obligor(self.ana, share=50)

    def test_nobody_records_the_debtor_nor_debts_of_others(self):
        with self.assertRaises(ValidationError):
            self._obligor(self.partner_a)
        other = self._invoice(partner=self.partner_b)
        self._run(MONDAY)
        with self.assertRaises(ValidationError):
            self._obligor(self.ana, debts=self._debts(other))
        with self.assertRaises(ValueError):
            self._obligor(self.ana, "debtor")

    def test_what_nobody_signed_is_corrected_and_written_down(self):
        row = self._obligor(self.ana)
        row.write({"capacity": "guarantor_waived", "limit_amount": 500})
        changes = row.history_ids.mapped("change")
        self.assertTrue(
            [one for one in changes if "Simple guarantor →" in one], changes
        )

    def test_what_was_signed_is_kept_as_it_was(self):
        file = self._file()
        row = self._obligor(self.ana, deed="Lease", file_ids=file.ids)
        row.signed_on = "2026-09-01"
        for vals in (
            {"capacity": "co_debtor"},
            {"limit_amount": 5},
            {"debt_ids": [Command.set(self.debts[:1].ids)]},
            {"signed_on": False},
            {"until": "2026-12-31"},
            {"file_ids": [Command.clear()]},
        ):
            refused = self.assertRaises(UserError)
            with self.subTest(vals), refused, self.env.cr.savepoint():
                row.write(vals)
        row.write({"note": "In the safe", "file_ids": [Command.link(self._file().id)]})
        self.assertEqual(len(row.file_ids), 2)
        self.assertEqual(file.res_model, "cobranza.obligor")
        with self.assertRaises(UserError):
            row.unlink()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            file.unlink()

    def test_extensions_are_accepted_by_a_deed_that_is_there(self):
        with self.assertRaises(ValidationError):
            self._obligor(self.ana, accepts_extensions=True)
        self._obligor(self.ana, accepts_extensions=True, file_ids=self._file().ids)

    def test_a_collector_ends_it_with_the_dialog_and_releases_nobody(self):
        row = self._obligor(self.ana, signed_on="2026-09-01")
        collector = self._user("collector")
        action = row.with_user(collector).action_end()
        dialog = self.env["cobranza.reason"].with_user(collector)
        dialog = dialog.with_context(**action["context"])
        wizard = dialog.create({"reason": "Says so", "end_reason": "released"})
        with self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertEqual(row.state, "open")
        wizard.end_reason = "deed_ended"
        wizard.action_confirm()
        self.assertEqual(row.state, "ended")
        self.assertEqual(row.ended_on, DAY)
        self.assertEqual(row.ended_by_id, collector)
        self.assertEqual(row.state_reason, "Says so")
        with self.assertRaises(UserError):
            row.with_user(collector).write({"capacity": "co_debtor"})
        with self.assertRaises(UserError):
            row.with_user(collector).write({"end_reason": "paid"})
        manager = self._user("manager")
        other = self._obligor(self.bea)
        other.with_user(manager)._end("released", "Agreed")
        self.assertEqual(other.end_reason, "released")

    def test_it_ends_on_no_day_to_come(self):
        with self.assertRaises(UserError):
            self._obligor(self.ana)._end("paid", "", date(2026, 11, 24))

    def test_its_last_day_ends_it_and_its_first_begins_it(self):
        gone = self._obligor(self.ana, until="2026-11-22")
        coming = self._obligor(self.bea, since="2026-11-25")
        self.assertTrue(gone.begun)
        self.assertFalse(coming.begun)
        obligors = self.env["cobranza.obligor"]
        due = obligors._upkeep_due(self.company, DAY, 10)
        self.assertEqual(due, gone)
        due._upkeep(DAY)
        self.assertEqual((gone.end_reason, gone.ended_on), ("deed_ended", DAY))
        with freeze_time("2026-11-25 12:00:00"):
            day = date(2026, 11, 25)
            due = obligors._upkeep_due(self.company, day, 10)
            self.assertEqual(due, coming)
            due._upkeep(day)
            self.assertFalse(obligors._upkeep_due(self.company, day, 10))

    def test_whoever_is_recorded_is_judged_with_the_debtor(self):
        self.env.cr.flush()
        for act in (
            lambda: self._obligor(self.ana),
            lambda: self.debtor.obligor_ids.write({"capacity": "co_debtor"}),
            lambda: self.debtor.obligor_ids._end("paid", "Paid"),
        ):
            self.env.cr.flush()
            act()
            queue = self.env.cr.precommit.data.get("cobranza_legal.redecide", {})
            self.assertIn(self.debtor.id, queue.get(self.company.id, {}))

    def test_unsigned_and_untold_it_is_deleted_with_a_row(self):
        row = self._obligor(self.ana)
        row.unlink()
        said = self.env["cobranza.history"].search(
            [("res_model", "=", "cobranza.obligor")], limit=1
        )
        self.assertIn("Deleted", said.change)

    def test_what_the_sql_reads_is_what_each_record_says(self):
        self.debtor.deceased_on = "2026-11-15"
        self._obligor(self.ana, "heir", self.debts[:1], share=50)
        self._obligor(self.bea, until="2026-11-18")
        self._obligor(self._person("Cleo"), "co_debtor", since="2026-11-17")
        self._obligor(self._person("Dora"), "avalista", self.debts[1:])
        ended = self._obligor(self._person("Eva"), "several", share=10)
        ended._end("paid", "Paid", date(2026, 11, 19))
        for number in range(10, 25):
            day = date(2026, 11, number)
            found = self.debtor._obligors(day)
            for debt in self.debts:
                rows = self.debtor.obligor_ids.filtered(
                    lambda one, debt=debt, day=day: (
                        one._answers_on(day) and one._answers_for(debt)
                    )
                )
                said = {one.obligor for one in found[debt.id] if one.obligor}
                self.assertEqual(said, set(rows), (day, debt))

    def test_who_answers_is_said_on_debt_and_document(self):
        self._obligor(self.ana, "co_debtor", self.debts[0], limit_amount=50)
        words = self.debts[0].obligor_words
        self.assertIn("Ana (Solidary co-debtor, up to", words)
        self.assertFalse(self.debts[1].obligor_words)
        self.assertEqual(self.moves[0].cobranza_obligor_words, words)
        self.assertEqual(self.ana.cobranza_obligor_count, 1)
        found = self.env["cobranza.debtor"].search(
            [("obligor_ids", "any", [("partner_id", "ilike", "ana")])]
        )
        self.assertEqual(found, self.debtor)

    def test_a_debtor_with_somebody_who_answers_is_kept(self):
        lone = self.env["cobranza.debtor"].create(
            {"partner_id": self.partner_b.id, "company_id": self.company.id}
        )
        self._obligor(self.ana, debtor_id=lone.id)
        self.assertTrue(lone._kept_of())

    def test_queries_do_not_grow_with_debtors(self):
        people = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(220)]
        )
        debtors = self.env["cobranza.debtor"].create(
            [{"partner_id": one.id, "company_id": self.company.id} for one in people]
        )
        debts = (
            self.env["cobranza.debt"]
            .sudo()
            .create(
                [
                    {
                        "debtor_id": one.id,
                        "company_id": self.company.id,
                        "partner_id": one.partner_id.id,
                        "currency_id": self.company.currency_id.id,
                        "document": f"D{one.id}",
                    }
                    for one in debtors
                ]
            )
        )
        for debtor, debt in zip(debtors[:210], debts[:210], strict=True):
            self._obligor(self.ana, debtor_id=debtor.id)
            self._obligor(self.bea, "co_debtor", debt, debtor_id=debtor.id)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            found = debtors._obligors(DAY)
        with self.assertQueryCount(2):
            again = debts._obligors(DAY)
        self.assertEqual(found, again)
        self.assertEqual(len(found), 220)
        self.assertEqual(len(found[debts[0].id]), 3)
        self.assertEqual(len(found[debts[219].id]), 1)


@tagged("post_install", "-at_install")
class TestObligorRoles(ObligorCommon):
    """Who sees and who changes who answers."""

    def test_a_lawyer_sees_who_answers_for_its_debts_and_nobody_else(self):
        self.debts[0]._assign(self._user("lawyer"))
        mine = self._obligor(self.ana, debts=self.debts[:2])
        every = self._obligor(self._person("Cleo"))
        self._obligor(self.bea, debts=self.debts[1:])
        lawyer = self.env["res.users"].search([("login", "=", "obligor_lawyer")])
        self.env.invalidate_all()
        seen = self.env["cobranza.obligor"].with_user(lawyer).search([])
        self.assertEqual(seen, mine | every)
        self.assertEqual(seen[0].debt_ids, self.debts[0].with_user(lawyer))
        self.assertEqual(self.debtor.with_user(lawyer).obligor_count, 2)
        words = self.debts[0].with_user(lawyer).obligor_words
        self.assertNotIn("Bea", words)
        with self.assertRaises(AccessError):
            mine.with_user(lawyer).write({"note": "x"})

    def test_a_lawyer_does_not_find_a_debtor_by_who_answers_for_other_debts(self):
        self.debts[0]._assign(self._user("lawyer"))
        self._obligor(self.bea, debts=self.debts[1:])
        lawyer = self.env["res.users"].search([("login", "=", "obligor_lawyer")])
        self.env.invalidate_all()
        debtors = self.env["cobranza.debtor"].with_user(lawyer)
        self.assertEqual(debtors.search([]), self.debtor)
        by_name = [("obligor_ids", "any", [("partner_id", "ilike", "bea")])]
        for domain in ([("obligor_ids", "!=", False)], by_name):
            self.assertFalse(debtors.search(domain), domain)

    def test_a_contact_of_another_company_answers_for_nothing_here(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.ana.company_id = other
        with self.assertRaises(ValidationError):
            self._obligor(self.ana)
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.bea.company_id = branch
        self._obligor(self.bea)

    def test_who_works_in_another_company_does_not_see_it(self):
        row = self._obligor(self.ana)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger",
            ROLES["manager"],
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        obligors = self.env["cobranza.obligor"].with_user(stranger)
        self.assertFalse(obligors.search([]))
        with self.assertRaises(AccessError):
            obligors.browse(row.id)._end("paid", "x")
        self.assertEqual(self.ana.with_user(stranger).cobranza_obligor_count, 0)

    def test_a_file_that_a_client_uploads_is_the_records(self):
        values = {
            "debtor_id": self.debtor.id,
            "partner_id": self.ana.id,
            "capacity": "co_debtor",
        }
        collector = self._user("collector")
        row = self.env["cobranza.obligor"].with_user(collector).create(values)
        file = (
            self.env["ir.attachment"]
            .with_user(collector)
            .create({"name": "deed.pdf", "datas": base64.b64encode(b"%PDF-1.4")})
        )
        row.file_ids = file
        self.assertEqual((file.res_model, file.res_id), (row._name, row.id))
