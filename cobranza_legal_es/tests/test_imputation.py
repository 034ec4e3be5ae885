from odoo.tests import Form, tagged

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestImputationSpain(SpainCommon):
    """Interest before principal (CC art. 1173), debts that tie in proportion (1174)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cobranza.charge.form"].action_create_missing()
        cls.move = cls._invoice(due="2026-10-05", amount=3650, partner=cls.client)
        cls._follow(cls.move, "2026-10-20")
        cls.debtor = cls._debts(cls.move).debtor_id

    def _wizard(self, amount, day):
        context = self.debtor.action_register_payment()["context"]
        model = self.env["cobranza.payment.split"].with_context(**context)
        with Form(model) as form:
            form.date = day
            form.amount = amount
        return form.record

    def _register(self, amount, day):
        with self.at(day):
            return self._wizard(amount, day)._pay()

    def _paid(self, payment):
        return [
            (row["kind"], float(row["amount"]))
            for row in payment.cobranza_split["rows"]
        ]

    def test_the_40_euros_come_last_unless_agreed(self):
        # 15 days at 10.40 %: 3,650 bear 15.60
        paid = self._paid(self._register(1000, "2026-10-20"))
        self.assertEqual(dict(paid), {"interest": 15.6, "principal": 984.4})

    def test_costs_come_first_where_agreed(self):
        self.company.l10n_es_costs_first = True
        paid = self._paid(self._register(1000, "2026-10-20"))
        self.assertEqual(
            dict(paid), {"compensation": 40, "interest": 15.6, "principal": 944.4}
        )

    def test_debts_that_tie_share_in_proportion(self):
        other = self._invoice(due="2026-10-05", amount=7300, partner=self.client)
        self._follow(other, "2026-10-20")
        payment = self._register(93.6, "2026-10-20")
        # owed 3,650 + 15.60 + 40 and 7,300 + 31.20 + 40
        shares = {}
        for row in payment.cobranza_split["rows"]:
            shares.setdefault(row["document"], 0)
            shares[row["document"]] += float(row["amount"])
        whole = 3705.6 + 7371.2
        self.assertAlmostEqual(shares[self.move.name], 93.6 * 3705.6 / whole, 2)
        self.assertAlmostEqual(shares[other.name], 93.6 * 7371.2 / whole, 2)

    def test_every_receipt_reserves_the_interest(self):
        payment = self._register(1000, "2026-10-20")
        report = self.env["ir.actions.report"]
        name = "cobranza_legal.action_report_payment_receipt"
        html = report._render_qweb_html(name, payment.ids)[0].decode()
        for words in (
            "Mil euros",
            "CC, art. 1110",
            "CC, arts. 1172 a 1174",
            "2.665,60",
        ):
            self.assertIn(words, html)
        whole = self._register(2705.6, "2026-10-20")
        html = report._render_qweb_html(name, whole.ids)[0].decode()
        self.assertNotIn("1110", html)
