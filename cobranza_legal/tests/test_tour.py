from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import CobranzaCommon


@tagged("post_install", "-at_install")
class TestTour(CobranzaCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.name = "Tour debtor"
        cls.policy.name = "Tour policy"
        today = cls.company._cobranza_today()
        due = today - timedelta(days=20)
        cls._invoice(due=due, invoice_date=due - timedelta(days=10))

    def _decide(self):
        self.env["cobranza.run"].sudo()._run_company(self.company)

    def test_a_collector_reads_why_and_logs_a_call(self):
        self._decide()
        user = self._role("collector")
        self.start_tour(
            "/odoo/collections", "cobranza_legal_collector", login=user.login
        )
        contact = self.env["cobranza.contact"].search(
            [("outcome_note", "=", "Pays as soon as possible")]
        )
        self.assertEqual(contact.partner_id, self.partner_a)
        self.assertEqual(contact.outcome, "answered")
        self.assertEqual(contact.user_id, user)

    def test_a_manager_runs_and_looks_at_the_proposal(self):
        user = self._role("manager")
        self.start_tour(
            "/odoo/collection-runs", "cobranza_legal_manager", login=user.login
        )
        run = self.env["cobranza.run"]._newest(self.company)
        self.assertEqual(run.opened_count, 1)

    def test_the_web_client_opens_with_its_main_menu(self):
        self.start_tour("/odoo", "cobranza_legal_web_client", login="admin")
