"""SEPA in Spain: T49 to T54 and the days of the sheet, by the law that is shipped."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SpainCommon

IBAN = "ES9121000418450200051332"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestMandateEs(SpainCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_creditor_identifier = "ES11000B12345674"

    def _mandate(self, partner, **vals):
        account = self.env["res.partner.bank"].create(
            {"partner_id": partner.id, "acc_number": vals.pop("iban", IBAN)}
        )
        return self.env["cobranza.mandate"].create(
            {"partner_id": partner.id, "bank_account_id": account.id, **vals}
        )

    def test_the_schemes_are_those_of_sepa(self):
        schemes = self.company._cobranza_mandate_schemes()
        self.assertEqual(list(schemes), ["core", "b2b"])
        core, b2b = schemes.values()
        self.assertEqual((core.refund_weeks, b2b.refund_weeks), (8, None))
        for scheme in (core, b2b):
            self.assertEqual(scheme.currency, "EUR")
            self.assertEqual(scheme.dormant_months, 36)
            self.assertEqual(scheme.notice_days, 14)
            self.assertEqual(scheme.unauthorised_months, 13)
            self.assertTrue(scheme.articles)
        due = date(2026, 12, 23)
        self.assertEqual(core.notify_by(due), date(2026, 12, 9))
        self.assertEqual(core.refund_until(due), date(2027, 2, 17))
        self.assertEqual(core.unauthorised_until(due), date(2028, 1, 23))

    def test_before_the_law_the_value_is_missing_and_named(self):
        with self.assertRaisesRegex(UserError, "es.sepa"):
            self.company._cobranza_mandate_schemes(date(2017, 1, 1))

    def test_the_identifier_is_of_the_nif_of_the_company(self):
        for text, why in (
            ("ES30000A58818501", "tax number"),
            ("ES12000B12345674", "check digits"),
            ("PT11000B12345674", "begins with ES"),
            ("ES110000B12345674", "characters"),
        ):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, why):
                self.company.cobranza_creditor_identifier = text
        self.company.cobranza_creditor_identifier = "ES11ABCB12345674"

    def test_a_student_signs_core_and_a_business_either(self):
        student = self._mandate(self.student)
        self.assertEqual(student.scheme, "core")
        student.action_request()
        self.assertEqual(student.document_lang, "es_ES")
        self.assertIn("ocho semanas", student.document_body)
        self.assertIn("ES11000B12345674", student.document_body)
        self.assertIn("ES91", student.document_body)
        with self.assertRaisesRegex(ValidationError, "may not sign"):
            self.env["cobranza.mandate"].create(
                {"partner_id": self.student.id, "scheme": "b2b"}
            )
        business = self._mandate(self.client, scheme="b2b")
        business.action_request()
        self.assertIn("no tiene derecho", business.document_body)

    def test_t51_a_wrong_iban_is_refused(self):
        with self.assertRaises(ValidationError):
            self._mandate(self.student, iban="ES9121000418450200051333")

    def test_t52_it_ends_36_months_after_the_last_debit(self):
        mandate = self._mandate(self.student)
        mandate._sign(date(2023, 1, 1), "Madrid", "import")
        mandate._used(date(2023, 11, 20))
        self.assertEqual(mandate.expires_on, date(2026, 11, 20))
        mandate._used(date(2024, 1, 31))
        self.assertEqual(mandate.expires_on, date(2027, 1, 31))

    def test_the_settings_ask_for_what_sepa_uses(self):
        settings = self.env["res.config.settings"].with_company(self.company)
        settings = settings.create({"company_id": self.company.id})
        self.assertTrue(settings.cobranza_debit_by_identifier)
        self.assertTrue(settings.cobranza_debit_expires)
