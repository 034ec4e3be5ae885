from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestDigest(KpiCommon):
    """The two figures of Odoo's digest."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.digest = cls.env["digest.digest"].create(
            {
                "name": "Every week",
                "company_id": cls.company.id,
                "periodicity": "weekly",
                "kpi_cobranza_recovered": True,
                "kpi_cobranza_overdue": True,
            }
        )
        move = cls._invoice("2026-09-30", 1000, invoice_date="2026-09-01")
        cls._run("2026-10-12")
        cls._paid_on("2026-10-20", 250, move)
        cls._paid_on("2026-10-23", 400, move)
        with cls.at("2026-10-24"):
            cls._take("2026-10-23")

    def _kpis(self, user):
        with self.at("2026-10-24"):
            rows = self.digest._compute_kpis(self.company, user)
        return {row["kpi_name"]: row for row in rows}

    def _values(self, user):
        """{figure: [what it says of a day, a week, a month]}."""
        return {
            name: [row[f"kpi_col{place}"]["value"] for place in (1, 2, 3)]
            for name, row in self._kpis(user).items()
            if name.startswith("kpi_cobranza")
        }

    def test_what_was_recovered_and_what_is_overdue(self):
        found = self._values(self._role("manager"))
        day, week, month = found["kpi_cobranza_recovered"]
        self.assertIn("400", day)
        self.assertIn("650", week)
        self.assertIn("650", month)
        taken = self._kpi("overdue_rate", "2026-10-23").value
        self.assertEqual(found["kpi_cobranza_overdue"], [f"{taken:.2f}"] * 3)
        self.assertEqual(taken, 100)

    def test_a_day_counts_in_one_time_frame(self):
        user = self._role("manager")
        ours = self.digest.with_user(user).with_company(self.company)
        found = []
        for first in ("2026-10-18", "2026-10-19", "2026-10-20"):
            start = fields.Datetime.to_datetime(f"{first} 12:00:00")
            frame = {"start_datetime": start, "end_datetime": start + timedelta(1)}
            found.append(ours.with_context(**frame).kpi_cobranza_recovered_value)
            ours.invalidate_model()
        self.assertEqual(found, [0, 0, 250])

    def test_who_sees_no_figures_gets_a_mail_without_them(self):
        for user in (self._role("collector"), self._books_only()):
            with self.subTest(user=user.name):
                self.assertEqual(self._values(user), {})
                ours = self.digest.with_user(user).with_company(self.company)
                for name in ("recovered", "overdue"):
                    with self.assertRaises(AccessError):
                        ours.read([f"kpi_cobranza_{name}_value"])

    def test_figures_of_a_company_of_others_are_refused(self):
        other = self._create_company(name="Other")
        theirs = self.digest.sudo().copy({"company_id": other.id})
        boss = self._role("manager")
        with self.assertRaises(AccessError):
            theirs.with_user(boss).read(["kpi_cobranza_recovered_value"])

    def test_the_mail_is_made(self):
        boss = self._role("manager")
        boss.email = "boss@example.com"
        with self.at("2026-10-24"):
            self.digest._action_send_to_user(boss)
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertIn("Recovered of overdue debts", mail.body_html)

    def test_who_has_no_right_of_ours_opens_a_digest(self):
        """The switches are read by Odoo for everybody who opens one."""
        user = new_test_user(self.env, "settings", groups="base.group_system")
        digest = self.digest.with_user(user)
        self.assertIn("kpi_cobranza_recovered_value", digest.available_fields)
        digest.name = "Renamed"
