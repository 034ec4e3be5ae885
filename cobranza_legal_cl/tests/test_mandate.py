"""PAC: signed at the bank, presented by hand."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestMandateCl(ChileCommon):
    def test_a_pac_has_no_file_no_identifier_and_no_end(self):
        schemes = self.company._cobranza_mandate_schemes()
        self.assertEqual(list(schemes), ["pac"])
        account = self.env["res.partner.bank"].create(
            {"partner_id": self.partner_a.id, "acc_number": "00-0123456-01"}
        )
        mandate = self.env["cobranza.mandate"].create(
            {"partner_id": self.partner_a.id, "bank_account_id": account.id}
        )
        self.assertEqual(mandate.scheme, "pac")
        self.assertFalse(mandate.creditor_identifier)
        mandate.action_request()
        self.assertFalse(mandate.document_hash)
        today = self.company._cobranza_today()
        mandate._sign(today, "Santiago", "elsewhere")
        mandate._used(today)
        self.assertEqual(mandate.state, "valid")
        self.assertFalse(mandate.expires_on)

    def test_without_the_addon_its_mandates_are_of_another_scheme(self):
        mandate = self.env["cobranza.mandate"].create({"partner_id": self.partner_a.id})
        self.assertEqual(mandate.scheme, "pac")
        uninstall_hook(self.env)
        self.assertEqual(mandate.scheme, "other")
        with self.assertRaisesRegex(UserError, "know no direct debit"):
            mandate.action_request()

    def test_sepa_is_not_known_in_chile(self):
        with self.assertRaisesRegex(UserError, "know no direct debit"):
            self.env["cobranza.mandate"].create(
                {"partner_id": self.partner_a.id, "scheme": "core"}
            )

    def test_the_debtor_is_told_of_a_debit_in_words_of_the_country(self):
        texts = self.env["cobranza.text"].with_company(self.company)
        day, chile = self.company._cobranza_today(), self.env.ref("base.cl")
        for lang in ("es_CL", "en_US"):
            text = texts._choose("debit_notice", "consumer", chile, lang, day)
            self.assertEqual((text.country_id, text.lang), (chile, lang))
            words = (text.subject + text.body).lower()
            for foreign in ("adeudo", "domicilia", "identif", "sepa"):
                self.assertNotIn(foreign, words)

    def test_the_settings_ask_for_nothing_that_no_scheme_uses(self):
        settings = self.env["res.config.settings"].with_company(self.company)
        settings = settings.create({"company_id": self.company.id})
        self.assertFalse(settings.cobranza_debit_by_identifier)
        self.assertFalse(settings.cobranza_debit_expires)
