from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..common.base import CobranzaCommon


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
        cls._early(today - timedelta(days=2))

    @classmethod
    def _early(cls, due):
        """Somebody who is followed and has reached no level yet."""
        cls.partner_b.name = "Early debtor"
        invoice = cls._invoice(partner=cls.partner_b, due=due, invoice_date=due)
        common = {"company_id": cls.company.id, "partner_id": cls.partner_b.id}
        debtor = cls.env["cobranza.debtor"].sudo().create(common)
        [line] = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        cls.env["cobranza.debt"].sudo().create(
            {
                **common,
                "debtor_id": debtor.id,
                "currency_id": invoice.currency_id.id,
                "move_id": invoice.id,
                "instalment_no": 1,
                "document": invoice.name,
                "original_due_date": due,
                "original_amount": line.amount_currency,
                "move_line_id": line.id,
                "policy_id": cls.policy.id,
            }
        )

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
