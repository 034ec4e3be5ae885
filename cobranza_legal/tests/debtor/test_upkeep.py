from odoo.tests import tagged

from ..common.base import CobranzaCommon


@tagged("post_install", "-at_install")
class TestUpkeep(CobranzaCommon):
    """What time alone changes is changed by the cron, in batches, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("cobranza_legal.ir_cron_upkeep")
        cls.moves = cls._invoice() + cls._invoice(amount=500)
        cls._run("2026-10-10")
        cls.debts = cls._debts(cls.moves)
        cls.debtor = cls.debts.debtor_id

    def _hold(self, **vals):
        values = {"debtor_id": self.debtor.id, "date_from": "2026-10-10", **vals}
        return self.env["cobranza.hold"].create(values)

    def _trigger(self, day):
        with self.at(day), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.assertEqual(self.cron.failure_count, 0)

    def test_a_hold_expires_after_its_last_day_and_says_so(self):
        hold = self._hold(date_to="2026-10-20")
        self._trigger("2026-10-20")
        self.assertEqual(hold.state, "open")
        self._trigger("2026-10-21")
        self.assertEqual((hold.state, hold.begun), ("expired", True))
        self.assertIn("Its last day has passed", hold.history_ids.mapped("reason"))

    def test_a_hold_of_the_future_wakes_the_debtor_up_on_its_first_day(self):
        hold = self._hold(date_from="2026-10-15")
        self.debtor.sudo().review_on = "2027-01-01"
        self._trigger("2026-10-14")
        self.assertTrue(self.debtor.review_on)
        self._trigger("2026-10-15")
        self.assertTrue(hold.begun)
        self.assertEqual(self.debtor.reason, "on_hold")
        self.assertLess(str(self.debtor.review_on), "2027-01-01")

    def test_a_promise_is_judged_when_its_grace_is_over(self):
        self.company.cobranza_promise_tolerance = 1
        promise = self.env["cobranza.promise"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": self.debts[0].ids,
                "amount": 300,
                "made_on": "2026-10-10",
                "promised_on": "2026-10-20",
            }
        )
        self._trigger("2026-10-21")
        self.assertEqual(promise.state, "open")
        self.debtor.sudo().review_on = "2027-01-01"
        self._trigger("2026-10-22")
        self.assertEqual((promise.state, promise.result), ("closed", "broken"))
        self.assertEqual(self.debtor.priority_parts["broken_promises"], "1")
        self.assertLess(str(self.debtor.review_on), "2027-01-01")

    def test_small_batches_reach_everything(self):
        holds = self.env["cobranza.hold"]
        for _count in range(5):
            holds |= self._hold(date_to="2026-10-12")
        with (
            self.at("2026-10-13"),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            model = self.env["cobranza.debtor"].with_env(self.env(cr=cr))
            model.sudo()._cron_upkeep(batch=2)
        self.assertEqual(set(holds.mapped("state")), {"expired"})

    def test_a_second_run_of_the_day_finds_nothing_to_do(self):
        self._hold(date_to="2026-10-12")
        self._trigger("2026-10-13")
        history = self.env["cobranza.history"].search_count([])
        self._trigger("2026-10-13")
        self.assertEqual(self.env["cobranza.history"].search_count([]), history)

    def test_what_is_not_due_costs_one_query_for_each_kind(self):
        for _count in range(20):
            self._hold(date_from="2026-10-10", date_to="2026-12-31").sudo().begun = True
        models = self.env["cobranza.debtor"]._upkeep_models()
        self.env.flush_all()
        with self.at("2026-10-11"):
            today = self.company._cobranza_today()
            self.company._cobranza_rules()  # its country is read
            with self.assertQueryCount(len(models)):
                for name in models:
                    due = self.env[name].sudo()._upkeep_due(self.company, today, 10)
                    self.assertFalse(due)
