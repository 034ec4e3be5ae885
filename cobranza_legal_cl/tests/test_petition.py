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

    def test_the_executive_suit_asks_for_the_order_and_deposits_the_title(self):
        text = self._text("executive_suit")
        for words in ("mandamiento de ejecución y embargo", "Ley 20.886, art. 6"):
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
