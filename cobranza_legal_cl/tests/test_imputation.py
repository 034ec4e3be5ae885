from datetime import date
from decimal import Decimal

from odoo.tests import Form, tagged

from odoo.addons.cobranza_legal.tests.common.billing import BillingCommon

from .common import ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestImputationChile(ChileCommon, BillingCommon):
    """Interest and commission come before the capital (CC art. 1595)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._rate("2026-08-15", "2026-09-14", 20.06)
        cls.env["res.lang"]._activate_lang("es_CL")
        cls.buyer = cls._person(
            "Ferretería Sur SpA",
            "76201224-3",
            is_company=True,
            l10n_cl_sii_taxpayer_type="1",
            l10n_cl_activity_description="Ferretería",
            l10n_cl_collection_regime="company",
        )
        cls.env["cobranza.charge.form"].action_create_missing()
        cls.move = cls._bill(1190000, "2026-08-31", cls.buyer)
        cls.debtor = cls._debtor(cls.buyer, regime="company")
        cls._run("2026-09-07")

    def _pay(self, amount, day, named=(), **vals):
        with self.at(day):
            split = self._split(amount, day, named, **vals)
            return split._pay()

    def _split(self, amount, day, named=(), **vals):
        context = self.debtor.action_register_payment()["context"]
        model = self.env["cobranza.payment.split"].with_context(**context)
        with Form(model) as form:
            form.date = day
            for debt in named:
                form.named_ids.add(debt)
            for name, value in vals.items():
                form[name] = value
            form.amount = amount
        return form.record

    def test_500000_on_day_30_leave_721793_of_capital(self):
        payment = self._pay(500000, "2026-09-30")
        paid = {
            row["kind"]: Decimal(row["amount"])
            for row in payment.cobranza_split["rows"]
        }
        self.assertEqual(
            paid, {"interest": 19893, "commission": 11900, "principal": 468207}
        )
        self.assertEqual(self._debts(self.move).amount_residual, 721793)
        charges = self._debts(self.move).charge_ids
        self.assertEqual(charges.mapped("amount_due"), [0, 0])
        self.assertEqual(set(charges.mapped("bill_move_id.move_type")), {"entry"})
        self.assertEqual(payment.cobranza_split["article"], "CC, arts. 1595 a 1597")

    def test_a_debt_that_is_not_due_is_not_preferred_without_consent(self):
        later = self._bill(200000, "2026-10-15", self.buyer, invoice_date="2026-09-05")
        item = later.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        debt = (
            self.env["cobranza.debt"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": self.debtor.id,
                    "partner_id": self.buyer.id,
                    "currency_id": later.currency_id.id,
                    "move_id": later.id,
                    "instalment_no": 1,
                    "document": later.name,
                    "original_due_date": "2026-10-15",
                    "original_amount": 200000,
                    "move_line_id": item.id,
                }
            )
        )
        with self.at("2026-09-30"):
            split = self._split(200000, "2026-09-30", debt)
            self.assertIn("arts. 1595 a 1597", split.problem)
            paid = {one.document: one.amount for one in split.line_ids}
            self.assertEqual(paid[later.name], 0)
            split = self._split(200000, "2026-09-30", debt, consented=True)
            self.assertFalse(split.problem)
            paid = {one.document: one.amount for one in split.line_ids}
            self.assertEqual(paid[later.name], 200000)

    def test_the_receipt_says_it_in_the_language_of_the_debtor(self):
        payment = self._pay(500000, "2026-09-30")
        report = self.env["ir.actions.report"]
        name = "cobranza_legal.action_report_payment_receipt"
        html = report._render_qweb_html(name, payment.ids)[0].decode()
        for words in (
            "Quinientos mil pesos",
            "CC, art. 1595; Ley 18.010, art. 17",
            "468.207",
            "721.793",
        ):
            self.assertTrue(words in html, words)
        self.assertEqual(payment.date, date(2026, 9, 30))
