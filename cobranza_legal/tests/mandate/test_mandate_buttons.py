from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_debit import DebitCommon

ROLES = ("collector", "accountant", "approver", "all_lawyer")


@tagged("post_install", "-at_install")
class TestMandateButtons(DebitCommon):
    """From a mandate to what hangs from it, and back from an invoice."""

    def _records(self, action):
        return self.env[action["res_model"]].search(action["domain"])

    def test_a_mandate_counts_and_opens_its_debits_invoices_and_letters(self):
        move = self._bill()
        debit = self._presented(move)
        mandate = self.mandate
        self.assertEqual(mandate.debit_count, 1)
        self.assertEqual(mandate.invoice_count, 1)
        self.assertEqual(mandate.letter_count, 0)
        self.assertEqual(self._records(mandate.action_view_debits()), debit)
        self.assertEqual(self._records(mandate.action_view_invoices()), move)
        self.assertFalse(self._records(mandate.action_view_letters()))
        customer = mandate.action_view_customer()
        self.assertEqual(customer["res_id"], self.partner_a.id)
        contacts = self.env["cobranza.contact"].sudo()
        with self.at("2026-11-24"):
            letter = contacts._plan_letter(mandate.debtor_id, "mandate_request")
        mandate.invalidate_recordset()
        self.assertEqual(mandate.letter_count, 1)
        self.assertEqual(self._records(mandate.action_view_letters()), letter)

    def test_an_invoice_opens_its_mandate_and_its_debits(self):
        move = self._bill()
        self.assertEqual(move.cobranza_debit_count, 0)
        debit = self._presented(move)
        move.invalidate_recordset()
        self.assertEqual(move.cobranza_debit_count, 1)
        self.assertEqual(self._records(move.action_cobranza_debits()), debit)
        self.assertEqual(move.action_cobranza_mandate()["res_id"], self.mandate.id)
        self.mandate._stop("revoked", "debtor", "")
        move.invalidate_recordset()
        action = move.action_cobranza_mandate()
        self.assertEqual(self._records(action), self.mandate)

    def test_each_role_opens_what_it_may(self):
        self._presented(self._bill())
        for role in ROLES:
            with self.subTest(role):
                mandate = self.mandate.with_user(self._role(role))
                mandate.invalidate_recordset()
                arch = mandate.get_view(view_type="form")["arch"]
                self.assertIn("action_view_debits", arch)
                self.assertEqual(mandate.debit_count, 1)
                mandate.action_view_debits()
                keeps_books = role in ("collector", "accountant")
                self.assertEqual("action_view_invoices" in arch, keeps_books)

    def test_who_has_own_cases_only_opens_no_mandate(self):
        user = self._role("lawyer")
        with self.assertRaises(AccessError):
            self.mandate.with_user(user).read(["debit_count"])

    def test_the_switch_hides_the_buttons_of_an_invoice(self):
        move = self._bill()
        user = self._role("accountant")
        view = move.with_user(user).get_view(view_type="form")
        self.assertIn("action_cobranza_debits", view["arch"])
        self._switch(False)
        self.env.invalidate_all()
        view = move.with_user(user).get_view(view_type="form")
        self.assertNotIn("action_cobranza_debits", view["arch"])
        self.assertNotIn("action_cobranza_mandate", view["arch"])
