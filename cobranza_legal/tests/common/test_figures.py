from decimal import Decimal

from odoo.tests import tagged

from ...models.common.money import say_amount, say_figures
from .base import FrozenCase
from .rendered import RenderedCommon


@tagged("post_install", "-at_install")
class TestFigures(FrozenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        RenderedCommon._install_languages.__func__(cls)
        cls.env["res.lang"]._activate_lang("en_US")

    def _say(self, text, lang="es_ES"):
        return say_figures(self.env(context={"lang": lang}), text)

    def test_a_formula_has_the_decimal_comma_of_its_reader(self):
        formula = "315.00 × 5.25% × 43/365"
        self.assertEqual(self._say(formula), "315,00 × 5,25% × 43/365")
        self.assertEqual(self._say(formula, "es_CL"), "315,00 × 5,25% × 43/365")
        self.assertEqual(self._say(formula, "en_US"), formula)

    def test_a_negative_amount_has_its_sign_before_all(self):
        peso = self.env.ref("base.CLP").sudo()
        euro = self.env.ref("base.EUR").sudo()
        (peso | euro).active = True
        cases = (
            ("es_ES", euro, -2178, "−2.178,00\xa0€"),
            ("es_ES", euro, 2178, "2.178,00\xa0€"),
            ("es_ES", euro, -0.001, "0,00\xa0€"),
            ("es_CL", peso, Decimal(-50000), "−$\xa050.000"),
        )
        for lang, currency, amount, expected in cases:
            with self.subTest(amount=amount, currency=currency.name):
                env = self.env(context={"lang": lang})
                said = say_amount(env, amount, currency.with_env(env))
                self.assertEqual(said, expected)

    def test_thousands_are_grouped_and_no_digit_is_lost(self):
        said = self._say("(206465 × 9% − 0.2 × 27205.1100 = 13141) × 1 / 1234567")
        self.assertEqual(
            said, "(206.465 × 9% − 0,2 × 27.205,1100 = 13.141) × 1 / 1.234.567"
        )
        self.assertEqual(
            self._say("12345678901234567890.10", "en_US"),
            "12,345,678,901,234,567,890.10",
        )

    def test_days_articles_and_names_are_left_alone(self):
        for text in ("2026-11-02", "Ley 19.496-b", "F/2026/0042", "19.496.1", ""):
            self.assertEqual(self._say(text), text)
        self.assertEqual(self._say(False), "")
