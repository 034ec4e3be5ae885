from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.agreement.simulation import Simulator
from ..common.base import MONDAY
from .test_debit import ReturnCommon

TOLD = "in a direct debit"


@tagged("post_install", "-at_install")
class TestDebitAgreement(ReturnCommon):
    """What is being debited may be paid in days: no more time is agreed about it, and
    what was offered to be paid in instalments is not debited."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._bill("2026-11-10", invoice_date="2026-11-01")
        cls._run("2026-11-20")
        cls.debt = cls._debts(cls.move)
        cls.request = cls.env["ir.attachment"].create(
            {"name": "request.pdf", "raw": b"%PDF-1.4 please"}
        )

    def _draft(self):
        return self.env["cobranza.agreement"].create(
            {
                "debtor_id": self.debt.debtor_id.id,
                "debt_ids": [Command.set(self.debt.ids)],
                "requested_on": MONDAY,
                "grounds": "A customer of ours pays in January.",
                "first_on": "2026-12-23",
                "count": 2,
                "file_ids": [Command.set(self.request.ids)],
            }
        )

    def _offered(self):
        agreement = self._approved()
        agreement.action_offer()
        return agreement

    def _approved(self):
        """Without terms of the company: another person passed it."""
        agreement = self._draft()
        agreement.action_request()
        agreement.approval_ids.sudo()._set_state("approved")
        agreement._set_state("approved")
        return agreement

    def test_what_is_being_debited_is_not_agreed_about_until_it_ended(self):
        batch = self._batch()
        self.assertEqual(batch.debit_ids.move_id, self.move)
        agreement = self._draft()
        with self.assertRaisesRegex(UserError, TOLD):
            agreement.action_request()
        self.assertEqual(agreement.state, "draft")
        batch.debit_ids._tell(self._day(MONDAY))
        with self.assertRaisesRegex(UserError, TOLD):
            agreement.action_request()
        batch.action_cancel()
        agreement.action_request()
        self.assertIn(agreement.state, ("requested", "approved"))

    def test_no_plan_is_proposed_for_what_is_being_debited(self):
        debtor = self.debt.debtor_id
        other = self._bill("2026-11-12", invoice_date="2026-11-01")
        other.cobranza_no_debit = True
        self._run("2026-11-20")
        both = self.debt | self._debts(other)
        self.assertEqual(Simulator(debtor).debts, both)
        batch = self._batch()
        self.assertEqual(batch.debit_ids.move_id, self.move)
        self.assertEqual(Simulator(debtor).debts, self._debts(other))
        batch.action_cancel()
        self.assertEqual(Simulator(debtor).debts, both)

    def test_what_is_with_the_bank_is_waited_for(self):
        agreement = self._approved()
        debit = self._presented(self.move)
        with self.at("2026-12-10"), self.assertRaisesRegex(UserError, TOLD):
            agreement.action_offer()
        self._back(debit, "T_AGAIN", "2026-12-29")
        with self.at("2026-12-29"):
            agreement.action_offer()
        self.assertEqual(agreement.state, "offered")

    def test_it_holds_with_the_switch_off(self):
        self._batch()
        self._switch(False)
        with self.assertRaisesRegex(UserError, TOLD):
            self._draft().action_request()

    def test_what_was_offered_is_not_debited(self):
        agreement = self._offered()
        batch = self._batch()
        self.assertFalse(batch.debit_ids)
        self.assertIn(agreement.name, str(batch.left_out))
        agreement.action_draft()
        self.assertEqual(self._batch().debit_ids.move_id, self.move)
