from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.cobranza_legal.kernel.errors import MissingValue, RefusedDayCount
from odoo.addons.cobranza_legal.kernel.interest import (
    DayCount,
    accrue,
    late_period,
)
from odoo.addons.cobranza_legal.kernel.money import Money
from odoo.addons.cobranza_legal.tests.common.base import untracked_terms

from ..models.rules.interest_key import InterestKey
from .common import SpainCommon

ON = date(2026, 11, 23)
PLUS_2 = InterestKey("legal_plus", points=Decimal(2))


@tagged("post_install", "-at_install", "post_install_l10n")
class TestInterestTerms(SpainCommon):
    """The vectors of the law sheet that are not about a debt of ours."""

    def terms(self, key="statutory", regime="company"):
        return self.rules._interest_terms(regime, key, ON, self._table())

    def interest(self, terms, base, due, paid):
        due, paid = date.fromisoformat(due), date.fromisoformat(paid)
        period = late_period(due, paid, terms)
        return accrue(Money.of(base, "EUR"), terms, period).amount.amount

    def test_legal_interest_plus_two_points_follows_the_year(self):
        terms = self.terms(PLUS_2, "consumer")
        amount = self.interest(terms, "1000.00", "2022-12-05", "2023-02-05")
        self.assertEqual(amount, Decimal("8.74"))

    def test_a_change_in_april_is_seen(self):
        terms = self.terms(InterestKey("legal_plus"), "consumer")
        amount = self.interest(terms, "3000.00", "2009-03-05", "2009-04-30")
        self.assertEqual(amount, Decimal("21.62"))

    def test_the_commercial_year_is_refused(self):
        terms = self.terms(PLUS_2, "consumer")
        year = ("10000", "2024-01-31", "2024-12-31")
        self.assertEqual(self.interest(terms, *year), Decimal("481.85"))
        for count in (DayCount.ACT_360, DayCount.THIRTY_360):
            with self.assertRaises(RefusedDayCount):
                self.interest(replace(terms, day_count=count), *year)

    def test_each_semester_has_its_own_rate(self):
        terms = self.terms()
        for base, due, paid, expected in (
            ("10000", "2024-06-15", "2024-07-15", "101.71"),
            ("2500", "2025-05-05", "2026-11-21", "399.09"),
            ("1250", "2026-05-01", "2026-06-07", "12.86"),
        ):
            amount = self.interest(terms, base, due, paid)
            self.assertEqual(amount, Decimal(expected), due)

    def test_judicial_interest_is_legal_plus_two(self):
        terms = self.terms(PLUS_2)
        amount = self.interest(terms, "5000", "2026-03-01", "2026-11-21")
        self.assertEqual(amount, Decimal("190.58"))

    def test_a_missing_semester_stops_with_its_name_and_day(self):
        with self.assertRaises(MissingValue) as caught:
            self.interest(self.terms(), "1000", "2027-01-01", "2027-01-02")
        self.assertEqual(caught.exception.code, "es.interest.commercial")
        self.assertEqual(caught.exception.on, date(2027, 1, 2))
        with self.assertRaises(MissingValue) as caught:
            plus = self.terms(PLUS_2, "consumer")
            self.interest(plus, "1000", "2026-12-05", "2027-01-02")
        self.assertEqual(caught.exception.on, date(2027, 1, 1))

    # -- who owes which ---------------------------------------------------------------

    def test_public_bodies_and_the_self_employed_owe_ley_3_2004(self):
        for regime in ("company", "small_business", "public"):
            series = self.terms(regime=regime).series
            self.assertEqual(series.code, "es.interest.commercial", regime)

    def test_consumers_never_owe_ley_3_2004(self):
        self.assertIsNone(self.terms("statutory", "consumer"))
        self.assertEqual(self.rules._fixed_compensations("consumer", ON, None), [])

    def test_the_unclassified_owe_nothing(self):
        for kind in ("statutory", "legal_plus", "contract"):
            self.assertIsNone(self.terms(kind, "unknown"), kind)
        self.assertEqual(self.rules._fixed_compensations("unknown", ON, None), [])

    def test_there_is_no_statutory_collection_fee(self):
        self.assertIsNone(self.rules._fee_terms("consumer", ON, self._table()))

    def test_forty_euros_go_with_each_invoice_of_a_business(self):
        for regime in ("company", "small_business", "public"):
            [found] = self.rules._fixed_compensations(regime, ON, self._table())
            self.assertEqual(found.amount, Money.of(40, "EUR"))
            self.assertIn("8.1", found.article)

    def test_a_contract_rate_below_the_floor_is_flagged(self):
        floor = self.rules._interest_floor(ON, self._table())
        self.assertEqual(floor, Decimal("3.12"))
        debts = self._follow(self._invoice(partner=self.client), "2026-11-23")
        debtor = debts.debtor_id
        with self.at("2026-11-23"):
            debtor.write(
                {"l10n_es_interest_terms": "contract", "l10n_es_contract_rate": 3}
            )
            self.assertIn("3.12", debtor.l10n_es_interest_warning)
            debtor.l10n_es_contract_rate = 5.25
            self.assertFalse(debtor.l10n_es_interest_warning)
        terms = self.terms(debtor._l10n_es_interest_key())
        self.assertEqual(terms.series.at(ON), Decimal("5.25"))

    def test_the_terms_come_from_debtor_company_and_law_in_this_order(self):
        moves = self._invoice(partner=self.client) | self._invoice(partner=self.student)
        debts = self._follow(moves, "2026-10-12")
        business, student = debts.debtor_id.sorted(
            lambda debtor: debtor.regime != "company"
        )
        self.assertEqual(business._l10n_es_interest_key(), InterestKey("statutory"))
        self.assertEqual(student._l10n_es_interest_key().kind, "uninformed")
        self.assertTrue(student.l10n_es_interest_warning)
        self._inform(student, "2026-09-01")
        self.assertEqual(
            student._l10n_es_interest_key(),
            InterestKey("legal_plus", Decimal(2), Decimal(0), 5, False),
        )
        business.write({"l10n_es_interest_terms": "legal_plus"})
        self.assertEqual(
            business._l10n_es_interest_key(), InterestKey("legal_plus", Decimal(2))
        )
        student.l10n_es_interest_terms = "none"
        self.assertEqual(student._l10n_es_interest_key().kind, "none")


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTrace(SpainCommon):
    """What was agreed does not change without a trace."""

    def test_every_term_is_tracked(self):
        for model in ("cobranza.debtor", "res.company"):
            self.assertEqual(untracked_terms(self.env, model, "l10n_es_"), set())

    def test_who_changed_a_rate_and_from_what_is_written_down(self):
        # test cases of Odoo switch tracking off
        company = self.company.with_context(tracking_disable=False, mail_notrack=False)
        company.l10n_es_contract_rate = 12
        self._end_transaction()
        company.l10n_es_contract_rate = 59.9
        self._end_transaction()
        domain = [("model", "=", "res.company"), ("res_id", "=", company.id)]
        message = self.env["mail.message"].search(domain, order="id desc", limit=1)
        [value] = message.tracking_value_ids
        self.assertEqual(value.field_id.name, "l10n_es_contract_rate")
        self.assertEqual((value.old_value_float, value.new_value_float), (12, 59.9))
        self.assertEqual(message.author_id, self.env.user.partner_id)

    def _end_transaction(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
