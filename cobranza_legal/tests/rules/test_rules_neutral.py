from datetime import date, datetime

from odoo.tests import tagged

from ...kernel.contact import obstacles
from ...kernel.legal_table import LegalTable
from ..common.base import CobranzaCommon
from ..common.rules_contract import RulesContract

TUESDAY = date(2026, 11, 24)


class NeutralCommon(CobranzaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        nowhere = cls.env.ref("base.aq")
        cls.company.country_id = cls.company.account_fiscal_country_id = nowhere
        cls.rules = cls.company._cobranza_rules()


@tagged("post_install", "-at_install")
class TestNeutralRules(RulesContract, NeutralCommon):
    """Where no country says otherwise, the strictest answer."""

    @property
    def table(self):
        return LegalTable({}, ())

    def test_a_country_without_rules_gets_the_neutral_ones(self):
        self.assertEqual(self.rules._name, "cobranza.rules")

    def test_nobody_unclassified_is_written_to_by_a_machine(self):
        self.assertEqual(
            self.rules._debtor_regime(self.partner_a), {self.partner_a.id: "unknown"}
        )
        for regime, automatic in (
            ("unknown", False),
            ("consumer", False),
            ("small_business", False),
            ("company", True),
            ("public", True),
        ):
            rules = self.rules._contact_rules(regime, TUESDAY, self.table)
            self.assertEqual(rules.automatic, automatic, regime)

    def test_office_hours_only(self):
        rules = self.rules._contact_rules("company", TUESDAY, self.table)
        for hour, allowed in ((8, False), (9, True), (18, True), (19, False)):
            at = datetime(2026, 11, 24, hour)
            self.assertEqual(not obstacles(rules, "email", at, ()), allowed, hour)
        saturday = datetime(2026, 11, 28, 10)
        self.assertTrue(obstacles(rules, "call", saturday, ()))

    def test_nothing_is_charged_that_no_law_grants(self):
        for regime in ("consumer", "company"):
            args = (regime, TUESDAY, self.table)
            self.assertIsNone(self.rules._fee_terms(*args))
            self.assertEqual(self.rules._fixed_compensations(*args), [])
            terms = self.rules._interest_terms(regime, "statutory", TUESDAY, self.table)
            self.assertIsNone(terms)

    def test_nothing_was_agreed_that_no_country_asks_for(self):
        debt, debtor = self.debts[0], self.debtors[0]
        self.assertEqual(self.rules._interest_key(debt), "statutory")
        self.assertEqual(self.rules._interest_basis("statutory"), "law")
        self.assertIsNone(self.rules._interest_refusal(debt))
        self.assertEqual(self.rules._interest_warnings(debtor, TUESDAY), {})
        self.assertIsNone(self.rules._index_key(debt))
        self.assertIsNone(self.rules._penalty_clause(debt, None))
        self.assertIsNone(self.rules._fee_incurred(debt, TUESDAY))
        self.assertIsNone(self.rules._unidentified(debtor))
        self.assertEqual(self.rules._merge_values(self.contacts[0], {}), {})
        costs = self.env["cobranza.cost"]
        self.assertEqual(self.rules._cost_evidence(costs), costs)
