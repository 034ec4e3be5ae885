from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user, tagged

from ...kernel.errors import MissingValue
from ...kernel.published import NeededSeries
from ..common.charging import ChargeCommon


class WatchCommon(ChargeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._role("manager")
        cls.collector = cls._role("collector")
        cls.company.cobranza_user_id = cls.manager
        parameters = cls.env["cobranza.parameter"].sudo()
        cls.rate = parameters.create(
            {"code": "xx.rate", "name": "Rate of the law", "validity": "period"}
        )

    def _add(self, first, last, key=""):
        return self.env["cobranza.parameter.value"].create(
            {
                "parameter_id": self.rate.id,
                "key": key,
                "date_from": first,
                "date_to": last,
                "value": 5,
                "source": "x",
                "reason": "test",
            }
        )

    def _needing(self, *series):
        needed = tuple(NeededSeries("xx.rate", key, ahead) for key, ahead in series)
        rules = self.env.registry["cobranza.rules"]
        return patch.object(rules, "_needed_series", lambda _self: needed)

    def _activities(self):
        record = self.rate.sudo().with_context(active_test=False)
        return record.activity_ids.sorted("id")


@tagged("post_install", "-at_install")
class TestEndingSeries(WatchCommon):
    """Before a series runs out that the company's rules need, somebody is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice()
        cls._run("2026-11-01")

    def _banner(self, day, user=None):
        with self.at(day):
            model = self.env["cobranza.debtor"].with_user(user or self.collector)
            return model.get_worklist_banner()["ending"]

    def _upkeep(self, day):
        with self.at(day), self.enter_registry_test_mode():
            self.env.ref("cobranza_legal.ir_cron_upkeep").method_direct_trigger()

    def test_the_banner_warns_as_many_days_ahead_as_the_rules_say(self):
        self._add("2026-07-01", "2026-12-31")
        with self._needing(("", 45)):
            self.assertEqual(self._banner("2026-11-16"), [])
            line = {"name": "Rate of the law", "code": "xx.rate", "until": "2026-12-31"}
            self.assertEqual(self._banner("2026-11-17"), [line])
            self.assertEqual(self._banner("2027-02-01"), [line])
            self._add("2027-01-01", "2027-06-30")
            self.assertEqual(self._banner("2026-11-17"), [])

    def test_each_key_is_watched_and_one_without_an_end_is_fine(self):
        self._add("2026-07-01", False, key="a")
        self._add("2026-07-01", "2026-12-31", key="b")
        with self._needing(("a", 45), ("b", 45), ("c", 45)):
            found = [(one["code"], one["until"]) for one in self._banner("2026-12-01")]
        self.assertEqual(found, [("xx.rate[b]", "2026-12-31"), ("xx.rate[c]", None)])

    def test_what_no_rules_need_is_not_announced(self):
        self._add("2026-07-01", "2026-12-31")
        self.assertEqual(self._banner("2026-12-31"), [])

    def test_the_list_of_legal_values_says_the_same(self):
        self._add("2026-07-01", "2026-12-31")
        with self._needing(("", 45)), self.at("2026-12-01"):
            model = self.env["cobranza.parameter"].with_user(self.manager)
            self.assertEqual(len(model.get_ending_banner()["ending"]), 1)

    def test_the_manager_is_asked_once_for_each_end(self):
        self._add("2026-07-01", "2026-12-31")
        with self._needing(("", 45)):
            self._upkeep("2026-11-16")
            self.assertFalse(self._activities())
            for day in ("2026-11-17", "2026-11-18"):
                self._upkeep(day)
            activity = self._activities()
            self.assertEqual(activity.user_id, self.manager)
            self.assertIn("2026-12-31", activity.note)
            activity.with_user(self.manager).action_done()
            self._upkeep("2026-12-15")
            self.assertEqual(self._activities(), activity)
            self._add("2027-01-01", "2027-06-30")
            self._upkeep("2027-05-01")
            self._upkeep("2027-06-01")
        self.assertEqual(len(self._activities()), 2)
        self.assertIn("2027-06-30", self._activities()[-1].note)

    def test_two_series_of_one_parameter_are_both_asked_for(self):
        self._add("2026-07-01", "2026-12-31", key="a")
        with self._needing(("a", 45), ("b", 45)):
            self._upkeep("2026-12-01")
            self._upkeep("2026-12-02")
        self.assertEqual(len(self._activities()), 2)


@tagged("post_install", "-at_install")
class TestMissingValue(WatchCommon):
    """A value that is missing stops what needs it and is asked of the manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls._invoice() + cls._invoice(partner=cls.partner_b)
        cls._run("2026-11-01")
        cls.debts = cls._debts(cls.moves)

    def _assess(self, day, key=""):
        def missing(regime, on, table):
            raise MissingValue("xx.rate", on, key)

        with self.law(fee=missing):
            return self._assess_on(day, self.debts)

    def test_one_activity_names_the_code_and_the_day(self):
        charges, refused = self._assess("2026-11-20")
        self.assertFalse(charges)
        self.assertEqual(set(refused), set(self.debts.ids))
        activity = self._activities()
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("xx.rate", activity.summary)
        self.assertIn("xx.rate of 11/20/2026 is missing", activity.note)

    def test_the_days_after_are_added_to_the_open_one(self):
        for day in ("2026-11-20", "2026-11-20", "2026-11-21"):
            self._assess(day)
        activity = self._activities()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.note.count("<li>"), 2)
        self.assertIn("11/21/2026", activity.note)

    def test_another_key_is_another_activity(self):
        self._assess("2026-11-20")
        self._assess("2026-11-20", key="35")
        summaries = self._activities().mapped("summary")
        self.assertEqual(len(summaries), 2)
        self.assertIn("xx.rate[35]", summaries[1])

    def test_done_without_loading_it_is_asked_again_on_another_day(self):
        self._assess("2026-11-20")
        with self.at("2026-11-20"):
            self._activities().with_user(self.manager).action_done()
            self.env.flush_all()
        self._assess("2026-11-20")
        self.assertEqual(len(self._activities()), 1)
        self._assess("2026-11-21")
        self.assertEqual(len(self._activities()), 2)

    def test_a_preview_asks_nobody(self):
        def missing(regime, on, table):
            raise MissingValue("xx.rate", on)

        with self.law(fee=missing), self.at("2026-11-20"):
            day = date(2026, 11, 20)
            self.env["cobranza.charge"]._works(self.debts, day)
        self.assertFalse(self._activities())

    def test_hundreds_of_days_make_one_short_activity(self):
        errors = [
            MissingValue("xx.rate", date(2025, 1 + n // 28, 1 + n % 28))
            for n in range(300)
        ]
        self.env["cobranza.parameter"]._report_missing(self.company, errors)
        activity = self._activities()
        self.assertEqual(activity.note.count("<li>"), 21)

    def test_the_first_manager_is_asked_when_the_collector_is_none(self):
        self.company.cobranza_user_id = self.collector
        self.assertIn(self.company, self.company._cobranza_manager().company_ids)
        manager = self.env.ref("cobranza_legal.group_collection_manager")
        self.assertIn(manager, self.company._cobranza_manager().all_group_ids)

    def test_a_user_of_another_company_is_not_asked(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids -= other
        self.assertFalse(other._cobranza_manager())
        self.assertEqual(self.company._cobranza_manager(), self.manager)
        with freeze_time("2026-11-20"):
            other._cobranza_ask_manager(self.rate, "x", ["y"])
        self.assertFalse(self._activities())
        mine = new_test_user(
            self.env,
            "boss_of_other",
            "cobranza_legal.group_collection_manager",
            company_id=other.id,
            company_ids=other.ids,
        )
        self.assertEqual(other._cobranza_manager(), mine)
