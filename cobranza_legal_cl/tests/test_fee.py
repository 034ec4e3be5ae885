from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.smtp_sink import body_of, smtp_sink

from .common import ROUND_UF, SERNAC_UF, ChileCommon, written

SERNAC = [
    # debt, fee with the free notice, fee without, as they are written
    (100000, 9000, 3559),
    (1000000, 68162, 62721),
    (5000000, 198969, 193528),
]
DUE_2018, DAY_21_2018 = "2018-08-10", "2018-08-31"
DUE, DAY_21, DAY_22 = "2026-09-01", "2026-09-22", "2026-09-23"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestSernacExamples(ChileCommon):
    """SERNAC's three examples, from the invoice to what the debtor reads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._feriados(2018)
        cls._uf(DAY_21_2018, SERNAC_UF)
        cls._debtor()

    def _replay(self, amount, bounced):
        """The e-mails sent and the invoice, after the crons of 22 days."""
        invoice = self._bill(amount, DUE_2018)
        with smtp_sink(self.env) as sink:
            self._days(DUE_2018, 0, 5)
            if bounced:
                notice = self._steps(invoice, "free_notice")
                with self.clock(f"{self._day(DUE_2018, 5)} 18:00:00"):
                    notice._add_events("bounced", "Mail server")
                notice.recipient_id.email = "corregido@example.com"
            self._days(DUE_2018, 6, 22)
        return sink.messages, invoice

    def _check(self, example, bounced):
        amount, full, reduced = example
        fee, other = (reduced, full) if bounced else (full, reduced)
        messages, invoice = self._replay(amount, bounced)
        charge = self._fees(invoice)
        self.assertEqual(charge.amount, fee)
        self.assertEqual(str(charge.assessed_on), DAY_21_2018)
        self.assertEqual(charge.article, "Ley 19.496, art. 37")
        notice, demand = (body_of(message) for message in messages)
        self.assertIn("aviso gratuito", notice)
        self.assertNotIn(written(fee), notice)
        for text in (demand, self._statement()):
            self.assertIn(written(fee), text)
            self.assertIn(written(amount + fee), text)
            self.assertNotIn(written(other), text)
        self.assertIn("27.205,11", demand)
        self._check_duties(notice)
        self._check_duties(demand)
        proof = self._steps(invoice, "free_notice")
        self.assertEqual(charge.proof_contact_id, proof.browse() if bounced else proof)

    def _check_duties(self, text):
        """Who, what, how much, how to pay, rights and channels; and no threat."""
        text = " ".join(text.split())
        for words in (
            "Comercial Andes SpA, RUT 76086428-5",
            "RUT 12531909-2",
            "10-08-2018",
            "No se cobran intereses",
            "directamente a Comercial Andes SpA",
            "derecho a recibir por escrito",
            "cobranza@andes.example.com",
            "no constituye un procedimiento que persiga la ejecución de los bienes",
        ):
            self.assertIn(words, text)
        for threat in ("demanda", "juicio", "embargo", "DICOM", "boletín", "tribunal"):
            self.assertNotIn(threat, text)

    def _statement(self):
        with self.clock(f"{DAY_21_2018} 18:00:00"):
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                "cobranza_legal.action_report_statement", self._debtor().ids
            )
        return html.decode()

    def test_example_1_with_the_notice(self):
        self._check(SERNAC[0], bounced=False)

    def test_example_1_without_the_notice(self):
        self._check(SERNAC[0], bounced=True)

    def test_example_2_with_the_notice(self):
        self._check(SERNAC[1], bounced=False)

    def test_example_2_without_the_notice(self):
        self._check(SERNAC[1], bounced=True)

    def test_example_3_with_the_notice(self):
        self._check(SERNAC[2], bounced=False)

    def test_example_3_without_the_notice(self):
        self._check(SERNAC[2], bounced=True)


@tagged("post_install", "-at_install", "post_install_l10n")
class TestFee(ChileCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._uf(DAY_21, ROUND_UF)
        cls._uf(DAY_22, ROUND_UF)

    def _replay(self, last=21, first=0, due=DUE):
        """Both crons on the days of the ladder between two days, and on the last."""
        days = {day for day in (3, 9, 21, 30) if first <= day <= last} | {last}
        moments = [f"{self._day(due, day)} 15:00:00" for day in sorted(days)]
        with smtp_sink(self.env):
            self._replay_days(moments)

    def test_nothing_is_charged_until_day_20(self):
        invoice = self._bill(400000, DUE)
        self._replay(20)
        self.assertFalse(self._fees(invoice))
        self._crons(DAY_21)
        self.assertEqual(self._fees(invoice).amount, 36000)

    def test_a_second_run_adds_nothing(self):
        invoice = self._bill(400000, DUE)
        self._replay(21)
        self._crons(DAY_21, "16:00")
        self._debtor()._redecide_later()
        self._replay(26, first=22)
        self.assertEqual(len(self._fees(invoice)), 1)

    def _paid_late(self, invoice, amount, day):
        """Booked on day 25, dated on an earlier day."""
        with self.at(self._day(DUE, 25)):
            self._register_payment(
                invoice, amount=amount, payment_date=self._day(DUE, day)
            )

    def test_a_payment_of_day_10_booked_later_leaves_no_fee(self):
        invoice = self._bill(400000, DUE)
        self._replay(22)
        fee = self._fees(invoice)
        self._paid_late(invoice, 400000, 10)
        self.assertEqual(fee.state, "reversed")
        self.assertIn(self._day(DUE, 10)[-2:], fee.state_reason)
        with self.at(self._day(DUE, 25)):
            self.assertFalse(self._debtor()._statement())

    def test_a_part_paid_before_day_21_lowers_the_fee_at_the_uf_of_its_day(self):
        invoice = self._bill(400000, DUE)
        self._replay(22)
        self._paid_late(invoice, 300000, 10)
        fee = self._fees(invoice)
        self.assertEqual((fee.base, fee.amount), (100000, 9000))
        self.assertEqual(str(fee.assessed_on), DAY_21)

    def test_paid_after_the_fee_leaves_it(self):
        invoice = self._bill(400000, DUE)
        self._replay(22)
        self._paid_late(invoice, 400000, 22)
        self.assertEqual(self._fees(invoice).amount, 36000)

    def test_a_second_instalment_pays_its_own_fee_only(self):
        invoice = self._invoice(
            None,
            600000,
            self._debtor().partner_id,
            invoice_date="2026-08-22",
            invoice_payment_term_id=self._term(10, 17),
        )
        self._uf("2026-09-29", ROUND_UF)
        with smtp_sink(self.env):  # the second is due a week later: days 10, 16 and 28
            self._days(DUE, 3, 30, 10, 16, 28)
        one, two = self._fees(invoice).sorted("assessed_on")
        self.assertEqual((one.amount, str(one.assessed_on)), (27000, DAY_21))
        self.assertEqual((two.amount, str(two.assessed_on)), (27000, "2026-09-29"))
        self.assertEqual((one.base, two.base), (300000, 300000))

    def test_instalments_assessed_together_are_one_base(self):
        bills = self._bill(300000, DUE) + self._bill(300000, DUE)
        self._replay(21)
        fees = self._fees(bills)
        self.assertEqual(fees.mapped("amount"), [24000, 24000])
        self.assertEqual(len(set(fees.mapped("group_key"))), 1)

    def test_what_was_paid_before_day_21_is_no_base(self):
        invoice = self._bill(300000, DUE)
        self._replay(10)
        self._register_payment(invoice, amount=120000, payment_date="2026-09-12")
        self._replay(21, first=11)
        self.assertEqual(self._fees(invoice).amount, 16200)

    def test_a_payment_after_the_fee_brings_no_new_fee(self):
        invoice = self._bill(300000, DUE)
        self._replay(21)
        self._register_payment(invoice, amount=120000, payment_date="2026-09-23")
        self._replay(30, first=22)
        self.assertEqual(self._fees(invoice).mapped("amount"), [27000])

    def test_a_debt_below_the_cut_pays_nothing_without_the_notice(self):
        invoice = self._bill(1000, DUE)
        self.person.email = False
        self._replay(21)
        self.assertFalse(self._fees(invoice))

    def test_without_the_uf_of_the_day_the_fee_waits_and_is_not_lost(self):
        due = "2026-09-03"
        day = self._day(due, 21)
        invoice = self._bill(400000, due)
        self._replay(21, due=due)
        debt, demand = self._debts(invoice), self._steps(invoice, "formal_demand")
        self.assertFalse(self._fees(invoice))
        self.assertIn(f"cl.uf of {day} is missing", debt.charge_note)
        self.assertEqual((demand.state, demand.waiting), ("planned", "missing_data"))
        self._uf(self._day(due, 22), ROUND_UF)
        with smtp_sink(self.env):
            self._days(due, 22, 23)
        self.assertEqual(self._fees(invoice).amount, 36000)
        self.assertFalse(debt.charge_note)
        self.assertEqual(demand.state, "sent")
        self.assertIn("36.000", demand.body)

    def test_whoever_was_not_informed_of_the_terms_is_not_charged(self):
        invoice = self._bill(400000, DUE)
        self._debtor(terms_informed_on=False)
        self._replay(21)
        self.assertFalse(self._fees(invoice))
        self.assertIn("has not been informed", self._refused(invoice))
        self._debtor(terms_informed_on="2026-08-23")
        self.assertIn("after contracting", self._refused(invoice))
        self._debtor(terms_informed_on="2026-08-22", terms_file_ids=[(5,)])
        self.assertIn("no file", self._refused(invoice))
        self.company.cobranza_terms_required = "day"
        self.assertFalse(self._refused(invoice))

    def test_companies_and_public_bodies_pay_no_fee_of_this_law(self):
        for regime in ("company", "public"):
            partner = self._person(
                f"{regime} S.A.", "76201224-3", l10n_cl_collection_regime=regime
            )
            self.assertEqual(self._debtor(partner).regime, regime)
            invoice = self._bill(400000, DUE, partner)
            self._replay(21)
            self.assertFalse(self._fees(invoice))

    def test_costs_incurred_limit_the_fee(self):
        self.company.l10n_cl_fee_mode = "incurred"
        invoice = self._bill(400000, DUE)
        self._replay(20)
        self.assertIn("No proven collection costs", self._refused(invoice, DAY_21))
        self.env["cobranza.cost"].create(
            {
                "debtor_id": self._debtor().id,
                "day": "2026-09-15",
                "description": "Agency",
                "amount": 15000,
                "attachment_ids": [(0, 0, {"name": "boleta", "raw": b"x"})],
            }
        )
        self._crons(DAY_21)
        self.assertEqual(self._fees(invoice).amount, 15000)

    def _refused(self, invoice, day=DAY_21):
        debt = self._debts(invoice)
        with self.at(day):
            today = self.company._cobranza_today()
            [work] = self.env["cobranza.charge"]._works(debt, today)
            return work.refused.get(debt.id)
