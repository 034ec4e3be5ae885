from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.contact.content import payment_code

from .common import SpainCommon

REPORT = "cobranza_legal.action_report_debt_statement"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDebtStatementEs(SpainCommon):
    """The vectors of the law sheet on the paper that goes to court."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice(
            due="2025-05-05",
            amount=2500,
            partner=cls.client,
            invoice_date="2025-04-05",
        )
        cls.debts = cls._follow(cls.move, "2026-11-20")

    def _wizard(self, on, **vals):
        return self.env["cobranza.debt.statement"].create(
            {"debtor_id": self.debts.debtor_id.id, "on": on, **vals}
        )

    def _section(self, wizard):
        [section] = wizard._position().sections
        return section

    def _html(self, wizard):
        reports = self.env["ir.actions.report"]
        return reports._render_qweb_html(REPORT, wizard.ids)[0].decode()

    def test_every_semester_and_forty_euros(self):
        with self.at("2026-11-20"):
            section = self._section(self._wizard("2026-11-21"))
        [interest] = section.interest
        slices = [(one.days, one.rate, one.amount) for one in interest.slices]
        self.assertEqual(
            slices,
            [
                (56, Decimal("11.15"), Decimal("42.77")),
                (184, Decimal("10.15"), Decimal("127.92")),
                (181, Decimal("10.15"), Decimal("125.83")),
                (144, Decimal("10.40"), Decimal("102.57")),
            ],
        )
        self.assertEqual(interest.open, Decimal("399.09"))
        self.assertEqual(section.total, Decimal(2500) + Decimal("399.09") + 40)

    def test_the_paper_speaks_spanish_law(self):
        with self.at("2026-11-20"):
            html = self._html(self._wizard("2026-11-21"))
        for words in (
            "2.939,09",
            "Dos mil novecientos treinta y nueve euros con nueve céntimos",
            "11,15 %",
            "10,40 %",
            "Ley 3/2004, arts. 5, 6 y 7.2",
            "Ley 3/2004, art. 8.1",
            "CC, art. 1110",
            "ES91 2100 0418 4502 0005 1332",
            "data:image/png;base64,",
        ):
            self.assertIn(words, html)

    def test_the_code_pays_the_total(self):
        with self.at("2026-11-20"):
            section = self._section(self._wizard("2026-11-21"))
        code = payment_code(
            self.company.cobranza_bank_account_id,
            self.company.currency_id,
            section.total,
            "ref",
        )
        self.assertIn("\nEUR2939.09\n", code)

    def test_a_semester_without_rate_is_named(self):
        with self.at("2026-11-20"):
            wizard = self._wizard("2027-01-02")
            self.assertTrue(wizard.missing)
            [(_document, why)] = wizard._position().refused
        self.assertIn("es.interest.commercial of 2027-01-01", why)
