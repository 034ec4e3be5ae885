from stdnum.es import nif

from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.base import FrozenCase
from odoo.addons.cobranza_legal.tests.common.demo_checks import DemoChecks


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDemo(DemoChecks, FrozenCase):
    """The student residence."""

    demo = "cobranza.demo.es"
    lang = "es_ES"

    @staticmethod
    def is_valid(vat):
        return nif.is_valid(vat)

    def test_the_chart_is_the_spanish_one_and_the_mode_is_confirm(self):
        self.assertEqual(self.company.chart_template, "es_pymes")
        self.assertEqual(self.company.cobranza_mode, "confirm")
        self.assertEqual(self.company.cobranza_bank_account_id.acc_type, "iban")

    def test_monthly_fees_are_due_on_the_fifth(self):
        term = self.env.ref("cobranza_legal_es.payment_term_day_5")
        fees = self.invoices.filtered(lambda move: move.invoice_payment_term_id == term)
        self.assertGreater(len(fees), 30)
        self.assertEqual({fee.invoice_date_due.day for fee in fees}, {5})

    def test_parents_pay_and_students_are_left_alone(self):
        students = self.debtors.beneficiary_ids
        self.assertEqual(len(students), 3)
        contacts = self._of("cobranza.contact")
        self.assertFalse(contacts.recipient_id & students)

    def test_businesses_follow_their_own_policy(self):
        business = self.env.ref("cobranza_legal_es.policy_business")
        tagged_ones = self.customers().filtered("category_id")
        tags = tagged_ones.category_id.with_company(self.company)
        self.assertEqual(tags.cobranza_policy_id, business)
