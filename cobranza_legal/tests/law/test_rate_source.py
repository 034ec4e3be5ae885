from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_open

from ...models.law.rate_client import SourceTrouble
from ..common.rates import KEY, RateCommon
from .test_parameter import NOW, TODAY

LOGGER = "odoo.addons.cobranza_legal.models.law.rate_source"


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestRateSource(RateCommon):
    """A source that a manager switched on loads what is new, and nothing else."""

    def test_nothing_is_asked_before_a_manager_switches_it_on(self):
        cron = self.env.ref("cobranza_legal.ir_cron_rates")
        self.assertFalse(cron.active)
        self._cron()
        with self.assertRaisesRegex(UserError, "Switch Test bank on"):
            self._fetch()
        self.assertFalse(self.asked)
        self._switch_on()
        self.assertTrue(cron.active)
        self.assertEqual(self.source.next_run, cron.nextcall)
        self._cron()
        self.assertEqual(len(self.asked), 3)
        self.source.with_user(self.manager).enabled = False
        self.assertFalse(cron.active)

    def test_only_the_manager_switches_it_on(self):
        for group in ("group_collector", "group_accountant", "group_lawyer_all"):
            user = new_test_user(self.env, group, f"cobranza_legal.{group}")
            with self.assertRaises(AccessError):
                self.source.with_user(user).enabled = True
            with self.assertRaises(AccessError):
                self.source.with_user(user).api_key = KEY
            with self.assertRaises(AccessError):
                self.source.with_user(user).action_fetch()
            with self.assertRaises(AccessError):
                self.source.with_user(user).action_forget_key()
        self.assertEqual(self.source.enabled, False)

    def test_who_switched_it_on_is_kept(self):
        self.env.cr.precommit.run()
        self._switch_on()
        self.assertEqual(self.source.user_id, self.manager)
        self.env.flush_all()
        self.env.cr.precommit.run()
        changes = self.source.message_ids.sudo().tracking_value_ids
        self.assertEqual(changes.field_id.name, "enabled")

    def test_a_copy_of_the_database_asks_nothing(self):
        self._switch_on()
        self.env.flush_all()
        with file_open("cobranza_legal/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self._cron()
        self.assertFalse(self.source.enabled or self.asked)

    def test_the_key_is_never_shown_again(self):
        self.patch(self.client, "_needs_key", True)
        with self.assertRaisesRegex(UserError, "key of your own"):
            self._switch_on()
        mine = self.source.with_user(self.manager)
        mine.write({"api_key": f" {KEY} ", "enabled": True})
        self.assertEqual((mine.has_key, mine.api_key), (True, False))
        self.assertEqual(self.env["cobranza.rate.client"]._key(), KEY)
        self.assertNotIn(KEY, str(mine.read()))
        with self.assertRaises(AccessError):
            self.env["ir.config_parameter"].with_user(self.manager).search([])
        mine.write({"days_back": 30})
        self.assertTrue(mine.has_key)
        mine.action_forget_key()
        self.assertEqual((mine.has_key, mine.enabled), (False, False))

    def test_what_is_published_is_loaded_with_its_source_and_moment(self):
        self._switch_on()
        self._ship(self.unit, "2026-11-19", 100)
        self.answers["xx.unit"] = [
            self._published("2026-11-19", 100),
            self._published("2026-11-20", "100.25"),
        ]
        action = self._fetch()
        self.assertIn("Values loaded: 1", action["params"]["message"])
        value = self.unit.value_ids.filtered("rank")
        self.assertEqual((value.source_id, value.source), (self.source, "Test bank"))
        self.assertEqual(str(value.fetched_at), NOW)
        self.assertEqual(str(self._number("xx.unit", "2026-11-20")), "100.25")
        self.assertEqual(self.source.value_count, 1)
        self.assertEqual(str(self.unit.fetched_at), NOW)
        self._fetch()
        self.assertEqual(len(self.unit.value_ids), 2)

    def test_a_person_who_edits_a_fetched_value_owns_it(self):
        self._switch_on()
        self.answers["xx.unit"] = [self._published(TODAY, 100)]
        self._fetch()
        value = self.unit.value_ids.with_user(self.manager)
        value.value = 101
        self.assertFalse(value.source_id or value.fetched_at)
        with self.assertRaisesRegex(UserError, "by hand"):
            value.source_id = self.source
        with self.assertRaisesRegex(UserError, "by hand"):
            self._correct(self.unit, "2026-11-20", 1, source_id=self.source.id)

    def test_a_value_that_differs_is_told_and_not_overwritten(self):
        self._switch_on()
        mine = self._correct(self.unit, "2026-11-20", 100)
        self.answers["xx.unit"] = [
            self._published("2026-11-20", "100.5"),
            self._published(TODAY, 101),
        ]
        self._cron()
        self.assertEqual(mine.value, 100)
        self.assertEqual(self._number("xx.unit"), 101)
        activity = self._activities(self.source)
        self.assertEqual(activity.user_id, self.manager)
        for word in ("xx.unit of 2026-11-20", "100 here", "100.5 there"):
            self.assertIn(word, activity.note)

    def test_a_value_too_far_from_the_last_one_is_not_loaded(self):
        self._switch_on()
        self._ship(self.unit, "2026-11-19", 40000)
        for number in ("400.0", "40.000", "4000000", "41500"):
            self.answers["xx.unit"] = [
                self._published("2026-11-20", "40010"),
                self._published(TODAY, number),
            ]
            self.assertIn("too far", self._fetch()["params"]["message"])
        self.assertEqual(len(self.unit.value_ids), 1)
        self._switch_on(tolerance=5)
        self._fetch()
        self.assertEqual(self._number("xx.unit"), 41500)

    def test_points_are_the_measure_of_rates_near_zero(self):
        self._switch_on()
        self.rate.max_step = 1
        self._ship(self.rate, "2026-10-01", 0.1, last="2026-10-31")
        self.answers["xx.rate"] = [self._published("2026-11-01", 20)]
        self.assertIn("too far", self._fetch()["params"]["message"])
        self.answers["xx.rate"] = [self._published("2026-11-01", "-0.4")]
        self._fetch()
        self.assertEqual(str(self._number("xx.rate")), "-0.4")

    def test_a_gap_or_an_overlap_loads_nothing_of_the_series(self):
        self._switch_on()
        self._ship(self.rate, "2026-01-01", 5, last="2026-06-30")
        self.answers["xx.rate"] = [self._published("2026-08-01", 6)]
        self.assertIn("2026-07-01", self._fetch()["params"]["message"])
        self.answers["xx.rate"] = [
            self._published("2026-07-01", 6, last="2026-12-31"),
            self._published("2026-12-31", 7),
        ]
        self.assertIn("2026-12-31", self._fetch()["params"]["message"])
        self.assertEqual(len(self.rate.value_ids), 1)

    def test_the_days_asked_for_follow_the_last_one_that_is_known(self):
        self._switch_on(days_back=30)
        self._ship(self.rate, "2026-01-01", 5, last="2026-06-30")
        self._fetch()
        spans = {code: (first, last) for code, first, last in self.asked}
        self.assertEqual(spans["xx.rate"][0], date(2026, 7, 1))
        self.assertEqual(spans["xx.unit"], (date(2026, 10, 22), date(2027, 1, 21)))
        self.assertEqual(spans["xx.month"][0], date(2026, 10, 1))

    def test_what_was_not_asked_for_is_not_loaded(self):
        self._switch_on(days_back=1)
        self.answers["xx.unit"] = [
            self._published(day, 100)
            for day in ("2026-11-19", "2026-11-20", "2028-01-01")
        ]
        self._fetch()
        self.assertEqual(self.unit.value_ids.mapped("date_from"), [date(2026, 11, 20)])

    def test_a_later_publication_ends_a_fetched_value_without_an_end(self):
        self._switch_on()
        self.answers["xx.rate"] = [self._published("2026-09-16", "2.65")]
        self._fetch()
        first = self.rate.value_ids
        self.env["cobranza.parameter"]._mark_used([first._legal()])
        self.answers["xx.rate"] = [
            self._published("2026-09-16", "2.65", last="2026-11-17"),
            self._published("2026-11-18", "2.90"),
        ]
        self._fetch()
        self.assertEqual(self._number("xx.rate", "2026-11-17"), self._dec("2.65"))
        self.assertEqual(self._number("xx.rate", "2026-11-18"), self._dec("2.9"))
        self.assertFalse(first.date_to)
        successor = first.superseded_by_id
        self.assertEqual(successor.date_to, date(2026, 11, 17))
        self.assertEqual(successor.used_on, first.used_on)
        self.assertEqual(successor.source_id, self.source)

    def test_an_unused_one_just_ends_and_one_of_a_person_stays(self):
        self._switch_on()
        self.answers["xx.rate"] = [self._published("2026-09-16", 2)]
        self._fetch()
        self.answers["xx.rate"] = [self._published("2026-11-01", 3)]
        self._fetch()
        ends = self.rate.value_ids.sorted("date_from").mapped("date_to")
        self.assertEqual(ends, [date(2026, 10, 31), False])
        self.rate.value_ids.unlink()
        mine = self._correct(self.rate, "2026-09-16", 2)
        self.assertIn("2 here", self._fetch()["params"]["message"])
        self.assertEqual(self.rate.value_ids, mine)

    def _dec(self, text):
        return self._published(TODAY, text).value


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestRateCron(RateCommon):
    """Once a day, a series at a time, whatever breaks."""

    def setUp(self):
        super().setUp()
        self._switch_on()
        for parameter in self.series:
            self.answers[parameter.code] = [self._published("2026-11-01", 5)]

    def test_one_failure_does_not_stop_the_others(self):
        for trouble in (SourceTrouble("format", "x"), ValueError("boom")):
            self.answers["xx.month"] = trouble
            with mute_logger(LOGGER):
                self._cron()
            self.assertTrue(self.unit.value_ids and self.rate.value_ids)
            self.assertFalse(self.month.value_ids)
            self.assertIn("xx.month", self.source.last_error)
            self.source.asked = False

    def test_a_source_that_is_down_is_not_asked_for_the_rest(self):
        other = self.source.sudo().copy({"code": "other", "enabled": True})
        self.answers["xx.month"] = SourceTrouble("unreachable")
        self._cron()
        self.assertEqual([code for code, *_days in self.asked], ["xx.month"] * 2)
        self.assertTrue(other.last_error)

    def test_the_manager_is_told_once_a_day(self):
        self.answers["xx.month"] = SourceTrouble("status", "500")
        for hour in (12, 13):
            self._cron(f"2026-11-21 {hour}:00:00")
        self.source.asked = False
        self._cron()
        activity = self._activities(self.source)
        self.assertEqual(len(activity), 1)
        self.assertIn("xx.month", activity.note)
        with freeze_time(NOW):
            activity.action_done()
        self.source.asked = False
        self._cron()
        self.assertEqual(len(self._activities(self.source)), 1)
        self._cron("2026-11-22 12:00:00")
        self.assertEqual(len(self._activities(self.source)), 2)

    def test_each_series_is_asked_for_once_a_day(self):
        self._cron()
        self._cron()
        self.assertEqual(len(self.asked), 3)
        self._cron("2026-11-22 12:00:00")
        self.assertEqual(len(self.asked), 6)

    def test_killed_in_the_middle_it_goes_on_with_the_rest(self):
        self.answers["xx.month"] = SourceTrouble("format", "x")
        with self._dying_after(2):
            self._cron()
        self.assertEqual(len(self.asked), 2)
        loaded = [one.code for one in self.series if one.value_ids]
        self.assertEqual(len(loaded), 1)
        self.assertFalse(self._activities(self.source))
        self._cron()
        codes = [code for code, *_days in self.asked]
        self.assertEqual(sorted(codes), ["xx.month", "xx.rate", "xx.unit"])
        self.assertTrue(self.unit.value_ids and self.rate.value_ids)
        self.assertIn("xx.month", self._activities(self.source).note)
