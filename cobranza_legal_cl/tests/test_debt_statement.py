import base64
import io

from openpyxl import load_workbook

from odoo.tests import tagged

from .common import ROUND_UF, ChileCommon

REPORT = "cobranza_legal.action_report_debt_statement"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDebtStatementCl(ChileCommon):
    """A consumer's debt, in pesos and in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_CL")
        cls.company.cobranza_bank_account_id = cls.env["res.partner.bank"].create(
            {"acc_number": "00-123-45678", "partner_id": cls.company.partner_id.id}
        )
        cls.move = cls._bill(1000000, "2026-10-01")
        cls._uf("2026-10-22", ROUND_UF)
        cls._run("2026-10-10")
        cls.debtor = cls._debts(cls.move).debtor_id

    def _wizard(self, on):
        return self.env["cobranza.debt.statement"].create(
            {"debtor_id": self.debtor.id, "on": on}
        )

    def _charge_today(self):
        charges, _refused = self.env["cobranza.charge"]._assess(
            self._debts(self.move), self.company._cobranza_today()
        )
        return charges

    def test_a_fee_that_nobody_has_charged_is_in_no_figure_of_today(self):
        currency = self.company.currency_id.id
        with self.at("2026-10-22"):
            for charged in (0, 64000):
                [section] = self._wizard("2026-10-22")._position().sections
                figures = self.debtor._figures()[self.debtor.id][currency]
                self.assertEqual(figures.charges, charged)
                self.assertEqual(
                    section.figures(self.company._cobranza_today()).charges, charged
                )
                self._charge_today()

    def test_the_fee_is_previewed_from_day_21_without_the_free_notice(self):
        with self.at("2026-10-15"):
            [early] = self._wizard("2026-10-21")._position().sections
            [late] = self._wizard("2026-10-22")._position().sections
        self.assertEqual((early.total, early.fees), (1000000, ()))
        # 36,000 + 6 % of 600,000 less 0.2 UF of 40,000
        [fee] = late.fees
        self.assertEqual(fee.open, 36000 + 36000 - 8000)
        self.assertEqual(late.total, 1064000)
        with self.at("2026-10-22"):
            charges = self._charge_today()
        self.assertEqual(charges.mapped("amount"), [64000])
        self.assertEqual(charges.formula, fee.formula)

    def test_the_paper_speaks_of_pesos_and_has_no_code(self):
        with self.at("2026-10-22"):
            self._charge_today()
            wizard = self._wizard("2026-10-22")
            reports = self.env["ir.actions.report"]
            html = reports._render_qweb_html(REPORT, wizard.ids)[0].decode()
            [section] = wizard._position().sections
        for words in (
            "1.064.000",
            "Un millón sesenta y cuatro mil pesos",
            "22-10-2026",
            "CC, art. 1595",
            "00-123-45678",
            "12531909-2",
        ):
            self.assertIn(words, html)
        self.assertIsNone(wizard._qr(section))
        self.assertNotIn("data:image/png;base64,", html)

    def test_the_workbook_has_no_decimals(self):
        with self.at("2026-10-22"):
            wizard = self._wizard("2026-10-22")
            wizard.action_workbook()
        content = base64.b64decode(wizard.with_context(bin_size=False).workbook)
        book = load_workbook(io.BytesIO(content))
        sheet = book.worksheets[1]
        self.assertEqual(sheet["D2"].value, 1000000)
        self.assertEqual(sheet["D2"].number_format, "#,##0")
