import re

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from odoo.addons.cobranza_legal.kernel.message import sms_size

from .common import SpainCommon

REGIMES = ("consumer", "small_business", "company", "public", "unknown")
PURPOSES = (
    "reminder",
    "sms_reminder",
    "whatsapp",
    "call_script",
    "formal_demand",
    "register_demand",
    "certified_letter",
    "certified_email",
    "burofax",
    "last_notice",
    "guarantor_letter",
    "statement",
    "suspension_notice",
)
"""The free notice is Chile's own."""
LANGS = {"es_ES": "es_ES", "en_US": "en_US", "en_GB": "en_US", "es_CL": "es_ES"}


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTextSets(SpainCommon):
    """Everybody has a text of every kind, in Spanish and in English."""

    def _text(self, purpose, regime, lang):
        texts = self.env["cobranza.text"].with_company(self.company)
        day = self.company._cobranza_today()
        return texts._choose(purpose, regime, self.env.ref("base.es"), lang, day)

    def _own(self):
        domain = [("country_id.code", "=", "ES"), ("law", "=", True)]
        return self.env["cobranza.text"].search(domain).with_company(self.company)

    def test_everybody_has_every_text_in_both_languages(self):
        for purpose in PURPOSES:
            for regime in REGIMES:
                for lang, own in LANGS.items():
                    with self.subTest(purpose=purpose, regime=regime, lang=lang):
                        text = self._text(purpose, regime, lang)
                        self.assertEqual(text.country_id.code, "ES")
                        self.assertEqual(text.lang, own)

    def test_every_level_of_a_shipped_policy_is_among_them(self):
        policies = self.residence | self.business
        policies |= self.env.ref("cobranza_legal.policy_default")
        purposes = set(policies.level_ids.mapped("text_purpose")) - {False}
        self.assertLessEqual(purposes, set(PURPOSES))

    def test_every_text_in_use_passes_for_whom_it_serves(self):
        texts, used = self._own(), 0
        self.assertGreater(len(texts), 40)
        for text in texts:
            for regime in text._served_regimes():
                if self._text(text.purpose, regime, text.lang) != text:
                    continue  # a newer version serves
                used += 1
                today = self.company._cobranza_today()
                with self.subTest(text=text.name, lang=text.lang, regime=regime):
                    self.assertEqual(text._refusals(regime, today), [])
        self.assertGreaterEqual(used, len(PURPOSES) * len(REGIMES) * 2)

    def test_an_sms_is_two_messages_at_most_and_tells_no_debt(self):
        values = {
            "company_name": "Residencia Los Olmos",
            "company_phone": "+34 910 000 000",
            "reference": "INV/2026/00042",
            "portal_url": "https://residencia-olmos.example.com/my/collections/12345"
            "?access_token=01234567-89ab-cdef-0123-456789abcdef",
        }
        for lang in ("es_ES", "en_US"):
            text = self._text("sms_reminder", "consumer", lang)
            size = sms_size(html2plaintext(text._render(values)[1]).strip())
            self.assertEqual((size.alphabet, size.parts), ("gsm7", 2))
            self.assertNotRegex(text.body, r"\{\{ *(amount|total|due_date)")

    def _draft(self, purpose, regime="consumer"):
        law = self._text(purpose, regime, "es_ES")
        draft = law.copy({"name": law.name}).with_company(self.company)
        return draft.with_context(lang="en_US")

    def test_each_content_of_the_certified_letter_is_missed(self):
        draft = self._draft("certified_letter")
        self.assertFalse(draft.objections)
        body = draft.body
        for gone, told in {
            "{{ debts_table }}": "what is owed",
            "{{ deadline }}": "the day until which to pay",
            "acciones legales": "legal action",
            "aplazamiento": "deferment",
        }.items():
            with self.subTest(gone=gone):
                self.assertIn(gone, body)
                draft.body = Markup(body.replace(gone, "…"))
                self.assertIn(told, draft.objections)
                with self.assertRaisesRegex(UserError, told):
                    draft.action_approve()

    def test_a_demand_that_warns_of_a_register_needs_its_name(self):
        move = self._invoice(partner=self.student, amount=650)
        debts = self._follow(move, "2026-10-12")
        contact = debts.debtor_id.contact_ids[:1].with_context(lang="en_US")
        contact._through_gate().text_purpose = "register_demand"
        self.company.l10n_es_credit_registers = False
        with self.assertRaisesRegex(UserError, "register_warning"):
            contact._render()
        self.company.l10n_es_credit_registers = "ASNEF-Equifax"
        body = html2plaintext(contact._render()["body"])
        self.assertIn("ASNEF-Equifax", body)
        self.assertIn("Seiscientos cincuenta euros", body)

    def test_without_the_warning_it_is_not_approved(self):
        draft = self._draft("register_demand")
        draft.body = Markup(re.sub(r"\{\{ register_warning \}\}", "", draft.body))
        with self.assertRaisesRegex(UserError, "20.1.c"):
            draft.action_approve()

    def test_a_judicial_look_is_not_approved_for_a_person(self):
        draft = self._draft("formal_demand")
        draft.subject = "Cédula de notificación"
        with self.assertRaisesRegex(UserError, "cedula de notific"):
            draft.action_approve()
