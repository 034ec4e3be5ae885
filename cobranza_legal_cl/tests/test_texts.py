import re

from odoo.tests import tagged

from .common import ChileCommon

SENTENCE = "no constituye un procedimiento que persiga la ejecución"
FORBIDDEN = (
    "demanda",
    "tribunal",
    "embarg",
    "dicom",
    "boletín",
    "receptor",
    "judicial",
)
BY_REGIME = ("consumer", "small_business", "company", "public", "unknown")


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTexts(ChileCommon):
    """The shipped texts, for whom and with which duties of Ley 19.496, art. 37."""

    def _text(self, purpose, regime="consumer"):
        texts = self.env["cobranza.text"].with_company(self.company)
        day = self.company._cobranza_today()
        return texts._choose(purpose, regime, self._chile(), "es_CL", day)

    def _own(self):
        texts = self.env["cobranza.text"].search(
            [("country_id", "=", self._chile().id)]
        )
        self.assertTrue(all(texts.mapped("law")))
        return texts

    def _letters(self):
        """The letters that collect from the protected, in the language of the law."""
        purposes = self.env["cobranza.text.purpose"]
        return self._own().filtered(
            lambda text: (
                not text.regime
                and text.lang == "es_CL"
                and text.purpose not in ("sms_reminder", "whatsapp")
                and not purposes._is(text.purpose, "neutral")
                and not purposes._is(text.purpose, "agreed")
            )
        )

    def test_every_level_of_the_policy_has_a_text_for_everybody(self):
        purposes = set(self.policy.level_ids.mapped("text_purpose")) - {False}
        self.assertTrue(purposes)
        for purpose in purposes | {"statement", "reminder"}:
            for regime in BY_REGIME:
                text = self._text(purpose, regime)
                self.assertEqual(text.country_id, self._chile(), (purpose, regime))
                self.assertEqual(text.lang, "es_CL")

    def test_companies_and_public_bodies_have_their_own(self):
        for regime in ("company", "public"):
            self.assertEqual(self._text("formal_demand", regime).regime, regime)
        for regime in ("consumer", "small_business", "unknown"):
            self.assertFalse(self._text("formal_demand", regime).regime)

    def test_protected_debtors_read_the_sentence_of_the_law_and_no_threat(self):
        for text in self._letters():
            plain = " ".join(re.sub(r"<[^>]+>", " ", text.body).split()).lower()
            self.assertIn(
                SENTENCE, plain.replace("sus bienes", "los bienes"), text.name
            )
            if text.purpose == "call_script":  # it tells the collector what not to say
                plain = plain.split("no mencione")[0]
            for word in FORBIDDEN:
                self.assertNotIn(word, plain, text.name)

    def test_protected_debtors_read_all_that_the_law_orders(self):
        fields = ("company_vat", "l10n_cl_debts", "l10n_cl_interest", "l10n_cl_payment")
        for text in self._letters():
            if text.purpose == "statement":
                continue
            for field in (*fields, "l10n_cl_channels"):
                self.assertIn(f"{{{{ {field} }}}}", text.body, text.name)
            if text.purpose != "free_notice":
                self.assertIn("{{ l10n_cl_fee }}", text.body, text.name)

    def test_subjects_tell_nobody_about_a_debt(self):
        for text in self._letters():
            for word in ("deuda", "mora", "cobranza", "pago", "vencid", "impag"):
                self.assertNotIn(word, text.subject.lower(), text.name)

    def test_every_text_can_be_previewed(self):
        for text in self._own():
            self.assertNotIn("{{", text.preview, text.name)
            if text.subject:
                self.assertTrue(text.preview_subject, text.name)
