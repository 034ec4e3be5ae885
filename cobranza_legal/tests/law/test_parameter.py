import base64
from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from ...kernel.errors import MissingValue, NoSuchRule
from ...models.common.gate import GATE

TODAY = "2026-11-21"
NOW = f"{TODAY} 12:00:00"
from ..common.base import FrozenCase


class ParameterCommon(FrozenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "boss", "cobranza_legal.group_collection_manager"
        )
        cls.collector = new_test_user(
            cls.env, "clerk", "cobranza_legal.group_collector"
        )
        cls.unit = cls._parameter("xx.unit", "day", max_change=2, unit="CLP")
        cls.month = cls._parameter("xx.month", "month")
        cls.rate = cls._parameter("xx.rate", "period", article="Act 1", unit="percent")

    @classmethod
    def _parameter(cls, code, validity, **vals):
        return cls.env["cobranza.parameter"].create(
            {"code": code, "name": code.upper(), "validity": validity, **vals}
        )

    @classmethod
    def _ship(cls, parameter, first, value, last=False, **vals):
        """A row as an addon's data file brings it."""
        shipping = cls.env["cobranza.parameter.value"].with_context(install_module="x")
        row = {"parameter_id": parameter.id, "date_from": first, "date_to": last}
        values = shipping.create({**row, "value": value, "source": "Gazette", **vals})
        return values.with_context(install_module=False)

    def _correct(self, parameter, first, value, last=False, user=None, **vals):
        model = self.env["cobranza.parameter.value"].with_user(user or self.manager)
        return model.create(
            {
                "parameter_id": parameter.id,
                "date_from": first,
                "date_to": last,
                "value": value,
                "source": "Gazette",
                "reason": "Wrong in the addon",
                **vals,
            }
        )

    def _table(self, first=TODAY, last=TODAY):
        days = date.fromisoformat(first), date.fromisoformat(last)
        return self.env["cobranza.parameter"]._legal_table(*days)

    def _number(self, code, day=TODAY, key=""):
        return self._table(day, day).number(code, date.fromisoformat(day), key)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestParameter(ParameterCommon):
    def test_the_table_holds_the_exact_decimals(self):
        self._ship(self.unit, TODAY, 38362.26)
        self._ship(self.rate, "2026-01-01", 4.0625)
        self.assertEqual(str(self._number("xx.unit")), "38362.26")
        self.assertEqual(str(self._number("xx.rate")), "4.0625")

    def test_large_amounts_have_no_noise_of_floats(self):
        wanted = ("10000000", "121000000", "6010121.04", "99999999999.99", "0.00012345")
        for number, text in enumerate(wanted, 10):
            day = f"2026-11-{number}"
            value = self._ship(self.unit, day, float(text))
            self.env.flush_all()
            value.invalidate_recordset()
            self.assertEqual(str(self._number("xx.unit", day)), text)
            self.assertEqual(str(value._legal().value), text)

    def test_each_validity_covers_its_own_days(self):
        self._ship(self.unit, "2026-11-20", 100)
        self._ship(self.month, "2026-11-01", 200)
        self._ship(self.rate, "2026-01-01", 5, last="2026-11-21")
        table = self._table("2026-11-01", "2026-11-30")
        self.assertEqual(table.number("xx.month", date(2026, 11, 30)), 200)
        self.assertEqual(table.number("xx.rate", date(2026, 11, 21)), 5)
        for code, day in (("xx.unit", 21), ("xx.rate", 22)):
            with self.assertRaises(MissingValue):
                table.number(code, date(2026, 11, day))

    def test_a_month_counts_from_its_first_day(self):
        self._ship(self.month, "2026-11-15", 7)
        self.assertEqual(self._number("xx.month", "2026-11-02"), 7)

    def test_a_parameter_without_values_raises_instead_of_defaulting(self):
        with self.assertRaises(MissingValue):
            self._number("xx.rate")

    def test_a_rule_that_does_not_exist_yet_says_so(self):
        self._ship(self.rate, "1900-01-01", 0, last="2026-12-31", no_rule=True)
        table = self._table()
        self.assertIsNone(table.number_or_none("xx.rate", date(2026, 11, 21)))
        with self.assertRaises(NoSuchRule):
            self._number("xx.rate")

    def test_the_table_is_read_by_one_query_whatever_its_size(self):
        self._ship(self.unit, "2026-11-20", 100)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self._table("2026-01-01", "2026-12-31")
        for day in range(1, 20):
            self._ship(self.unit, f"2026-11-{day:02}", 100)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self._table("2026-01-01", "2026-12-31")

    def test_a_correction_wins_and_keeps_the_shipped_row(self):
        shipped = self._ship(self.rate, "2026-01-01", 5)
        self._correct(self.rate, "2026-11-01", 6, last="2026-11-30")
        self.assertEqual(self._number("xx.rate"), 6)
        self.assertEqual(self._number("xx.rate", "2026-12-01"), 5)
        self.assertEqual(shipped.value, 5)

    def test_a_correction_needs_a_reason(self):
        with self.assertRaisesRegex(ValidationError, "why"):
            self._correct(self.rate, "2026-01-01", 6, reason=" ")

    def test_shipped_rows_refuse_edits_and_deletion(self):
        shipped = self._ship(self.rate, "2026-01-01", 5).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "comes with the addon"):
            shipped.value = 6
        with self.assertRaisesRegex(UserError, "comes with the addon"):
            shipped.unlink()
        with self.assertRaisesRegex(UserError, "comes with the addon"):
            shipped.with_context(_force_unlink=True).unlink()

    def test_a_client_cannot_pretend_to_be_an_update(self):
        shipped = self._ship(self.rate, "2026-01-01", 5).with_user(self.manager)
        with self.assertRaises(UserError):
            shipped.with_context(install_module="x").value = 6
        with self.assertRaises(UserError):
            shipped.with_context(cobranza_gate="GATE").value = 6

    def test_rank_and_use_are_not_set_by_hand(self):
        for vals in ({"rank": 0}, {"rank": 20}, {"used_on": TODAY}):
            with self.assertRaisesRegex(UserError, "by hand"):
                self._correct(self.rate, "2026-01-01", 6, **vals)

    def test_a_collector_reads_values_and_cannot_write_them(self):
        shipped = self._ship(self.rate, "2026-01-01", 5)
        self.assertEqual(shipped.with_user(self.collector).value, 5)
        with self.assertRaises(AccessError):
            self._correct(self.rate, "2026-01-01", 6, user=self.collector)
        with self.assertRaises(AccessError):
            shipped.with_user(self.collector).value = 6

    def test_an_unused_correction_may_be_edited_and_deleted(self):
        mine = self._correct(self.rate, "2026-01-01", 6)
        mine.value = 7
        self.assertEqual(self._number("xx.rate"), 7)
        mine.unlink()
        with self.assertRaises(MissingValue):
            self._number("xx.rate")

    def test_a_used_value_is_superseded_and_never_edited(self):
        mine = self._correct(self.rate, "2026-01-01", 6)
        self.env["cobranza.parameter"]._mark_used(
            [self._table().get("xx.rate", date(2026, 11, 21))]
        )
        self.assertEqual(mine.used_on, date(2026, 11, 21))
        for action in (lambda: mine.write({"value": 7}), mine.unlink):
            with self.assertRaisesRegex(UserError, "has been used"):
                action()
        better = self._correct(self.rate, "2026-01-01", 7, supersedes_id=mine.id)
        self.assertEqual(mine.superseded_by_id, better)
        self.assertEqual(mine.value, 6)
        self.assertEqual(self._number("xx.rate"), 7)

    def test_the_correct_button_corrects_a_shipped_row_and_supersedes_a_used_one(self):
        shipped = self._ship(self.rate, "2026-01-01", 5).with_user(self.manager)
        for row, value, old in ((shipped, 6, False), (None, 7, True)):
            row = row or self.rate.value_ids.filtered("rank").with_user(self.manager)
            action = row.action_correct()
            model = self.env[action["res_model"]].with_user(self.manager)
            with Form(model.with_context(**action["context"])) as form:
                form.value = value
                form.source = "Gazette"
                form.reason = "Misread"
            self.assertEqual(self._number("xx.rate"), value)
            self.assertEqual(bool(row.superseded_by_id), old)
            self.env["cobranza.parameter"]._mark_used(
                [self._table().get("xx.rate", date(2026, 11, 21))]
            )

    def test_an_update_keeps_a_copy_of_the_used_value_that_it_changes(self):
        shipped = self._ship(self.rate, "2026-01-01", 5)
        self.env["cobranza.parameter"]._mark_used([shipped._legal()])
        shipped.with_context(install_module="x").write({"value": 6})
        self.assertEqual(self._number("xx.rate"), 6)
        old = self.rate.value_ids.filtered("superseded_by_id")
        self.assertEqual((old.value, old.used_on), (5, date(2026, 11, 21)))
        self.assertEqual(old.superseded_by_id, shipped)
        self.assertFalse(shipped.used_on)

    def test_an_update_that_changes_nothing_leaves_the_use_alone(self):
        shipped = self._ship(self.rate, "2026-01-01", 4.0625)
        self.env["cobranza.parameter"]._mark_used([shipped._legal()])
        same = {"value": "4.0625", "date_from": "2026-01-01", "date_to": ""}
        shipped.with_context(install_module="x").write(same)
        self.assertTrue(shipped.used_on)
        self.assertEqual(len(self.rate.value_ids), 1)

    def test_marking_again_keeps_the_first_day(self):
        shipped = self._ship(self.rate, "2026-01-01", 5)
        self.env["cobranza.parameter"]._mark_used([shipped._legal()])
        with freeze_time("2026-12-01 12:00:00"):
            self.env["cobranza.parameter"]._mark_used([shipped._legal()])
        self.assertEqual(shipped.used_on, date(2026, 11, 21))

    def test_overlapping_corrections_are_refused_by_name_and_day(self):
        self._correct(self.rate, "2026-01-01", 6, last="2026-06-30")
        with self.assertRaises(ValidationError) as caught:
            self._correct(self.rate, "2026-06-30", 7)
        self.assertRegex(str(caught.exception), r"XX.RATE.*xx\.rate.*2026-06-30")

    def test_a_gap_inside_a_series_is_refused_by_name_and_day(self):
        self._ship(self.rate, "2026-01-01", 5, last="2026-06-30", key="a")
        with self.assertRaises(ValidationError) as caught:
            self._correct(self.rate, "2026-07-02", 7, key="a")
        self.assertRegex(str(caught.exception), r"XX.RATE.*xx\.rate.*2026-07-01")
        self._correct(self.rate, "2026-07-01", 7, key="a")
        self.assertEqual(self._number("xx.rate", key="a"), 7)

    def test_a_series_near_its_end_says_so(self):
        self._ship(self.rate, "2026-01-01", 5, last="2026-12-31")
        self._ship(self.month, "2027-03-01", 5)
        self.assertEqual(self.rate.known_until, date(2026, 12, 31))
        ending = self.env["cobranza.parameter"].search([("ends_soon", "=", True)])
        self.assertIn(self.rate, ending)
        self.assertNotIn(self.month, ending)

    def test_the_gate_is_an_object_that_rpc_cannot_send(self):
        self.assertIs(type(GATE), object)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestParameterImport(ParameterCommon):
    def _wizard(self, *lines, encoding="utf-8", **vals):
        file = base64.b64encode("\n".join(lines).encode(encoding))
        return (
            self.env["cobranza.parameter.import"]
            .with_user(self.manager)
            .create({"file": file, "reason": "New figures", "source": "Bank", **vals})
        )

    def _refused(self, *lines):
        """The message that refuses the lines; nothing may have been loaded."""
        before = self.env["cobranza.parameter.value"].search_count([])
        wizard = self._wizard(*lines)
        self.assertTrue(wizard.errors)
        with self.assertRaises(UserError) as caught:
            wizard.action_import()
        self.assertEqual(self.env["cobranza.parameter.value"].search_count([]), before)
        self.assertEqual(str(caught.exception), wizard.errors)
        return wizard.errors

    def test_both_forms_are_loaded_with_reason_and_source(self):
        wizard = self._wizard(
            "code;key;date_from;date_to;value;source",
            "xx.rate;a;2026-01-01;2026-06-30;10,15;Gazette 1",
            "xx.rate;a;2026-07-01;;10.40;Gazette 2",
            "xx.unit;21-11-2026;39.643,59",
            "xx.unit;22/11/2026;39650.5",
        )
        self.assertEqual((wizard.errors, wizard.count), (False, 4))
        self.assertIn("39643.59", wizard.preview)
        wizard.action_import()
        self.assertEqual(self._number("xx.rate", key="a"), Decimal("10.4"))
        self.assertEqual(self._number("xx.unit"), Decimal("39643.59"))
        loaded = self.unit.value_ids
        self.assertEqual(set(loaded.mapped("rank")), {10})
        self.assertEqual(set(loaded.mapped("reason")), {"New figures"})
        self.assertEqual(set(loaded.mapped("source")), {"Bank"})

    def test_one_bad_line_loads_nothing(self):
        errors = self._refused("xx.unit;2026-11-21;100", "xx.nope;2026-11-21;100")
        self.assertIn("Line 2", errors)
        self.assertIn("xx.nope", errors)
        self.assertNotIn("Line 1", errors)

    def test_every_bad_line_is_named(self):
        errors = self._refused(
            "xx.unit;2026-02-30;100",
            "xx.unit;21/11/26;100",
            "xx.unit;2026-11-22;1,000.50",
            "xx.unit;2026-11-23;",
            "xx.unit;2026-11-24",
            "xx.rate;;2026-07-01;2026-06-30;1;x",
        )
        self.assertEqual(errors.count("Line "), 6)
        self.assertEqual(len(errors.splitlines()), 6)

    def test_one_point_before_three_digits_is_never_guessed(self):
        self.assertIn("40.804", self._refused("xx.unit;2026-11-21;40.804"))

    def test_a_day_given_twice_is_refused(self):
        errors = self._refused("xx.unit;2026-11-21;100", "xx.unit;21-11-2026;100")
        self.assertIn("Line 2", errors)

    def test_a_value_far_from_its_neighbours_is_refused(self):
        self._ship(self.unit, "2026-11-20", 40000)
        self.assertIn("Line 1", self._refused("xx.unit;2026-11-21;40900"))
        self.assertIn("Line 1", self._refused("xx.unit;2026-11-21;-40001"))
        self._wizard("xx.unit;2026-11-21;40010").action_import()
        self.assertEqual(self._number("xx.unit"), 40010)

    def test_a_wrong_value_does_not_accuse_the_ones_after_it(self):
        self._ship(self.unit, "2026-11-20", 40000)
        errors = self._refused("xx.unit;2026-11-21;4001", "xx.unit;2026-11-22;40020")
        self.assertIn("Line 1", errors)
        self.assertNotIn("Line 2", errors)

    def test_a_gap_or_an_overlap_is_refused_before_loading(self):
        self._ship(self.rate, "2026-01-01", 5, last="2026-06-30")
        self.assertIn("xx.rate", self._refused("xx.rate;;2026-08-01;;6;x"))
        errors = self._refused(
            "xx.rate;;2026-07-01;2026-12-31;6;x", "xx.rate;;2026-12-31;;7;x"
        )
        self.assertIn("2026-12-31", errors)

    def test_a_value_that_is_there_already_is_passed_over(self):
        shipped = self._ship(self.unit, "2026-11-20", 100)
        wizard = self._wizard("xx.unit;2026-11-20;100", "xx.unit;2026-11-21;100.1")
        self.assertEqual(wizard.count, 1)
        wizard.action_import()
        self.assertEqual(len(self.unit.value_ids), 2)
        self.assertIn(shipped, self.unit.value_ids)

    def test_a_value_of_ones_own_is_not_overwritten(self):
        self._correct(self.unit, "2026-11-20", 100)
        self.assertIn("Line 1", self._refused("xx.unit;2026-11-20;101"))

    def test_a_line_without_source_is_refused(self):
        wizard = self._wizard("xx.unit;2026-11-20;100", source=False)
        self.assertIn("Line 1", wizard.errors)

    def test_a_file_of_windows_is_read(self):
        wizard = self._wizard("xx.rate;;2026-01-01;;1;Resolución", encoding="cp1252")
        wizard.action_import()
        self.assertEqual(self.rate.value_ids.source, "Resolución")

    def test_a_table_of_any_program_is_read(self):
        lines = (
            "sep=,",
            "code,key,date_from,date_to,value,source,,",
            'xx.rate,a,01/01/2026,,"10,15",,,',
            "xx.unit,21-11-2026,39643.59,,,,,",
        )
        text = "\r".join(lines).encode("utf-16")
        file = base64.b64encode(text)
        wizard = self._wizard(file=file)
        self.assertEqual((wizard.errors, wizard.count), (False, 2))
        wizard.action_import()
        self.assertEqual(self.rate.value_ids.value, 10.15)
        self.assertEqual(self._number("xx.unit"), Decimal("39643.59"))

    def test_a_cell_that_is_wrong_is_named_by_line_and_column(self):
        errors = self._refused("xx.unit;2026-11-21;1e3", "xx.unit;x;7")
        self.assertIn("Line 1: value: “1e3”", errors)
        self.assertIn("Line 2: date: “x”", errors)
        self.assertIn("Line 1", self._refused('xx.unit;"2026-11-21;7'))

    def test_an_empty_file_is_refused(self):
        self.assertTrue(self._refused(" "))

    def test_a_collector_cannot_import(self):
        with self.assertRaises(AccessError):
            self.env["cobranza.parameter.import"].with_user(self.collector).create(
                {"file": base64.b64encode(b"x"), "reason": "x"}
            )
