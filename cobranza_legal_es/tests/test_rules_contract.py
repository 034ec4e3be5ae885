from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.rules_contract import (
    ON,
    REGIMES,
    RulesContract,
)

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestRulesContract(RulesContract, SpainCommon):
    """What every country's rules owe the suite, and the hooks that only Spain has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the holidays of each purpose are read once and kept
        cls.rules._calendar("court", cls.env["res.country.state"], ON)

    def test_interest_keys_and_warnings_ask_as_often_for_one_as_for_a_hundred(self):
        for name, ask in (
            ("key", lambda some: [one._l10n_es_interest_key() for one in some]),
            ("warning", lambda some: some.mapped("l10n_es_interest_warning")),
        ):
            with self.subTest(hook=name):
                self._assert_same_queries(name, ask, self.debtors)

    def test_the_law_behind_a_stop_is_told_for_whom_it_protects(self):
        for regime in REGIMES:
            laws = self.rules._reason_articles(regime, ON)
            self.assertIn("TRLC", laws["insolvent"])
            consumer = regime in ("consumer", "unknown")
            self.assertEqual("TRLGDCU" in laws.get("disputed", ""), consumer, regime)
            # no law says it: the company's own rule
            self.assertNotIn("deceased", laws)

    def test_the_floor_comes_from_the_table(self):
        table = self._table()
        floor = self._queries(lambda: self.rules._interest_floor(ON, table))
        self.assertEqual(floor, 0)
