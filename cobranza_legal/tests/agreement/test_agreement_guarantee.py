from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common.agreement import AgreementCommon
from ..common.base import MONDAY

TODAY = date.fromisoformat(MONDAY)


@tagged("post_install", "-at_install")
class TestAgreementGuarantee(AgreementCommon):
    """Time for the debtor frees who has not consented: CC ES 1851, CC CL 1649."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guarantor = cls.env["cobranza.obligor"].create(
            {
                "debtor_id": cls.debtor.id,
                "partner_id": cls.partner_b.id,
                "capacity": "guarantor",
                "since": "2026-01-01",
                "signed_on": "2026-01-01",
            }
        )
        cls.agreement = cls._agreement()
        cls.agreement.action_request()

    def _answers(self):
        found = self.debts._obligors(TODAY)
        return {one[2] for answers in found.values() for one in answers if one[2]}

    def test_without_consent_it_is_not_offered(self):
        self.assertEqual(self.agreement.unheard_ids, self.guarantor)
        before = len(self.agreement.history_ids)
        with self.refuses(UserError, "ends the guarantee of partner_b"):
            self.agreement.action_offer()
        self.assertEqual(
            (self.agreement.state, len(self.agreement.history_ids)),
            ("approved", before),
        )
        self.assertFalse(self.agreement.document_hash)

    def test_with_consent_in_writing_the_guarantee_stays(self):
        with self.refuses(UserError, "in writing"):
            self.agreement._consent(self.guarantor, TODAY, self.env["ir.attachment"])
        self.agreement._consent(self.guarantor, TODAY, self.request)
        self.assertFalse(self.agreement.unheard_ids)
        self.agreement.action_offer()
        self.agreement._sign(TODAY, "hand")
        self.assertEqual(self._answers(), {self.guarantor})

    def test_consent_in_advance_is_one(self):
        other = self._agreement_with_consent_in_advance()
        self.assertFalse(other.unheard_ids)

    def _agreement_with_consent_in_advance(self):
        self.agreement._end("cancelled", "Anew")
        self.guarantor.sudo()._through_gate().write(
            {"file_ids": [Command.set(self.request.ids)], "accepts_extensions": True}
        )
        return self._agreement()

    def test_a_lawyer_may_pass_it_and_the_guarantor_is_free(self):
        self.agreement._ask_to_free("He cannot be found.")
        approval = self.agreement.approval_ids
        self.assertIn("partner_b", approval.reason)
        approval.with_user(self._role("all_lawyer"))._answer(True, "He has nothing")
        self.assertEqual(self.agreement.state, "approved")
        self.agreement.action_offer()
        self.assertEqual(self._answers(), {self.guarantor})
        self.agreement._sign(TODAY, "hand")
        self.assertFalse(self._answers())
        self.assertEqual(self.guarantor.end_reason, "freed_by_extension")

    def test_only_those_the_lawyer_was_asked_about_are_freed(self):
        self.agreement._ask_to_free("He cannot be found.")
        lawyer = self._role("all_lawyer")
        self.agreement.approval_ids.with_user(lawyer)._answer(True, "Fine")
        other = self.guarantor.copy(
            {"partner_id": self.partner_a.copy({"name": "Another"}).id}
        )
        self.env.invalidate_all()
        self.assertIn(other, self.agreement.unheard_ids)
        with self.refuses(UserError, "ends the guarantee of Another"):
            self.agreement.action_offer()

    def test_taken_back_its_consents_are_void(self):
        self.agreement._consent(self.guarantor, TODAY, self.request)
        self.agreement.action_draft()
        self.agreement.count = 3
        self.agreement.action_request()
        self.assertEqual(self.agreement.unheard_ids, self.guarantor)
        self.agreement._consent(self.guarantor, TODAY, self.request)
        self.assertFalse(self.agreement.unheard_ids)

    def test_whoever_answers_for_more_is_freed_of_what_was_agreed_alone(self):
        self.agreement._end("cancelled", "Anew")
        first, others = self.debts[:1], self.debts[1:]
        part = self._agreement(debt_ids=[Command.set(first.ids)])
        part.action_request()
        part._ask_to_free("He cannot be found.")
        lawyer = self._role("all_lawyer")
        part.approval_ids.with_user(lawyer)._answer(True, "He has nothing")
        part.action_offer()
        part._sign(TODAY, "hand")
        self.assertEqual(self.guarantor.state, "open")
        self.assertEqual(self.guarantor.freed_debt_ids, first)
        found = self.debts._obligors(TODAY)
        answering = {
            debt: {one.obligor for one in found[debt.id] if one.obligor}
            for debt in self.debts
        }
        rest = {debt: {self.guarantor} for debt in others}
        self.assertEqual(answering, {first: set(), **rest})
        self.assertFalse(self.guarantor._answers_for(first))
        self.assertIn("no more for", self.guarantor.history_ids[:1].change)
        self.assertFalse(self.guarantor.copy().freed_debt_ids)

    def test_a_refusal_leaves_it_where_it_is(self):
        self.agreement._ask_to_free("He cannot be found.")
        approval = self.agreement.approval_ids
        approval.with_user(self._role("all_lawyer"))._answer(False, "He is rich")
        self.assertEqual(self.agreement.state, "approved")
        with self.refuses(UserError, "ends the guarantee"):
            self.agreement.action_offer()

    def test_the_dialog_takes_the_scan(self):
        action = self.agreement.action_consent()
        model = self.env[action["res_model"]].with_context(**action["context"])
        form = Form(model)
        form.obligor_id = self.guarantor
        form.file = "JVBERi0xLjQ="
        form.save().action_confirm()
        consent = self.agreement.consent_ids
        self.assertEqual(
            (consent.obligor_id, consent.user_id), (self.guarantor, self.env.user)
        )
        self.assertEqual(consent.file_ids.raw, b"%PDF-1.4")
        with self.refuses(UserError, "never changed"):
            consent.write({"consented_on": "2020-01-01"})
        with self.refuses(UserError, "never deleted"):
            consent.sudo().unlink()

    def test_a_guarantee_that_the_terms_ask_for(self):
        self.agreement._end("cancelled", "Anew")
        self.terms.guarantee_from = 1000
        with_one = self._agreement()
        with_one.action_request()
        self.assertEqual(with_one.state, "approved")
        with_one._end("cancelled", "Anew")
        self.guarantor._end("released", "Released", TODAY)
        without = self._agreement()
        without.action_request()
        self.assertIn("nobody else answers", without.beyond)
