"""What holds of every test of the addons."""

from datetime import datetime, timedelta
from pathlib import Path

from freezegun.api import freeze_factories

from odoo import fields
from odoo.modules import get_module_path
from odoo.tests import HttpCase, freeze_time, loader, tagged

from .base import MONDAY, NOON, FrozenCase


@tagged("post_install", "-at_install")
class TestClock(FrozenCase):
    """No test depends on the day or the hour when it is run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.early = cls.env["res.partner"].create({"name": "Set-up"})

    def test_it_is_monday_noon_in_python_and_in_what_the_orm_writes(self):
        noon = fields.Datetime.to_datetime(NOON)
        self.assertEqual(fields.Datetime.now(), noon)
        self.assertEqual(str(self.env.company._cobranza_today()), MONDAY)
        late = self.env["res.partner"].create({"name": "Test"})
        self.assertEqual((self.early | late).mapped("create_date"), [noon, noon])
        with self.registry.cursor() as cr:
            self.assertEqual(cr.now(), noon)

    def test_another_moment_lasts_as_long_as_it_is_asked_for(self):
        with freeze_time("2027-02-03 04:05:06"):
            other = self.env["res.partner"].create({"name": "Other day"})
        self.assertEqual(str(other.create_date), "2027-02-03 04:05:06")
        self.assertEqual(str(fields.Datetime.now()), NOON)

    def test_a_test_on_the_clock_of_the_machine_fails(self):
        try:
            import pytest_proof
        except ImportError:
            self.skipTest("run by Odoo, not by scripts/test_addons")
        item = type("Item", (), {"nodeid": "test_x.py::test_y"})
        pytest_proof.pytest_runtest_call(item)
        running = list(freeze_factories)
        self.addCleanup(freeze_factories.extend, running)
        freeze_factories.clear()
        with self.assertRaisesRegex(BaseException, "test_y would read the clock"):
            pytest_proof.pytest_runtest_call(item)


@freeze_time("2026-03-04 05:06:07")
@tagged("post_install", "-at_install")
class TestClockChosen(FrozenCase):
    def test_a_class_chooses_its_moment(self):
        self.assertEqual(str(fields.Datetime.now()), "2026-03-04 05:06:07")
        self.assertEqual(str(self.env.cr.now()), "2026-03-04 05:06:07")


@tagged("post_install", "-at_install")
class TestClockOfHttp(FrozenCase, HttpCase):
    def test_the_clock_of_a_browser_starts_at_noon_and_ticks(self):
        first = datetime.now()
        while datetime.now() == first:
            pass
        passed = datetime.now() - fields.Datetime.to_datetime(NOON)
        self.assertLess(passed, timedelta(minutes=10))

    def test_the_browser_is_in_the_same_minutes(self):
        self.browser_js(
            "/web/login",
            f"""
            const noon = new Date("{MONDAY}T12:00:00Z");
            for (const moment of [new Date(), Date.now(), new Date(Date())]) {{
                if (!(moment - noon >= -1000 && moment - noon < 600000)) {{
                    console.error(`It is ${{new Date(moment)}}`);
                }}
            }}
            console.log("test successful");
            """,
        )


@tagged("post_install", "-at_install")
class TestLoader(FrozenCase):
    def test_odoo_finds_every_test_file(self):
        """A file that ``tests/__init__`` does not import is run by pytest only."""
        ours = self.env["ir.module.module"].search(
            [("name", "=like", "cobranza_legal%"), ("state", "=", "installed")]
        )
        for addon in ours.mapped("name"):
            modules = loader.get_test_modules(addon)
            found = {Path(module.__file__).resolve() for module in modules}
            files = Path(get_module_path(addon), "tests").resolve().rglob("test_*.py")
            # make test-slow runs these, one by one
            files = {one for one in files if not one.name.startswith("test_slow_")}
            self.assertTrue(files, addon)
            lost = sorted(one.name for one in files - found)
            self.assertFalse(lost, f"not imported by {addon}/tests/__init__.py")
