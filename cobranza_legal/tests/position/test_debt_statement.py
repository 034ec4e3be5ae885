import base64
import io
from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.pdf import PdfReader

from ...kernel.compensation import FixedCompensation
from ...kernel.money import Money
from ...kernel.periods import Row, Series
from ...models.common.money import amount_words
from ...models.contact import content as payment_qr
from ..common.charging import ChargeCommon

REPORT = "cobranza_legal.action_report_debt_statement"
IBAN = "ES91 2100 0418 4502 0005 1332"
TODAY = "2026-10-10"


@tagged("post_install", "-at_install")
class TestDebtStatement(ChargeCommon):
    """The debt statement at a date: screen, PDF and workbook say the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        cls.company.write({"name": "Creditor Ltd", "vat": "US-1", "city": "Oviedo"})
        cls.partner_a.write(
            {"name": "Debtor & Sons", "street": "Calle Mayor 1", "lang": "en_US"}
        )
        cls.account = cls.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": cls.company.partner_id.id}
        )
        cls.company.cobranza_bank_account_id = cls.account
        cls.move = cls._invoice(due="2026-10-05", amount=3650, currency_id=cls.euro.id)
        cls.other = cls._invoice(due="2026-10-05", amount=730)
        cls._run(TODAY)
        cls.debts = cls._debts(cls.move | cls.other)
        cls.debtor = cls.debts.debtor_id
        rows = (
            Row(date(2026, 1, 1), date(2026, 10, 10), Decimal(10), "Gazette 1"),
            Row(date(2026, 10, 11), None, Decimal(20), "Gazette 2"),
        )
        money = Money(Decimal(40), "EUR")
        answers = {
            "interest": cls.terms(series=Series("rate", "", rows)),
            "compensations": [FixedCompensation("compensation", money, "Law 2 art. 8")],
        }
        cls.answers = answers

    def setUp(self):
        super().setUp()
        self.enterContext(self.law(**self.answers))
        self.enterContext(self.at(TODAY))
        self._register_payment(self.move, amount=1650, payment_date="2026-10-08")

    def _wizard(self, on="2026-10-15", **vals):
        return self.env["cobranza.debt.statement"].create(
            {"debtor_id": self.debtor.id, "on": on, **vals}
        )

    def _html(self, wizard):
        reports = self.env["ir.actions.report"]
        return reports._render_qweb_html(REPORT, wizard.ids)[0].decode()

    def _book(self, wizard, **options):
        wizard.action_workbook()
        content = base64.b64decode(wizard.with_context(bin_size=False).workbook)
        return load_workbook(io.BytesIO(content), **options)

    # 3,650 × 10 % × 3/365 + 2,000 × 10 % × 2/365 + 2,000 × 20 % × 5/365 = 9.5753,
    # 2,000 of principal and 40 for each of two documents: 2,089.58

    def test_the_paper_tells_who_owes_what_to_whom_and_why(self):
        html = self._html(self._wizard())
        for words in (
            "Creditor Ltd",
            "US-1",
            "Oviedo",
            "Debtor &amp; Sons",
            "Calle Mayor 1",
            "10/15/2026",
            self.move.name,
            self.other.name,
            "3,650.00",
            "1,650.00",
            "2,000.00",
            "10.00 %",
            "20.00 %",
            "9.58",
            "2,089.58",
            "Two thousand and eighty-nine euro and fifty-eight cents",
            "Law 2 art. 7",
            "Law 2 art. 8",
            IBAN,
            "reserves the interest",
            "Name, capacity and signature",
        ):
            self.assertIn(words, html)

    def test_the_slices_are_listed_with_their_days(self):
        html = self._html(self._wizard(debt_ids=self._debts(self.move).ids))
        for first, last in (("06", "08"), ("09", "10"), ("11", "15")):
            self.assertIn(f"10/{first}/2026", html)
            self.assertIn(f"10/{last}/2026", html)
        for amount in ("3.00", "1.10", "5.48", "9.58"):
            self.assertIn(amount, html)
        self.assertNotIn(self.other.name, html)

    def test_the_screen_shows_the_figures_of_the_paper(self):
        with Form(
            self.env["cobranza.debt.statement"].with_context(
                default_debtor_id=self.debtor.id
            )
        ) as form:
            self.assertEqual(str(form.on), TODAY)
            self.assertNotIn("2,089.58", form.preview)
            form.on = date(2026, 10, 15)
            self.assertIn("2,089.58", form.preview)
            form.debt_ids.add(self._debts(self.other))
            self.assertNotIn("2,089.58", form.preview)

    def test_the_buttons_choose_debtor_document_and_debt(self):
        action = self.debtor.action_debt_statement()
        self.assertEqual(action["context"]["default_debtor_id"], self.debtor.id)
        self.assertEqual(action["context"]["default_debt_ids"], [])
        debt = self._debts(self.move)
        for action in (
            debt.action_debt_statement(),
            self.move.action_cobranza_debt_statement(),
        ):
            self.assertEqual(action["context"]["default_debt_ids"], debt.ids)
        wizard = (
            self.env[action["res_model"]].with_context(**action["context"]).create({})
        )
        self.assertEqual((wizard.debtor_id, wizard.debt_ids), (self.debtor, debt))

    def test_debts_of_another_debtor_are_refused(self):
        stranger = self._invoice(due="2026-10-01", partner=self.partner_b)
        self._run(TODAY)
        with self.assertRaises(UserError):
            self._wizard(debt_ids=self._debts(stranger).ids)

    def test_a_statement_without_its_rates_is_not_printed(self):
        rows = (Row(date(2026, 1, 1), date(2026, 12, 31), Decimal(10)),)
        terms = self.terms(series=Series("rate", "", rows))
        with self.law(interest=terms):
            wizard = self._wizard(on="2027-01-02")
            self.assertTrue(wizard.missing)
            self.assertIn("The total is too low", wizard.preview)
            for action in (wizard.action_print, wizard.action_workbook):
                with self.assertRaisesRegex(UserError, "rate of 2027-01-01"):
                    action()

    def test_nothing_owed_says_so(self):
        wizard = self._wizard(on="2026-08-01")
        self.assertIn("Nothing is owed", self._html(wizard))
        self.assertEqual(len(self._book(wizard).worksheets), 1)

    # -- workbook --------------------------------------------------------------------

    def test_the_workbook_has_numbers_dates_and_formulas(self):
        book = self._book(self._wizard())
        own = self.company.currency_id.name
        names = ("Principal", "Payments", "Interest", "Fees", "Legal basis")
        self.assertLessEqual({f"{name} EUR" for name in names}, set(book.sheetnames))
        self.assertIn(f"Summary {own}", book.sheetnames)
        sheet = book["Principal EUR"]
        self.assertEqual(sheet["A2"].value, self.move.name)
        self.assertEqual(sheet["C2"].value, datetime(2026, 10, 5))
        self.assertEqual(sheet["C2"].number_format, "yyyy-mm-dd")
        figures = [sheet[f"{column}2"].value for column in "DEF"]
        self.assertEqual(figures, [3650, 1650, 2000])
        self.assertEqual(sheet["F2"].number_format, "#,##0.00")
        self.assertEqual(sheet["F3"].value, "=SUM(F2:F2)")
        rows = list(book["Interest EUR"].iter_rows(2, 4, values_only=True))
        self.assertEqual(
            [row[3:7] for row in rows],
            [
                (3, 3650, 10, 3),
                (2, 2000, 10, 1.1),
                (5, 2000, 20, 5.48),
            ],
        )
        payment = book["Payments EUR"]
        self.assertEqual(payment["A2"].value, datetime(2026, 10, 8))
        self.assertEqual(payment["E2"].value, 1650)

    def test_the_summary_adds_up_the_other_sheets(self):
        wizard = self._wizard()
        formulas = self._book(wizard)["Summary EUR"]
        day, open_ = "'Principal EUR'!C2:C2", "'Principal EUR'!F2:F2"
        self.assertEqual(formulas["B7"].value, f'=SUMIF({day},"<"&B4,{open_})')
        self.assertEqual(formulas["B8"].value, f'=SUMIF({day},">="&B4,{open_})')
        self.assertEqual(formulas["B9"].value, "='Interest EUR'!G5+'Fees EUR'!F4")
        self.assertEqual(formulas["B10"].value, "=SUM(B7:B9)")
        figures = self._book(wizard, data_only=True)["Summary EUR"]
        values = [figures[f"B{row}"].value for row in range(7, 11)]
        self.assertEqual(values, [2000, 0, 89.58, 2089.58])
        labels = [figures[f"A{row}"].value for row in range(7, 10)]
        self.assertEqual(labels, ["Overdue", "Not yet due", "Charges accrued"])
        self.assertIn("Total on", figures["A10"].value)
        self.assertIn("Two thousand", figures["A11"].value)

    def test_credits_are_taken_off_in_the_workbook(self):
        self._prepay(100, TODAY, currency_id=self.euro.id)
        wizard = self._wizard()
        section = wizard._position().section("EUR")
        sheet = self._book(wizard, data_only=True)["Summary EUR"]
        self.assertEqual(sheet["B10"].value, -100)
        self.assertEqual(sheet["B11"].value, float(section.total))
        self.assertEqual(self._book(wizard)["Summary EUR"]["B10"].value[:2], "=-")

    # -- PDF -------------------------------------------------------------------------

    def test_the_pages_of_the_pdf_are_numbered(self):
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        with self.allow_pdf_render():
            content, kind = reports._render_qweb_pdf(REPORT, self._wizard().ids)
        self.assertEqual(kind, "pdf")
        found = PdfReader(io.BytesIO(content))
        title = self._wizard()._document_title()
        self.assertEqual(found.metadata.title, title)
        pages = found.pages
        self.assertGreaterEqual(len(pages), 1)
        for number, page in enumerate(pages, 1):
            text = page.extract_text()
            self.assertIn(f"page {number} of {len(pages)}", text)
            self.assertIn("Debtor & Sons on 10/15/2026", text)
        text = " ".join(page.extract_text() for page in pages)
        text = " ".join(text.split())
        for words in ("Creditor Ltd", "2,089.58", "9.58", "20.00 %", self.move.name):
            self.assertIn(words, text)

    # -- QR --------------------------------------------------------------------------

    def test_a_debt_in_euros_has_a_payment_code(self):
        wizard = self._wizard()
        section = wizard._position().section("EUR")
        said = []
        with patch.object(payment_qr, "payment_code", self._spy(said)):
            image = wizard._qr(section)
        self.assertTrue(base64.b64decode(image).startswith(b"\x89PNG"))
        lines = said[0].split("\n")
        self.assertEqual(lines[:4], ["BCD", "002", "1", "SCT"])
        self.assertEqual(
            lines[5:8], ["Creditor Ltd", IBAN.replace(" ", ""), "EUR2089.58"]
        )
        self.assertEqual(lines[10], wizard._reference(section))
        self.assertIn("data:image/png;base64,", self._html(wizard))

    @staticmethod
    def _spy(said):
        ask = payment_qr.payment_code

        def payment_code(*args):
            said.append(ask(*args))
            return said[-1]

        return payment_code

    def test_no_code_where_no_standard_exists(self):
        wizard = self._wizard()
        own = self.company.currency_id.name
        self.assertIsNone(wizard._qr(wizard._position().section(own)))
        section = wizard._position().section("EUR")
        self.account.acc_number = "0123456789"
        self.assertIsNone(wizard._qr(section))
        self.account.acc_number = "BR1800360305000010009795493C1"  # no SEPA country
        self.assertIsNone(wizard._qr(section))

    # -- words -----------------------------------------------------------------------

    def test_amounts_in_words(self):
        for lang in ("es_ES", "es_CL"):
            self.env["res.lang"]._activate_lang(lang)
        for lang, currency, amount, words in (
            ("es_ES", "EUR", 1040.5, "Mil cuarenta euros con cincuenta céntimos"),
            ("es_ES", "EUR", 21, "Veintiún euros"),
            ("es_CL", "CLP", 1000000, "Un millón de pesos"),
            ("es_CL", "CLP", 121000000, "Ciento veintiún millones de pesos"),
            (
                "es_CL",
                "CLP",
                1234021,
                "Un millón doscientos treinta y cuatro mil veintiún pesos",
            ),
            ("es_CL", "USD", 31.01, "Treinta y un dólares con un centavo"),
            ("en_US", "USD", 1040.5, "One thousand and forty dollars and fifty cents"),
            ("en_US", "EUR", 7, "Seven euro"),
            ("en_US", "CLP", 7, "Seven Peso"),
        ):
            found = (
                self.env["res.currency"]
                .with_context(lang=lang, active_test=False)
                .search([("name", "=", currency)])
            )
            with self.subTest(lang=lang, currency=currency, amount=amount):
                self.assertEqual(amount_words(found, Decimal(str(amount))), words)

    def test_the_debtors_language_decides(self):
        self.env["res.lang"]._activate_lang("es_CL")
        self.partner_a.lang = "es_CL"
        wizard = self._wizard(debt_ids=self._debts(self.move).ids)
        html = self._html(wizard)
        self.assertIn("Dos mil cuarenta y nueve euros con", html)
        self.assertIn("15-10-2026", html)

    def test_formulas_follow_the_notation_of_the_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        wizard = self._wizard().with_context(lang="es_ES")
        formula = "100000 × 9% − 0.2 × 27205.11 = 3559"
        self.assertEqual(
            wizard._formula(formula), "100.000 × 9% − 0,2 × 27.205,11 = 3.559"
        )
        self.assertEqual(wizard._rate(Decimal("10.400")), "10,40 %")
        self.assertEqual(wizard._rate(Decimal("4.0625")), "4,0625 %")

    # -- roles -----------------------------------------------------------------------

    def test_every_role_that_reads_may_print(self):
        for role in ("collector", "accountant", "all_lawyer"):
            with self.subTest(role=role):
                user = self._role(role)
                wizard = (
                    self.env["cobranza.debt.statement"]
                    .with_user(user)
                    .create({"debtor_id": self.debtor.id, "on": "2026-10-15"})
                )
                self.assertIn("2,089.58", wizard.preview)
                reports = self.env["ir.actions.report"].with_user(user)
                html = reports._render_qweb_html(REPORT, wizard.ids)[0].decode()
                self.assertIn("2,089.58", html)
                self.assertTrue(wizard.action_workbook())

    def test_a_lawyer_sees_own_cases_only_and_the_portal_nothing(self):
        lawyer = self._role("lawyer")
        wizards = self.env["cobranza.debt.statement"].with_user(lawyer)
        values = {"debtor_id": self.debtor.id, "on": "2026-10-15"}
        with self.assertRaises(AccessError):
            wizards.create(values).preview  # noqa: B018
        self.debtor.debt_ids._assign(lawyer)
        self.assertIn("2,089.58", wizards.create(values).preview)
        portal = new_test_user(self.env, "portal_debt_statement", "base.group_portal")
        with self.assertRaises(AccessError):
            self.env["cobranza.debt.statement"].with_user(portal).create(values)
