from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict

from .common import ChileCommon

TODAY = date(2026, 11, 23)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestProceedingChile(ChileCommon):
    """Proceedings of Chile: ROL, patrocinio, from the notice of an invoice to the
    executive suit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("cobranza_legal.group_lawyer_all")
        cls.court = cls.env["cobranza.court"].create(
            {"name": "1er Juzgado Civil de Santiago", "city": "Santiago"}
        )

    def _case(self, amount=5_000_000):
        move = self._bill(amount, "2026-10-05")
        self._run("2026-11-20")
        debts = self._debts(move)
        debts.debtor_id.write({"regime": "company", "regime_stated": True})
        debts.sudo().title = "invoice"
        case = self.env["cobranza.case"].create(
            {"debtor_id": debts.debtor_id.id, "debt_ids": [Command.set(debts.ids)]}
        )
        self.patch(CaseVerdict, "_missing_documents", lambda _verdict: [])
        case._hand_over_to(self.env.user, self.env["res.partner"])
        case.action_open()
        return case

    def _begun(self, case=None):
        kind = self.env.ref("cobranza_legal_cl.procedure_invoice_notice")
        return self.env["cobranza.proceeding"]._begin(case or self._case(), kind)

    def _power(self, case):
        return self.env["cobranza.power"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Abogada"}).id,
                "title": "cl_patrocinio",
                "case_id": case.id,
                "valid_from": "2026-11-01",
                "company_id": self.company.id,
            }
        )

    def test_a_rol_is_letter_number_year(self):
        one = self._begun()
        for text in ("c-1234-2026", " C - 01234 - 2026 ", "C-1234-2026"):
            one.docket = text
            self.assertEqual(one.docket, "C-1234-2026")
        for wrong in ("1234-2026", "C-1234", "C-1234-26", "C-0-2026", "CC-1-2026"):
            with (
                self.assertRaisesRegex(ValidationError, "C-1234-2026"),
                self.cr.savepoint(),
            ):
                one.docket = wrong

    def test_the_first_writing_needs_patrocinio_for_its_case(self):
        one, other = self._begun(), self._case()
        with self.assertRaisesRegex(ValidationError, "one case"), self.cr.savepoint():
            self._power(self.env["cobranza.case"])
        self._power(other)
        with self.assertRaisesRegex(UserError, "18.120"):
            one._file(TODAY, self.court)
        self._power(one.case_id)
        one._file(TODAY, self.court)
        self.assertEqual(one.state, "filed")

    def test_an_invoice_becomes_an_executive_title_and_is_sued_in_the_same_file(self):
        one = self._begun()
        self._power(one.case_id)
        one._file(TODAY, self.court, "C-77-2026")
        for code in ("ordered", "notified", "certified"):
            stage = one._stages().filtered(lambda row, code=code: row.code == code)
            one._advance(stage, TODAY)
        executive = self.env.ref("cobranza_legal_cl.procedure_executive")
        self.assertEqual(one._next_types(TODAY), executive)
        self.assertEqual(one.case_id.recommended_type_id, executive)
        found = one._begin(one.case_id, executive, one)
        self.assertEqual(found.docket, "C-77-2026")
        found._file(TODAY, self.court)
        self.assertEqual(found.stage_id.code, "claim")
        self.assertEqual(one.state, "ended")

    def _on_paper(self):
        """A case over debts that rest on promissory notes, with their originals."""
        case = self._case()
        case.debt_ids._state_claim(False, "promissory_note", "Signed", ("title",))
        case.debt_ids.action_view_documents()
        notes = case.debt_ids.document_ids.filtered("paper")
        for note in notes:
            note._move_original("received", date(2026, 11, 20))
        self._power(case)
        kind = self.env.ref("cobranza_legal_cl.procedure_executive")
        return self.env["cobranza.proceeding"]._begin(case, kind), notes

    def _deposit(self, note, day):
        receipt = self.env["ir.attachment"].create({"name": "r.pdf", "raw": b"x"})
        note._move_original("deposited", day, court="1er Juzgado", receipt=receipt)

    def test_the_original_is_deposited_on_the_day_of_filing(self):
        """Ley 20.886, art. 6; the days are the company's, none by default."""
        suit, note = self._on_paper()
        self.assertEqual(len(note), 1)
        suit._file(TODAY, self.court)
        [found] = suit.deadline_ids.filtered("deposits")
        self.assertEqual((found.due_on, found.article), (TODAY, "Ley 20.886, art. 6"))
        self.assertIn(note.display_name, found.name)
        self.assertEqual(len(found.activity_ids), 1)
        self._deposit(note, TODAY)
        self.assertEqual((found.state, found.done_on), ("done", TODAY))
        self.assertFalse(found.activity_ids)

    def test_the_company_may_give_days_to_deposit(self):
        suit, _note = self._on_paper()
        self.company.cobranza_deposit_days = 2
        suit._file(TODAY, self.court)
        found = suit.deadline_ids.filtered("deposits")
        self.assertEqual(found.due_on, date(2026, 11, 25))

    def test_what_was_deposited_before_or_is_no_paper_opens_nothing(self):
        suit, note = self._on_paper()
        self._deposit(note, date(2026, 11, 21))
        suit._file(TODAY, self.court)
        self.assertFalse(suit.deadline_ids.filtered("deposits"))
        one = self._begun()
        self._power(one.case_id)
        one._file(TODAY, self.court)
        self.assertFalse(one.deadline_ids.filtered("deposits"))

    def test_every_stage_named_by_another_is_there(self):
        stages = self.env["cobranza.proceeding.stage"].search(
            [("country_id", "=", self.env.ref("base.cl").id)]
        )
        kinds = set(self.env["cobranza.proceeding.type"].search([]).mapped("code"))
        known = {(one.procedure_code, one.code) for one in stages}
        self.assertLessEqual({one.procedure_code for one in stages}, kinds)
        for one in stages:
            for code in one._codes("next_codes"):
                self.assertIn((one.procedure_code, code), known)
            self.assertLessEqual(set(one._next_codes()), kinds)
