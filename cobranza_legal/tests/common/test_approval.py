from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .charging import ChargeCommon
from .refusals import Refusals


@tagged("post_install", "-at_install")
class TestApproval(Refusals, ChargeCommon):
    """Who asks does not approve, unless alone, with a reason, logged and reported."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_waive_limit = 10
        cls.collector = cls._role("collector")
        cls.approver = cls._role("approver")
        approvers = cls.env["cobranza.approval"]._approvers(cls.company)
        (approvers - cls.approver).company_ids -= cls.company
        cls.move = cls._invoice(amount=1000)
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)
        with cls.law(fee=cls.schedule()):
            charges, _refused = cls._assess_on("2026-10-30", cls.debt)
        cls.charge = charges

    def _second_approver(self):
        user = self.approver.copy({"login": "second", "name": "Second approver"})
        user.write({"company_id": self.company.id, "company_ids": self.company.ids})
        return user

    def _ask(self, user=None):
        charge = self.charge.with_user(user or self.collector)
        return charge._waive("a goodwill gesture")

    def test_a_waiver_within_the_limit_needs_nobody(self):
        self.company.cobranza_waive_limit = 90
        self.assertFalse(self._ask())
        self.assertEqual(self.charge.state, "waived")

    def test_a_waiver_above_the_limit_waits_and_is_asked_once(self):
        approval = self._ask()
        self.assertEqual((self.charge.state, approval.state), ("assessed", "asked"))
        self.assertTrue(self.charge.approval_pending)
        self.assertEqual((approval.asked_by_id, approval.amount), (self.collector, 90))
        with self.refuses(UserError, "being asked for already"):
            self._ask()

    def test_another_person_approves_and_the_charge_is_waived(self):
        approval = self._ask().with_user(self.approver)
        approval._answer(True)
        self.assertEqual((self.charge.state, approval.state), ("waived", "approved"))
        self.assertEqual(approval.answered_by_id, self.approver)
        self.assertFalse(approval.alone)

    def test_a_refusal_leaves_the_charge_and_a_new_request_is_possible(self):
        self._ask().with_user(self.approver)._answer(False, "they can pay")
        self.assertEqual(self.charge.state, "assessed")
        self.assertEqual(self.charge.approval_ids.answer, "they can pay")
        self.assertTrue(self._ask())

    # -- what changed since it was asked for -------------------------------------------

    def _grow(self, amount):
        self.charge.sudo()._through_gate().write({"amount": amount})

    def test_the_approver_sees_what_changed_since_it_was_asked_for(self):
        approval = self._ask().with_user(self.approver)
        self.assertFalse(approval.changes)
        self._grow(80)
        self.debt.debtor_id.regime = "company"
        self.env.invalidate_all()
        said = approval.changes.replace("\N{NO-BREAK SPACE}", "")
        self.assertIn("Amount: $90.00 → $80.00", said)
        self.assertIn("Company", approval.changes)
        dialogs = self.env["cobranza.reason"].with_user(self.approver)
        dialog = dialogs.with_context(**approval.action_answer()["context"]).create({})
        self.assertIn("Changed since", dialog.note)
        self.assertIn("80.00", dialog.note)
        dialog.action_confirm()
        self.assertEqual(self.charge.state, "waived")

    def test_what_has_grown_is_asked_for_again(self):
        approval = self._ask().with_user(self.approver)
        self._grow(91)
        self.assertIn("asked for again", approval.changes)
        with self.refuses(UserError, "asked for again"):
            approval._answer(True)
        self.assertEqual(self.charge.state, "assessed")
        again = self._ask()
        self.assertEqual((approval.state, again.state), ("cancelled", "asked"))
        self.assertIn("91.00", approval.state_reason)
        again.with_user(self.approver)._answer(True)
        self.assertEqual(self.charge.state, "waived")

    # -- what was approved is not undone by who asked ----------------------------------

    def test_what_an_approver_waived_is_claimed_again_with_approval_only(self):
        self._ask().with_user(self.approver)._answer(True)
        own = self.charge.with_user(self.collector)
        dialogs = self.env["cobranza.reason"].with_user(self.collector)
        context = own.action_reinstate()["context"]
        dialog = dialogs.with_context(**context).create({"reason": "it will pay"})
        self.assertIn(self.approver.name, dialog.action_confirm()["params"]["message"])
        self.assertEqual(self.charge.state, "waived")
        approval = self.charge.approval_ids.filtered(lambda one: one.state == "asked")
        self.assertEqual((approval.kind, approval.amount), ("reinstate", 90))
        approval.with_user(self.approver)._answer(True)
        self.assertEqual(self.charge.state, "assessed")
        self.assertTrue(self._ask())

    def test_a_higher_limit_does_not_undo_what_an_approver_decided(self):
        self._ask().with_user(self.approver)._answer(True)
        self.company.cobranza_waive_limit = 500
        own = self.charge.with_user(self.collector)
        self.assertTrue(own._reinstate("it will pay"))
        self.assertEqual(self.charge.state, "waived")

    def test_what_was_waived_within_the_limit_is_claimed_again_within_it(self):
        self.company.cobranza_waive_limit = 90
        self._ask()
        own = self.charge.with_user(self.collector)
        self.assertFalse(own._reinstate("it will pay"))
        self.assertEqual(self.charge.state, "assessed")

    def test_only_what_was_waived_is_claimed_again(self):
        for state in ("billed", "reversed"):
            self.charge._set_state(state)
            with self.refuses(UserError, "cannot go from"):
                self.charge.with_user(self.collector)._reinstate("again")
            self.assertEqual(self.charge.state, state)

    def test_only_approvers_answer(self):
        approval = self._ask()
        with self.refuses(AccessError, "Only approvers"):
            approval.with_user(self.collector)._answer(True)
        with self.refuses(UserError, "never changed"):
            approval.with_user(self.collector).write({"state": "approved"})

    def test_with_two_approvers_nobody_approves_the_own_request(self):
        second = self._second_approver()
        (self.approver | second).group_ids |= self.collector.group_ids
        approval = self._ask(self.approver).with_user(self.approver)
        with self.refuses(UserError, second.name):
            approval._answer(True, "because I can")
        approval.with_user(second)._answer(True)
        self.assertEqual(self.charge.state, "waived")

    def test_the_only_approver_approves_alone_with_a_reason_that_is_reported(self):
        self.approver.group_ids |= self.collector.group_ids
        approval = self._ask(self.approver).with_user(self.approver)
        with self.refuses(UserError, "Give the reason"):
            approval._answer(True, " ")
        with self.assertLogs("odoo.addons.cobranza_legal", "WARNING") as logs:
            approval._answer(True, "small company")
        self.assertIn("approved alone", logs.output[0])
        self.assertTrue(approval.alone)
        notes = self.debt.debtor_id.message_ids.mapped("body")
        self.assertTrue(any("small company" in note for note in notes))

    def test_a_company_may_allow_approving_alone_though_two_hold_the_right(self):
        self._second_approver()
        self.company.cobranza_approve_alone = True
        self.approver.group_ids |= self.collector.group_ids
        approval = self._ask(self.approver).with_user(self.approver)
        approval._answer(True, "the director is away")
        self.assertEqual((approval.alone, self.charge.state), (True, "waived"))

    def test_an_answer_is_given_once_and_kept(self):
        approval = self._ask()
        approval.with_user(self.approver)._answer(True)
        with self.assertRaises(UserError):
            approval.with_user(self.approver)._answer(False, "changed my mind")
        for records in (
            approval.sudo(),
            approval.with_user(self.env.ref("base.user_root")),
        ):
            with self.refuses(UserError, "never changed"):
                records.write({"answer": "another"})
            with self.refuses(UserError, "kept as evidence"):
                records.unlink()

    def test_the_screens_of_asking_and_answering(self):
        action = self.charge.with_user(self.collector).action_waive()
        wizard = self.env["cobranza.reason"].with_user(self.collector)
        wizard = wizard.with_context(**action["context"]).create({"reason": "goodwill"})
        result = wizard.action_confirm()
        self.assertIn(self.approver.name, result["params"]["message"])
        approval = self.charge.approval_ids.with_user(self.approver)
        answer = self.env["cobranza.reason"].with_user(self.approver)
        context = approval.action_answer()["context"]
        answer.with_context(**context).create({}).action_confirm()
        self.assertEqual(self.charge.state, "waived")
        self.assertEqual(approval.action_open_record()["res_model"], "cobranza.charge")

    def test_a_request_is_refused_by_the_other_button(self):
        self.charge.with_user(self.collector)._waive("goodwill")
        approval = self.charge.approval_ids.with_user(self.approver)
        dialog = self.env["cobranza.reason"].with_user(self.approver)
        dialog = dialog.with_context(**approval.action_answer()["context"]).create({})
        self.assertIn("goodwill", dialog.note)
        self.assertTrue(dialog.optional)
        dialog.action_refuse()
        self.assertEqual(approval.state, "refused")

    def test_the_dialog_asks_for_a_reason_and_serves_whom_the_act_is_for(self):
        values = {"act": "waive", "record_ids": self.charge.ids}
        dialog = self.env["cobranza.reason"]
        for empty in (False, "  "):
            wizard = dialog.create({**values, "reason": empty})
            with self.assertRaisesRegex(UserError, "Give the reason"):
                wizard.action_confirm()
        self.assertIn(self.charge.display_name, wizard.names)
        with self.assertRaises(AccessError):
            dialog.with_user(self.approver).create({**values, "reason": "mine"})
        with self.assertRaises(AccessError):
            dialog.with_user(self._role("lawyer")).create({**values, "reason": "mine"})

    def test_the_dialog_is_about_records_of_the_users_companies_only(self):
        other = self._create_company(name="Other").id
        self.collector.write({"company_ids": [(6, 0, [other])], "company_id": other})
        dialog = self.env["cobranza.reason"].with_user(self.collector)
        values = {"act": "waive", "record_ids": self.charge.ids, "reason": "x"}
        with self.assertRaises(AccessError):
            dialog.create(values).action_confirm()
