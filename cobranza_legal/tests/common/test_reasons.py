from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .contact import MONDAY, ContactCommon
from .mandate import CORE
from .smtp_sink import smtp_sink

DEBT = "debt"
CONTACT = "contact"

ROWS = {
    # reason: (where it shows, how the world gets there, how many e-mails leave)
    "entered": (DEBT, "_given_nothing", 1),
    "advanced": (DEBT, "_given_the_first_step_is_done", 1),
    "not_due": (DEBT, "_given_a_young_debt", 1),
    "too_soon": (DEBT, "_given_a_gap", 1),
    "step_pending": (DEBT, "_given_an_unreleased_step", 0),
    "last_level": (DEBT, "_given_a_ladder_of_one", 1),
    "below_minimum": (DEBT, "_given_a_minimum", 0),
    "on_hold": (DEBT, "_given_a_hold", 0),
    "disputed": (DEBT, "_given_a_dispute", 0),
    "promised": (DEBT, "_given_a_promise", 0),
    "agreement": (DEBT, "_given_an_agreement", 0),
    "direct_debit": (DEBT, "_given_a_direct_debit", 0),
    "sued": (DEBT, "_given_sued_on", 0),
    "insolvent": (DEBT, "_given_insolvent_on", 0),
    "deceased": (DEBT, "_given_deceased_on", 0),
    "represented": (DEBT, "_given_represented_on", 0),
    "authority_claim": (DEBT, "_given_authority_claim_on", 0),
    "ceded": (DEBT, "_given_a_ceded_invoice", 0),
    "no_followup": (DEBT, "_given_no_followup", 0),
    "blocked_payment": (DEBT, "_given_a_blocked_invoice", 0),
    "covered": (DEBT, "_given_an_unallocated_payment", 0),
    "dust": (DEBT, "_given_some_cents", 0),
    "never_sent": (DEBT, "_given_an_invoice_never_sent", 0),
    "own_company": (DEBT, "_given_a_company_of_ours", 0),
    "no_policy": (DEBT, "_given_no_policy", 0),
    "settled": (DEBT, "_given_a_payment", 0),
    "void": (DEBT, "_given_a_draft_document", 0),
    "contact_limit": (CONTACT, "_given_a_contact_this_week", 1),
    "hours": (CONTACT, "_given_a_sunday", 0),
    "blocked": (CONTACT, "_given_a_recipient_who_owes_nothing", 0),
    "opted_out": (CONTACT, "_given_an_opt_out", 0),
    "missing_data": (CONTACT, "_given_no_address", 0),
    "stale_bank": (CONTACT, "_given_a_stale_bank", 0),
    "proposal": (CONTACT, "_given_proposal_mode", 0),
    "not_automatic": (CONTACT, "_given_an_unknown_regime", 0),
}


@tagged("post_install", "-at_install")
class TestReasons(ContactCommon):
    """Each reason, on what reached the mail server and on what the worklist shows."""

    channel = "email"
    purpose = "reminder"
    differs = {}
    """{reason: (what is shown instead, how many contacts are made)} in this class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = {"channel": cls.channel, "text_purpose": cls.purpose, "waits": True}
        cls.policy = cls._policy((5, own), (40, {}), name="One contact")
        cls.company.cobranza_policy_id = cls.policy
        cls.partner_a.write(
            {"phone": "+34 600 000 000", "street": "1 High Street", "city": "London"}
        )

    def test_every_reason_of_the_enumeration_has_a_row(self):
        # "due" is said between two runs only; the others need a book of their own: see
        # the tests of judging again, of cheques and bills, of what documents say, of
        # debits of which nothing is heard, of limitation, of legal cases, of agencies,
        # of write-offs
        elsewhere = {"due", "instrument", "discount", "debit_silent", "barred"}
        elsewhere |= {"in_case", "in_suit", "in_agency", "written_off"}
        known = {*ROWS, *elsewhere}
        self.assertEqual(known, set(self.env["cobranza.decision.reason"]._by_code()))

    def _follow_up(self, *days):
        """Both crons, day by day, just after noon."""
        for day in days or (MONDAY,):
            self._run(day)
            self._send(f"{day} 12:30:00")

    def _check(self, reason):
        where, given, made = ROWS[reason]
        shown, made = self.differs.get(reason, (reason, made))
        self.invoice = self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        self.debtor = self._debtor()
        with smtp_sink(self.env) as sink:
            days = getattr(self, given)() or (MONDAY,)
            self._follow_up(*days)
            self.assertEqual(self._made(sink), made, reason)
        if where == CONTACT:
            self.assertEqual(self.debtor.waiting, shown)
        else:
            self.assertEqual(self._debts(self.invoice).reason, shown)
            if reason not in ("settled", "void"):
                self.assertEqual(self.debtor.reason, shown)
        listed = self.env["cobranza.debtor"].search(
            [("partner_id", "=", self.partner_a.id)]
        )
        self.assertIn(self.debtor, listed)

    def _made(self, sink):
        """How many contacts have left."""
        return len(sink.messages)

    def _opened(self):
        """The debt exists before its reason does."""
        with self.clock("2026-11-19 11:00:00"):
            return self._ensure_debts(self.invoice, self.debtor)

    # -- how the world gets there ----------------------------------------------------

    def _given_nothing(self):
        pass

    def _given_the_first_step_is_done(self):
        self.policy.level_ids[1].days = 7
        return MONDAY, "2026-11-24"

    def _given_a_young_debt(self):
        return MONDAY, "2026-12-01"

    def _given_a_gap(self):
        self.policy.level_ids[1].write({"days": 8, "gap": 30})
        return MONDAY, "2026-12-01"

    def _given_an_unreleased_step(self):
        self.policy.level_ids[1].days = 8
        self.policy.level_ids[0].automatic = False
        return MONDAY, "2026-12-01"

    def _given_a_ladder_of_one(self):
        self.policy.level_ids[1].active = False
        return MONDAY, "2026-12-01"

    def _given_a_minimum(self):
        self.policy.level_ids[0].minimum = 5000

    def _hold(self, reason):
        vals = {
            "debtor_id": self.debtor.id,
            "reason": reason,
            "date_from": "2026-11-20",
        }
        self.env["cobranza.hold"].create(vals)

    def _given_a_hold(self):
        self._hold("internal")

    def _given_an_agreement(self):
        with self.clock("2026-11-20 11:00:00"):
            day = self.company._cobranza_today()
            agreement = self.env["cobranza.agreement"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": [Command.set(self._opened().ids)],
                    "requested_on": day,
                    "requested_by": "page",
                    "grounds": "Later",
                }
            )
            agreement.action_request()
            agreement._set_state("approved")
            agreement.action_offer()
            agreement._sign(day, "hand")

    def _given_a_direct_debit(self):
        everybody = self.env.ref("base.group_user")
        group = self.env.ref("cobranza_legal.group_direct_debit")
        everybody.implied_ids = [(4, group.id)]
        rules = type(self.env["cobranza.rules"])
        schemes = patch.object(rules, "_mandate_schemes", lambda *_args: (CORE,))
        schemes.start()
        self.addCleanup(schemes.stop)
        mandate = self.env["cobranza.mandate"].create(
            {"partner_id": self.partner_a.id, "scheme": "core"}
        )
        debt = self._opened()
        debits = self.env["cobranza.debit"].sudo()._through_gate()
        debits.create(
            {
                "debtor_id": self.debtor.id,
                "mandate_id": mandate.id,
                "scheme": "core",
                "move_line_id": debt.move_line_id.id,
                "document": debt.document,
                "currency_id": debt.currency_id.id,
                "amount": 1000,
                "due_on": "2026-11-20",
                "collect_on": "2026-11-20",
                "presented_on": "2026-11-19",
                "return_until": "2026-12-31",
                "state": "presented",
            }
        )

    def _given_a_dispute(self):
        self.env["cobranza.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_id": self._opened().id,
                "whole": True,
                "reason": "other",
                "description": "Not what was agreed",
            }
        )

    def _given_a_promise(self):
        with self.clock("2026-11-20 11:00:00"):
            self.env["cobranza.promise"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": [(6, 0, self._opened().ids)],
                    "amount": 1000,
                    "promised_on": "2026-12-20",
                }
            )

    def _given_sued_on(self):
        self.debtor.sued_on = "2026-11-20"

    def _given_insolvent_on(self):
        self.debtor.insolvent_on = "2026-11-20"

    def _given_deceased_on(self):
        self.debtor.deceased_on = "2026-11-20"

    def _given_represented_on(self):
        self.debtor.represented_on = "2026-11-20"

    def _given_authority_claim_on(self):
        self.debtor.authority_claim_on = "2026-11-20"

    def _given_a_ceded_invoice(self):
        self._opened().sudo().ceded_on = "2026-11-20"

    def _given_a_company_of_ours(self):
        self._opened()
        self.env["res.company"].create(
            {"name": "Sister Ltd", "partner_id": self.partner_a.id}
        )

    def _given_no_followup(self):
        self.invoice.line_ids.no_followup = True

    def _given_a_blocked_invoice(self):
        self.invoice.action_toggle_block_payment()

    def _given_an_unallocated_payment(self):
        self._prepay(1500, "2026-11-18")

    def _given_no_policy(self):
        self.env["cobranza.policy"].search([]).active = False

    def _given_a_payment(self):
        self._opened()
        self._register_payment(self.invoice, payment_date="2026-11-18")

    def _given_some_cents(self):
        self._opened()
        most = self.invoice.amount_residual - 0.5
        self._register_payment(self.invoice, payment_date="2026-11-18", amount=most)

    def _given_an_invoice_never_sent(self):
        self.company.cobranza_sent_check = "always"

    def _given_a_draft_document(self):
        self._opened()
        self.invoice.button_draft()

    def _given_a_contact_this_week(self):
        self._invoice(due="2026-11-15", invoice_date="2026-11-01", amount=300)
        return "2026-11-20", MONDAY

    def _given_a_sunday(self):
        return ("2026-11-22",)

    def _given_a_recipient_who_owes_nothing(self):
        student = self.env["res.partner"].create(
            {"name": "Student", "email": "student@example.com"}
        )
        self.debtor.write(
            {"dunning_contact_id": student.id, "beneficiary_ids": student.ids}
        )

    def _given_an_opt_out(self):
        vals = {"debtor_id": self.debtor.id, "since": "2026-11-20"}
        self.env["cobranza.opt.out"].create(vals)

    def _given_no_address(self):
        self.partner_a.write({"email": False, "phone": False, "street": False})

    def _given_a_stale_bank(self):
        self.company.cobranza_bank_guard_days = 5

    def _given_proposal_mode(self):
        self.company._cobranza_switch("proposal")

    def _given_an_unknown_regime(self):
        self.debtor.regime = "unknown"


class TasksOfAClass(TestReasons):
    """A person makes these: what counts is whether somebody got the task."""

    __test__ = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._text("call_script", "en_US", False)
        cls._text("formal_demand", "en_US", "Demand")

    def _made(self, sink):
        self.assertFalse(sink.messages)
        return len(self.debtor.contact_ids.filtered("task_raised"))


BY_A_PERSON = {
    # the first act is not done while its task is open
    "advanced": ("step_pending", 1),
    # no machine writes: neither the bank's age nor the regime matter
    "stale_bank": (False, 1),
    "not_automatic": (False, 1),
}


@tagged("post_install", "-at_install")
class TestReasonsOfCalls(TasksOfAClass):
    __test__ = True
    channel = "call"
    purpose = "call_script"
    differs = BY_A_PERSON


@tagged("post_install", "-at_install")
class TestReasonsOfLetters(TasksOfAClass):
    __test__ = True
    channel = "letter"
    purpose = "formal_demand"
    # an opt-out of calls and messages leaves letters
    differs = {**BY_A_PERSON, "opted_out": (False, 1)}


@tagged("post_install", "-at_install")
class TestReasonsOfTasks(TasksOfAClass):
    """Something of our own reaches nobody: nothing limits it."""

    __test__ = True
    channel = "manual"
    purpose = False
    differs = {
        **BY_A_PERSON,
        "opted_out": (False, 1),
        "contact_limit": (False, 2),
        "hours": (False, 1),
        "missing_data": (False, 1),
    }


def _test_of(reason):
    def test(self):
        self._check(reason)

    test.__name__ = f"test_{reason}"
    return test


for _reason in ROWS:
    setattr(TestReasons, f"test_{_reason}", _test_of(_reason))
