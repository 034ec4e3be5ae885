import json
from decimal import Decimal
from functools import reduce
from operator import mul

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.base import CobranzaCommon

DAY = "2026-10-25"


@tagged("post_install", "-at_install")
class TestPriority(CobranzaCommon):
    """Who comes first, why, and how the company changes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(amount=1000, due="2026-10-10")
        cls._invoice(amount=400, due="2026-05-01", partner=cls.partner_b)
        cls._run(DAY)
        cls.big = cls.partner_a.cobranza_debtor_ids
        cls.old = cls.partner_b.cobranza_debtor_ids
        cls.both = cls.big | cls.old
        cls.manager = cls._role("manager")

    def _order(self):
        own = [("id", "in", self.both.ids)]
        return self.env["cobranza.debtor"].search(own)

    def _weigh(self, user=None, **weights):
        wizard = self.env["cobranza.priority"].with_user(user or self.manager)
        with self.at(DAY):
            return wizard.create(weights)

    def test_the_score_of_a_debtor_is_the_product_of_what_is_shown(self):
        # 15 days late, and the contact of its level waits
        self.assertEqual(self.big.priority, 1000 * 1.5 * 1.25)
        for debtor in self.both:
            shown = debtor.priority_parts["factors"].values()
            product = reduce(mul, map(Decimal, shown))
            self.assertEqual(float(product), debtor.priority)

    def test_the_debtor_says_how_it_comes_about(self):
        words = self.big.priority_words
        self.assertEqual(self.big._days_late_words(1), "1 day late")
        self.assertEqual(self.big._days_late_words(2), "2 days late")
        self.assertEqual(self.big._broken_words(1), "1 broken promise")
        self.assertEqual(self.big._broken_words(3), "3 broken promises")
        for part in ("1,875 = overdue", "1.50 (15 days late)", "1.25 (an act is due)"):
            self.assertIn(part, words)
        self.assertNotIn("broken", words)
        with self.at(DAY):
            self.env["cobranza.hold"].create({"debtor_id": self.big.id})
        self._run(DAY)
        self.assertEqual(self.big.priority_words, "0: nothing can be done now.")

    def test_other_weights_put_the_list_in_another_order_at_once(self):
        self.assertEqual(self._order(), self.old + self.big)
        self._weigh(weight_age=0).action_apply()
        self.assertEqual(self._order(), self.big + self.old)
        self.assertEqual(self.big.priority, 1250)
        self.assertNotIn("days late", self.big.priority_words)
        self._weigh(weight_age=100, weight_amount=0).action_apply()
        self.assertEqual(self._order(), self.old + self.big)

    def test_the_next_run_uses_the_weights_too(self):
        self._weigh(weight_age=0).action_apply()
        self.both._redecide_later()
        self._run("2026-10-26")
        self.assertEqual(self.big.priority, 1250)

    def test_the_example_shows_who_would_rise_before_anything_changes(self):
        wizard = self._weigh(weight_age=0)
        rows = {one["debtor"]: one for one in wizard._ranked()}
        self.assertLess(rows[self.big]["now"], rows[self.old]["now"])
        self.assertGreater(rows[self.big]["before"], rows[self.old]["before"])
        self.assertIn(self.big.display_name, wizard.example)
        self.assertEqual(self._order(), self.old + self.big)

    def test_a_new_dialog_starts_with_the_weights_of_the_company(self):
        self._weigh(weight_large=40, large_from=500).action_apply()
        again = self._weigh()
        self.assertEqual((again.weight_large, again.large_from), (40, 500))
        self.assertEqual(again.weight_amount, 100)
        self.assertEqual(self.big.priority, 1000 * 1.5 * 1.25 * 1.4)

    def test_the_formula_is_said_with_the_weights_in_force(self):
        self.company.write({"cobranza_weight_broken": 0, "cobranza_weight_amount": 50})
        words = self.company._cobranza_formula()
        self.assertIn("overdue to the power of 50 %", words)
        self.assertIn("(1 + 100 % for every 30 days late)", words)
        self.assertNotIn("broken", words)

    def test_money_on_account_is_no_contradiction_to_what_is_overdue(self):
        self._prepay(400, "2026-10-20", self.big.partner_id)
        self.both._redecide_later()
        self._run("2026-10-26")
        with self.at("2026-10-26"):
            self.assertEqual(self.big.overdue, 1000)
            words = self.big.priority_words.replace("\xa0", " ")
            self.assertIn("overdue and claimable $ 600.00", words)
            self.assertIn("overdue and claimable", self.company._cobranza_formula())

    def test_only_managers_change_the_weights(self):
        collector = self._role("collector")
        with self.assertRaises(AccessError):
            self._weigh(collector)
        both = self._role("accountant")
        with self.assertRaises(AccessError):
            self._weigh(both)

    @mute_logger("odoo.sql_db")
    def test_weights_are_not_negative(self):
        with self.assertRaisesRegex(Exception, "cobranza_weights_range"):
            self._weigh(weight_age=-1).action_apply()

    def test_the_new_order_asks_the_database_twice_for_any_number(self):
        engine = self.env["cobranza.debtor"].sudo()
        company = self.company
        engine._bulk_priority(company)
        counts = []
        for number in (1, 60):
            self._more_debtors(number)
            before = self.env.cr.sql_log_count
            engine._bulk_priority(company)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 2)

    def _more_debtors(self, number):
        partners = self.env["res.partner"].create(
            [{"name": f"More {one}"} for one in range(number)]
        )
        debtors = self.env["cobranza.debtor"].create(
            [{"partner_id": one.id, "company_id": self.company.id} for one in partners]
        )
        parts = {"overdue": "10", "days_late": "3", "broken_promises": "0"}
        self.env.cr.execute(
            "UPDATE cobranza_debtor SET priority_parts = %s WHERE id = ANY(%s)",
            [json.dumps(parts), debtors.ids],
        )
        debtors.invalidate_recordset(flush=False)
        self.env.flush_all()
