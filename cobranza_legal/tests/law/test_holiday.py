from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ...models.law import holiday as cobranza_holiday
from ...models.law.holiday_library import LibraryHoliday, LibraryMissing
from ..common.base import FrozenCase


@freeze_time("2026-11-21")
@tagged("post_install", "-at_install")
class TestHoliday(FrozenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env["res.country"].create({"name": "Nowhere", "code": "QQ"})
        cls.manager = new_test_user(
            cls.env, "boss", "cobranza_legal.group_collection_manager"
        )
        cls._ship("2026-01-01")
        cls._ship("2027-01-01")
        cls.regional = cls._ship("2026-05-02", region="MD")
        cls._ship("2026-08-20", region="MD", place="Oldtown, Newtown")
        cls._ship("2026-12-31", purpose="bank")

    @classmethod
    def _ship(cls, day, **vals):
        shipping = cls.env["cobranza.holiday"].with_context(install_module="x")
        row = {"name": "Feast", "date": day, "country_id": cls.country.id, **vals}
        return shipping.create(row).with_context(install_module=False)

    def _days(self, *args, **kwargs):
        days, *_span = self.env["cobranza.holiday"]._days(self.country, *args, **kwargs)
        return {day.isoformat() for day in days}

    def test_the_country_alone_has_its_nationwide_days(self):
        self.assertEqual(self._days(), {"2026-01-01", "2027-01-01"})

    def test_a_region_adds_its_own_days(self):
        self.assertIn("2026-05-02", self._days("MD"))
        self.assertNotIn("2026-05-02", self._days("CT"))

    def test_a_purpose_adds_its_own_days(self):
        self.assertIn("2026-12-31", self._days(purpose="bank"))

    def test_a_local_day_counts_in_its_place_or_when_the_place_is_unknown(self):
        self.assertIn("2026-08-20", self._days("MD"))
        self.assertIn("2026-08-20", self._days("MD", place="newtown"))
        self.assertNotIn("2026-08-20", self._days("MD", place="Elsewhere"))

    def test_the_known_years_end_with_the_last_complete_one(self):
        model = self.env["cobranza.holiday"]
        model.create(
            {"name": "Election", "date": "2030-11-17", "country_id": self.country.id}
        )
        _days, first, last = model._days(self.country)
        self.assertEqual((first, last), (date(2026, 1, 1), date(2027, 12, 31)))

    def test_an_unknown_country_has_no_known_years(self):
        other = self.env["res.country"].create({"name": "Nothing", "code": "QX"})
        found = self.env["cobranza.holiday"]._days(other)
        self.assertEqual(found, (frozenset(), None, None))

    def test_the_second_question_costs_no_query(self):
        self._days("MD")
        with self.assertQueryCount(0):
            self._days("MD")

    def test_a_change_is_seen_at_once(self):
        self._days("MD")
        self.regional.with_user(self.manager).active = False
        self.assertNotIn("2026-05-02", self._days("MD"))

    def test_shipped_days_are_archived_and_never_edited_or_deleted(self):
        mine = self.regional.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "comes with the addon"):
            mine.date = "2026-05-03"
        with self.assertRaisesRegex(UserError, "comes with the addon"):
            mine.with_context(_force_unlink=True).unlink()

    def test_a_collector_cannot_add_days(self):
        collector = new_test_user(self.env, "clerk", "cobranza_legal.group_collector")
        with self.assertRaises(AccessError):
            self.env["cobranza.holiday"].with_user(collector).create(
                {"name": "Party", "date": "2026-11-23", "country_id": self.country.id}
            )

    def test_the_code_of_a_state_loses_its_country(self):
        state = self.env["res.country.state"].create(
            {"name": "Middle", "code": "QQ-MD", "country_id": self.country.id}
        )
        self.assertEqual(self.env["cobranza.holiday"]._region(state), "MD")

    def _wizard(self, last_year):
        vals = {"country_id": self.country.id, "last_year": last_year}
        return self.env["cobranza.holiday.add"].with_user(self.manager).create(vals)

    def test_the_button_adds_the_years_after_the_known_ones(self):
        def library(code, years):
            return [LibraryHoliday(date(y, 1, 1), "", "public", "New") for y in years]

        with patch.object(cobranza_holiday, "library_holidays", library):
            self._wizard(2029).action_add()
        found = self.env["cobranza.holiday"].search(
            [("country_id", "=", self.country.id), ("origin", "=", "library")]
        )
        self.assertEqual({day.year for day in found.mapped("date")}, {2028, 2029})

    def test_the_button_refuses_years_that_are_known(self):
        with self.assertRaisesRegex(UserError, "until 2027 already"):
            self._wizard(2027).action_add()

    def test_the_button_says_how_to_get_the_library(self):
        missing = patch.object(
            cobranza_holiday, "library_holidays", side_effect=LibraryMissing
        )
        with missing, self.assertRaisesRegex(UserError, "pip install holidays"):
            self._wizard(2028).action_add()

    def test_the_button_knows_the_limits_of_the_library(self):
        with self.assertRaisesRegex(UserError, "Nowhere"):
            self._wizard(2028).action_add()
