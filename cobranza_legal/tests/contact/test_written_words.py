from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...kernel.wording import Objection, Term, forbidden
from ..common.iap_sink import iap_sink
from ..common.written import NOON, WrittenCommon
from .test_contact_sms import NUMBER

PRISON = Term("prison", "threat", "Law 5 art. 2")


@tagged("post_install", "-at_install")
class TestWrittenWords(WrittenCommon):
    """What people write themselves to protected debtors, under a made-up law."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["iap.account"].get("sms")
        cls.partner_a.write({"phone": NUMBER, "country_id": cls.env.ref("base.es").id})
        cls.debtor.regime = "consumer"

    def setUp(self):
        super().setUp()

        def objections(_self, text, regime, on):
            if regime != "consumer":
                return []
            found = forbidden(text, [PRISON], (), on)
            return [Objection(words, "a threat", one.article) for one, words in found]

        rules = self.env.registry["cobranza.rules"]
        self.enterContext(patch.object(rules, "_text_objections", objections))

    def _sms(self, body):
        with self.clock(NOON):
            composer = self.env["sms.composer"].with_user(self.collector)
            composer.create(
                {
                    "res_model": "cobranza.debtor",
                    "res_id": self.debtor.id,
                    "composition_mode": "comment",
                    "body": body,
                }
            ).action_send_sms()

    def _refused(self, write, *args, **kwargs):
        refused = self.assertRaisesRegex(UserError, "prison.*a threat.*Law 5 art. 2")
        with refused, self.cr.savepoint():
            write(*args, **kwargs)
        self.env.invalidate_all()
        self.assertFalse(self.debtor.contact_ids)

    def test_an_sms_is_refused_before_it_leaves(self):
        with iap_sink(self.env) as sink:
            self._refused(self._sms, "Pay or go to PRISON")
            self.assertFalse(sink.asked)
            self._sms("Please pay")
            self.assertEqual(len(sink.messages), 1)

    def test_emails_of_every_kind_are_refused(self):
        for kind in ("comment", "email_outgoing"):
            with self.subTest(kind):
                body = Markup("<p>Or else: pri<b>son</b></p>")
                self._refused(self._post, body=body, message_type=kind)
                self._refused(self._post, subject="Prison", message_type=kind)
                self._refused(
                    self._post,
                    body="<p>prison</p>",
                    body_is_html=True,
                    message_type=kind,
                )

    def test_what_is_quoted_of_the_debtor_is_not_ours(self):
        quoted = Markup("<p>No.</p><blockquote>Is it prison?</blockquote>")
        self._post(body=quoted)
        self.assertEqual(len(self.debtor.contact_ids), 1)

    def test_companies_and_notes_among_ourselves_are_free(self):
        note = {"subtype_xmlid": "mail.mt_note", "partner_ids": []}
        self.assertTrue(self._post(body="prison", **note))
        self.debtor.regime = "company"
        self._post(body="prison")
        self.assertEqual(len(self.debtor.contact_ids), 1)

    def test_the_chat_does_not_open_with_such_words(self):
        self._text("reminder", "en_US", "Subject", "<p>{{ debtor_name }}</p>")
        contact = self._contact(channel="whatsapp")
        contact.debtor_id.regime = "consumer"
        contact.company_id.name = "The Prison Ltd"
        text = self._text("reminder", "en_US", "S", "<p>{{ company_name }}</p>")
        self.assertEqual(contact._current_text(), text)
        refused = self.assertRaisesRegex(UserError, "prison")
        with refused, self.cr.savepoint(), self.clock(NOON):
            contact.with_user(self.collector).action_open_whatsapp()
        contact.invalidate_recordset()
        self.assertEqual(contact.state, "planned")
