import io

from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from ..common.contact import MONDAY
from ..common.paper import PaperCommon

MM = 72 / 25.4


@tagged("post_install", "-at_install")
class TestBatchPrint(PaperCommon):
    """One file of many letters, with their addresses, fit for window envelopes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"street": "Rúa Nova 5", "city": "Lugo", "zip": "27001"})

    def _file(self, letters, moment=f"{MONDAY} 13:00:00"):
        letters = letters.with_context(force_report_rendering=True)
        with self.clock(moment), self.allow_pdf_render():
            action = letters.action_print()
        file = int(action["url"].split("/")[3].split("?")[0])
        return self.env["ir.attachment"].browse(file)

    def _two(self):
        one = self._letter()
        return one | self._letter(self._invoice(partner=self.partner_b))

    def _pages(self, raw):
        pages = PdfReader(io.BytesIO(raw)).pages
        return [" ".join(page.extract_text().split()) for page in pages]

    def test_many_letters_are_one_file_in_the_order_of_their_references(self):
        letters = self._two()
        for order in (letters, letters.sorted("id", reverse=True)):
            sheet, first, second = self._pages(self._file(order).raw)
            for letter in letters:
                self.assertIn(letter._reference(), sheet)
                self.assertIn(letter.address.split(",")[0], sheet)
            places = [sheet.index(one._reference()) for one in letters.sorted("id")]
            self.assertEqual(places, sorted(places))
            self.assertIn(letters.sorted("id")[0]._reference(), first)
            self.assertIn(letters.sorted("id")[1]._reference(), second)
        self.assertIn("Tracking number", sheet)

    def test_the_sheet_shows_the_numbers_that_are_known(self):
        letters = self._posting(self._print(self._two()))
        action = letters.action_address_sheet()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            action["report_name"], action["context"]["active_ids"]
        )
        for letter in letters:
            self.assertIn(letter.tracking_number.encode(), html)

    def test_printing_again_gives_the_frozen_paper(self):
        letter = self._letter()
        first = self._file(letter)
        self.assertEqual(self._file(letter), first)
        self.assertEqual(letter.event_ids.mapped("kind"), ["printed"])
        self._posting(letter)
        self.partner_a.street = "Another street 9"
        self.assertEqual(self._file(letter, "2026-12-01 12:00:00"), first)

    def test_another_address_is_another_paper_until_it_is_posted(self):
        letter = self._letter()
        first = self._file(letter)
        self.partner_a.street = "Another street 9"
        again = self._file(letter, f"{MONDAY} 13:30:00")
        self.assertNotEqual(again, first)
        self.assertIn("Another street 9", self._pages(again.raw)[0])
        self.assertEqual(letter.event_ids.mapped("kind"), ["printed"] * 2)
        self.assertEqual(letter.event_ids[0].attachment_id, first)

    def _places(self, letter):
        """{word: (mm from the left, mm from the top)} on the first page."""
        page = PdfReader(io.BytesIO(self._file(letter).raw)).pages[0]
        found, height = {}, float(page.mediabox.height)

        def visit(text, matrix, point, _font, _size):
            x = point[4] * matrix[0] + matrix[4]
            y = point[5] * matrix[3] + matrix[5]
            if text.strip():
                words = " ".join(text.split())
                found.setdefault(words, (x / MM, (height - y) / MM))

        page.extract_text(visitor_text=visit)
        return found

    def test_the_address_stands_in_the_window_of_the_envelope(self):
        partners = self.partner_a | self.partner_b
        partners.write({"street": "Calle Mayor 1", "zip": "28013", "street2": "Piso 4"})
        windows = (("left", 20, 105), ("right", 110, 195))
        for partner, (side, left, right) in zip(partners, windows, strict=True):
            self.company.cobranza_window = side
            letter = self._letter(self._invoice(partner=partner))
            places = self._places(letter)
            for words in (partner.name, "Calle Mayor 1", "Piso 4", "28013"):
                near = [at for text, at in places.items() if words in text]
                self.assertTrue(near, (words, places))
                x, y = min(near, key=lambda at: at[1])
                self.assertTrue(left - 1 <= x <= right, (side, words, x))
                self.assertTrue(48 <= y <= 90, (side, words, y))
            body = [at for text, at in places.items() if "Demand" in text]
            self.assertGreater(body[0][1], 90)
