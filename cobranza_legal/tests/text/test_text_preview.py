import io

from markupsafe import Markup

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.pdf import PdfReader

from ..common.contact import MONDAY, ContactCommon

REPORT = "cobranza_legal.action_report_text_preview"


@tagged("post_install", "-at_install")
class TestTextPreview(ContactCommon):
    """A text as the debtor will see it, and what a new version of it changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env,
            "clerk",
            "cobranza_legal.group_collector",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        cls.move = cls._invoice(amount=1040.5)
        cls._run("2026-10-25")
        cls.debtor = cls.partner_a.cobranza_debtor_ids
        cls.debtor.lang = "en_US"

    def _preview(self, **vals):
        model = self.env["cobranza.text.preview"].with_user(self.clerk)
        chosen = {} if "purpose" in vals else {"text_id": self.text.id}
        return model.create({**chosen, **vals})

    def test_an_email_is_shown_in_a_frame_of_its_own(self):
        preview = self._preview()
        self.assertIn('sandbox=""', preview.seen)
        self.assertIn("width:720px", preview.seen)
        self.assertIn("María Pérez owes", preview.seen)
        self.assertEqual(preview.subject.split()[0], "About")
        preview.width = "mobile"
        self.assertIn("width:360px", preview.seen)

    def test_nothing_of_the_text_escapes_the_frame(self):
        self.debtor.partner_id.name = '"><script>alert(1)</script>'
        preview = self._preview(debtor_id=self.debtor.id)
        self.assertNotIn("<script", preview.seen)
        self.assertEqual(preview.seen.count("<iframe"), 1)

    def test_a_debtors_own_data_are_shown(self):
        with self.clock(f"{MONDAY} 12:00:00"):
            preview = self._preview(debtor_id=self.debtor.id, shape="message")
            self.assertIn(f"{self.partner_a.name} owes $ 1,040.50", preview.plain)
            self.assertIn(self.move.name, preview.plain)
            self.assertIn("SMS", preview.size)
        self.assertFalse(self.debtor.contact_ids - self.debtor.contact_ids.exists())

    def test_a_level_shows_the_text_that_would_leave(self):
        with Form(
            self.env["cobranza.text.preview"].with_context(default_purpose="reminder")
        ) as form:
            self.assertEqual(form.text_id, self.text)
            form.debtor_id = self.debtor
            self.assertEqual(form.text_id, self.text)

    def test_a_letter_is_a_pdf_with_the_debtors_address(self):
        self.partner_a.write({"street": "1 Low Street", "city": "Springfield"})
        for debtor, words in ((self.debtor, "1 Low Street"), (False, "María Pérez")):
            preview = self._preview(debtor_id=debtor and debtor.id, shape="letter")
            reports = self.env["ir.actions.report"].with_user(self.clerk)
            reports = reports.with_context(force_report_rendering=True)
            content, kind = reports._render_qweb_pdf(REPORT, preview.ids)
            self.assertEqual(kind, "pdf")
            text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
            text = " ".join(text.split())
            self.assertIn(words, text)
            self.assertIn("owes", text)

    def test_what_cannot_be_merged_is_told(self):
        self._text("last_notice", "en_US", "x", "<p>{{ contact_name }} {{ iban }}</p>")
        self.company.partner_id.bank_ids.unlink()
        preview = self._preview(purpose="last_notice", debtor_id=self.debtor.id)
        self.assertIn("iban", preview.seen)

    def test_who_does_not_collect_sees_no_preview(self):
        lawyer = self._role("lawyer")
        with self.assertRaises(AccessError):
            self.env["cobranza.text.preview"].with_user(lawyer).create({})

    # -- versions --------------------------------------------------------------------

    def test_a_new_version_shows_what_it_changes(self):
        draft = self.text.copy({"name": self.text.name})
        draft.write({"body": Markup("<p>{{ debtor_name }} must pay {{ amount }}</p>")})
        self.assertEqual(draft.previous_id, self.text)
        self.assertIn('<del class="text-danger">owes</del>', draft.changes)
        self.assertIn('<ins class="text-success">must pay</ins>', draft.changes)
        same = self.text.copy({"name": self.text.name})
        self.assertEqual(same.previous_id, self.text)
        self.assertFalse(same.changes)

    def test_who_approves_the_own_text_is_told(self):
        self.assertTrue(self.text.approved_alone)
        boss = new_test_user(
            self.env, "boss", "cobranza_legal.group_collection_manager"
        )
        draft = self.text.copy({"name": self.text.name})
        self.assertFalse(draft.approved_alone)
        draft.with_user(boss).action_approve()
        self.assertEqual(draft.approved_by_id, boss)
        self.assertFalse(draft.approved_alone)
