import re

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from odoo.addons.cobranza_legal.kernel.message import sms_size

from .common import ChileCommon

REGIMES = ("consumer", "small_business", "company", "public", "unknown")
PURPOSES = (
    "free_notice",
    "reminder",
    "sms_reminder",
    "whatsapp",
    "call_script",
    "formal_demand",
    "certified_letter",
    "last_notice",
    "guarantor_letter",
    "statement",
    "suspension_notice",
)
"""Spain's own: burofax, demand with warning of a register, certified e-mail."""
LANGS = {"es_CL": "es_CL", "en_US": "en_US", "en_GB": "en_US", "es_AR": "es_CL"}


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTextSets(ChileCommon):
    """Everybody has a text of every kind, in Spanish and in English."""

    def _text(self, purpose, regime, lang):
        texts = self.env["cobranza.text"].with_company(self.company)
        day = self.company._cobranza_today()
        return texts._choose(purpose, regime, self._chile(), lang, day)

    def _own(self):
        domain = [("country_id", "=", self._chile().id), ("law", "=", True)]
        return self.env["cobranza.text"].search(domain)

    def test_everybody_has_every_text_in_both_languages(self):
        for purpose in PURPOSES:
            for regime in REGIMES:
                for lang, own in LANGS.items():
                    with self.subTest(purpose=purpose, regime=regime, lang=lang):
                        text = self._text(purpose, regime, lang)
                        self.assertEqual(text.country_id, self._chile())
                        self.assertEqual(text.lang, own)
                        business = regime in ("company", "public")
                        self.assertEqual(text.regime, business and regime)

    def test_every_level_of_a_shipped_policy_is_among_them(self):
        policies = self.policy | self.env.ref("cobranza_legal.policy_default")
        purposes = set(policies.level_ids.mapped("text_purpose")) - {False}
        self.assertLessEqual(purposes, set(PURPOSES))

    def test_every_shipped_text_passes_for_whom_it_serves(self):
        texts = self._own()
        self.assertGreater(len(texts), 50)
        today = self.company._cobranza_today()
        for text in texts.with_company(self.company):
            for regime in text._served_regimes():
                newest = self._text(text.purpose, regime, text.lang)
                refusals = text._refusals(regime, today)
                if newest == text or text.version > 1:
                    with self.subTest(text=text.name, regime=regime):
                        self.assertEqual(refusals, [])

    def test_an_older_version_stays_beside_the_newer(self):
        old = self.env.ref("cobranza_legal_cl.text_call_script")
        new = self.env.ref("cobranza_legal_cl.text_call_script_v2")
        self.assertEqual((old.version, new.version), (1, 2))
        self.assertEqual(self._text("call_script", "consumer", "es_CL"), new)
        self.assertIn("buzón de voz", new.body)

    def test_an_sms_is_two_messages_at_most_and_tells_no_debt(self):
        values = {
            "company_name": "Comercial Andes Limitada",
            "contact_name": "Juan Perez",
            "salutation": "Estimado(a) Juan Perez:",
            "company_phone": "+56 2 2555 0100",
            "portal_url": "https://comercial-andes.example.com/my/collections/123456"
            "?access_token=01234567-89ab-cdef-0123-456789abcdef",
        }
        for text in self._own().filtered(lambda text: text.purpose == "sms_reminder"):
            words = html2plaintext(text._render(values)[1]).strip()
            size = sms_size(words)
            with self.subTest(text=text.name, lang=text.lang):
                self.assertEqual(size.alphabet, "gsm7")
                self.assertLessEqual(size.parts, 2)
                self.assertNotRegex(text.body, r"\{\{ *(amount|total|due_date)")

    def test_an_english_letter_has_its_parts_in_english(self):
        person = self._person("Mary Smith", "11111112-K", lang="en_US")
        self.env["res.lang"]._activate_lang("en_US")
        debts = self._opened(self._bill(100000, "2026-10-05", person))
        contact = debts.debtor_id.contact_ids[:1]
        contact._through_gate().text_purpose = "formal_demand"
        body = re.sub(r"\s+", " ", html2plaintext(contact._render()["body"]))
        for words in ("Due date", "Days late", "No interest is charged", "Your rights"):
            self.assertIn(words, body)
        for words in ("Vencimiento", "No se cobran", "Documento", "Puede pagar"):
            self.assertNotIn(words, body)

    # -- approval --------------------------------------------------------------------

    def _draft(self, body=None, **vals):
        manager = new_test_user(
            self.env,
            "boss",
            "cobranza_legal.group_collection_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        law = self._text("formal_demand", "consumer", "es_CL").with_user(manager)
        draft = law.copy({"name": law.name}).with_company(self.company)
        draft.write({"body": body or draft.body, **vals})
        return draft

    def test_a_draft_with_forbidden_words_is_not_approved(self):
        draft = self._draft()
        self.assertFalse(draft.objections)
        draft.body += Markup("<p>De lo contrario, em<b>bar</b>go y DICOM.</p>")
        for words in ("embargo", "dicom", "19.496", "Small business"):
            self.assertIn(words, draft.with_context(lang="en_US").objections)
        self.assertNotIn("Company", draft.with_context(lang="en_US").objections)
        with self.assertRaisesRegex(UserError, "embargo"):
            draft.action_approve()
        self.assertFalse(draft.approved_on)

    def test_a_draft_for_companies_may_speak_of_a_suit(self):
        law = self.env.ref("cobranza_legal_cl.text_last_notice_company")
        draft = law.copy({"name": law.name}).with_company(self.company)
        draft.body += Markup("<p>Presentaremos demanda.</p>")
        draft.action_approve()
        self.assertTrue(draft.approved_on)

    def test_each_of_the_seven_contents_and_the_sentence_is_missed(self):
        draft = self._draft().with_context(lang="en_US")
        body = draft.body
        for gone, told in {
            "{{ company_vat }}": "tax number",
            "{{ l10n_cl_debts }}": "amounts owed",
            "{{ l10n_cl_interest }}": "the interest",
            "{{ l10n_cl_payment }}": "where it can be paid",
            "{{ l10n_cl_channels }}": "how to reach",
            "tiene derecho a recibir por escrito": "the debtor's rights",
            "que persiga la ejecución": "no proceeding",
        }.items():
            with self.subTest(gone=gone):
                self.assertIn(gone, re.sub(r"\s+", " ", body))
                draft.body = re.sub(r"\s+", " ", body).replace(gone, "…")
                self.assertIn(told, draft.objections)
                with self.assertRaisesRegex(UserError, "art. 37"):
                    draft.action_approve()

    # -- sending ---------------------------------------------------------------------

    def _planned(self):
        debts = self._opened(self._bill(100000, "2026-10-05"))
        [contact] = debts.debtor_id.contact_ids.filtered(
            lambda contact: contact.state == "planned"
        )
        return contact

    def test_what_the_law_orders_and_has_no_value_stops_the_letter(self):
        contact = self._planned()
        self.company.write({"phone": False, "email": False})
        with self.assertRaisesRegex(UserError, "l10n_cl_channels"):
            contact.with_context(lang="en_US")._frozen_values()

    def test_a_forbidden_word_that_came_by_a_value_waits_for_a_person(self):
        contact = self._planned()
        self.company.name = "Juzgado de Cobranza SpA"
        self.env.flush_all()
        self._crons("2026-10-09")
        self.assertEqual(contact.state, "planned")
        self.assertEqual(contact.waiting, "missing_data")
        self.assertIn("juzgado", contact.waiting_note)
        self.assertTrue(contact.activity_id.active)

    def test_a_debtor_may_be_called_embargo(self):
        self.person.name = "Juan Embargo Demanda"
        contact = self._planned()
        self.assertTrue(contact._frozen_values()["body"])

    def test_a_message_typed_by_hand_is_judged_too(self):
        debtor = self._debtor()
        post = {"subtype_xmlid": "mail.mt_comment", "partner_ids": self.person.ids}
        with self.clock("2026-10-06 15:00:00"):
            for kind in ("comment", "email_outgoing", "sms"):
                with self.assertRaisesRegex(UserError, "DICOM|dicom"):
                    debtor.message_post(body="Va a DICOM", message_type=kind, **post)
            post["message_type"] = "comment"
            self.assertTrue(debtor.message_post(body="Gracias por su pago", **post))
        note = debtor.message_post(body="¿Va a DICOM?")  # among ourselves
        self.assertTrue(note)
