import base64
from datetime import date

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common.agreement import AgreementCommon
from ..common.base import MONDAY, ROLES

TODAY = date.fromisoformat(MONDAY)


STEPS = {
    "action_simulate": "draft",
    "action_request": "draft",
    "action_accept": "",
    "action_offer": "approved",
    "action_send": "offered",
    "action_note": "offered signed active breached",
    "action_draft": "requested approved offered",
    "action_send_breach": "breached",
    "action_replace": "active breached accelerated",
    "action_certify": "completed",
    "action_sign": "offered",
    "action_consent": "requested approved",
    "ask_consent": "requested approved",
    "action_free": "requested approved",
    "action_reject": "requested approved offered",
    "action_cancel": "draft requested approved offered signed",
    "change": "draft",
    "unlink": "",
}
"""{step: states of an agreement in which a collector may take it}; one that was asked
for on the page is accepted, and nobody deletes what was asked for."""


BUTTONS = {name for name in STEPS if name.startswith("action_")}


STAFF = ("collector", "manager")
"""Roles that take them."""


LOOKS = {
    *("action_documents", "action_view_document", "action_stamp_cost"),
    "action_answer_approval",
}
"""Buttons that open something and change nothing of the agreement."""


@tagged("post_install", "-at_install")
class TestAgreementSteps(AgreementCommon):
    """Each step is for its role and its state, by RPC as on the screen; one that is
    refused leaves state, log and mailbox as they were."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo()._through_gate().write({"cobranza_mode": "confirm"})
        cls.company.email = "creditor@example.com"
        cls.users = {role: cls._role(role) for role in ROLES}
        cls.users["debtor"] = new_test_user(
            cls.env,
            login="debtor_of_steps",
            groups="base.group_portal",
            partner_id=cls.partner_a.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.collector = cls.users["collector"]
        cls.guarantor = cls.env["cobranza.obligor"].create(
            {
                "debtor_id": cls.debtor.id,
                "partner_id": cls.partner_b.id,
                "capacity": "guarantor",
                "since": "2026-01-01",
            }
        )

    # -- the steps ---------------------------------------------------------------------

    def _take(self, name, agreement):
        """One step, to its end, as the user of ``agreement``."""
        if hasattr(self, f"_take_{name}"):
            getattr(self, f"_take_{name}")(agreement)
        else:
            getattr(agreement, name)()

    def _take_change(self, agreement):
        agreement.write({"count": 3})

    def _take_action_sign(self, agreement):
        self._scanned(agreement, agreement.action_sign()).action_confirm()

    def _take_action_consent(self, agreement):
        action = agreement.action_consent()
        self._scanned(agreement, action, self.guarantor).action_confirm()

    def _take_ask_consent(self, agreement):
        action = agreement.action_consent()
        self._scanned(agreement, action, self.guarantor).action_send_link()

    def _take_action_free(self, agreement):
        self._reasoned(agreement, agreement.action_free())

    def _take_action_reject(self, agreement):
        self._reasoned(agreement, agreement.action_reject())

    def _take_action_cancel(self, agreement):
        self._reasoned(agreement, agreement.action_cancel())

    def _scanned(self, agreement, action, obligor=None):
        """The dialog that takes a scan, filled in."""
        dialogs = agreement.env[action["res_model"]]
        values = {"day": MONDAY, "file": base64.b64encode(b"%PDF-1.4 signed")}
        if obligor:
            values["obligor_id"] = obligor.id
        return dialogs.with_context(**action["context"]).create(values)

    def _reasoned(self, agreement, action):
        dialog = agreement.env[action["res_model"]].with_context(**action["context"])
        dialog.create({"reason": "Because"}).action_confirm()

    # -- refused -----------------------------------------------------------------------

    def _facts(self, agreement):
        """State, log and mailbox, and all that is written down of it."""
        self.env.flush_all()
        self.env.invalidate_all()
        fields = agreement._fields.values()
        stored = [one.name for one in fields if one.store and one.type != "binary"]
        domain = [("debtor_id", "=", self.debtor.id)]
        files = [("res_model", "=", agreement._name), ("res_id", "=", agreement.id)]
        return (
            agreement.sudo().read(stored, load=None),
            agreement.history_ids.ids,
            agreement.sudo().message_ids.ids,
            agreement.sudo().activity_ids.ids,
            agreement.approval_ids.mapped("state"),
            agreement.consent_ids.mapped("void"),
            agreement.paper_ids.mapped("state"),
            agreement.instalment_ids.mapped("amount"),
            self.env["cobranza.agreement"].search_count([]),
            self.env["cobranza.contact"].search_count(domain),
            self.env["cobranza.interruption"].search_count(domain),
            self.env["cobranza.charge"].search_count(domain),
            self.env["ir.attachment"].sudo().search_count(files),
            self.env["mail.mail"].sudo().search_count([]),
        )

    def _refused(self, agreement, *acts):
        """Each of these acts, [(its words, error, function)], is refused and changes
        nothing."""
        before = self._facts(agreement)
        for words, error, act in acts:
            with self.subTest(words, state=agreement.state):
                with self.assertRaises(error):
                    act()
                self.assertEqual(self._facts(agreement), before)

    def _tried(self, name, agreement, user, error):
        mine = agreement.with_user(user)
        return f"{name} by {user.login}", error, lambda: self._take(name, mine)

    def _in_states(self):
        """The agreement in each of its states, one after the other."""
        for state, _label in self.agreement._fields["state"].selection:
            self.agreement.sudo()._through_gate().state = state
            yield state

    def test_every_step_is_tried(self):
        view = self.env.ref("cobranza_legal.view_cobranza_agreement_form").id
        model = self.env["cobranza.agreement"]
        arch = etree.fromstring(model.with_user(self.collector).get_view(view)["arch"])
        shown = {one.get("name") for one in arch.iterfind("./header//button")}
        self.assertLessEqual(BUTTONS, shown)
        acts = {one for one in dir(type(model)) if one.startswith("action_")}
        acts = {
            one for one in acts if "cobranza_legal" in getattr(model, one).__module__
        }
        self.assertLessEqual(shown | acts, {*STEPS, *LOOKS})

    def test_buttons_are_shown_to_whoever_may_press_them(self):
        view = self.env.ref("cobranza_legal.view_cobranza_agreement_form").id
        model = self.env["cobranza.agreement"]
        for role in ("accountant", "approver", "all_lawyer"):
            arch = model.with_user(self.users[role]).get_view(view)["arch"]
            found = [name for name in BUTTONS if f'name="{name}"' in arch]
            self.assertFalse(found, role)

    def test_an_approver_answers_on_the_form(self):
        # an instalment is below 25 %
        agreement = self._agreement(count=5)
        agreement.action_request()
        view = self.env.ref("cobranza_legal.view_cobranza_agreement_form").id
        for role, answers in (("approver", True), ("collector", False)):
            own = agreement.with_user(self.users[role])
            self.assertEqual(own.may_answer_approval, answers, role)
            arch = own.get_view(view)["arch"]
            self.assertEqual("action_answer_approval" in arch, answers, role)
        own = agreement.with_user(self.users["approver"])
        action = own.action_answer_approval()
        dialog = self.env[action["res_model"]].with_user(self.users["approver"])
        dialog = dialog.with_context(**action["context"]).create({"reason": "Fine"})
        dialog.action_confirm()
        self.assertEqual(agreement.state, "approved")
        own.invalidate_recordset()
        self.assertFalse(own.may_answer_approval)
        with self.assertRaisesRegex(UserError, "nothing waits"):
            own.action_answer_approval()

    def test_each_step_is_for_its_role_and_its_state(self):
        self.agreement = self._agreement()
        self.agreement.action_request()
        self.agreement._consent(self.guarantor, TODAY, self.request)
        self.agreement.action_offer()
        others = [user for role, user in self.users.items() if role not in STAFF]
        tried = set()
        for state in self._in_states():
            refused = []
            for name, states in STEPS.items():
                allowed = states.split()
                if state not in allowed:
                    error = UserError  # or access is denied
                    refused.append(
                        self._tried(name, self.agreement, self.collector, error)
                    )
                if name not in tried and state in (allowed or ["active"]):
                    tried.add(name)
                    refused += [
                        self._tried(name, self.agreement, user, AccessError)
                        for user in others
                    ]
            self._refused(self.agreement, *refused)
        self.assertEqual(tried, {*STEPS})

    def test_what_lacks_or_is_wrong_is_refused(self):
        """In its state, by its role, and yet not to be done."""
        agreement = self._agreement(count=6, grounds=False, requested_by="page")

        def act(record, role, name, *args):
            user = self.users[role]
            words = f"{name} {args} by {role}"
            return (
                words,
                UserError,
                lambda: getattr(record.with_user(user), name)(*args),
            )

        self._refused(agreement, act(agreement, "collector", "action_request"))
        agreement.grounds = "Less work"
        agreement.with_user(self.collector).action_request()
        approval = agreement.approval_ids
        self._refused(
            agreement,
            act(approval, "collector", "_answer", True, "Myself"),
            act(approval, "accountant", "_answer", True, "Fine"),
            act(approval, "all_lawyer", "_answer", True, "Fine"),
            act(agreement, "collector", "action_accept"),
        )
        approval.with_user(self.users["approver"])._answer(True, "Fine")
        nothing = self.env["ir.attachment"]
        consent = (self.guarantor, TODAY)
        self._refused(
            agreement,
            act(agreement, "collector", "action_offer"),  # the guarantor is unheard
            act(agreement, "collector", "_consent", *consent, nothing),
            act(agreement, "accountant", "_consent", *consent, self.request),
            act(agreement, "accountant", "_ask_to_free", "Not found"),
        )
        agreement._consent(*consent, self.request)
        self._refused(
            agreement,
            act(agreement, "collector", "_consent", *consent, self.request),
            act(agreement, "collector", "_ask_consent", self.guarantor),
            act(agreement, "collector", "_ask_to_free", "Not found"),
        )
        agreement.with_user(self.collector).action_offer()
        self._refused(
            agreement,
            act(agreement, "collector", "_sign", date(2026, 11, 22), "hand"),
            act(agreement, "collector", "_sign", date(2026, 11, 24), "hand"),
            act(agreement, "collector", "action_note"),  # no text of one
        )
        self._pay_debt(self.debts[0], 100, MONDAY)
        self._refused(agreement, act(agreement, "collector", "_sign", TODAY, "hand"))
        agreement.action_draft()
        agreement.write({"count": 3})
        agreement.action_request()
        agreement._consent(*consent, self.request)
        agreement.action_offer()
        agreement._sign(TODAY, "hand")
        self._refused(
            agreement,
            act(agreement, "collector", "write", {"debt_ids": [Command.clear()]}),
            act(agreement, "manager", "unlink"),
            act(agreement, "manager", "write", {"signed_on": False}),
        )
