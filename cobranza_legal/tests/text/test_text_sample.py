from odoo.tests import tagged

from ..common.rendered import LANGUAGES, RenderedCommon, english_in, texts_of_markup
from ..common.smtp_sink import body_of, smtp_sink


@tagged("post_install", "-at_install")
class TestTextSample(RenderedCommon):
    """What a text looks like, in its own language whoever looks at it."""

    def _starters(self, lang=False):
        domain = [("starter", "=", True), ("country_id", "=", False)]
        domain += [("lang", "=", lang)] if lang else []
        texts = self.env["cobranza.text"].with_context(active_test=False)
        return texts.search(domain)

    def test_every_starter_text_has_a_preview(self):
        purposes = {"reminder", "formal_demand", "call_script", "statement"}
        short = {"sms_reminder", "whatsapp"}
        # mandates and debits of SEPA: Chile has no text of theirs
        sepa = {*self.env["cobranza.text.purpose"]._where(ladder=False)}
        sepa -= {"agreement_note"}  # no law but a country's says what one contains
        for lang in ("en_US", *LANGUAGES):
            starters = self._starters(lang)
            wanted = purposes | short | (set() if lang == "es_CL" else sepa)
            self.assertEqual(set(starters.mapped("purpose")), wanted, lang)
            for text in starters:
                self.assertEqual(bool(text.preview_subject), text.purpose not in short)
                self.assertNotIn("{{", text.preview)

    def test_the_vocabulary_has_an_example_of_each_field_and_no_more(self):
        texts = self.env["cobranza.text"]
        self.assertEqual(set(texts._samples()), set(texts._merge_fields()))

    def test_no_spanish_preview_has_english_in_it(self):
        self.company.write({"city": False, "street": False, "vat": False})
        vocabulary = "".join(
            f"<p>{{{{ {name}? }}}}</p>"
            for name in self.env["cobranza.text"]._merge_fields()
            if name != "portal_url"  # an address is in no language
        )
        for lang in LANGUAGES:
            texts = self._starters(lang)
            texts |= self._text("last_notice", lang, "{{ month }}", vocabulary)
            for text in texts.with_company(self.company).with_context(lang="en_US"):
                seen = [text.preview_subject, *texts_of_markup(text.preview)]
                self._assert_spanish(seen, (lang, text.name))

    def test_an_english_preview_of_a_spanish_user_is_english(self):
        [text] = self._starters("en_US").filtered(
            lambda text: text.purpose == "formal_demand"
        )
        words = [
            word
            for part in texts_of_markup(text.with_context(lang="es_ES").preview)
            for word in english_in(part)
        ]
        self.assertIn("due", words)
        self.assertIn("days", words)

    def test_figures_days_and_the_creditor_are_those_of_the_language(self):
        body = "<p>{{ amount }}|{{ month }}|{{ due_date }}|{{ company_name }}</p>"
        body += "{{ charges_table }}"
        text = self._text("last_notice", "es_ES", "{{ document }}", body)
        with self.clock("2026-11-23 12:00:00"):
            preview = text.with_company(self.company).preview
        for words in ("1.234,56", "octubre", "05/10/2026", self.company.name):
            self.assertIn(words, preview)
        self.assertIn("1.234,56 × 10% × 49/365", preview)

    def test_the_sample_letter_of_a_spanish_text_is_spanish(self):
        self.company.partner_id.lang = "es_ES"
        with smtp_sink(self.env) as sink:
            self.env["cobranza.text"]._send_sample(self.company, "yo@example.com")
        [message] = sink.messages
        self._assert_spanish([message["Subject"], *texts_of_markup(body_of(message))])
