import io

from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import body_of, smtp_sink

LETTER = "cobranza_legal.action_report_letter"
ABOUT = "message from Creditor Ltd"


@tagged("post_install", "-at_install")
class TestContactCourtesy(ContactCommon):
    """Who does not read the letter's language is told what it is, and whom to ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.write({"street": "Rue 1", "city": "Paris", "lang": "en_US"})
        cls.company.partner_id.lang = "es_ES"
        cls._texts_in("es_ES")

    @classmethod
    def _texts_in(cls, lang):
        """Reminder and demand exist in this language only."""
        texts = cls.env["cobranza.text"]
        purposes = ("reminder", "formal_demand", "call_script")
        texts.search([("purpose", "in", purposes)]).active = False
        for purpose in purposes:
            cls._text(purpose, lang, "Aviso", "<p>Debe {{ amount }}</p>")

    def _body(self):
        with smtp_sink(self.env) as sink:
            self._send()
        [message] = sink.messages
        return body_of(message)

    def test_an_email_begins_with_what_it_is(self):
        contact = self._contact()
        body = self._body()
        self.assertLess(body.index(ABOUT), body.index("Debe"))
        self.assertIn("claims@creditor.example.com", body)
        self.assertIn(ABOUT, contact.body)
        self.assertTrue(contact._verify_hash())

    def test_a_text_of_the_debtors_language_says_it_all(self):
        self._texts_in("en_US")
        self._contact()
        self.assertNotIn(ABOUT, self._body())

    def test_a_letter_has_a_page_before(self):
        letter = self._contact(channel="letter")
        reports = self.env["ir.actions.report"]
        reports = reports.with_context(force_report_rendering=True)
        with self.clock(f"{MONDAY} 12:00:00"), self.allow_pdf_render():
            content, _kind = reports._render_qweb_pdf(LETTER, letter.ids)
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
        self.assertEqual(len(pages), 2)
        self.assertIn(ABOUT, " ".join(pages[0].split()))
        self.assertIn("Debe", pages[1])
        self.assertNotIn("Debe", pages[0])

    def test_the_page_is_frozen_with_the_letter(self):
        letter = self._contact(channel="letter")
        with self.clock(f"{MONDAY} 12:00:00"):
            letter._print_letter()
        self.assertIn(ABOUT, letter.courtesy)
        self.assertTrue(letter._verify_hash())
        letter._through_gate().courtesy = "<p>Other</p>"
        self.assertFalse(letter._verify_hash())

    def test_a_language_that_nobody_speaks_here_is_told_in_english(self):
        self.assertEqual(self._contact()._spoken_lang("xx_XX"), "en_US")
        self.env["res.lang"]._activate_lang("de_DE")
        self.partner_a.lang = "de_DE"
        self.assertIn(ABOUT, self._body())

    def test_our_own_people_need_no_courtesy(self):
        self.partner_a.phone = "+33 600 000 000"
        call = self._contact(channel="call")
        self.assertNotIn(ABOUT, call._render()["body"])

    def test_a_language_that_is_not_installed_gives_way_to_the_companys(self):
        """Installed are English and the Spanish of Spain and of Chile."""
        languages = self.env["res.lang"].sudo()
        for code in ("es_ES", "es_CL"):
            languages._activate_lang(code)
        debtor = self._debtor()
        company = self.company.partner_id.sudo()
        cases = (
            ("es_ES", "fr_FR", "es_ES"),
            ("es_CL", "fr_FR", "es_CL"),
            ("es_ES", "es_AR", "es_ES"),
            ("es_CL", "es_AR", "es_CL"),
            ("es_CL", "en_GB", "en_US"),
            ("es_ES", "es_CL", "es_CL"),
            ("es_CL", "es_ES", "es_ES"),
            ("pt_BR", "fr_FR", "en_US"),
        )
        for own, spoken, expected in cases:
            with self.subTest(own=own, spoken=spoken):
                self._say(company.id, own)
                self.assertEqual(debtor._installed_lang(spoken), expected)
                self.assertEqual(self.company._cobranza_lang(spoken), expected)
        debtor.lang = False
        self._say(company.id, "es_CL")
        self._say(debtor.partner_id.id, None)
        self.assertEqual(debtor._lang(), "es_CL")
        self.assertEqual(debtor._installed_lang(), "es_CL")
        empty = self.env["cobranza.debtor"]
        self.assertEqual(empty._installed_lang("fr_FR"), "es_CL")

    def _say(self, partner, lang):
        """Odoo accepts installed languages only; they may be taken away afterwards."""
        self.env.flush_all()
        query = "UPDATE res_partner SET lang = %s WHERE id = %s"
        self.env.cr.execute(query, [lang, partner])
        self.env.invalidate_all()

    def test_a_company_is_not_greeted_as_a_person(self):
        for code in ("es_ES", "es_CL"):
            self.env["res.lang"].sudo()._activate_lang(code)
        contact = self._contact()
        partner = self.partner_a.sudo()
        partner.name = "Almacén EIRL"
        expected = {
            ("es_ES", True): "Estimados señores de Almacén EIRL:",
            ("es_CL", True): "Señores Almacén EIRL: Presente",
            ("es_ES", False): "Estimado/a Almacén EIRL:",
            ("es_CL", False): "Estimado(a) Almacén EIRL:",
            ("en_US", False): "Dear Almacén EIRL,",
        }
        for (lang, company), words in expected.items():
            partner.is_company = company
            with self.subTest(lang=lang, company=company):
                spoken = contact.with_context(lang=lang)
                self.assertEqual(spoken._merge_debtor()["salutation"], words)
