from odoo.tests import tagged

from ..common.portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalAmount(PortalCommon):
    """Debtors write amounts on their page as they do in their country."""

    @classmethod
    def _owes(cls, lang, currency, amount):
        cls.env["res.lang"]._activate_lang(lang)
        currencies = cls.env["res.currency"].with_context(active_test=False)
        money = currencies.search([("name", "=", currency)])
        money.active = True
        partner = cls.env["res.partner"].create(
            {"name": f"Debtor in {currency}", "lang": lang, "is_company": True}
        )
        move = cls._invoice(
            due=cls.due,
            invoice_date=cls.due,
            partner=partner,
            amount=amount,
            currency_id=money.id,
        )
        cls.env["cobranza.run"].sudo()._run_company(cls.company)
        cls.debt = cls._debts(move)
        cls.debtor = cls.debt.debtor_id
        cls.debtor._portal_link()
        cls.path = cls.debtor._portal_path()
        return move.amount_residual

    def _disputed(self, amount):
        """The amount that is disputed when the debtor writes ``amount``, or the words
        that refuse it."""
        before = self.debtor.dispute_ids
        answer = self._dispute(amount=amount)
        self.env.invalidate_all()
        if answer.status_code == 303:
            return (self.debtor.dispute_ids - before).amount
        self.assertEqual(answer.status_code, 422)
        alert = self._tree(answer).xpath("string(//*[@role='alert'])")
        return " ".join(alert.split())

    def test_pesos_have_points_between_their_thousands(self):
        self._owes("es_CL", "CLP", 1250000)
        self.assertEqual(self._disputed("50.000"), 50000)
        self.assertEqual(self._disputed("$ 1.000"), 1000)
        self.assertEqual(self._disputed("2000"), 2000)
        for unclear in ("50,00", "50.0", "12.34,5"):
            self.assertRegex(self._disputed(unclear), r"\$\s?1\.500(?![.,][0-9])")

    def test_euros_have_points_for_thousands_and_a_comma_for_cents(self):
        self._owes("es_ES", "EUR", 9000)
        self.assertEqual(self._disputed("1.500"), 1500)
        self.assertEqual(self._disputed("1.500,50 €"), 1500.5)
        self.assertEqual(self._disputed("12,50"), 12.5)
        self.assertEqual(self._disputed("12.5"), 12.5)
        for unclear in ("1,500", "12,345.67.8"):
            self.assertRegex(self._disputed(unclear), r"1\.500,00\s?€")

    def test_the_amount_that_the_page_proposes_is_one_that_it_reads(self):
        for lang, currency, amount in (
            ("es_CL", "CLP", 1250000),
            ("es_ES", "EUR", 9000.5),
        ):
            self._owes(lang, currency, amount)
            page = self._tree(self._page())
            [field] = page.xpath("//details[@id='promise']//input[@name='amount']")
            # the letter e, and what looks like an amount elsewhere, reach us as typed
            self.assertEqual(field.get("type"), "text")
            answer = self._send(
                "promise", amount=field.get("value"), day=self.today.isoformat()
            )
            self.assertEqual(answer.status_code, 303, answer.text)
            self.assertEqual(self.debtor.promise_ids.amount, amount)
