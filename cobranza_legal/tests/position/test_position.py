from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...kernel.compensation import FixedCompensation
from ...kernel.money import Money
from ...kernel.periods import Row, Series
from ..common.charging import ChargeCommon

CHARGING = {"charge": True}


@tagged("post_install", "-at_install")
class TestPosition(ChargeCommon):
    """What a debtor owes on any day, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy((5, {}), (15, CHARGING), (30, CHARGING))
        cls.company.cobranza_policy_id = cls.policy
        cls.move = cls._invoice(due="2026-10-05", amount=3650)
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id
        # in proposal mode the second level would wait for the act of the first
        cls.debtor.contact_ids._set_state("cancelled", "only charges matter here")
        cls.currency = cls.company.currency_id.name

    def _position(self, on, today="2026-10-10", debts=None, **law):
        law.setdefault("interest", self.terms())
        with self.law(**law), self.at(today):
            return self.debtor._position(date.fromisoformat(on), debts)

    def _section(self, on, today="2026-10-10", **more):
        return self._position(on, today, **more).section(self.currency)

    def _pay(self, amount, day, move=None):
        with self.at(day):
            self._register_payment(move or self.move, amount=amount, payment_date=day)

    def _prepay(self, amount, day):
        with self.at(day):
            return super()._prepay(amount, day)

    def _forty(self):
        money = Money(Decimal(40), self.currency)
        return FixedCompensation("compensation", money, "Law 2 art. 8")

    # -- today and days to come ------------------------------------------------------

    def test_principal_and_the_interest_until_the_day(self):
        section = self._section("2026-10-15")
        [principal] = section.principals
        self.assertEqual(
            (principal.document, principal.due, principal.open),
            (self.move.name, date(2026, 10, 5), 3650),
        )
        [item] = section.interest
        self.assertEqual((item.open, item.accruing), (10, True))
        self.assertEqual(section.total, 3660)

    def test_the_preview_is_what_the_run_of_that_day_charges(self):
        fee = self.schedule(wait_days=3)
        law = {
            "interest": self.terms(),
            "fee": fee,
            "compensations": [self._forty()],
        }
        self._pay(1000, "2026-10-12")
        section = self._section("2026-10-20", "2026-10-12", **law)
        with self.law(**law):
            self._run("2026-10-20")
        charged = sorted(
            (one.kind, Decimal(str(one.amount)), one.formula, one.article)
            for one in self.debt.charge_ids
        )
        self.assertEqual(len(charged), 3)
        self.assertEqual(
            charged,
            sorted(
                (one.kind, one.amount, one.formula, one.article)
                for one in section.charges
            ),
        )
        after = self._section("2026-10-20", "2026-10-20", **law)
        self.assertEqual(after.total, section.total)
        self.assertEqual(after.accruing, 0)
        self.assertFalse(any(one.accruing for one in after.charges))

    def test_interest_goes_on_where_the_last_charge_ended(self):
        with self.law(interest=self.terms()):
            self._run("2026-10-20")
        section = self._section("2026-10-25", "2026-10-21")
        first, second = section.interest
        self.assertEqual((first.open, first.accruing), (15, False))
        self.assertEqual((second.open, second.accruing), (5, True))
        self.assertEqual(second.first, date(2026, 10, 21))
        self.assertEqual(section.accruing, 5)

    def test_a_payment_in_between_cuts_the_interest(self):
        self._pay(1825, "2026-10-10")
        section = self._section("2026-10-15")
        [principal] = section.principals
        self.assertEqual((principal.paid, principal.open), (1825, 1825))
        [payment] = principal.payments
        self.assertEqual((payment.day, payment.kind), (date(2026, 10, 10), "cash"))
        [item] = section.interest
        slices = [(one.base, one.days, one.amount) for one in item.slices]
        self.assertEqual(slices, [(3650, 5, 5), (1825, 5, Decimal("2.5"))])

    def test_a_change_of_rate_cuts_the_interest_and_the_sums_agree(self):
        rows = (
            Row(date(2026, 1, 1), date(2026, 10, 12), Decimal("11.15"), "Gazette 1"),
            Row(date(2026, 10, 13), None, Decimal("10.40"), "Gazette 2"),
        )
        terms = self.terms(series=Series("rate", "", rows))
        section = self._section("2026-11-20", interest=terms)
        [item] = section.interest
        spans = [(str(one.first), str(one.last), one.rate) for one in item.slices]
        self.assertEqual(
            spans,
            [
                ("2026-10-06", "2026-10-12", Decimal("11.15")),
                ("2026-10-13", "2026-11-20", Decimal("10.40")),
            ],
        )
        # 7 days: 7.805; 39 days: 40.56; together 48.365
        parts = [Decimal("7.81"), Decimal("40.56")]
        self.assertEqual([one.amount for one in item.slices], parts)
        self.assertEqual(item.amount, Decimal("48.37"))
        self.assertEqual(item.adjustment, 0)
        self.assertEqual([one.source for one in section.values], ["", ""])

    def test_interest_runs_on_what_we_have_promised_not_to_ask_for(self):
        with self.at("2026-10-10"):
            self.env["cobranza.hold"].create(
                {"debtor_id": self.debtor.id, "reason": "internal"}
            )
        section = self._section("2026-10-15", compensations=[self._forty()])
        self.assertEqual([one.kind for one in section.charges], ["interest"])
        self.assertEqual(section.total, 3660)

    def test_no_interest_runs_after_insolvency(self):
        self.debtor.insolvent_on = "2026-10-08"
        # three days of 1 a day: that of the insolvency still earns
        self.assertEqual(self._section("2026-10-15").total, 3653)

    def test_what_is_disputed_is_told_and_bears_no_interest(self):
        with self.at("2026-10-10"):
            self.env["cobranza.dispute"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_id": self.debt.id,
                    "reason": "price",
                    "whole": False,
                    "amount": 1825,
                }
            )
        section = self._section("2026-10-15")
        self.assertEqual(section.principals[0].disputed, 1825)
        self.assertEqual(section.total, 3655)

    def test_a_day_without_rate_makes_the_position_incomplete(self):
        rows = (Row(date(2026, 1, 1), date(2026, 12, 31), Decimal(10)),)
        terms = self.terms(series=Series("rate", "b2b", rows))
        position = self._position("2027-01-02", interest=terms)
        self.assertTrue(position.missing)
        [(document, why)] = position.refused
        self.assertEqual(document, self.move.name)
        self.assertIn("rate[b2b] of 2027-01-01", why)

    def test_what_is_not_followed_yet_is_owed_too(self):
        young = self._invoice(due="2026-10-09", amount=100)
        later = self._invoice(due="2027-01-31", amount=70)
        self._pay(30, "2026-10-10", young)
        section = self._section("2026-10-10")
        found = {
            one.document: (one.debt, one.paid, one.open) for one in section.principals
        }
        self.assertEqual(found[young.name], (None, 30, 70))
        self.assertEqual(found[later.name], (None, 0, 70))
        self.assertEqual(section.principal, 3650 + 70 + 70)

    def test_what_is_settled_without_charges_is_left_out(self):
        self._pay(3650, "2026-10-10")
        self.assertFalse(self._position("2026-10-15", interest=None).sections)

    def test_a_settled_debt_still_owes_its_charges(self):
        with self.law(interest=self.terms()):
            self._run("2026-10-20")
            self._pay(3650, "2026-10-20")
        section = self._section("2026-10-25", "2026-10-21")
        [principal] = section.principals
        self.assertEqual((principal.open, section.total), (0, 15))

    # -- credits and chosen debts ----------------------------------------------------

    def test_unallocated_payments_lower_the_total_and_the_interest(self):
        payment = self._prepay(1825, "2026-10-08")
        section = self._section("2026-10-15")
        [credit] = section.credits
        self.assertEqual((credit.document, credit.amount), (payment.move_id.name, 1825))
        # 3 days on all of it, 7 on the half: a payment counts from its own day
        self.assertEqual(section.total, 3650 + Decimal("6.5") - 1825)

    def test_chosen_debts_take_their_part_of_the_credits(self):
        other = self._invoice(due="2026-10-06", amount=365)
        self._run("2026-10-12")
        chosen = self._debts(other)
        self._prepay(3700, "2026-10-12")
        section = self._section("2026-10-16", "2026-10-12", debts=chosen)
        self.assertEqual([one.debt for one in section.principals], chosen.ids)
        # 3,650 of the credit cover the older debt, 50 this one
        self.assertEqual(section.credit, 50)
        # 365 × 6 days, 315 × 4 days
        self.assertEqual(section.interest[0].open, Decimal("0.95"))
        self.assertEqual(section.total, 365 - 50 + Decimal("0.95"))

    def test_each_currency_has_its_section(self):
        other = self.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        self._invoice(due="2026-10-06", amount=730, currency_id=other.id)
        self._run("2026-10-12")
        position = self._position("2026-10-16", "2026-10-12")
        names = [one.currency for one in position.sections]
        self.assertEqual(names, sorted([self.currency, "EUR"]))
        self.assertEqual(position.section("EUR").total, 730 + 2)
        self.assertEqual(position.section(self.currency).total, 3650 + 11)

    # -- days gone by ----------------------------------------------------------------

    def test_a_day_gone_by_is_as_the_books_of_that_day(self):
        self._pay(1825, "2026-10-10")
        with self.law(interest=self.terms()):
            self._run("2026-10-20")
        self._pay(1825, "2026-10-25")
        before = self._section("2026-10-08", "2026-10-26")
        self.assertEqual((before.principal, before.total), (3650, 3653))
        self.assertFalse(before.principals[0].payments)
        between = self._section("2026-10-15", "2026-10-26")
        self.assertEqual(between.principal, 1825)
        self.assertEqual(between.total, 1825 + Decimal("7.5"))
        charged = self._section("2026-10-22", "2026-10-26")
        # 10 until the 20th were charged; two more days
        self.assertEqual([one.open for one in charged.interest], [10, 1])
        self.assertEqual(charged.total, 1825 + 11)

    def test_what_was_charged_later_was_not_owed_then(self):
        law = {"interest": self.terms(), "compensations": [self._forty()]}
        with self.law(**law):
            self._run("2026-10-20")
        section = self._section("2026-10-19", "2026-10-21", **law)
        self.assertEqual([one.kind for one in section.charges], ["interest"])
        self.assertEqual(section.total, 3650 + 14)

    def test_a_document_of_later_is_not_owed_then(self):
        self._invoice(due="2026-11-05", amount=70, invoice_date="2026-10-09")
        self.assertEqual(self._section("2026-10-08").principal, 3650)

    def test_a_payment_not_allocated_then_was_a_credit_then(self):
        payment = self._prepay(1825, "2026-10-08")
        late = self._invoice(due="2026-11-30", amount=1825, invoice_date="2026-10-12")
        lines = (late + payment.move_id).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.reconcile()
        then = self._section("2026-10-09", "2026-10-13")
        self.assertEqual((then.credit, then.principal), (1825, 3650))
        now = self._section("2026-10-13", "2026-10-13")
        self.assertEqual((now.credit, now.principal), (0, 3650))

    def test_waived_and_reversed_charges_are_not_owed(self):
        self.company.cobranza_waive_limit = 100
        with self.law(interest=self.terms()):
            self._run("2026-10-20")
        self.debt.charge_ids._waive("goodwill")
        self.assertEqual(self._section("2026-10-20", "2026-10-21").total, 3650)

    # -- who and how much ------------------------------------------------------------

    def test_who_may_not_see_the_debtor_is_told_nothing(self):
        portal = new_test_user(self.env, "portal_position", "base.group_portal")
        with self.assertRaises(AccessError):
            self.debtor.with_user(portal)._position(date(2026, 10, 15))

    def test_collectors_get_the_same_figure_as_accountants(self):
        collector = self._role("collector")
        with self.law(interest=self.terms()), self.at("2026-10-10"):
            seen = self.debtor.with_user(collector)._position(date(2026, 10, 15))
            own = self.debtor._position(date(2026, 10, 15))
        self.assertEqual(seen, own)

    def test_many_debts_ask_the_database_as_often_as_few(self):
        counts = []
        for more in (3, 20):
            for move in self._invoices([self.partner_a] * more, "2026-10-06", 50):
                self._pay(1, "2026-10-12", move)
            self._run("2026-10-12")
            for day in ("2026-10-14", "2026-10-08"):
                counts.append(self._queries(day))
        few, few_then, many, many_then = counts
        self.assertLessEqual(abs(many - few), 1)
        self.assertLessEqual(abs(many_then - few_then), 1)
        self.assertLess(many, 48)  # dust, discounts, cheques and bills are asked

    def _queries(self, day):
        with self.law(interest=self.terms()), self.at("2026-10-12"):
            self.debtor._position(date.fromisoformat(day))  # fills lasting caches
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.debtor._position(date.fromisoformat(day))
            return self.env.cr.sql_log_count - before
