from odoo import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.petition import write_petition

from .common import ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPetitionChile(ChileCommon):
    """The drafts that Chile ships, filled with a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        move = cls._bill(1_000_000, "2026-10-05")
        cls._run("2026-11-20")
        cls.debts = cls._debts(move)
        cls.debts.debtor_id.write({"regime": "company", "regime_stated": True})
        cls.case = cls.env["cobranza.case"].create(
            {
                "debtor_id": cls.debts.debtor_id.id,
                "debt_ids": [Command.set(cls.debts.ids)],
            }
        )

    def _kinds(self):
        return self.env["cobranza.petition.kind"]._for(self.case)

    def _text(self, code):
        kind = self._kinds().filtered(lambda one: one.code == code)
        return write_petition(self.case, kind).draft.text

    def test_an_invoice_is_notified_with_the_three_days_of_its_law(self):
        text = self._text("invoice_notice")
        for words in ("19.983", "tercero día", "RUT", "1.000.000", "[… "):
            self.assertIn(words, text)

    def test_the_executive_suit_deposits_the_title_only_where_it_is_on_paper(self):
        deposit = "Ley 20.886, art. 6"
        text = self._text("executive_suit")
        self.assertIn("mandamiento de ejecución y embargo", text)
        self.assertNotIn(deposit, text)
        self.debts._state_claim(False, "promissory_note", "Signed", ("title",))
        self.debts.action_view_documents()
        self.assertNotIn(deposit, self._text("executive_suit"))
        note = self.debts.document_ids.filtered("paper")
        note._move_original("received", self.company._cobranza_today())
        self.assertIn(deposit, self._text("executive_suit"))

    def test_who_acts_is_read_from_powers_and_parties(self):
        people = self.env["res.partner"]
        owner = people.create({"name": "Rosa Gerenta", "vat": "12531909-2"})
        lawyer = people.create({"name": "Abogado Soto", "vat": "76192083-9"})
        boss = people.create({"name": "Pedro Administrador"})
        power = {"company_id": self.company.id, "valid_from": "2026-01-01"}
        powers = self.env["cobranza.power"]
        powers.create({**power, "partner_id": owner.id, "number": "Repertorio 9"})
        powers.create(
            {
                **power,
                "partner_id": lawyer.id,
                "title": "cl_patrocinio",
                "case_id": self.case.id,
            }
        )
        self.case.partner_id.is_company = True
        kind = self.env.ref("cobranza_legal_cl.procedure_executive")
        self.env["cobranza.proceeding"].create(
            {
                "case_id": self.case.id,
                "type_id": kind.id,
                "party_ids": [
                    Command.create(
                        {
                            "partner_id": boss.id,
                            "capacity": "opponent_representative",
                        }
                    )
                ],
            }
        )
        text = self._text("executive_suit")
        for words in (
            *("Rosa Gerenta", "12531909-2", "Repertorio 9"),
            *("confiero poder a Abogado Soto", "76192083-9"),
            "es representada legalmente por Pedro Administrador",
        ):
            self.assertIn(words, text)

    def test_a_company_is_sued_in_the_person_of_who_represents_it(self):
        partner, words = self.case.partner_id, "es representada legalmente por [… "
        self.assertFalse(partner.is_company)
        self.assertNotIn(words, self._text("executive_suit"))
        partner.is_company = True
        self.assertIn(words, self._text("executive_suit"))

    def test_the_sum_is_that_of_the_table(self):
        lines = self.case.line_ids.sudo()._through_gate()
        lines.write({"costs": 5000, "amount": 1_015_000})
        text = self._text("executive_suit")
        self.assertGreaterEqual(text.count("1.015.000"), 3)

    def test_every_piece_is_written(self):
        for kind in self._kinds():
            with self.subTest(kind.code):
                found = write_petition(self.case, kind)
                self.assertEqual(found.mark, "BORRADOR")
                self.assertTrue(found.pdf().startswith(b"%PDF"))
                self.assertTrue(found.docx(self.env).startswith(b"PK"))
