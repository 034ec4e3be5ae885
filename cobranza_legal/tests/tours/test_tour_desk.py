from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..common.contact import ContactCommon


@tagged("post_install", "-at_install")
class TestTourDesk(ContactCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_mode = "confirm"
        cls.partner_a.name = "Tour debtor"
        cls.partner_b.name = "Second debtor"
        address = {"phone": "+34 600 000 000", "street": "High Street 1"}
        (cls.partner_a | cls.partner_b).write({**address, "city": "Springfield"})
        cls._text("formal_demand", "en_US", "Formal demand")
        cls._text("call_script", "en_US", "Call")
        cls.policy = cls._policy(
            (5, {"channel": "letter", "text_purpose": "formal_demand"})
        )
        cls.company.cobranza_policy_id = cls.policy
        due = cls.company._cobranza_today() - timedelta(days=20)
        billed = due - timedelta(days=10)
        cls._invoice(due=due, invoice_date=billed, amount=2000)
        cls._invoice(due=due, invoice_date=billed, partner=cls.partner_b)
        cls.env["cobranza.run"].sudo()._run_company(cls.company)

    def test_a_collector_works_the_list_calls_and_releases_a_letter(self):
        user = self._role("collector")
        self.start_tour("/odoo/collections", "cobranza_legal_desk", login=user.login)
        contacts = self.env["cobranza.contact"].search(
            [("company_id", "=", self.company.id)]
        )
        calls = contacts.filtered(lambda contact: contact.channel == "call")
        self.assertEqual(set(calls.mapped("outcome")), {"no_answer", "will_pay"})
        self.assertEqual(calls.user_id, user)
        letters = contacts.filtered(lambda contact: contact.channel == "letter")
        self.assertEqual(letters.filtered("released").partner_id, self.partner_a)
        promise = self.env["cobranza.promise"].search(
            [("debtor_id.partner_id", "=", self.partner_b.id)]
        )
        self.assertEqual((len(promise), promise.create_uid), (1, user))
