import io

from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import body_of, smtp_sink

LETTER = "cobranza_legal.action_report_letter"
STATEMENT = "cobranza_legal.action_report_statement"


@tagged("post_install", "-at_install")
class TestContactReport(ContactCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"street": "1 Creditor Street", "city": "Oviedo"})
        bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": "ES9121000418450200051332",
                "partner_id": cls.company.partner_id.id,
            }
        )
        cls.company.cobranza_bank_account_id = bank
        cls.partner_a.write({"street": "Calle Mayor 1", "city": "Madrid"})
        cls._text(
            "formal_demand",
            "en_US",
            "Demand of {{ document }}",
            "<p>Dear {{ debtor_name }}, pay {{ amount }} ({{ amount_words }}) before "
            "{{ deadline }} to {{ iban }}, {{ reference }}.</p>{{ debts_table }}"
            "{{ charges_table? }}",
        )

    def _html(self, report, records):
        with self.clock(f"{MONDAY} 12:00:00"):
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                report, records.ids
            )
        return html.decode()

    def test_the_letter_says_who_claims_what_of_whom(self):
        invoice = self._invoice()
        letter = self._contact(invoice, channel="letter")
        html = self._html(LETTER, letter)
        self.assertNotIn("Odoo Report", html)
        for words in (
            "<title>Letter · ",
            "Creditor Ltd",
            "1 Creditor Street",
            "Calle Mayor 1",
            f"Demand of {invoice.name}",
            "1,000.00",
            "One thousand dollars",
            "12/03/2026",
            "ES91 2100 0418 4502 0005 1332",
            invoice.payment_reference,
            "11/23/2026",
        ):
            self.assertIn(words, html)
        self.assertNotIn("&lt;table", html)

    def test_the_names_of_debtors_are_escaped(self):
        self.partner_a.name = "<script>alert(1)</script>"
        html = self._html(LETTER, self._contact(channel="letter"))
        self.assertNotIn("<script>alert(1)", html)

    def test_the_charges_are_told_with_formula_and_article(self):
        letter = self._contact(channel="letter")
        self._charge(
            letter.line_ids.debt_id, formula="40 per invoice", article="art. 8"
        )
        html = self._html(LETTER, letter)
        for words in ("40.00", "40 per invoice", "art. 8"):
            self.assertIn(words, html)
        statement = self._html(STATEMENT, letter.debtor_id)
        for words in ("40 per invoice", "art. 8", "1,040.00"):
            self.assertIn(words, statement)

    def test_the_statement_tells_every_open_item_with_its_ageing(self):
        late = self._invoice(due="2026-10-05")
        fresh = self._invoice(due="2026-11-20", amount=300)
        contact = self._contact(late, fresh)
        self._register_payment(late, amount=250)
        html = self._html(STATEMENT, contact.debtor_id)
        for words in (late.name, fresh.name, "750.00", "250.00", "1,050.00"):
            self.assertIn(words, html)
        with self.clock(f"{MONDAY} 12:00:00"):
            [section] = contact.debtor_id._statement()
        self.assertEqual(
            [amount for _b, amount in section["ageing"]], [0, 300, 750, 0, 0, 0]
        )
        self.assertEqual(section["figures"].total, 1050)

    def test_the_statement_tells_what_is_not_due_and_what_is_unallocated(self):
        contact = self._contact(self._invoice())
        later = self._invoice(due="2027-01-31", amount=90)
        payment = self._prepay(40, "2026-11-20")
        html = self._html(STATEMENT, contact.debtor_id)
        for words in (later.name, payment.move_id.name, "1,050.00"):
            self.assertIn(words, html)

    def test_the_statement_has_a_section_for_each_currency(self):
        other = self.setup_other_currency("EUR")
        contact = self._contact(self._invoice(), self._invoice(currency_id=other.id))
        sections = contact.debtor_id._statement()
        self.assertEqual(len(sections), 2)

    def test_the_statement_goes_by_mail_as_a_contact(self):
        self._text("statement", "en_US", "Your account", "<p>{{ total }}</p>")
        debtor = self._contact(self._invoice()).debtor_id
        debtor.contact_ids._set_state("cancelled", "only the statement")
        with self.clock(f"{MONDAY} 12:00:00"), smtp_sink(self.env) as sink:
            debtor.action_send_statement()
            self._send()
        [message] = sink.messages
        self.assertIn("1,000.00", body_of(message))
        self.assertEqual(len(list(message.iter_attachments())), 1)
        self.assertEqual(debtor.contact_ids[0].text_purpose, "statement")

    def test_letter_and_statement_are_real_pdfs(self):
        letter = self._contact(channel="letter")
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        with self.allow_pdf_render():
            pdf, kind = reports._render_qweb_pdf(LETTER, letter.ids)
            other, _kind = reports._render_qweb_pdf(STATEMENT, letter.debtor_id.ids)
        self.assertEqual(kind, "pdf")
        name = self.partner_a.name
        titles = (f"Letter · {name} · 11/23/2026", f"Account statement · {name}")
        for content, title in zip((pdf, other), titles, strict=True):
            reader = PdfReader(io.BytesIO(content))
            self.assertEqual(len(reader.pages), 1)
            self.assertEqual(reader.metadata.title, title)
