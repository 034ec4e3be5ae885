from datetime import date
from decimal import Decimal

from psycopg2.errors import UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...kernel.compensation import FixedCompensation
from ...kernel.errors import MissingValue
from ...kernel.money import Money
from ..common.charging import ChargeCommon


@tagged("post_install", "-at_install")
class TestCharge(ChargeCommon):
    """What the law lets us charge, with its figures, once and never twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls._invoice(amount=20000) + cls._invoice(amount=10000)
        cls._run("2026-10-10")
        cls.debts = cls._debts(cls.moves)
        cls.contact = cls.debts.contact_line_ids.contact_id[:1]

    def _fees(self, day="2026-10-30", debts=None, **law):
        with self.law(**{"fee": self.schedule(), **law}):
            return self._assess_on(day, debts or self.debts)

    def test_neutral_rules_charge_nothing(self):
        charges, refused = self._assess_on("2026-12-31", self.debts)
        self.assertFalse(charges)
        self.assertFalse(refused)

    def test_debts_assessed_together_are_one_progressive_base(self):
        charges, _refused = self._fees()
        self.assertEqual(sum(charges.mapped("amount")), 900 + 1200)
        self.assertEqual(charges.mapped("amount"), [1400, 700])
        self.assertEqual(charges.mapped("base"), [20000, 10000])
        self.assertEqual(len(set(charges.mapped("group_key"))), 1)

    def test_shares_sum_to_the_fee_to_the_last_cent(self):
        moves = self.env["account.move"]
        for _count in range(3):
            moves |= self._invoice(amount=33.33, partner=self.partner_b)
        self._run("2026-10-11")
        charges, _refused = self._fees(debts=self._debts(moves))
        total = sum(Decimal(str(amount)) for amount in charges.mapped("amount"))
        self.assertEqual(total, Decimal("9.00"))

    def test_nothing_is_charged_inside_the_waiting_days(self):
        self.assertFalse(self._fees("2026-10-25")[0])
        self.assertEqual(len(self._fees("2026-10-26")[0]), 2)

    def test_a_debt_that_has_paid_its_fee_never_gets_a_second_one(self):
        self._fees(debts=self.debts[0])
        again, _refused = self._fees("2026-11-15")
        self.assertEqual(again.debt_id, self.debts[1])
        self.assertEqual(again.amount, 900)
        self.assertFalse(self._fees("2026-12-15")[0])

    def test_a_waived_fee_is_not_charged_again(self):
        self.company.cobranza_waive_limit = 5000
        charges, _refused = self._fees()
        charges._waive("goodwill")
        self.assertFalse(self._fees("2026-11-15")[0])

    def test_the_database_refuses_a_second_fee(self):
        charge = self._fees()[0][0]
        vals = charge.copy_data()[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["cobranza.charge"].sudo().create(vals)

    def test_unproven_notices_reduce_once_for_each_debt(self):
        schedule = self.schedule(reduction=Decimal("0.2"))
        proofs = {self.debts[0].id: self.contact}
        charges, _refused = self._fees(fee=schedule, proofs=proofs)
        self.assertEqual(sum(charges.mapped("amount")), 2100 - 200)
        self.assertEqual(charges[0].proof_contact_id, self.contact)
        self.assertFalse(charges[1].proof_contact_id)

    def test_a_blocked_fee_is_refused_with_the_reason(self):
        blockers = {self.debts[0].id: "The terms were never informed."}
        charges, refused = self._fees(blockers=blockers)
        self.assertEqual(charges.debt_id, self.debts[1])
        self.assertEqual(refused, blockers)

    def test_a_missing_legal_value_refuses_by_name_and_day(self):
        def missing(regime, on, table):
            raise MissingValue("uf", on)

        charges, refused = self._fees(fee=missing)
        self.assertFalse(charges)
        self.assertIn("uf of 2026-10-30", refused[self.debts[0].id])

    def test_the_law_of_another_currency_is_refused(self):
        charges, refused = self._fees(fee=self.schedule(currency="XTS"))
        self.assertFalse(charges)
        self.assertIn("XTS", refused[self.debts[0].id])

    def test_a_part_payment_lowers_the_base_and_a_credit_too(self):
        with self.at("2026-10-20"):
            self._register_payment(
                self.moves[0], amount=12000, payment_date="2026-10-20"
            )
        charges, _refused = self._fees()
        self.assertEqual(charges.mapped("base"), [8000, 10000])

    def test_a_disputed_part_is_never_a_base(self):
        self.env["cobranza.dispute"].sudo().create(
            {
                "debtor_id": self.debts.debtor_id.id,
                "debt_id": self.debts[0].id,
                "whole": False,
                "amount": 15000,
                "reason": "price",
                "opened_on": "2026-10-12",
            }
        )
        charges, _refused = self._fees()
        self.assertEqual(charges.mapped("base"), [5000, 10000])

    def test_a_charge_is_never_the_base_of_another(self):
        self.debts[0].sudo().nature = "charge"
        charges, _refused = self._fees()
        self.assertEqual(charges.debt_id, self.debts[1])

    def test_a_debt_that_something_stops_is_not_charged(self):
        self.debts.debtor_id.insolvent_on = "2026-10-20"
        self.assertFalse(self._fees()[0])

    def test_values_are_kept_with_day_source_and_article_and_marked_used(self):
        value = self._legal_value()

        def schedule(regime, on, table):
            return self.schedule(unit_value=table.number("test_unit", on))

        charge = self._fees(fee=schedule)[0][0]
        kept = charge.values[0]
        self.assertEqual(kept["code"], "test_unit")
        self.assertEqual(kept["day"], "2026-10-30")
        self.assertEqual(Decimal(kept["value"]), 1000)
        self.assertEqual(kept["source"], "Gazette 7")
        for part in ("test_unit", "= 1,000", "(10/30/2026)", "Gazette 7"):
            self.assertIn(part, charge.values_text)
        self.assertTrue(value.used_on)
        for part in ("9%", "6%", "2100.00"):
            self.assertIn(part, charge.formula)
        self.assertEqual(charge.rate_text, "9% / 6%")
        self.assertEqual(charge.article, "Law 1 art. 37")

    def _legal_value(self):
        parameter = self.env["cobranza.parameter"].sudo()
        parameter = parameter.create({"code": "test_unit", "name": "Test unit"})
        return self.env["cobranza.parameter.value"].create(
            {
                "parameter_id": parameter.id,
                "date_from": "2026-01-01",
                "value": 1000,
                "source": "Gazette 7",
                "reason": "test",
            }
        )

    def test_a_preview_gives_the_same_figures_and_writes_nothing(self):
        with self.law(fee=self.schedule()), self.at("2026-10-30"):
            [work] = self.env["cobranza.charge"]._works(
                self.debts, self.company._cobranza_today()
            )
        self.assertFalse(self.debts.charge_ids)
        charges, _refused = self._fees()
        for name in ("amount", "base", "formula", "article"):
            expected = {charge.debt_id.id: charge[name] for charge in charges}
            found = {draft["debt_id"]: draft[name] for draft in work.drafts}
            self.assertEqual(found, expected, name)

    # -- compensation ----------------------------------------------------------------

    def _compensation(self, amount="40"):
        currency = self.company.currency_id.name
        money = Money(Decimal(amount), currency)
        return FixedCompensation("compensation", money, "Law 3 art. 8")

    def test_the_fixed_compensation_is_due_once_for_each_invoice(self):
        move = self._invoice(
            due=None,
            amount=900,
            partner=self.partner_b,
            invoice_payment_term_id=self._term(10, 20, 30).id,
        )
        self._run("2026-10-20")
        debts = self._debts(move)
        self.assertEqual(len(debts), 3)
        with self.law(compensations=[self._compensation()]):
            first, _refused = self._assess_on("2026-10-20", debts[1] | debts[2])
            again, _refused = self._assess_on("2026-11-20", debts)
        self.assertEqual((first.debt_id, first.amount), (debts[1], 40))
        self.assertEqual(first.article, "Law 3 art. 8")
        self.assertFalse(again)

    # -- at scale --------------------------------------------------------------------

    def test_more_debts_cost_no_more_queries(self):
        names = [{"name": f"Debtor {count}"} for count in range(12)]
        moves = self._invoices(self.env["res.partner"].create(names))
        self._run("2026-10-11")
        debts = self._debts(moves)
        law = {
            "fee": self.schedule(),
            "interest": self.terms(),
            "compensations": [self._compensation()],
        }
        few = self._queries(debts[:2], **law)
        many = self._queries(debts[2:], **law)
        self.assertLessEqual(many, few + 2)

    def _queries(self, debts, **law):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.law(**law):
            before = self.env.cr.sql_log_count
            self.env["cobranza.charge"]._works(debts, date(2026, 10, 30))
            return self.env.cr.sql_log_count - before
