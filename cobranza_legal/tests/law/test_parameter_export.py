import base64
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .test_parameter import NOW, ParameterCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestParameterExport(ParameterCommon):
    """What is exported is imported again to the same table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all = cls.unit | cls.month | cls.rate

    def _export(self, parameters=None):
        wizard = self.env["cobranza.parameter.export"].with_user(self.manager)
        ids = (parameters or self.all).ids
        return base64.b64decode(wizard.create({"parameter_ids": ids}).file)

    def _import(self, content):
        wizard = self.env["cobranza.parameter.import"].with_user(self.manager)
        file = base64.b64encode(content)
        wizard = wizard.create({"file": file, "reason": "Copied"})
        self.assertFalse(wizard.errors)
        wizard.action_import()

    def _rows(self):
        table = self._table("1900-01-01", "2100-01-01")
        return {
            (code, key): table.series(code, key).rows
            for code, key in sorted(table._spans)
            if code.startswith("xx.")
        }

    def test_a_round_trip_gives_the_same_values(self):
        self._ship(self.unit, "2026-11-20", 38362.26)
        self._ship(self.month, "2026-02-01", 2.114)
        self._ship(self.month, "2026-03-01", -0.4)
        self._ship(self.rate, "1900-01-01", 0, last="2025-12-31", no_rule=True)
        self._ship(
            self.rate, "2026-01-01", 40.804, last="2026-06-30", source='Bank; "A"\nB'
        )
        self._ship(self.rate, "2026-07-01", 5)
        self._ship(self.rate, "2026-01-01", 5, key="45")
        self._correct(self.rate, "2026-09-01", 6, last="2026-09-30", source="Año é")
        before = self._rows()
        content = self._export()
        self.env["cobranza.parameter.value"].sudo().with_context(
            _force_unlink=True
        ).search([("parameter_id", "in", self.all.ids)]).unlink()
        self.assertFalse(self._rows())
        self._import(content)
        after = self._rows()
        for name, rows in before.items():
            plain = [(one.first, one.last, one.value) for one in rows]
            self.assertEqual(
                [(one.first, one.last, one.value) for one in after[name]], plain, name
            )
        self.assertEqual(after["xx.rate", ""][1].source, 'Bank; "A" B')

    def test_what_is_there_already_is_passed_over(self):
        self._ship(self.rate, "2026-01-01", 5, last="2026-06-30")
        self._ship(self.month, "2026-02-01", 2.114)
        wizard = self.env["cobranza.parameter.import"].create(
            {"file": base64.b64encode(self._export())}
        )
        self.assertEqual((wizard.errors, wizard.count), (False, 0))

    def test_what_was_superseded_stays_at_home(self):
        mine = self._correct(self.rate, "2026-01-01", 6)
        self.env["cobranza.parameter"]._mark_used(
            [self._table().get("xx.rate", date(2026, 11, 21))]
        )
        self._correct(self.rate, "2026-01-01", 7, supersedes_id=mine.id)
        text = self._export().decode("utf-8-sig")
        self.assertIn("xx.rate;;2026-01-01;;7;Gazette", text)
        self.assertNotIn(";6;", text)

    def test_the_button_gives_a_file_of_the_chosen_parameters_or_of_all(self):
        self._ship(self.unit, "2026-11-20", 100)
        self._ship(self.month, "2026-11-01", 100)
        for parameters, codes in ((self.unit, 1), (self.unit.browse(), 2)):
            action = parameters.with_user(self.manager).action_export()
            self.assertEqual(action["type"], "ir.actions.act_url")
            wizard_id = int(action["url"].split("/")[4])
            wizard = self.env["cobranza.parameter.export"].browse(wizard_id)
            text = base64.b64decode(wizard.file).decode()
            found = [code for code in ("xx.unit", "xx.month") if code in text]
            self.assertEqual(len(found), codes)

    def test_a_collector_does_not_export(self):
        with self.assertRaises(AccessError):
            self.unit.with_user(self.collector).action_export()
