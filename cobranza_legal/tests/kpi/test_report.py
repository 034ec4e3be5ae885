from datetime import date
from functools import partial
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.kpi.indicator import Indicator, Measure
from ..common.booking import BookingCommon

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


@tagged("post_install", "-at_install")
class TestReport(BookingCommon):
    """The monthly report and the weekly list: made once, told to whom is chosen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(amount=1000, due="2026-09-05")
        cls._invoice(amount=500, due="2026-10-05", partner=cls.partner_b)
        cls._invoice(amount=70, due="2026-12-31", partner=cls.partner_b)
        cls._run("2026-10-20")
        cls.debtor = cls.partner_a.cobranza_debtor_ids
        cls.manager, cls.collector = cls._role("manager"), cls._role("collector")
        engine = cls.company._cobranza_engine(cls.env["cobranza.kpi.report"].sudo())
        cls.reports = engine

    def _daily(self, day):
        with self.at(day):
            self.reports._daily(self.company, date.fromisoformat(day))

    def _made(self, kind):
        return self.env["cobranza.kpi.report"].search([("kind", "=", kind)])

    def _mails(self, reports):
        mails = self.env["mail.mail"].sudo()
        return mails.search(
            [("model", "=", reports._name), ("res_id", "in", reports.ids)]
        )

    def test_each_month_is_told_once_to_whom_is_chosen(self):
        self._daily("2026-11-01")
        self.assertFalse(self._made("month"))
        self.company.cobranza_report_user_ids = self.manager
        for day in ("2026-11-02", "2026-11-03", "2026-11-30"):
            self._daily(day)
        report = self._made("month")
        self.assertEqual((report.since, report.until), (FIRST, LAST))
        self.assertEqual(report.recipient_ids, self.manager)
        mail = self._mails(report)
        self.assertEqual(len(mail), 1)
        self.assertIn(self.manager.email, mail.email_to)
        self.assertIn(report.first_line, mail.body_html)
        self.assertIn("Recovered", mail.body_html)
        self.assertEqual(mail.attachment_ids.name[-4:], ".pdf")
        self.assertTrue(mail.attachment_ids.raw)
        self._daily("2026-12-01")
        self.assertEqual(len(self._made("month")), 2)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.reports._make_month(self.company, FIRST)

    def test_what_it_says(self):
        report = self.reports._make_month(self.company, FIRST)
        self.assertEqual(
            [(label, float(amount)) for label, amount, _bar in report._spans()],
            [
                ("Not due", 70),
                ("1 to 30 days", 500),
                ("31 to 60 days", 1000),
                ("61 to 90 days", 0),
                ("91 to 180 days", 0),
                ("More than 180 days", 0),
            ],
        )
        self.assertEqual(
            [
                (name, float(amount), round(share, 1))
                for name, amount, share in (report._debtors())
            ],
            [
                (self.partner_a.display_name, 1000, 66.7),
                (self.partner_b.display_name, 500, 33.3),
            ],
        )
        self.assertNotIn(self.partner_a.name, str(report.figures))
        self.assertTrue(report._trends())
        for words in ("<svg", "Days sales outstanding", "$", "66.7"):
            self.assertIn(words, report.preview)

    def test_the_first_line_says_money_cost_and_what_to_decide(self):
        rows = (
            _indicator("recovered", "money"),
            _indicator("collection_cost", "percent"),
        )
        registry = self.registry["cobranza.kpi.indicator"]
        known = [
            row
            for row in self.env["cobranza.kpi.indicator"]._rows()
            if row.code not in ("recovered", "collection_cost")
        ]
        self.classPatch(registry, "_rows", lambda _registry: (*known, *rows))
        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)
        sources = self.registry["cobranza.kpi.sources"]
        measured = Measure(1234, 1), Measure(56, 1234)
        for row, one in zip(rows, measured, strict=True):
            method = partial(_measured, [one])
            patched = patch.object(sources, row.measure, method, create=True)
            patched.start()
            self.addCleanup(patched.stop)
        report = self.reports._make_month(self.company, FIRST)
        for words in ("Recovered: $\xa01,234.00", "Cost: $\xa056.00", "approvals"):
            self.assertIn(words, report.first_line)

    def _promise(self, day, on):
        vals = {"debtor_id": self.debtor.id, "amount": 100, "promised_on": day}
        vals["debt_ids"] = [Command.set(self.debtor.debt_ids.ids)]
        with self.at(on):
            return self.env["cobranza.promise"].create(vals)

    def test_a_collector_gets_the_list_of_the_week(self):
        self.debtor.user_id = self.collector
        promises = self._promise("2026-10-23", on="2026-10-20")
        with self.at("2026-10-25"):
            promises._upkeep(date(2026, 10, 25))
        promises += self._promise("2026-10-27", on="2026-10-25")
        self._daily("2026-10-26")
        self.assertFalse(self._made("week"))
        self.company.cobranza_weekly_list = True
        for day in ("2026-10-26", "2026-10-27"):
            self._daily(day)
        report = self._made("week")
        self.assertEqual(report.user_id, self.collector)
        self.assertEqual(report._promises("broken"), promises[0])
        self.assertEqual(report._promises("due"), promises[1])
        self.assertEqual([row[1] for row in report._debtors()], [1000])
        mail = self._mails(report)
        self.assertEqual(len(mail), 1)
        self.assertIn(self.debtor.display_name, mail.body_html)
        self._daily("2026-11-02")
        self.assertEqual(len(self._made("week")), 2)

    def test_each_role(self):
        report = self.reports._make_month(self.company, FIRST)
        for role in ("accountant", "approver"):
            seen = report.with_user(self._role(role))
            self.assertIn("<svg", seen.preview)
        self.assertEqual(
            report.with_user(self.manager).action_last_month()["res_model"],
            "cobranza.kpi.report",
        )
        with self.assertRaises(AccessError):
            report.with_user(self.collector).read(["figures"])
        with self.assertRaises(UserError):
            self.reports.with_user(self.collector).action_last_month()
        report._through_gate().user_id = self.collector
        self.assertTrue(report.with_user(self.collector).read(["figures"]))
        with self.assertRaises(AccessError):
            report.with_user(self.manager).write({"figures": {}})


def _measured(found, _book):
    return found


def _indicator(code, unit):
    return Indicator(
        code,
        code,
        code,
        unit=unit,
        every="month",
        better="higher",
        measure=f"_measure_{code}",
    )
