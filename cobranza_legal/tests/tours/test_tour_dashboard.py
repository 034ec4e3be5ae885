from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..common.case import CaseCommon
from ..common.charging import ChargeCommon


@tagged("post_install", "-at_install")
class TestTourDashboard(ChargeCommon, HttpCase):
    """Direction and collectors click through their tabs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.name = "Tour debtor"
        cls.company.cobranza_waive_limit = 10
        today = cls.company._cobranza_today()
        due = today - timedelta(days=20)
        cls.move = cls._invoice(due=due, invoice_date=due - timedelta(days=10))
        cls.env["cobranza.run"].sudo()._run_company(cls.company)
        cls.debtor = cls.partner_a.cobranza_debtor_ids
        cls.collector = cls._role("collector")

    def test_the_direction_answers_and_looks_behind_the_figures(self):
        kpis = self.env["cobranza.kpi"].sudo()
        today = self.company._cobranza_today()
        kpis._take(self.company.sudo(), today - timedelta(days=1))
        charge = self._charge(self._debts(self.move)).with_user(self.collector)
        approval = charge._waive("a goodwill gesture")
        manager = self._role("manager")
        approver = self.env.ref("cobranza_legal.group_approver")
        manager.group_ids = [Command.link(approver.id)]
        self.start_tour(
            "/odoo", "cobranza_legal_dashboard_direction", login=manager.login
        )
        self.assertEqual(
            (approval.state, approval.answered_by_id.id), ("approved", manager.id)
        )

    def test_a_collector_sees_the_own_day(self):
        today = self.company._cobranza_today()
        self.env["cobranza.promise"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": self._debts(self.move).ids,
                "amount": 100,
                "promised_on": today,
            }
        )
        self.start_tour(
            "/odoo", "cobranza_legal_dashboard_collector", login=self.collector.login
        )


@tagged("post_install", "-at_install")
class TestTourDashboardLawyer(CaseCommon, HttpCase):
    """A lawyer works on cases in the own tab."""

    def test_a_lawyer_works_from_the_dashboard(self):
        everybody = self.env.ref("base.group_user")
        switch = self.env.ref("cobranza_legal.group_legal_cases")
        everybody.implied_ids = [Command.link(switch.id)]
        self.debtor.partner_id.name = "Tour debtor"
        self.lawyer.lang = "en_US"
        case = self._opened()
        self.start_tour(
            "/odoo/collection-dashboard",
            "cobranza_legal_dashboard_lawyer",
            login=self.lawyer.login,
        )
        self.assertIn("From the dashboard", case.act_ids.mapped("summary"))
