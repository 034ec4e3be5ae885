import base64
import io
from datetime import timedelta

from odoo.tests import tagged

from ...models.portal.acts import MAX_SIZE
from ..common.portal import PDF, PortalCommon

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)
IBAN = "ES9121000418450200051332"


@tagged("post_install", "-at_install")
class TestPortalPage(PortalCommon):
    """What a debtor reads on its page."""

    def test_the_sum_of_today_is_that_of_the_position(self):
        with self.law(fee=self.schedule()):
            self._assess_on(self.today.isoformat(), self.debt)
        position = self.debtor.sudo()._position(self.today)
        [section] = position.sections
        self.assertGreater(section.total, 1000)
        page = self._page()
        doc = self.debtor.sudo()._portal_own()._portal_page().doc
        total = doc._money(section)(section.total).replace("\xa0", " ")
        tree = self._tree(page)
        said = tree.xpath("string(//p[@class='o_cp_sum'])").replace("\xa0", " ")
        self.assertEqual(said.strip(), total)
        text = self._text(page)
        self.assertIn(self.move.name, text)
        for charge in section.charges:
            self.assertIn(charge.article, text)

    def test_what_is_not_due_yet_is_told_and_not_asked_for(self):
        later = self.today + timedelta(days=30)
        move = self._invoice(amount=77, due=later, invoice_date=self.today)
        text = self._text(self._page())
        self.assertIn(move.name, text)
        self.assertIn("Not due yet, not included", text)
        page = self.debtor.sudo()._portal_own()._portal_page()
        self.assertEqual(page.sections[0].pay, 1000)
        self.assertEqual(page.sections[0].upcoming, 77)

    def test_payments_are_shown_and_lower_the_sum(self):
        self._register_payment(self.move, amount=400, payment_date=self.today)
        page = self.debtor.sudo()._portal_own()._portal_page()
        self.assertEqual(page.sections[0].pay, 600)
        [(document, payment)] = page.sections[0].payments
        self.assertEqual((document, payment.amount), (self.move.name, 400))
        self.assertIn("400.00", self._text(self._page()))

    def test_what_is_disputed_whole_is_not_asked_for_with_its_charges(self):
        with self.law(fee=self.schedule()):
            self._assess_on(self.today.isoformat(), self.debt)
        self._dispute(scope="whole", amount="")
        part = self.debtor.sudo()._portal_own()._portal_page().sections[0]
        self.assertEqual(part.pay, 0)
        self.assertEqual(part.disputed, part.section.total)

    def test_what_was_ceded_cannot_be_disputed_with_us(self):
        self.debt.sudo().ceded_on = self.today
        self.assertFalse(self.debtor.sudo()._portal_debts())
        self.assertNotIn(self.move.name, self._text(self._page()))

    def test_who_owes_nothing_is_told_so(self):
        self._register_payment(self.move)
        text = self._text(self._page())
        self.assertIn("Nothing is owed", text)
        self.assertNotIn("I have paid", text)

    def test_the_bank_account_has_a_code_for_euros_and_none_for_others(self):
        account = self.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": self.company.partner_id.id}
        )
        self.company.cobranza_bank_account_id = account
        self.assertNotIn("data:image/png", self._page().text)  # the currency is USD
        self.assertIn(account.acc_number, self._text(self._page()))
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._invoice(due=self.due, invoice_date=self.due, currency_id=euro.id)
        self.env["cobranza.run"].sudo()._run_company(self.company)
        page = self.debtor.sudo()._portal_own()._portal_page()
        codes = {part.currency.name: bool(part.code) for part in page.sections}
        self.assertEqual(codes, {"EUR": True, "USD": False})
        self.assertIn("data:image/png", self._page().text)

    def test_the_page_speaks_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.partner_a.lang = "es_ES"
        page = self._page()
        self.assertIn('lang="es-ES"', page.text)
        self.assertIn("1.000,00", self._text(page))

    def test_the_rights_of_the_debtor_are_told(self):
        text = self._text(self._page())
        for right in self.company._cobranza_rules()._debtor_rights(
            "unknown", self.today
        ):
            self.assertIn(right.words, text)

    # -- documents -------------------------------------------------------------------

    def _download(self, kind, record):
        ref = self.debtor.sudo()._portal_ref(kind, record)
        return self._page(f"{self.path}/file/{ref}")

    def test_both_statements_and_an_invoice_are_downloaded(self):
        for kind, record in (
            ("statement", self.debtor),
            ("debt_statement", self.debtor),
            ("invoice", self.move),
        ):
            answer = self._download(kind, record)
            self.assertEqual(answer.status_code, 200, kind)
            self.assertIn(self.move.name, answer.text, kind)

    def test_letters_to_the_debtor_are_there_and_those_to_others_are_not(self):
        contacts = self.env["cobranza.contact"].sudo()
        other = self.env["res.partner"].create({"name": "Guarantor"})
        letters = [
            contacts._log(
                {
                    "debtor_id": self.debtor.id,
                    "channel": channel,
                    "recipient_id": partner.id,
                    "subject": f"About {channel}",
                    "body": f"<p>To {partner.name}</p>",
                    "content_hash": "0" * 64,
                    "sent_at": self.env.cr.now().replace(tzinfo=None),
                    **more,
                }
            )
            for channel, partner, more in (
                ("letter", self.partner_a, {}),
                ("letter", other, {}),
                ("call", self.partner_a, {}),
                ("letter", self.partner_a, {"direction": "inbound"}),
            )
        ]
        files = self.debtor.sudo()._portal_own()._portal_files().values()
        found = [one.record.id for one in files if one.kind == "letter"]
        self.assertEqual(found, letters[0].ids)
        self.assertEqual(self._download("letter", letters[0]).status_code, 200)
        for letter in letters[1:]:
            self.assertEqual(self._download("letter", letter).status_code, 404)

    def test_the_invoice_opens_under_the_token_of_the_page_and_with_it_ends(self):
        ref = self.debtor.sudo()._portal_ref("invoice", self.move)
        answer = self._page(f"{self.path}/invoice/{ref}", allow_redirects=False)
        location = answer.headers["Location"]
        self.assertTrue(location.endswith(f"{self.path}/file/{ref}"), location)
        self.assertEqual(self._page(location).status_code, 200)
        self.env.invalidate_all()
        self.assertFalse(self.move.access_token, "a GET makes no permanent token")
        self.assertNotIn("/invoice/", self._page().text)
        self.debtor._portal_revoke("Sent to another")
        self.assertEqual(self._page(location).status_code, 404)

    def test_portal_users_open_the_invoice_on_its_own_page(self):
        user = self._portal_user(self.partner_a)
        self.authenticate(user.login, user.login)
        path = f"/my/collections/{self.debtor.id}"
        ref = self.debtor.sudo()._portal_ref("invoice", self.move)
        self.assertIn(f"{path}/invoice/{ref}", self._page(path).text)
        answer = self._page(f"{path}/invoice/{ref}", allow_redirects=False)
        location = answer.headers["Location"]
        self.assertTrue(location.endswith(f"/my/invoices/{self.move.id}"), location)
        self.assertEqual(self._page(location).status_code, 200)

    def test_opening_the_page_and_its_files_changes_nothing(self):
        models = (
            *("cobranza.debtor", "cobranza.contact", "cobranza.portal.hit"),
            *("account.move", "ir.attachment", "mail.message", "mail.activity"),
        )
        paths = [self.path]
        for ref in self.debtor.sudo()._portal_own()._portal_files():
            paths += [f"{self.path}/file/{ref}", f"{self.path}/invoice/{ref}"]
        self._page()  # the bundles of Odoo are files too
        before = self._rows(models)
        for path in paths:
            self._page(path)
        self.assertEqual(self._rows(models), before)

    def _rows(self, models):
        self.env.invalidate_all()
        found = {}
        for name in models:
            records = self.env[name].sudo().with_context(active_test=False).search([])
            stamped = "write_date" in records._fields
            found[name] = {one.id: stamped and one.write_date for one in records}
        return found

    # -- files that are sent ---------------------------------------------------------

    def test_files_are_taken_by_what_they_are(self):
        files = [
            ("scan.exe", PDF, "application/x-msdownload"),
            ("../../etc/pass\\photo.html", PNG, "text/html"),
        ]
        self.assertEqual(self._dispute(files=files).status_code, 303)
        kept = self.debtor.dispute_ids.attachment_ids.sorted("id")
        self.assertEqual(kept.mapped("name"), ["scan.pdf", "photo.png"])
        self.assertEqual(kept.mapped("mimetype"), ["application/pdf", "image/png"])
        self.assertEqual({*kept.mapped("res_id")}, {*self.debtor.dispute_ids.ids})
        self.assertFalse(any(kept.mapped("public")))
        self.assertFalse(any(kept.mapped("access_token")))
        for file in kept:
            answer = self._page(f"/web/content/{file.id}")
            self.assertEqual(answer.status_code, 404)

    def test_what_is_no_picture_and_no_pdf_is_refused(self):
        wrong = (
            b"<html><script>alert(1)</script></html>",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"MZ\x90\x00",
            b"PK\x03\x04",
            b"GIF89a<script>",
            b"\n%PDF-1.4 behind a blank line",
            b"",
        )
        for content in wrong:
            with self.subTest(content=content):
                file = ("photo.pdf", content, "application/pdf")
                answer = self._dispute(files=[file])
                self.assertEqual(answer.status_code, 422)
                self.assertIn("PDF, JPG or PNG", self._text(answer))
        self.assertFalse(self.debtor.dispute_ids)
        self.assertFalse(self.contacts)

    def test_files_too_large_or_too_many_are_refused(self):
        large = ("large.pdf", io.BytesIO(PDF + bytes(MAX_SIZE)), "application/pdf")
        answer = self._dispute(files=[large])
        self.assertEqual(answer.status_code, 422)
        self.assertIn("too large", self._text(answer))
        six = [(f"{n}.pdf", PDF, "application/pdf") for n in range(6)]
        self.assertEqual(self._dispute(files=six).status_code, 422)
        self.assertFalse(self.debtor.dispute_ids)

    def test_a_request_beyond_all_measure_is_cut_off(self):
        huge = ("huge.pdf", io.BytesIO(PDF + bytes(4 * MAX_SIZE)), "application/pdf")
        self.assertEqual(self._dispute(files=[huge]).status_code, 413)
        self.assertFalse(self.debtor.dispute_ids)

    def test_forms_that_take_no_files_refuse_them(self):
        answer = self._send("plan", files=[("a.pdf", PDF, "application/pdf")], text="x")
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.contacts)
