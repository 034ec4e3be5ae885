from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.cobranza_legal.tests.common.portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalPay(AccountPaymentCommon, PortalCommon):
    """Paying what is due on the debtor's page, with Odoo's provider for tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.write({"state": "test", "is_published": True})
        cls.provider.company_id = cls.company
        cls.money = cls.company.currency_id.name

    def _link(self, path=None):
        answer = self._page(
            f"{path or self.path}/pay/{self.money}", allow_redirects=False
        )
        return answer, answer.headers.get("Location", "")

    def _pay(self, amount=1000):
        transaction = self._create_transaction(
            "direct",
            amount=amount,
            currency_id=self.company.currency_id.id,
            partner_id=self.partner_a.id,
            state="done",
        )
        transaction._post_process()
        return transaction

    def test_pay_now_leads_to_odoos_payment_of_exactly_that(self):
        self.assertIn("Pay now", self._text(self._page()))
        answer, link = self._link()
        self.assertEqual(answer.status_code, 303)
        self.assertIn("no-store", answer.headers["Cache-Control"])
        values = {name: one for name, [one] in parse_qs(urlsplit(link).query).items()}
        self.assertEqual(float(values["amount"]), 1000)
        self.assertEqual(int(values["partner_id"]), self.partner_a.id)
        self.assertEqual(int(values["company_id"]), self.company.id)
        self.assertEqual(self._page(link).status_code, 200)
        changed = link.replace("amount=1000.0", "amount=1.0")
        self.assertNotEqual(changed, link)
        self.assertEqual(self._page(changed).status_code, 404)

    def test_what_is_disputed_is_not_paid_by_mistake(self):
        self._dispute()
        _answer, link = self._link()
        self.assertIn("amount=750.0", link)

    def test_nothing_is_offered_without_a_provider_or_a_debt(self):
        self.assertEqual(self._page(f"{self.path}/pay/XXX").status_code, 404)
        self._register_payment(self.move)
        self.assertEqual(self._link()[0].status_code, 404)
        self.env["payment.provider"].search([]).state = "disabled"
        self.assertNotIn("Pay now", self._text(self._page()))

    def test_a_wrong_token_pays_nothing(self):
        answer, link = self._link(f"/my/collections/{'A' * 43}")
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(link)

    def test_what_was_paid_is_on_account_until_the_accountant_imputes_it(self):
        transaction = self._pay()
        payment = transaction.payment_id
        self.assertEqual(payment.state in ("in_process", "paid"), True)
        self.assertEqual(payment.partner_id.commercial_partner_id, self.partner_a)
        self.assertEqual(self.debt.amount_residual_currency, 1000)
        page = self.debtor.sudo()._portal_own()._portal_page()
        self.assertEqual(page.sections[0].pay, 0)
        self.env["cobranza.run"].sudo()._run_company(self.company)
        self.assertEqual(self.debtor.reason, "covered")
        [task] = self.debtor.activity_ids.filtered(
            lambda activity: transaction.reference in (activity.summary or "")
        )
        self.assertEqual(task.user_id, self.debtor._task_owner())

    def test_the_same_payment_is_asked_for_once(self):
        transaction = self._pay()
        transaction._post_process()
        tasks = self.debtor.activity_ids.filtered(
            lambda activity: transaction.reference in (activity.summary or "")
        )
        self.assertEqual(len(tasks), 1)

    def test_who_is_no_debtor_raises_no_task(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        transaction = self._create_transaction(
            "direct",
            amount=5,
            currency_id=self.company.currency_id.id,
            partner_id=stranger.id,
            state="done",
        )
        transaction._post_process()
        self.assertTrue(transaction.payment_id)
        self.assertFalse(transaction._cobranza_debtor())
