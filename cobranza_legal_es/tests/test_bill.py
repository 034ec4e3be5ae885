from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.billing import BillingCommon

from .common import ChartCommon, SpainCommon


class BillSpain(SpainCommon, BillingCommon):
    """Interest and the 40 EUR go to the ledger by a note of charges, outside VAT."""

    def _check_entry(self):
        self.env["cobranza.charge.form"].action_create_missing()
        debt = self._follow(self._invoice(partner=self.client), "2026-10-20")
        with self.at("2026-11-02"):
            today = self.company._cobranza_today()
            charges, _refused = self.env["cobranza.charge"]._assess(debt, today)
            bill = charges._bill()
        self.assertEqual(set(charges.mapped("kind")), {"interest", "compensation"})
        self.assertEqual((bill.move_type, bill.state), ("entry", "posted"))
        self.assertEqual(bill.journal_id.type, "general")
        self._balanced(bill)
        interest = charges.filtered(lambda charge: charge.kind == "interest").amount
        self.assertEqual(
            self._items(bill),
            sorted(
                [
                    ("430000", 40, 0),
                    ("430000", interest, 0),
                    ("759000", 0, 40),
                    ("769000", 0, interest),
                ]
            ),
        )
        self.assertFalse(bill.line_ids.tax_ids or bill.line_ids.tax_line_id)
        return charges, bill

    def _check_invoice(self):
        forms = self.env["cobranza.charge.form"]
        rows = forms.search([("company_id", "=", self.company.id)])
        compensation = rows.filtered(
            lambda form: (form.kind, form.basis) == ("compensation", "law")
        )
        compensation.write({"form": "invoice", "journal_id": False})
        self.assertTrue(compensation.problem)
        forms.action_create_missing()
        self.assertFalse(compensation.problem)
        debt = self._follow(self._invoice(partner=self.council), "2026-10-21")
        bill = self._bill_on("2026-11-02", self._charge(debt))
        self.assertEqual((bill.move_type, bill.amount_total), ("out_invoice", 40))
        self.assertEqual(bill.amount_tax, 0)
        ref = "account_tax_template_s_iva0_ns"
        chart = self.env["account.chart.template"].with_company(self.company)
        self.assertEqual(bill.invoice_line_ids.tax_ids, chart.ref(ref))
        self.assertEqual(bill.invoice_line_ids.account_id.code, "759000")


@tagged("post_install", "-at_install")
class TestBillPymes(BillSpain):
    def test_interest_and_the_40_euros_are_an_entry(self):
        charges, bill = self._check_entry()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("cobranza_legal.charge_note", bill.ids)[0]
            .decode()
        )
        for word in ("Ley 3/2004, art. 8.1", "LIVA, art. 78.Tres.1", bill.name):
            self.assertIn(word, html)
        with self.at("2026-11-05"):
            back = charges._unbill("acordado")
        self._balanced(back)
        self.assertTrue(all(charges.bill_line_id.mapped("reconciled")))

    def test_an_invoice_is_the_option_and_not_subject_to_vat(self):
        self.env["cobranza.charge.form"].action_create_missing()
        self._check_invoice()

    def test_a_missing_account_is_created_by_the_button_only(self):
        chart = self.env["account.chart.template"].with_company(self.company)
        account = chart.ref("account_common_759")
        self.assertTrue(account)
        account.unlink()
        accounts = self.env["account.account"]
        others = accounts.search([("code", "=like", "759%")])
        others.unlink()
        debt = self._follow(self._invoice(partner=self.client), "2026-10-20")
        charge = self._charge(debt)
        self.assertIn("Billing of charges", charge.bill_problem)
        self.assertFalse(accounts.search([("code", "=like", "759%")]))
        self.env["cobranza.charge.form"].action_create_missing()
        made = accounts.search([("code", "=like", "759%")])
        self.assertEqual((made.code, made.account_type), ("759000", "income_other"))
        self.assertFalse(charge.bill_problem)


@tagged("post_install", "-at_install")
class TestBillFull(BillSpain, ChartCommon):
    """The same on the chart of large companies."""

    chart = "es_full"

    def test_interest_and_the_40_euros_are_an_entry(self):
        self.assertEqual(self.company.chart_template, "es_full")
        self._check_entry()
        self._check_invoice()
