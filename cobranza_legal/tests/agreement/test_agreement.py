from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common.agreement import AgreementCommon
from ..common.base import MONDAY


@tagged("post_install", "-at_install")
class TestAgreement(AgreementCommon):
    """From the request to the signature: within the terms or beyond them."""

    def test_the_schedule_repays_what_is_open_to_the_cent(self):
        agreement = self._agreement(count=3)
        rows = agreement.instalment_ids
        self.assertEqual(rows.mapped("principal"), [400, 400, 400])
        self.assertEqual(agreement.amount, 1200)
        self.assertEqual(agreement.line_ids.mapped("amount"), [700, 300, 200])
        self.assertEqual(str(rows[0].due_on), "2026-12-23")

    def test_t55_with_interest(self):
        agreement = self._agreement(rate=5.221)
        rows = agreement.instalment_ids
        self.assertEqual(rows.mapped("amount"), [303.27, 303.27, 303.27, 303.26])
        self.assertEqual(rows.mapped("interest"), [5.22, 3.92, 2.62, 1.31])
        self.assertEqual((agreement.interest, agreement.total), (13.07, 1213.07))

    def test_changed_terms_make_the_instalments_anew(self):
        agreement = self._agreement()
        agreement.write({"count": 2, "method": "linear"})
        self.assertEqual(agreement.instalment_ids.mapped("amount"), [600, 600])
        agreement.write({"method": "fixed", "instalment": 500})
        self.assertEqual(agreement.instalment_ids.mapped("amount"), [500, 500, 200])

    def test_it_is_written_from_the_list_too(self):
        form = Form(self.env["cobranza.agreement"].with_user(self._role("collector")))
        self.assertFalse(form.policy_id)
        form.debtor_id = self.debtor
        self.assertEqual(form.policy_id, self.terms)
        for debt in self.debts:
            form.debt_ids.add(debt)
        form.grounds = "Less work"
        self.assertEqual(form.save().amount, 1200)

    def test_given_days_and_sums_are_typed(self):
        form = Form(self._agreement())
        form.method = "given"
        for day, amount in (
            ("2026-11-23", 500),
            ("2027-01-08", 400),
            ("2027-02-01", 0),
        ):
            with form.given_ids.new() as row:
                row.due_on = day
                row.amount = amount
        agreement = form.save()
        rows = agreement.instalment_ids
        self.assertEqual(rows.mapped("amount"), [500, 400, 300])
        self.assertEqual(str(rows[-1].due_on), "2027-02-01")
        last = agreement.given_ids[-1]
        last.amount = 301  # it pays what is left
        self.assertFalse(agreement.instalment_ids)
        with self.refuses(UserError, "pays what is left"):
            agreement.action_request()
        last.amount = 300
        self.assertEqual(agreement.instalment_ids.mapped("amount"), [500, 400, 300])
        agreement.given_ids[0].with_user(self._role("collector")).unlink()
        self.assertFalse(agreement.instalment_ids)
        last.amount = 0
        self.assertEqual(agreement.instalment_ids.mapped("amount"), [400, 800])
        agreement.action_request()
        for act in (last.unlink, lambda: last.write({"amount": 7})):
            with self.refuses(UserError, "kept as it was"):
                act()
        with self.refuses(UserError, "kept as it was"):
            last.create({"agreement_id": agreement.id, "due_on": "2027-05-01"})

    def test_the_first_payment_may_be_today(self):
        form = Form(self._agreement(rate=5.221))
        form.first_on = MONDAY
        agreement = form.save()
        rows = agreement.instalment_ids
        self.assertEqual((rows[0].interest, str(rows[0].due_on)), (0, MONDAY))
        self.assertEqual(sum(rows.mapped("principal")), 1200)

    def test_the_first_ones_may_pay_interest_alone(self):
        form = Form(self._agreement(rate=5.221))
        form.grace = 2
        rows = form.save().instalment_ids
        self.assertEqual(rows.mapped("principal")[:2], [0, 0])
        self.assertEqual(rows.mapped("interest")[:2], [5.22, 5.22])
        self.assertEqual(sum(rows.mapped("principal")), 1200)

    def test_a_day_off_moves_the_payment_alone(self):
        for rule, day in (
            ("same", "2026-12-26"),  # a Saturday
            ("next", "2026-12-28"),
            ("previous", "2026-12-25"),
        ):
            form = Form(self._agreement())
            form.first_on, form.working_day = "2026-12-26", rule
            row = form.save().instalment_ids[0]
            self.assertEqual(
                (str(row.due_on), str(row.nominal_on)), (day, "2026-12-26")
            )

    def test_the_vectors_of_the_sheet_through_the_form(self):
        """T55, T56, T58."""
        for method, count, sums, interest in (
            ("french", 4, [303.27, 303.27, 303.27, 303.26], 13.07),
            ("linear", 4, [305.22, 303.92, 302.61, 301.31], 13.06),
            ("french", 6, [203.06] * 5 + [203.05], 18.35),
        ):
            form = Form(self._agreement(rate=5.221))
            form.method, form.count = method, count
            agreement = form.save()
            self.assertEqual(agreement.instalment_ids.mapped("amount"), sums)
            self.assertAlmostEqual(agreement.interest, interest)

    def test_t59_linear_of_one_thousand(self):
        debts = self.debts[:2]
        form = Form(self._agreement(debt_ids=[Command.set(debts.ids)], rate=5.221))
        form.method, form.count = "linear", 3
        rows = form.save().instalment_ids
        self.assertEqual(rows.mapped("principal"), [333.33, 333.33, 333.34])
        self.assertEqual(rows.mapped("interest"), [4.35, 2.9, 1.45])

    def test_within_the_terms_nobody_is_asked(self):
        agreement = self._agreement()
        agreement.action_request()
        self.assertEqual(agreement.state, "approved")
        self.assertFalse(agreement.approval_ids)

    def test_t58_beyond_the_terms_another_approver_answers(self):
        agreement = self._agreement(rate=5.221, count=6)
        agreement.action_request()
        self.assertEqual(agreement.state, "requested")
        approval = agreement.approval_ids
        self.assertEqual(approval.kind, "agreement")
        for figure in ("203.06", "300.00"):
            self.assertIn(figure, approval.reason)
            self.assertIn(figure, agreement.beyond)
        approver = self._role("approver")
        approval.with_user(approver)._answer(True, "Good customer")
        self.assertEqual(agreement.state, "approved")

    def test_a_refusal_rejects_it(self):
        agreement = self._agreement(count=6)
        agreement.action_request()
        approver = self._role("approver")
        agreement.approval_ids.with_user(approver)._answer(False, "Too long")
        self.assertEqual(
            (agreement.state, agreement.state_reason), ("rejected", "Too long")
        )

    def test_without_terms_everything_is_beyond(self):
        self.terms.active = False
        agreement = self._agreement()
        self.assertFalse(agreement.policy_id)
        agreement.action_request()
        self.assertIn("no terms", agreement.approval_ids.reason)

    def test_softer_than_the_terms_is_beyond_them(self):
        agreement = self._agreement(missed=3, cure_days=10)
        agreement.action_request()
        self.assertIn("3, the terms say 2", agreement.beyond)

    def test_dearer_than_the_terms_or_by_other_terms_is_beyond_them(self):
        agreement = self._agreement(rate=1)
        agreement.action_request()
        self.assertIn("the terms allow 0 %", agreement.beyond)
        agreement.action_draft()
        other = self.terms.copy({"valid_from": "2019-01-01"})
        agreement.write({"policy_id": other.id})
        agreement.rate = 0
        agreement.action_request()
        self.assertIn("not the terms of the company", agreement.beyond)

    def test_who_is_protected_is_not_agreed_with_more_harshly(self):
        self.debtor.regime = "consumer"
        agreement = self._agreement(missed=1, cure_days=0)
        agreement.action_request()
        self.assertIn("1, the terms say 2", agreement.beyond)
        self.assertIn("0, the terms say 10", agreement.beyond)

    def test_two_questions_are_asked_at_a_time(self):
        self.debtor.regime = "consumer"
        self.terms.write({"rate_kind": "fixed", "rate": 5})
        agreement = self._agreement(count=6)
        agreement.action_request()
        kinds = {"agreement", "agreement_law"}
        self.assertEqual(set(agreement.approval_ids.mapped("kind")), kinds)
        for approval in agreement.approval_ids:
            role = "all_lawyer" if approval.kind == "agreement_law" else "approver"
            self.assertEqual(agreement.state, "requested")
            approval.with_user(self._role(role))._answer(True, "Fine")
        self.assertEqual(agreement.state, "approved")

    def test_instalments_have_bounds(self):
        for vals in ({"count": 121}, {"step": 13}):
            with self.refuses(ValidationError, "at most 12 months apart"):
                self._agreement(**vals)

    def test_what_was_asked_for_is_not_deleted(self):
        agreement = self._agreement()
        agreement.action_request()
        agreement.action_draft()
        with self.refuses(UserError, "Cancel it instead"):
            agreement.unlink()

    def test_void_and_ceded_debts_are_left_out(self):
        self.debts[0].sudo()._through_gate().void_reason = "Cancelled"
        with self.refuses(ValidationError, "void or ceded"):
            self._agreement()

    def test_its_files_are_kept_once_it_is_asked_for(self):
        agreement = self._running()
        with self.refuses(UserError, "its files are kept"):
            agreement.file_ids = [Command.clear()]

    def test_it_is_asked_for_in_writing_and_with_grounds(self):
        agreement = self._agreement(file_ids=False, grounds=False)
        with self.refuses(UserError, "what the debtor wrote"):
            agreement.action_request()
        self.assertEqual(agreement.state, "draft")
        agreement.file_ids = self.request
        with self.refuses(UserError, "cannot pay at once"):
            agreement.action_request()

    def test_a_debt_is_in_one_agreement(self):
        first = self._agreement()
        first.action_request()
        with self.refuses(ValidationError, first.name):
            self._agreement()
        first.action_draft()
        first._end("cancelled", "Wrong debts")
        self.assertTrue(self._agreement())

    def test_protected_debtors_pay_interest_only_if_a_lawyer_passes_it(self):
        self.debtor.write({"regime": "consumer"})
        self.terms.write({"rate_kind": "fixed", "rate": 5})
        agreement = self._agreement()
        self.assertEqual(agreement.rate, 5)
        agreement.action_request()
        self.assertEqual(agreement.approval_ids.mapped("kind"), ["agreement_law"])
        approver, lawyer = self._role("approver"), self._role("all_lawyer")
        with self.assertRaises(AccessError):
            agreement.approval_ids.with_user(approver)._answer(True, "Fine")
        agreement.approval_ids.with_user(lawyer)._answer(True, "Below the limit")
        self.assertEqual(agreement.state, "approved")

    def test_protected_debtors_keep_no_late_interest_over_their_heads(self):
        self.debtor.write({"regime": "consumer"})
        agreement = self._agreement(default_interest="completion")
        with self.refuses(UserError, "cannot be agreed"):
            agreement.action_request()

    # -- offer and signature -----------------------------------------------------------

    def test_what_is_offered_is_written_down(self):
        agreement = self._agreement(rate=0)
        agreement.action_request()
        agreement.action_offer()
        self.assertEqual(agreement.state, "offered")
        self.assertTrue(agreement._verify_document())
        for words in (agreement.name, "700", "300", "No novation", "10 days"):
            self.assertIn(words, agreement.document_body + agreement.document_subject)

    def test_other_sums_are_not_signed(self):
        agreement = self._agreement()
        agreement.action_request()
        agreement.action_offer()
        self._pay_debt(self.debts[0], 100, MONDAY)
        with self.refuses(UserError, "is open now"):
            agreement._sign(self.company._cobranza_today(), "hand")
        self.assertEqual(agreement.state, "offered")
        agreement.action_draft()
        self.assertEqual(agreement.amount, 1100)
        self.assertFalse(agreement.document_hash)

    def test_it_is_signed_between_its_offer_and_today(self):
        agreement = self._agreement()
        agreement.action_request()
        agreement.action_offer()
        for day in ("2026-11-22", "2026-11-24"):
            with self.refuses(UserError, "between that day and today"):
                agreement._sign(date.fromisoformat(day), "hand")
        agreement._sign(self.company._cobranza_today(), "hand")
        self.assertEqual(
            (agreement.state, str(agreement.next_on)), ("active", "2026-12-23")
        )

    def test_the_terms_are_frozen_once_asked_for(self):
        agreement = self._running()
        for vals in ({"count": 8}, {"rate": 1}, {"debt_ids": [Command.clear()]}):
            with self.refuses(UserError, "kept as it was"):
                agreement.write(vals)
        with self.refuses(UserError, "kept as it was"):
            agreement.unlink()
        collector = self._role("collector")
        for name in ("signed_on", "next_on", "settled_before", "ended_on", "name"):
            with self.assertRaises(UserError):
                agreement.with_user(collector).write({name: False})

    def test_its_debts_are_left_alone_while_it_runs(self):
        agreement = self._running()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(set(self.debts.mapped("reason")), {"agreement"})
        covered = (
            self.env["cobranza.debt"]
            .sudo()
            ._covered(self.debts.ids, agreement.signed_on)
        )
        self.assertEqual(
            {str(until) for _reason, until in covered.values()}, {"2027-03-23"}
        )
        self._run("2026-11-30")
        self.assertEqual(set(self.debts.mapped("reason")), {"agreement"})

    def test_lawyers_see_it_when_all_its_debts_are_theirs(self):
        agreement = self._agreement()
        lawyer = self._role("lawyer")
        self.debts[:2]._assign(lawyer)
        with self.assertRaises(AccessError):
            agreement.with_user(lawyer).read(["amount"])
        self.debts._assign(lawyer)
        self.env.invalidate_all()
        self.assertEqual(agreement.with_user(lawyer).amount, 1200)
        self.assertEqual(len(agreement.with_user(lawyer).instalment_ids), 4)
