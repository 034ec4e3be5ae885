from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.provision import ProvisionStories

from .common import ChileCommon


@tagged("post_install", "-at_install")
class TestProvisionTax(ProvisionStories, ChileCommon):
    """LIR art. 31 inc. 4 N° 4."""

    def _owed(self, due="2026-05-05", amount=1000000, partner=None):
        return self._bill(amount, due, partner or self._business())

    def _line(self, day="2026-11-10"):
        return self._provide(day, post=False).line_ids

    def test_the_percentages_of_the_sii(self):
        self._owed()
        line = self._line()
        self.assertEqual((line.target, line.tax_deductible), (500000, 500000))
        self.assertEqual(str(line.tax_since), "2026-11-02")
        self.assertIn("50 %", line.tax_why)

    def test_or_more_than_365_days(self):
        self._owed("2025-11-10")
        self.company.l10n_cl_tax_route = "days"
        line = self._line("2026-11-10")  # 365 days
        self.assertEqual((line.target, line.tax_deductible), (500000, 0))
        line.run_id.unlink()
        line = self._line("2026-11-11")
        self.assertEqual(line.tax_deductible, 1000000)
        self.assertEqual(str(line.tax_since), "2026-11-11")
        self.assertFalse(line.tax_lacking)

    def test_what_lacks_to_write_it_off_by_tiers(self):
        self._uf("2026-11-10", 40000)
        business = self._business()
        self._owed("2026-05-05", 300000, business)
        line = self._line("2026-11-10")
        self.assertIn("a letter or a call", line.tax_lacking)
        self.assertNotIn("court", line.tax_lacking)
        line.run_id.unlink()
        self._owed("2026-05-05", 5000000, business)
        lines = self._line("2026-11-10")
        self.assertIn("court", lines[:1].tax_lacking)
        lines.run_id.unlink()
        tier = self.env.ref("cobranza_legal_cl.provision_tier_large")
        own = tier.copy({"code": tier.code})
        own.needs_suit = False
        self.assertNotIn("court", self._line("2026-11-10")[:1].tax_lacking)

    def test_without_the_uf_the_missing_value_is_named(self):
        self._owed("2025-01-05")
        self._owed("2025-02-05", partner=self._business())
        self.env["cobranza.debtor"].search(
            [("company_id", "=", self.company.id)]
        ).related_party = True
        self.env["cobranza.parameter.value"].sudo().search(
            [("parameter_id.code", "=", "cl.uf"), ("date_from", "=", "2026-11-10")]
        ).with_context(install_module="x").unlink()
        self.env["cobranza.provision.scale"].search([("code", "=", "sii")]).copy(
            {"code": "own", "leaves_out_related": False, "sequence": 1}
        )
        lines = self._line("2026-11-10")
        self.assertEqual(sum(lines.mapped("tax_deductible")), 0)
        self.assertIn("Related party", lines[:1].tax_why)

    def test_the_tax_of_the_document_is_no_loss_unless_told(self):
        invoice = self._create_invoice_one_line(
            price_unit=100000,
            tax_ids=self.company_data["default_tax_sale"],
            partner_id=self._business(),
            invoice_date="2025-01-05",
            invoice_date_due="2025-02-05",
            post=True,
        )
        line = self._line("2026-11-10")
        self.assertEqual(line.target, invoice.amount_total)
        self.assertEqual(line.tax_deductible, 100000)
        self.assertEqual(line.tax_difference, invoice.amount_total - 100000)
        line.run_id.unlink()
        self.company.l10n_cl_tax_with_vat = True
        self.assertEqual(self._line("2026-11-11").tax_difference, 0)
