"""What holds of every test of the addons."""

from datetime import datetime, timedelta
from pathlib import Path

from freezegun.api import freeze_factories

from odoo import SUPERUSER_ID, fields
from odoo.modules import get_module_path
from odoo.tests import HttpCase, freeze_time, loader, tagged

from . import prepared
from .base import MONDAY, NOON, CobranzaCommon, FrozenCase


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
        path = pytest_proof.ROOT / "cobranza_legal" / "tests" / "test_x.py"
        item = type("Item", (), {"nodeid": "test_x.py::test_y", "path": path})
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


OF_ITS_OWN = {
    *("id", "name", "sequence", "parent_path", "write_date"),
    "user_ids",  # a class lets its own user in
    "tax_exigibility",  # Odoo: whether any company of the database has such a tax
}


@tagged("post_install", "-at_install")
class TestSharedCompanies(CobranzaCommon):
    """The companies of scripts/test_companies.py are as new ones are."""

    def test_a_shared_company_is_as_one_that_the_class_would_have_made(self):
        shared = self.env["ir.model.data"].search(
            [("module", "=", "__test__"), ("model", "=", "res.company")]
        )
        if not shared:
            self.skipTest("made by scripts/test_addons, not by plain Odoo")
        for data in shared:
            company = self.env["res.company"].sudo().browse(data.res_id)
            if company == self.company:
                continue  # the set-up of this class has changed it
            with self.subTest(chart=data.name):
                company.active = True
                said = {"chart_template": company.chart_template}
                if company.country_id:
                    said = {"country_code": company.country_id.code}
                old = self._state(company)
                with self.cr.savepoint() as savepoint:
                    new = self._state(self._fresh(company.name + " again", said))
                    savepoint.rollback()
                self.env.invalidate_all()
                differ = {
                    key: (old[key], new[key]) for key in old if old[key] != new[key]
                }
                self.assertEqual(differ, {})

    def _fresh(self, name, said):
        """A company after Odoo's own set-up of a class that says so."""
        root = self.env(user=SUPERUSER_ID, su=True)
        case = type("Case", (CobranzaCommon,), {"env": root, **said})
        company = case._create_company(name=name)
        prepared.set_up(case, company)
        root.flush_all()
        root.invalidate_all()
        return company

    def _state(self, company):
        """Every stored value of a company; of records of its own, what they are."""
        values = {}
        for name, field in company._fields.items():
            if field.store and name not in OF_ITS_OWN:
                value = company[name]
                values[name] = self._kind(value) if field.relational else value
        for model in ("account.account", "account.journal", "account.tax"):
            domain = self.env[model]._check_company_domain(company)
            found = self.env[model].sudo().with_company(company).search(domain)
            values[model] = sorted(found.mapped("display_name"))
        return values

    @staticmethod
    def _kind(records):
        """Those that other companies have too, and how many are of its own."""
        own = "company_id" in records._fields or "company_ids" in records._fields
        if own or records._name in ("res.company", "res.partner", "res.users"):
            return records._name, len(records)
        return records
