import base64
import io

from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.mandate import OTHER_IBAN, MandateCommon
from ..common.portal import PortalCommon


def picture(size=(200, 60)):
    image = io.BytesIO()
    Image.new("RGB", size, "white").save(image, "PNG")
    return base64.b64encode(image.getvalue()).decode()


@tagged("post_install", "-at_install")
class TestMandateSigning(MandateCommon, PortalCommon):
    """The debtor reads the mandate on its page and signs it there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.write({"city": "Sevilla", "street": "Calle Sierpes 1"})
        cls.mandate = cls._mandate()
        cls.mandate.action_request()
        cls.mandate.flush_recordset()

    def _ref(self):
        page = self.debtor.sudo()._portal_own()._portal_page()
        return next(iter(page.to_sign), "")

    def _post(self, *, ref=None, shown=None, nonce="n" * 24, path=None, **values):
        ref = ref or self._ref()
        shown = shown or self.mandate.document_hash
        answer = self.make_jsonrpc_request(
            f"{path or self.path}/sign/{ref}/{shown}/{nonce}",
            {"name": "Ana Pérez", "signature": picture(), **values},
        )
        self.env.invalidate_all()
        return answer

    # -- reading -----------------------------------------------------------------------

    def test_the_page_shows_what_is_to_be_signed_and_looking_changes_nothing(self):
        self.env.invalidate_all()
        before = self.mandate.read()[0]
        page = self._page()
        self.assertIn("To sign", self._text(page))
        sign = self._page(f"{self.path}/sign/{self._ref()}")
        self.assertEqual(sign.status_code, 200)
        text = self._text(sign)
        self.assertIn("you authorise (A)", text)
        self.assertIn("8 weeks", text)
        self.assertIn(self.mandate.reference, text)
        self.assertIn(self.mandate.document_hash, text)
        self.assertIn("portal.signature_form", sign.text)
        self.env.invalidate_all()
        self.assertEqual(self.mandate.read()[0], before)
        self.assertFalse(self.contacts)

    def test_the_pdf_is_on_the_page_before_and_after(self):
        page = self.debtor.sudo()._portal_own()._portal_page()
        ref = page.ref("unsigned", self.mandate)
        self.assertEqual(self._page(f"{self.path}/file/{ref}").status_code, 200)
        self._post()
        self.assertEqual(self._page(f"{self.path}/file/{ref}").status_code, 404)
        signed = page.ref("signed", self.mandate)
        self.assertEqual(self._page(f"{self.path}/file/{signed}").status_code, 200)

    def test_a_get_of_the_address_that_signs_signs_nothing(self):
        path = f"{self.path}/sign/{self._ref()}/{self.mandate.document_hash}/{'n' * 24}"
        self.assertIn(self._page(path).status_code, (400, 404, 405, 415))
        self.env.invalidate_all()
        self.assertEqual(self.mandate.state, "requested")

    # -- signing -----------------------------------------------------------------------

    def test_what_is_signed_is_kept_with_who_when_where_and_under_which_words(self):
        answer = self._post()
        self.assertTrue(answer["force_refresh"], answer)
        mandate = self.mandate
        self.assertEqual(mandate.state, "valid")
        self.assertEqual(mandate.signed_method, "page")
        self.assertEqual(mandate.signed_on, self.today)
        self.assertEqual(mandate.signed_place, "Sevilla")
        signature = mandate.signature_ids
        self.assertEqual(signature.name, "Ana Pérez")
        self.assertEqual(signature.document_hash, mandate.document_hash)
        self.assertIn("Calle Sierpes 1", signature.address)
        self.assertIn("127.0.0.1", signature.origin)
        self.assertEqual(signature.way, "link")
        self.assertTrue(signature.moment)
        self.assertTrue(mandate.signed_file_id)
        self.assertNotEqual(mandate.signed_file_id, mandate.document_file_id)
        self.assertIn("You signed", self.contacts.subject)
        done = self._page(answer["redirect_url"])
        self.assertIn("You signed", self._text(done))
        self.assertNotIn("To sign", self._text(self._page()))

    def test_a_signature_is_never_changed_nor_deleted(self):
        self._post()
        signature = self.mandate.signature_ids
        with self.assertRaises(UserError):
            signature.sudo().name = "Somebody else"
        with self.assertRaises(UserError):
            signature.sudo().unlink()
        with self.assertRaises(UserError):
            self.mandate.sudo()._thaw_document()

    def test_a_text_that_changed_since_it_was_shown_is_not_signed(self):
        shown = self.mandate.document_hash
        self.mandate.action_draft()
        self.mandate.kind = "one_off"
        self.mandate.action_request()
        self.assertNotEqual(self.mandate.document_hash, shown)
        self.env.flush_all()
        answer = self._post(shown=shown)
        self.assertIn("changed", answer["error"])
        self.assertEqual(self.mandate.state, "requested")
        self.assertFalse(self.mandate.signature_ids)
        self.assertTrue(self._post(nonce="m" * 24)["force_refresh"])

    def test_words_that_were_tampered_with_are_not_signed(self):
        self.mandate._through_gate().document_body = "<p>You owe everything</p>"
        self.env.flush_all()
        self.assertIn("changed", self._post()["error"])

    def test_the_same_form_sent_twice_signs_once(self):
        self._post()
        self.assertTrue(self._post(ref="gone")["force_refresh"])
        self.assertEqual(len(self.mandate.signature_ids), 1)
        self.assertEqual(len(self.contacts), 1)

    def test_signing_wants_a_name_and_a_picture(self):
        for values in (
            {"name": " "},
            {"signature": ""},
            {"signature": base64.b64encode(b"<svg/>").decode()},
            {"signature": "%%%"},
        ):
            with self.subTest(values):
                self.assertTrue(self._post(**values)["error"])
        self.assertEqual(self.mandate.state, "requested")

    def test_what_was_taken_back_is_not_signed(self):
        ref, shown = self._ref(), self.mandate.document_hash
        self.mandate.action_draft()
        self.env.flush_all()
        answer = self._post(ref=ref, shown=shown)
        self.assertIn("not to be signed", answer["error"])

    def test_an_account_that_was_edited_is_not_signed_on_the_page(self):
        ref = self._ref()
        self.account.acc_number = OTHER_IBAN
        self.env.flush_all()
        self.assertIn("not to be signed", self._post(ref=ref)["error"])
        self.assertEqual(self.mandate.state, "requested")
        self.assertNotIn("To sign", self._text(self._page()))

    def test_a_picture_of_a_few_bytes_may_not_be_huge(self):
        for size in ((4001, 10), (10, 4001)):
            with self.subTest(size):
                answer = self._post(signature=picture(size))
                self.assertIn("sign in the field", answer["error"])
        header = base64.b64encode(b"\x89PNG\r\n\x1a\n\x00\x00").decode()
        self.assertIn("sign in the field", self._post(signature=header)["error"])
        self.assertTrue(self._post(signature=picture((4000, 10)))["force_refresh"])

    def test_nobody_signs_for_another_debtor(self):
        other = (
            self.env["cobranza.run"]
            .sudo()
            ._ensure_debtors(self.company, self.partner_b)
        )
        self.partner_b.lang = "en_US"
        other._portal_link()
        path = other._portal_path()
        self.env.flush_all()
        answer = self._post(path=path)
        self.assertIn("not to be signed", answer["error"])
        self.assertEqual(self._page(f"{path}/sign/{self._ref()}").status_code, 404)
        wrong = f"/my/collections/{'x' * 43}"
        self.assertTrue(self._post(path=wrong)["error"])
        self.assertEqual(self.mandate.state, "requested")

    def test_a_portal_user_signs_under_its_own_name(self):
        user = self._portal_user(self.partner_a)
        self.authenticate(user.login, user.login)
        path = f"/my/collections/{self.debtor.id}"
        self.assertTrue(self._post(path=path)["force_refresh"])
        signature = self.mandate.signature_ids
        self.assertEqual(signature.way, "user")
        self.assertEqual(signature.user_id, user)

    def test_with_the_switch_off_nothing_is_asked_to_be_signed(self):
        ref = self._ref()
        self._switch(False)
        self.env.flush_all()
        self.assertNotIn("To sign", self._text(self._page()))
        self.assertIn("not to be signed", self._post(ref=ref)["error"])
        self._switch(True)
        self.env.flush_all()
        self.assertIn("To sign", self._text(self._page()))

    # -- sending -----------------------------------------------------------------------

    def test_the_link_is_sent_through_the_gate_of_contacts(self):
        contacts = self.env["cobranza.contact"]
        before = contacts.search([])
        with self.assertRaises(UserError):  # the company proposes only
            self.mandate.action_send()
        self.company.sudo()._through_gate().write({"cobranza_mode": "confirm"})
        self.debtor.sudo().write({"regime": "company"})
        self.mandate.action_send()
        contact = contacts.search([]) - before
        self.assertEqual(contact.text_purpose, "mandate_request")
        self.assertTrue(contact.released)
        body = contact._render()["body"]
        self.assertIn("/my/collections/", body)
