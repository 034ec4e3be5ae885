from odoo import fields

from ...demo.books import open_receivables
from ...kernel.position import owed
from ...models.common.money import to_decimal
from ...models.portal.page import DebtorPage
from .screens import ScreenChecks

AGES = ((-400, -1), (1, 10), (11, 20), (21, 40), (41, 90), (91, 200), (201, 2000))
"""Days late of which a demo has open debts or invoices; negative: not yet due."""


class DemoChecks(ScreenChecks):
    """What the demo company of any country shows after its first run. Mixed into a test
    case that says ``demo``, the model that loads it, and ``is_valid(vat)`` of the
    country."""

    demo = None
    lang = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env[cls.demo]._load()
        cls.env.user.company_ids |= cls.company
        run = cls.env["cobranza.run"].sudo().with_company(cls.company)
        run._run_company(cls.company)
        cls.today = cls.company._cobranza_today()
        cls.moves = cls._of("account.move", [("state", "=", "posted")])
        cls.invoices = cls.moves.filtered(lambda move: move.move_type == "out_invoice")
        cls.debts = cls._of("cobranza.debt")
        cls.debtors = cls._of("cobranza.debtor")

    @classmethod
    def _of(cls, model, domain=()):
        return cls.env[model].search([("company_id", "=", cls.company.id), *domain])

    def test_every_customer_speaks_a_language_that_is_active(self):
        known = {code for code, _name in self.env["res.lang"].get_installed()}
        self.assertLessEqual(set(self.customers().mapped("lang")), known)

    def customers(self):
        return self.invoices.partner_id.commercial_partner_id

    def test_it_is_loaded_once(self):
        before = len(self.invoices)
        self.assertEqual(self.env[self.demo]._load(), self.company)
        moves = self._of("account.move", [("move_type", "=", "out_invoice")])
        self.assertEqual(len(moves), before)

    def test_there_are_enough_customers_and_invoices(self):
        self.assertGreaterEqual(len(self.customers()), 25)
        self.assertGreaterEqual(len(self.invoices), 60)
        self.assertLess(len(self.invoices), 200)

    def test_every_tax_number_is_valid(self):
        people = self.customers() | self.company.partner_id
        home = people.filtered(
            lambda partner: partner.country_id == self.company.country_id
        )
        self.assertGreaterEqual(len(home.filtered("vat")), 25)
        for partner in home:
            self.assertTrue(self.is_valid(partner.vat), (partner.name, partner.vat))

    def test_nobody_can_be_reached_for_real(self):
        people = self.customers() | self.customers().child_ids
        people |= self.debtors.payer_id | self.debtors.beneficiary_ids
        people |= self.debtors.dunning_contact_id | self.debtors.representative_id
        reachable = people.filtered("email")
        self.assertEqual(len(people - reachable), 1)
        for partner in reachable:
            self.assertRegex(partner.email, r"@example\.(com|org)$", partner.name)
        self.assertTrue(self.company.email.endswith(".example.com"))
        server = self.env["ir.mail_server"].search_count([], limit=1)
        self.assertFalse(server)

    def test_every_age_is_there(self):
        open_items = open_receivables(self.invoices)
        ages = [(self.today - line.date_maturity).days for line in open_items]
        for first, last in AGES:
            self.assertTrue(any(first <= age <= last for age in ages), (first, last))

    def test_natural_persons_companies_and_a_public_body(self):
        regimes = set(self.debtors.mapped("regime"))
        self.assertLessEqual(
            {"consumer", "small_business", "company", "public"}, regimes
        )
        self.assertNotIn("unknown", regimes)

    def test_two_languages_and_two_currencies(self):
        self.assertEqual(set(self.customers().mapped("lang")), {self.lang, "en_US"})
        self.assertEqual(len(self.debts.currency_id), 2)

    def test_money_of_every_kind(self):
        kinds = set(self.debts.settlement_ids.mapped("kind"))
        self.assertLessEqual({"cash", "credit_note"}, kinds)
        states = set(self.invoices.mapped("payment_state"))
        self.assertLessEqual(
            {"paid", "partial", "not_paid", "blocked", "reversed"}, states
        )
        self.assertTrue(any(debt.instalment_no == 3 for debt in self.debts))
        self.assertTrue(any(debtor.credit_amount for debtor in self.debtors))
        self.assertIn(2, self.debts.mapped("episode"), "a payment that bounced")

    def test_opening_balances_taken_on_and_not(self):
        lines = self.moves.filtered(lambda move: move.move_type == "entry").line_ids
        lines = lines.filtered(
            lambda line: (
                line.journal_id.type == "general"
                and line.account_type == "asset_receivable"
            )
        )
        taken = lines.filtered(lambda line: not line.no_followup)
        self.assertEqual(self.debts.move_line_id & lines, taken)
        self.assertTrue(taken and lines - taken)

    def test_disputes_promises_holds_and_situations(self):
        disputes = self._of("cobranza.dispute")
        self.assertEqual(set(disputes.mapped("whole")), {True, False})
        promises = self._of("cobranza.promise")
        self.assertEqual(set(promises.mapped("result")), {False, "kept", "broken"})
        holds = self._of("cobranza.hold", [("state", "=", "open")])
        self.assertIn("says_paid", holds.mapped("reason"))
        agreements = self._of("cobranza.agreement")
        self.assertLessEqual({"active", "requested"}, set(agreements.mapped("state")))
        suspensions = self._of("cobranza.suspension")
        # levels may have proposed others
        carried_out = suspensions.filtered(lambda one: one.state != "proposed")
        self.assertEqual(carried_out.mapped("state"), ["in_force"])
        self.assertTrue(any(self.debts.mapped("ceded_on")))
        self.assertTrue(any(self.debtors.mapped("insolvent_on")))
        self.assertTrue(self.debtors.payer_id)
        terms = self.debtors.filtered("terms_informed_on")
        self.assertTrue(all(debtor.terms_file_ids for debtor in terms))
        self.assertTrue(self.debtors - terms)

    def test_documents_before_any_debt_and_of_titles(self):
        documents = self._of("cobranza.document")
        states = set(documents.mapped("state"))
        self.assertLessEqual({"missing", "received", "checked", "defective"}, states)
        new = documents.debtor_id.filtered(lambda debtor: not debtor.debt_ids)
        standing = new.document_ids.mapped("standing")
        self.assertLessEqual({"checked", "received"}, set(standing))
        self.assertTrue(new.mandate_ids)
        handed = documents.filtered(lambda one: one.custody == "handed")
        self.assertTrue(handed.debt_id.title and handed.holder)
        self.assertTrue(handed.custody_ids.receipt_id)

    def test_an_agency_has_what_was_owed_on_the_day_of_the_handover(self):
        placed = self.env["cobranza.placement"].search(
            [("company_id", "=", self.company.id), ("state", "=", "placed")]
        )
        self.assertTrue(placed)
        for one in placed:
            self.assertEqual(one.claimed_on, one.placed_on)
            self.assertLess(one.placed_on, self.company._cobranza_today())
            self.assertGreaterEqual(one.amount, one.recovered)
            if one.recovered:
                self.assertLess(one.amount_now, one.amount)

    def test_somebody_answers_beside_the_debtor_by_a_deed(self):
        found = self._of("cobranza.obligor")
        self.assertTrue(all(one.deed and one.file_ids for one in found))
        capacities = set(found.mapped("capacity"))
        self.assertTrue(capacities & {"guarantor", "guarantor_waived", "avalista"})

    def test_one_old_debt_is_near_its_limitation_and_one_is_barred(self):
        self.debts.sudo()._limit()
        near = self.debts.filtered(
            lambda debt: (
                debt.limitation_alarm_on
                and debt.limitation_alarm_on <= self.today <= debt.limitation_on
            )
        )
        self.assertTrue(near)
        barred = self.debts.filtered(
            lambda debt: debt.claimable_until and debt.claimable_until < self.today
        )
        self.assertTrue(barred)
        barred.debtor_id._redecide_later()
        self.cr.flush()
        self.assertEqual(set(barred.mapped("reason")), {"barred"})

    def test_the_log_verifies_and_somebody_asked_about_its_data(self):
        made = self._of("cobranza.contact", [("sent_at", "!=", False)])
        self.assertGreater(len(made), 20)
        self.assertFalse(made._verify())
        self.assertTrue(self._of("cobranza.privacy.request"))

    def test_the_bank_is_up_to_date(self):
        self.assertFalse(self.env["cobranza.contact"]._stale_bank(self.company))
        bank = self.company.cobranza_bank_account_id
        self.assertTrue(bank.acc_number and bank.bank_id)

    def test_each_role_logs_in_with_its_language_and_company(self):
        users = self.env["res.users"].search([("company_id", "=", self.company.id)])
        internal = users.filtered(lambda user: not user.share)
        self.assertEqual((len(internal), len(users - internal)), (4, 1))
        self.assertEqual(set(users.mapped("lang")), {self.lang})
        self.assertEqual(set(users.mapped("tz")), {self.company._cobranza_tz()})
        for user in users:
            self.assertEqual(user.company_ids, self.company)
            credential = {"login": user.login, "password": user.login}
            user.with_user(user)._check_credentials(
                {**credential, "type": "password"}, {"interactive": False}
            )
        collector = self.company.cobranza_user_id
        found = self.env["cobranza.debtor"].with_user(collector).search([])
        self.assertEqual(found, self.debtors)

    def test_each_demo_user_opens_every_screen(self):
        people = self.env["res.users"].search([("company_id", "=", self.company.id)])
        users = {one.login: one for one in people if not one.share}
        self.assertGreater(len(users), 3)
        lawyers = self.env.ref("cobranza_legal.group_lawyer_own").all_user_ids
        self.debtors[:3].debt_ids._assign((people & lawyers)[:1])
        self.env.flush_all()
        # each role tries its filters in test_screens_roles.py
        searching = [one.login for one in people & self.company.cobranza_user_id]
        self.assertTrue(searching)
        seen = self.check_screens(users, searching=searching)
        for login, opened in seen.items():
            models = {one.model for one in opened.values() if one.ids}
            self.assertIn("cobranza.debtor", models, login)

    def test_what_the_page_asks_can_be_paid(self):
        kinds = set()
        for debtor in self.debtors.filtered("debt_ids"):
            for one in DebtorPage(debtor).sections:
                payables = debtor._payable(self.today, one.currency)
                asked = one.section.principal + owed(one.section.charges)
                # told by the wizard, and not taken before it is answered
                waived = debtor.charge_ids.filtered(
                    lambda charge, currency=one.currency: (
                        charge.approval_pending and charge.currency_id == currency
                    )
                )
                asked -= to_decimal(sum(waived.mapped("amount_due")))
                paid = sum(claim.owed for claim in payables.claims)
                with self.subTest(debtor.display_name, currency=one.currency.name):
                    self.assertEqual(paid, asked, payables.notes)
                kinds |= {claim.kind for claim in payables.claims}
        self.assertGreater(len(kinds), 2)

    def test_history_keeps_the_rules_and_the_first_run_has_work(self):
        contacts = self._of("cobranza.contact", [("state", "=", "sent")])
        self.assertGreater(len(contacts), 50)
        for contact in contacts:
            self.assertLess(contact.sent_at, fields.Datetime.now())
        planned = self._of("cobranza.contact", [("state", "=", "planned")])
        self.assertGreater(len(planned), 10)
        self.assertGreater(len(set(planned.mapped("channel"))), 2)
        self.assertTrue(self._of("cobranza.charge"))
        reasons = set(self.debts.mapped("reason"))
        expected = {"entered", "advanced", "not_due", "last_level", "disputed"}
        expected |= {"promised", "on_hold", "agreement", "ceded", "blocked_payment"}
        self.assertLessEqual(expected | {"insolvent"}, reasons)
        self._check_billing()

    def _check_billing(self):
        """The accountant finds every form set and bills what the run has charged, but
        for what somebody asks to waive."""
        forms = self._of("cobranza.charge.form")
        self.assertTrue(forms)
        self.assertFalse([one.problem for one in forms if one.problem])
        charges = self._of("cobranza.charge", [("state", "=", "assessed")])
        charges = charges.filtered(
            lambda charge: charge.bill_form not in (False, "memo")
        )
        asked = charges.filtered("approval_pending")
        self.assertEqual(len(asked), 1, "the approver has something to answer")
        self.assertTrue(charges - asked)
        charges._bill()
        self.assertEqual(set((charges - asked).mapped("state")), {"billed"})
        self.assertEqual(asked.state, "assessed")
