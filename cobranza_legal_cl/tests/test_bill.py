from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.billing import BillingCommon
from odoo.addons.cobranza_legal.tests.common.refusals import Refusals

from .common import ChileCommon


@tagged("post_install", "-at_install")
class TestBillChile(Refusals, ChileCommon, BillingCommon):
    """What the law adds is an entry without tax document; what a contract adds to a
    taxed sale, a debit note."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls.company_data["default_tax_sale"]
        cls.buyer = cls._person(
            "Ferretería Sur SpA",
            "76201224-3",
            is_company=True,
            l10n_cl_sii_taxpayer_type="1",
            l10n_cl_activity_description="Ferretería",
            l10n_cl_collection_regime="company",
        )
        cls.env["cobranza.charge.form"].action_create_missing()

    def _owed(self, *, taxed=True):
        self._debtor(self.buyer, regime="company")
        move = self._create_invoice_one_line(
            price_unit=1000000,
            tax_ids=self.vat if taxed else [],
            partner_id=self.buyer,
            invoice_date="2026-08-26",
            invoice_date_due="2026-09-25",
            invoice_payment_term_id=False,
            post=True,
        )
        self._run("2026-10-01")
        return move, self._debts(move)

    def _codes(self, bill):
        return sorted(
            (line.account_id.code, line.debit, line.credit) for line in bill.line_ids
        )

    def test_articles_2_bis_and_2_ter_are_an_entry_without_tax_document(self):
        _move, debt = self._owed()
        charges = self._charge(debt, "interest", 12345, "2026-10-30")
        charges |= self._charge(debt, "commission", 11900, "2026-10-30")
        bill = self._bill_on("2026-11-02", charges)
        self.assertEqual(bill.move_type, "entry")
        self.assertFalse(bill.l10n_latam_document_type_id)
        self.assertFalse(bill.line_ids.tax_ids)
        self._balanced(bill)
        self.assertEqual(
            self._codes(bill),
            sorted(
                [
                    ("110310", 12345, 0),
                    ("110310", 11900, 0),
                    ("320222", 0, 12345),
                    ("320223", 0, 11900),
                ]
            ),
        )

    def test_agreed_interest_and_indexation_are_a_debit_note_with_vat(self):
        move, debt = self._owed()
        charges = self._charge(debt, "interest", 10000, "2026-10-30", basis="contract")
        charges |= self._charge(
            debt, "indexation", 5000, "2026-10-30", basis="contract"
        )
        bill = self._bill_on("2026-11-02", charges)
        self.assertEqual(bill.debit_origin_id, move)
        self.assertEqual(bill.l10n_latam_document_type_id.internal_type, "debit_note")
        self.assertEqual((bill.amount_untaxed, bill.amount_tax), (15000, 2850))
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.vat)
        self._balanced(bill)
        self.assertIn(("110310", 17850, 0), self._codes(bill))
        self.assertIn(("320222", 0, 10000), self._codes(bill))
        self.assertEqual(sum(charges.mapped("amount_due")), 17850)
        with self.at("2026-11-05"):
            back = charges[0]._unbill("acordado con el cliente")
        self.assertEqual(back.l10n_latam_document_type_id.internal_type, "credit_note")
        self.assertEqual(back.amount_total, 11900)
        self.assertEqual(charges.mapped("amount_due"), [0, 5950])

    def test_a_debit_note_of_an_exempt_sale_bears_no_vat(self):
        _move, debt = self._owed(taxed=False)
        charge = self._charge(debt, "interest", 10000, "2026-10-30", basis="contract")
        bill = self._bill_on("2026-11-02", charge)
        self.assertEqual((bill.amount_total, bill.amount_tax), (10000, 0))

    def test_the_fee_of_article_37_waits_for_the_accountant(self):
        _move, debt = self._owed()
        fee = self._charge(debt, "fee", 27000, "2026-10-30")
        self.assertFalse(self._bill_on("2026-11-02", fee))
        self.assertEqual(fee.state, "assessed")
        form = self.env["cobranza.charge.form"].search(
            [("company_id", "=", self.company.id), ("kind", "=", "fee")]
        )
        form = form.filtered(lambda form: form.basis == "law")
        form.form = "entry"
        with self.refuses(UserError, "Billing of charges"):
            self._bill_on("2026-11-02", fee)
        self.env["cobranza.charge.form"].action_create_missing()
        self.assertEqual(form.account_id.code, "320247")
        bill = self._bill_on("2026-11-02", fee)
        self.assertIn(("320247", 0, 27000), self._codes(bill))
