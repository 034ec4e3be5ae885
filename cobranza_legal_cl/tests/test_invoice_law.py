from odoo.tests import tagged

from odoo.addons.cobranza_legal.demo.books import open_receivables
from odoo.addons.cobranza_legal.tests.common.smtp_sink import body_of, smtp_sink

from .common import ChileCommon, written

DUE, DAY_30, DAY_60 = "2026-08-31", "2026-09-30", "2026-10-30"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestInvoiceLaw(ChileCommon):
    """Interest and commission of Ley 19.983, of whom the consumer law leaves out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._rate("2026-08-15", "2026-09-14", 20.06)
        cls._rate("2026-10-15", "2026-11-14", 20.06)
        cls.business = cls._business()

    def _assessed(self, moves, day):
        """({kind: amount}, {debt: why not}) of what a day adds."""
        debts = self._debts(moves) or self._opened(moves)
        with self.at(day):
            on = self.company._cobranza_today()
            charges, refused = self.env["cobranza.charge"]._assess(debts, on)
        return {one.kind: one.amount for one in charges}, refused

    def _standing(self, move):
        charges = self._debts(move).charge_ids
        live = charges.filtered(lambda charge: charge.state == "assessed")
        return {one.kind: one.amount for one in live}

    # -- the figures of the law sheet --------------------------------------------------

    def test_sixty_days_of_interest_and_one_percent(self):
        for regime in ("company", "public"):
            partner = self._business(f"{regime} SpA", regime=regime)
            move = self._bill(1190000, DUE, partner)
            found, refused = self._assessed(move, DAY_60)
            self.assertEqual(found, {"interest": 39786, "commission": 11900}, regime)
            self.assertFalse(refused)

    def test_what_they_rest_on_is_told(self):
        move = self._bill(1190000, DUE, self.business)
        self._assessed(move, DAY_60)
        charges = {one.kind: one for one in self._debts(move).charge_ids}
        interest, commission = charges["interest"], charges["commission"]
        self.assertEqual(interest.article, "Ley 19.983, art. 2 bis")
        self.assertEqual(commission.article, "Ley 19.983, art. 2 ter")
        self.assertEqual({interest.basis, commission.basis}, {"law"})
        self.assertEqual(commission.formula, "1190000 × 1%")
        self.assertIn("cl.b2b.commission", commission.values_text)
        self.assertIn("cl.interest.current[35]", interest.values_text)

    def test_the_rate_of_each_period(self):
        self._rate("2026-11-15", "2026-12-14", 20.06)
        self._rate("2026-12-15", "2027-01-14", 19.80)
        move = self._bill(1190000, "2026-10-31", self.business)
        # 44 days at 20.06 % and 16 at 19.80 %
        found, _refused = self._assessed(move, "2026-12-30")
        self.assertEqual(found["interest"], 39648)

    def test_a_part_payment_takes_interest_and_commission_first(self):
        move = self._bill(1190000, DUE, self.business)
        found, _refused = self._assessed(move, DAY_30)
        self.assertEqual(found, {"interest": 19893, "commission": 11900})
        with self.at(DAY_30):
            forms = self.env["cobranza.charge.form"].with_company(self.company)
            forms._create_missing(self.company)
            bill = self._debts(move).charge_ids._bill()
            self.assertEqual(bill.mapped("state"), ["posted"])
            payment = self._prepay(500000, DAY_30, self.business)
            for document in (bill, move):
                open_receivables(document | payment.move_id).reconcile()
        self.assertEqual(move.amount_residual, 721793)

    # -- once, and by the dates --------------------------------------------------------

    def test_the_commission_is_charged_once_and_interest_goes_on(self):
        move = self._bill(1190000, DUE, self.business)
        self._assessed(move, DAY_30)
        found, _refused = self._assessed(move, DAY_60)
        self.assertEqual(found, {"interest": 19893})
        again, _refused = self._assessed(move, DAY_60)
        self.assertEqual(again, {})

    def test_each_instalment_pays_its_own_commission_once(self):
        term = self._term(10, 40)
        move = self._bill(
            1000000,
            DUE,
            self.business,
            invoice_date="2026-08-21",
            invoice_payment_term_id=term.id,
        )
        self._opened(move)
        found, _refused = self._assessed(move, "2026-09-20")
        self.assertEqual(found["commission"], 5000)
        found, _refused = self._assessed(move, DAY_60)
        self.assertEqual(found["commission"], 5000)
        charges = self._debts(move).charge_ids
        commissions = charges.filtered(lambda charge: charge.kind == "commission")
        self.assertEqual(sum(commissions.mapped("amount")), 10000)

    def test_a_payment_booked_late_lowers_the_commission(self):
        move = self._bill(1190000, DUE, self.business)
        self._assessed(move, DAY_30)
        with self.at("2026-10-02"):
            self._register_payment(move, amount=190000, payment_date="2026-09-10")
        # 10 days of 1,190,000 and 20 of 1,000,000
        self.assertEqual(self._standing(move), {"commission": 10000, "interest": 17775})

    def test_paid_in_time_and_booked_late_owes_nothing(self):
        move = self._bill(1190000, DUE, self.business)
        self._assessed(move, DAY_30)
        with self.at("2026-10-02"):
            payment = self._register_payment(move, payment_date=DUE)
        self.assertEqual(self._standing(move), {})
        with self.at("2026-10-03"):
            payment.move_id.line_ids.remove_move_reconcile()
        self._run("2026-10-03")
        self.assertEqual(self._standing(move), {"commission": 11900, "interest": 19893})

    # -- never on top of the consumer's fee --------------------------------------------

    def test_protected_debtors_owe_neither(self):
        self._uf(DAY_60, 40000)
        for regime in ("consumer", "small_business"):
            partner = self._business(f"{regime} Ltda", regime=regime)
            move = self._bill(1190000, DUE, partner)
            found, _refused = self._assessed(move, DAY_60)
            self.assertEqual(set(found), {"fee"}, regime)

    def test_a_debt_that_paid_the_fee_bears_neither_when_the_debtor_is_a_company(self):
        partner = self._business("Cambiante SpA", regime="consumer")
        move = self._bill(400000, DUE, partner)
        self._uf(DAY_30, 40000)
        found, _refused = self._assessed(move, DAY_30)
        self.assertEqual(set(found), {"fee"})
        self._debtor(partner).regime = "company"
        found, refused = self._assessed(move, DAY_60)
        self.assertEqual(found, {})
        [why] = refused.values()
        self.assertEqual(why.count("19.496"), 1)

    def test_nor_the_fee_on_what_bears_the_commission(self):
        move = self._bill(400000, DUE, self.business)
        self._assessed(move, DAY_30)
        self._debtor(self.business).regime = "consumer"
        self._uf(DAY_60, 40000)
        found, refused = self._assessed(move, DAY_60)
        self.assertEqual(found, {})
        self.assertIn("19.983", next(iter(refused.values())))

    # -- what it is about --------------------------------------------------------------

    def test_receipts_and_other_currencies_are_no_invoices_of_this_law(self):
        receipt = self.env.ref("l10n_cl.dc_b_f_dte")
        move = self._bill(
            1190000, DUE, self.business, l10n_latam_document_type_id=receipt.id
        )
        self.assertEqual(move.l10n_latam_document_type_id.code, "39")
        dollars = self.env.ref("base.USD")
        dollars.active = True
        abroad = self._bill(1000, DUE, self.business, currency_id=dollars.id)
        for one in (move, abroad):
            found, refused = self._assessed(one, DAY_60)
            self.assertEqual(found, {})
            self.assertIn("19.983", next(iter(refused.values())))

    def test_a_missing_rate_stops_with_its_name_and_the_commission_stands(self):
        move = self._bill(1190000, "2026-06-30", self.business)
        found, refused = self._assessed(move, DAY_30)
        self.assertEqual(found, {"commission": 11900})
        self.assertIn("cl.interest.current[35]", next(iter(refused.values())))
        self.assertTrue(self._debts(move).charge_lacking)

    def test_the_debtor_reads_both_in_the_letter(self):
        move = self._bill(1190000, "2026-09-01", self.business)
        with smtp_sink(self.env) as sink:
            self._days("2026-09-01", 3, 22)
        demand = body_of(sink.messages[-1])
        charges = self._debts(move).charge_ids
        self.assertEqual(set(charges.mapped("kind")), {"interest", "commission"})
        for charge in charges:
            self.assertIn(written(int(charge.amount)), demand)
            self.assertIn(charge.article, demand)
