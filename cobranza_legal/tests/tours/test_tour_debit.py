from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ...kernel.debit import DebitTerms
from ..common.mandate import MandateCommon


@tagged("post_install", "-at_install")
class TestTourDebit(MandateCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rules = type(cls.env["cobranza.rules"])
        cls.startClassPatcher(
            patch.object(rules, "_debit_terms", lambda *_args: DebitTerms(5))
        )
        cls.company.currency_id = cls.euro
        cls.company.cobranza_mode = "automatic"
        cls.partner_a.name = "Tour payer"
        cls.partner_a.with_company(cls.company).cobranza_direct_debit = True
        cls._valid()
        cls._invoice("2026-11-20", 500, currency_id=cls.euro.id)
        cls.user = cls._role("accountant")

    def test_an_accountant_debits_what_is_due_and_records_its_return(self):
        action = "/odoo/action-cobranza_legal.action_cobranza_debit_batch"
        login = self.user.login
        self.start_tour(action, "cobranza_legal_debit_batch", login=login)
        batch = self.env["cobranza.debit.batch"].search([], limit=1)
        self.assertEqual(batch.create_uid, self.user)
        [debit] = batch.debit_ids
        self._send(debit.notice_contact_id)
        self.assertEqual(debit.state, "notified")
        path = f"{action}/{batch.id}"
        self.start_tour(path, "cobranza_legal_debit_return", login=login)
        self.assertEqual(batch.state, "presented")
        self.authenticate(login, login)
        answer = self.url_open(batch.with_user(self.user).action_download()["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn(debit.document, answer.text)
        self.assertEqual((debit.state, debit.return_code), ("returned", "unknown"))

    def _send(self, contact):
        contact._through_gate()._set_state("sending")
        contact._through_gate()._set_state("sent", sent_at="2026-11-23 12:00:00")
