import base64
import io

from PIL import Image

from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from ...models.contact.content import qr_image
from ..common.contact import MONDAY, ContactCommon
from ..common.qr_reader import read_qr
from ..common.smtp_sink import body_of, smtp_sink

IBAN = "ES91 2100 0418 4502 0005 1332"
BODY = "<p>{{ amount }} ({{ amount_words }}) {{ portal_url }}</p>{{ payment_qr }}"


@tagged("post_install", "-at_install")
class TestTextPayment(ContactCommon):
    """The code to scan is read back from what the debtor gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        cls.company.cobranza_bank_account_id = cls.env["res.partner.bank"].create(
            {
                "acc_number": IBAN,
                "partner_id": cls.company.partner_id.id,
                "acc_holder_name": "Creditor Ltd",
            }
        )
        cls._text("reminder", "en_US", "Your account", BODY)
        cls._text("formal_demand", "en_US", "Your account", BODY)
        cls.partner_a.write({"street": "1 Low Street", "city": "Springfield"})

    def _claim(self, channel, currency=None):
        currency = currency or self.company.currency_id
        invoice = self._invoice(amount=1040.5, currency_id=currency.id)
        return self._contact(invoice, channel=channel)

    def _wanted(self, contact):
        reference = contact.line_ids.debt_id.move_id.payment_reference
        lines = ("BCD", "002", "1", "SCT", "", "Creditor Ltd")
        return "\n".join(
            [*lines, IBAN.replace(" ", ""), "EUR1040.50", "", "", reference]
        )

    def _picture_of_pdf(self, contact):
        with self.clock(f"{MONDAY} 12:00:00"):
            contact.with_context(force_report_rendering=True)._print_letter()
        reader = PdfReader(io.BytesIO(contact.attachment_id.raw))
        pictures = [one.image for page in reader.pages for one in page.images]
        return next(one for one in pictures if one.width == one.height)

    def _sent(self, contact):
        with smtp_sink(self.env) as sink:
            self._send()
        [message] = sink.messages
        self.assertEqual(contact.state, "sent")
        return message

    def test_a_letter_in_euros_fills_in_the_transfer(self):
        contact = self._claim("letter", self.euro)
        picture = self._picture_of_pdf(contact)
        self.assertEqual(read_qr(picture), self._wanted(contact))
        self.assertIn("bank's app", contact.body)

    def test_another_currency_leads_to_the_debtors_page(self):
        contact = self._claim("letter")
        picture = self._picture_of_pdf(contact)
        self.assertEqual(read_qr(picture), contact.debtor_id._portal_link())
        self.assertIn("/my/collections/", contact.body)

    def test_an_email_carries_the_picture_inside(self):
        contact = self._claim("email", self.euro)
        message = self._sent(contact)
        html = message.get_body(("html",)).get_content()
        self.assertNotIn("data:image", html)
        pictures = {
            part["Content-ID"].strip("<>"): part.get_content()
            for part in message.walk()
            if part.get_content_type() == "image/png"
        }
        [(name, content)] = pictures.items()
        self.assertIn(f'src="cid:{name}"', html)
        self.assertEqual(
            read_qr(Image.open(io.BytesIO(content))), self._wanted(contact)
        )
        self.assertTrue(contact._verify_hash())
        self.assertIn("One thousand and forty euro", body_of(message).replace(",", ""))

    def test_a_guarantor_gets_no_key_to_the_debtors_page(self):
        contact = self._claim("letter")
        self._guarantee(contact.debtor_id, self.partner_b)
        contact.write({"recipient_id": self.partner_b.id})
        self.assertEqual(contact._portal_url(), "")

    def test_the_reader_reads_every_size_and_alphabet(self):
        for text in (
            "7",
            "ABC 123",
            "https://x.example/?a=b",
            "ñandú " * 40,
            "9" * 300,
        ):
            with self.subTest(text=text[:20]):
                raw = base64.b64decode(qr_image(text))
                self.assertEqual(read_qr(Image.open(io.BytesIO(raw))), text)
