"""One debtor, one minute, one figure: every screen and document of a demo compared."""

import base64
import io
import re
from decimal import Decimal

import openpyxl
from lxml import html

from odoo.tools import format_amount
from odoo.tools.pdf import PdfReader

from ...kernel.position import INTEREST
from ...models.common.money import say_amount
from ...models.position.words import figure_rows
from .web_client import WebClient

FORM = {
    "overdue": "overdue",
    "not_due": "not_due",
    "charges": "charge_amount",
    "loose": "credit_amount",
    "total": "total",
}
"""Fields of the debtor by the keys of ``figure_rows``; ``loose`` is negative there."""


def number(text, lang):
    """The amount that a person reads in ``text``."""
    digits = re.sub(r"[^\d.,]", "", text)
    thousands, point = (",", ".") if lang == "en_US" else (".", ",")
    value = Decimal(digits.replace(thousands, "").replace(point, ".") or 0)
    return -value if "\N{MINUS SIGN}" in text or "-" in text else value


def rows_of(node, xpath, lang):
    """[(label, amount)] of the rows of a table."""
    found = []
    for row in node.xpath(xpath):
        cells = [" ".join(cell.text_content().split()) for cell in row]
        found.append((cells[0], number(cells[-1], lang)))
    return found


def plain(text):
    return re.sub(r"\s+", "", text.replace("\xa0", " "))


class DemoFigures:
    """What the debtors of the demo company of any country owe today, compared across
    all that says it. Mixed into the ``HttpCase`` of ``DemoChecks``: making the company
    is what costs."""

    pdf_step = 7
    """Of how many debtors the PDF of one is made; the HTML is that of all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.figures = cls.debtors._figures()

    def spoken(self):
        """(debtor in its own language, the language) of every debtor that owes or is
        owed something."""
        for debtor in self.debtors:
            if any(one.says for one in self.figures[debtor.id].values()):
                lang = debtor._installed_lang()
                yield debtor.with_context(lang=lang), lang

    def expected(self, debtor):
        """{currency: [(label, amount)]} in the debtor's language."""
        currencies = self.env["res.currency"].browse(self.figures[debtor.id])
        return {
            currency: self._rows(debtor.env, currency, debtor)
            for currency in currencies.sorted("name")
            if self.figures[debtor.id][currency.id].says
        }

    def _rows(self, env, currency, debtor):
        figures = self.figures[debtor.id][currency.id]
        return [row[1:] for row in figure_rows(env, figures, self.today)]

    def _compare(self, debtor, found, what):
        """``found``: [[(label, amount)] of each currency, in their order]."""
        self.assertEqual(list(found), list(self.expected(debtor).values()), what)

    # -- screens -----------------------------------------------------------------------

    def test_form_and_list_say_the_figures_in_company_currency(self):
        own = self.company.currency_id
        client = WebClient(self.company.cobranza_user_id)
        names = [*FORM.values(), "total_label", "figures_by_currency"]
        specification = {name: {} for name in names}
        listed = client.call(
            "cobranza.debtor",
            "web_search_read",
            [("id", "in", self.debtors.ids)],
            specification,
        )
        listed = {row["id"]: row for row in listed["records"]}
        self.assertEqual(set(listed), set(self.debtors.ids))
        lang = client.context["lang"]
        several = 0
        for debtor in self.debtors.with_context(lang=lang):
            [row] = client.call(
                "cobranza.debtor", "web_read", debtor.ids, specification
            )
            expected = self.expected(debtor)
            with self.subTest(debtor.display_name):
                self.assertEqual(row, listed[debtor.id])
                if set(expected) <= {own}:
                    one = self.figures[debtor.id].get(own.id)
                    for key, name in FORM.items():
                        amount = float(getattr(one, key)) if one else 0
                        self.assertEqual(row[name], amount, name)
                    self.assertFalse(row["figures_by_currency"])
                else:
                    several += 1
                    words = "\n".join(
                        " · ".join(
                            f"{label} {say_amount(debtor.env, amount, currency)}"
                            for label, amount in rows
                        )
                        for currency, rows in expected.items()
                    )
                    self.assertEqual(row["figures_by_currency"], words)
        self.assertTrue(several, "a debtor in another currency")

    def test_the_fields_have_the_words_of_the_documents(self):
        for lang in {debtor._installed_lang() for debtor in self.debtors}:
            env = self.env(context={"lang": lang})
            one = next(iter(self.figures[self.debtors[0].id].values()))
            labels = {key: label for key, label, _sum in figure_rows(env, one, None)}
            fields = env["cobranza.debtor"].fields_get(FORM.values(), ["string"])
            split = env["cobranza.payment.split"].fields_get([*FORM], ["string"])
            for key in ("overdue", "not_due", "charges"):
                self.assertEqual(fields[FORM[key]]["string"], labels[key], lang)
                self.assertEqual(split[key]["string"], labels[key], lang)

    def test_the_payment_names_all_that_is_owed(self):
        for debtor, _lang in self.spoken():
            for currency in self.expected(debtor):
                one = self.figures[debtor.id][currency.id]
                payment = self.env["cobranza.payment.split"].new(
                    {
                        "debtor_id": debtor.id,
                        "currency_id": currency.id,
                        "date": self.today,
                    }
                )
                with self.subTest(debtor.display_name, currency=currency.name):
                    for key in FORM:
                        self.assertEqual(payment[key], float(getattr(one, key)), key)
                    rest = one.overdue + one.not_due + one.charges
                    rest -= Decimal(str(currency.round(payment.owed)))
                    self.assertGreaterEqual(rest, 0, payment.problem)
                    said = format_amount(self.env, float(rest), currency)
                    if rest:
                        self.assertIn(plain(said), plain(payment.problem))

    # -- documents ---------------------------------------------------------------------

    def test_account_statement_and_letter_say_the_figures(self):
        for debtor, lang in self.spoken():
            with self.subTest(debtor.display_name):
                sections = debtor._statement()
                told = [
                    [(label, Decimal(str(amount))) for _key, label, amount in rows]
                    for rows in (one["summary"] for one in sections)
                ]
                self._compare(debtor, told, "statement")
                self._compare_adding_up(debtor, sections)
                self._compare(debtor, self._in_statement(debtor, lang), "PDF")
                self._check_letter(debtor, lang)

    def _compare_adding_up(self, debtor, sections):
        for section in sections:
            figures, currency = section["figures"], section["currency"]
            rows = currency.round(sum(row["open"] for row in section["rows"]))
            self.assertEqual(rows, float(figures.overdue + figures.not_due))
            charges = currency.round(sum(one["amount"] for one in section["charges"]))
            self.assertEqual(charges, float(figures.charges))

    def _in_statement(self, debtor, lang):
        report = self.env["ir.actions.report"]
        content, _kind = report._render_qweb_html(
            "cobranza_legal.statement", debtor.ids
        )
        tables = html.fromstring(content).find_class("o_cobranza_total")
        return [rows_of(table, ".//tr", lang) for table in tables]

    def _check_letter(self, debtor, lang):
        currency = next(iter(self.expected(debtor)))
        contact = debtor.env["cobranza.contact"].new(
            {
                "company_id": self.company.id,
                "debtor_id": debtor.id,
                "channel": "email",
                "text_purpose": "statement",
                "currency_id": currency.id,
            }
        )
        values = contact._merge_values()
        one = self.figures[debtor.id][currency.id]
        self.assertEqual(number(values["total"], lang), one.total)
        table = html.fromstring(str(values["debts_table"]))
        found = rows_of(table, ".//tfoot/tr", lang)
        expected = [row for rows in self.expected(debtor).values() for row in rows]
        self.assertEqual(found, expected)

    def test_the_pdf_of_the_statement_has_the_same_words(self):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        for debtor, _lang in list(self.spoken())[:: self.pdf_step]:
            content, kind = report._render_qweb_pdf(
                "cobranza_legal.action_report_statement", debtor.ids
            )
            self.assertEqual(kind, "pdf")
            pages = PdfReader(io.BytesIO(content)).pages
            text = plain("".join(page.extract_text() for page in pages))
            for currency, rows in self.expected(debtor).items():
                for label, amount in rows:
                    words = f"{label}{say_amount(debtor.env, amount, currency)}"
                    self.assertIn(plain(words), text, debtor.display_name)

    def test_debt_statement_and_workbook_say_the_figures(self):
        for debtor, lang in self.spoken():
            doc = self.env["cobranza.debt.statement"].create(
                {"debtor_id": debtor.id, "on": self.today}
            )
            doc = doc._in_lang()
            with self.subTest(debtor.display_name):
                position = doc._position()
                self._compare(
                    debtor,
                    (
                        [row[1:] for row in doc._figure_rows(section)]
                        for section in position.sections
                        if section.figures(self.today).says
                    ),
                    "debt statement",
                )
                self._check_slices(doc, position)
                tables = html.fromstring(str(doc.preview)).find_class(
                    "o_debt_statement_sum"
                )
                said = [rows_of(table, ".//tr", lang) for table in tables]
                self._compare(debtor, filter(self._says, said), "preview")
                if not position.missing:
                    self._compare(debtor, filter(self._says, self._sheets(doc)), "xlsx")

    @staticmethod
    def _says(rows):
        return any(amount for _label, amount in rows)

    def _check_slices(self, doc, position):
        """The rows of each interest add up to what is owed of it."""
        for section in position.sections:
            for item in section.charges:
                if item.kind == INTEREST:
                    rows = doc._interest_rows(item)
                    self.assertEqual(sum(row[5] for row in rows), item.open)

    def _sheets(self, doc):
        doc.action_workbook()
        file = io.BytesIO(base64.b64decode(doc.with_context(bin_size=False).workbook))
        book = openpyxl.load_workbook(file, data_only=True)
        sheets = [one for one in book.worksheets if one["A1"].value == doc.display_name]
        for sheet in sheets:
            rows = sheet.iter_rows(min_row=7, max_col=2, values_only=True)
            found = []
            for label, amount in rows:
                if amount is None:
                    break
                found.append((label, Decimal(str(amount))))
            yield found

    def test_the_page_says_the_figures(self):
        links = {debtor.id: debtor._portal_link() for debtor, _lang in self.spoken()}
        self.assertTrue(all(links.values()))
        for debtor, lang in self.spoken():
            answer = self.url_open(debtor._portal_path())
            with self.subTest(debtor.display_name):
                self.assertEqual(answer.status_code, 200)
                parts = html.fromstring(answer.text).find_class("o_cp_total")
                said = [self._page_rows(part, lang) for part in parts]
                self._compare(debtor, filter(self._says, said), "page")

    def _page_rows(self, part, lang):
        keys = ("overdue", "not_due", "charges", "loose", "total")
        classes = " or ".join(f"@class='o_cp_figure_{key}'" for key in keys)
        rows = rows_of(part, f".//tr[{classes}]", lang)
        asked = rows_of(part, ".//tr", lang)[len(rows) :]
        [to_pay] = part.find_class("o_cp_sum")
        left = rows[-1][1] + sum(amount for _label, amount in asked)
        self.assertEqual(number(to_pay.text_content(), lang), max(0, left))
        return rows
