from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.agreement.paper import CONSENT, NOTE, SETTLED
from ...models.agreement.simulation import Simulator
from ..common.agreement import AgreementCommon
from ..common.base import MONDAY
from ..common.test_update import migrate

TODAY = date.fromisoformat(MONDAY)


@tagged("post_install", "-at_install")
class TestAgreementPaper(AgreementCommon):
    """What is written beside an agreement: consents, notes, the certificate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo()._through_gate().write({"cobranza_mode": "confirm"})
        cls.company.email = "creditor@example.com"
        cls.partner_a.email = "debtor@example.com"
        cls.partner_b.write({"email": "guarantor@example.com", "lang": "en_US"})
        cls.guarantor = cls.env["cobranza.obligor"].create(
            {
                "debtor_id": cls.debtor.id,
                "partner_id": cls.partner_b.id,
                "capacity": "guarantor",
                "since": "2026-01-01",
            }
        )
        cls.agreement = cls._agreement()
        cls.agreement.action_request()
        cls.collector = cls._role("collector")

    def _contacts(self):
        return self.env["cobranza.contact"].search(
            [("agreement_id", "=", self.agreement.id)], order="id"
        )

    def _ask(self):
        self.agreement.with_user(self.collector)._ask_consent(
            self.guarantor.with_user(self.collector)
        )
        return self.agreement.paper_ids

    def test_a_guarantor_is_asked_with_a_link_of_its_own(self):
        paper = self._ask()
        self.assertEqual((paper.purpose, paper.state), (CONSENT, "written"))
        self.assertTrue(paper._verify_document())
        self.assertIn("consents expressly", paper.document_body)
        self.assertIn("300.00", paper.document_body)
        contact = self._contacts()
        self.assertEqual(contact.recipient_id, self.partner_b)
        self.assertTrue(contact.released)
        body = contact._render()["body"]
        self.assertIn(paper._page_path(), body)
        self.assertNotIn("/my/collections/", body, "the debtor's page is not its own")

    def test_a_paper_is_written_once(self):
        paper = self._ask()
        self._ask()
        self.assertEqual(self.agreement.paper_ids, paper)
        self.assertEqual(len(self._contacts()), 2, "asked again, by the same paper")

    def test_terms_that_are_taken_back_are_consented_to_by_nobody(self):
        paper = self._ask()
        token = paper.sudo().portal_token or paper._page_link().rpartition("/")[2]
        self.assertTrue(paper._by_token(token))
        self.agreement.action_draft()
        self.assertEqual(paper.state, "void")
        self.assertFalse(paper._by_token(token))
        self.agreement.count = 2
        self.agreement.action_request()
        again = self._ask() - paper
        self.assertNotEqual(again.document_hash, paper.document_hash)

    def test_other_sums_open_are_not_consented_to(self):
        paper = self._ask()
        self._pay_debt(self.debts[0], 100, MONDAY)
        self.assertFalse(paper._is_to_sign())
        before = self._contacts(), len(self.agreement.history_ids)
        with self.refuses(UserError, "is open now"):
            self.agreement._ask_consent(self.guarantor)
        self.assertEqual((self._contacts(), len(self.agreement.history_ids)), before)

    def test_who_cannot_be_written_to_is_not_asked(self):
        self.partner_b.email = False
        before = len(self.agreement.history_ids)
        with self.refuses(UserError, "address"):
            self._ask()
        self.assertFalse(self.agreement.paper_ids)
        self.assertFalse(self._contacts())
        self.assertEqual(len(self.agreement.history_ids), before)

    def test_without_a_text_there_is_no_note(self):
        self.agreement._consent(self.guarantor, TODAY, self.request)
        self.agreement.action_offer()
        self.assertFalse(self.agreement.has_note)
        with self.refuses(UserError, "There is no approved text"):
            self.agreement.action_note()
        self.assertFalse(self.agreement.paper_ids)

    def test_a_note_is_a_text_and_signed_by_hand(self):
        self.env["cobranza.text"].sudo().with_context(install_module="x").create(
            {
                "name": "Note",
                "purpose": NOTE,
                "lang": "en_US",
                "starter": True,
                "subject": "Note {{ agreement_number }}",
                "body": "<p>I shall pay {{ agreement_total_words }}.</p>",
            }
        )
        self.agreement._consent(self.guarantor, TODAY, self.request)
        self.agreement.action_offer()
        self.agreement.invalidate_recordset(["has_note"])
        self.assertTrue(self.agreement.has_note)
        answer = self.agreement.with_user(self.collector).action_note()
        note = self.agreement.paper_ids
        self.assertIn(str(note.document_file_id.id), answer["url"])
        self.assertIn("One thousand, two hundred", note.document_body)
        dialog = self.env["cobranza.agreement.paper.sign"].with_user(self.collector)
        dialog = dialog.create({"paper_id": note.id, "day": MONDAY})
        with self.refuses(UserError, "Add the scan"):
            dialog.action_confirm()
        dialog.write({"file": b"JVBERi0xLjQgeA==", "filename": "note.pdf"})
        dialog.action_confirm()
        self.assertEqual(note.state, "signed")
        self.assertEqual(note.file_ids.name, "note.pdf")
        with self.refuses(UserError, "never deleted"):
            note.sudo().unlink()

    def _completed(self):
        self.agreement._consent(self.guarantor, TODAY, self.request)
        self.agreement.action_offer()
        self.agreement._sign(TODAY, "hand")
        return [
            self._pay_debt(debt, debt.amount_residual, MONDAY) for debt in self.debts
        ]

    def test_the_certificate_goes_to_the_debtor_at_the_end_and_ends_with_a_return(self):
        agreement = self.agreement.with_user(self.collector)
        with self.refuses(UserError, "cannot be done now"):
            agreement.action_certify()
        payments = self._completed()
        self.assertEqual(self.agreement.state, "completed")
        self.assertIn(
            "Agreement paid: send the certificate",
            self.agreement.activity_ids.mapped("summary"),
        )
        agreement.action_certify()
        [paper] = self.agreement.paper_ids
        self.assertEqual(paper.purpose, SETTLED)
        self.assertIn("has paid in full", paper.document_body)
        contact = self._contacts()[-1]
        self.assertEqual(contact.recipient_id, self.partner_a)
        [file] = contact._prepare_files()
        self.assertEqual(file["raw"], paper.document_file_id.raw)
        page = self.debtor.sudo()._portal_own()._portal_page()
        self.assertIn(paper.id, [one.record.id for one in page.files().values()])
        payments[0].move_id.button_draft()
        payments[0].move_id.button_cancel()
        self.assertEqual((self.agreement.state, paper.state), ("active", "void"))

    def test_the_last_receipt_reserves_the_instalments_before_it(self):
        self._completed()
        numbers = self.env["cobranza.agreement"]._paid_in(self.debts.ids, TODAY)
        self.assertEqual(numbers, self.agreement.name)
        move = self._invoice(amount=5)
        self._run("2026-11-24")
        interest = self._debts(move).sudo()._through_gate()
        interest.parent_id = self.debts[0]  # as what bills a charge
        for debt in (self.debts[0], interest):
            self.assertIn("former instalments", self._reserved(debt))

    def _reserved(self, debt):
        """What the receipt of a payment of this debt reserves."""
        payment = self.env["account.payment"].new(
            {
                "date": MONDAY,
                "company_id": self.company.id,
                "cobranza_split": {
                    "rest": {},
                    "incomplete": False,
                    "rows": [{"debt": debt.id}],
                },
            }
        )
        return payment._cobranza_reserve()

    def test_papers_are_read_by_roles_and_written_by_nobody(self):
        paper = self._ask()
        with self.refuses(UserError, "buttons only"):
            paper.with_user(self.collector).write({"state": "signed"})
        with self.refuses(AccessError):
            self.env["cobranza.agreement.paper"].with_user(self.collector).create(
                {"agreement_id": self.agreement.id, "purpose": SETTLED}
            )
        self.assertTrue(paper.with_user(self.collector).document_body)


@tagged("post_install", "-at_install")
class TestAgreementSimulation(AgreementCommon):
    """Plans side by side; nothing is written before one is taken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role("collector")

    def _simulation(self, agreement=None):
        debtor = self.debtor.with_user(self.collector)
        action = (
            agreement.with_user(self.collector).action_simulate()
            if agreement
            else debtor.action_new_agreement()
        )
        model = self.env["cobranza.agreement.simulation"].with_user(self.collector)
        return model.browse(action["res_id"])

    def test_three_plans_say_what_they_ask_and_which_terms_they_pass(self):
        before = self.env["cobranza.agreement"].search_count([])
        plans = self._simulation().plan_ids
        self.assertEqual(plans.mapped("count"), [3, 6, 12])
        self.assertEqual(plans.mapped("instalment"), [400, 200, 100])
        self.assertEqual(plans.mapped("verdict"), ["within", "asked", "asked"])
        self.assertIn("200.00", plans[1].says)
        self.assertIn("12 months", plans[2].says.replace("12.0", "12"))
        self.assertEqual(self.env["cobranza.agreement"].search_count([]), before)

    def test_the_figures_are_those_of_the_agreement_that_is_taken(self):
        self.terms.write({"rate_kind": "fixed", "rate": 12})
        plan = self._simulation().plan_ids[0]
        plan.write({"method": "linear", "count": 4, "first_on": MONDAY})
        action = plan.action_take()
        agreement = self.env["cobranza.agreement"].browse(action["res_id"])
        self.assertEqual(agreement.state, "draft")
        self.assertEqual(
            (plan.total, plan.interest, plan.last_on, plan.rate),
            (agreement.total, agreement.interest, agreement.last_on, agreement.rate),
        )
        self.assertEqual(
            plan.instalment, max(agreement.instalment_ids.mapped("amount"))
        )
        self.assertGreater(plan.interest, 0)
        self.assertEqual(agreement.debt_ids, self.debts)

    def test_a_draft_takes_the_terms_that_were_compared_from_it(self):
        agreement = self._agreement()
        plan = self._simulation(agreement).plan_ids[0]
        self.assertEqual(plan.action_take()["res_id"], agreement.id)
        self.assertEqual(agreement.count, 3)
        agreement.action_request()
        with self.refuses(UserError, "cannot be done now"):
            plan.action_take()

    def test_what_is_impossible_says_why(self):
        plan = self._simulation().plan_ids[0]
        plan.count = 0
        self.assertEqual((plan.verdict, plan.total), ("barred", 0))
        plan.write({"count": 3, "first_on": "2026-01-01"})
        self.assertEqual(plan.verdict, "barred")
        self.assertIn("first payment", plan.says)
        plan.write({"method": "fixed", "sum_agreed": 500, "first_on": "2026-12-23"})
        self.assertEqual((plan.verdict, plan.rows), ("within", 3))

    def test_with_nothing_open_there_is_nothing_to_compare(self):
        self._running()
        with self.refuses(UserError, "nothing is open"):
            self.debtor.action_new_agreement()

    def test_others_compare_nothing(self):
        for role in ("accountant", "approver", "all_lawyer"):
            user = self._role(role)
            with self.subTest(role=role), self.refuses(AccessError):
                self.debtor.with_user(user).action_new_agreement()

    def test_what_was_asked_for_on_the_page_is_accepted_by_a_person(self):
        simulator = Simulator(self.debtor.sudo())
        plans = simulator.within(simulator.first_default())
        self.assertEqual([*plans], [2, 3, 4])
        contact = self.debtor.contact_ids[:1].sudo()
        agreement = simulator.request(plans[3], contact, "Customers pay late")
        agreement = agreement.sudo(False)
        self.assertEqual((agreement.state, agreement.count), ("requested", 3))
        self.assertTrue(agreement.is_asked_on_page)
        accountant = self._role("accountant")
        with self.refuses(AccessError):
            agreement.with_user(accountant).action_accept()
        self.assertEqual(agreement.state, "requested")
        agreement.with_user(self.collector).action_accept()
        self.assertEqual(agreement.state, "approved")
        self.assertFalse(agreement.is_asked_on_page)
        with self.refuses(UserError, "cannot be done now"):
            agreement.with_user(self.collector).action_accept()

    def test_terms_that_changed_meanwhile_are_for_somebody_else(self):
        simulator = Simulator(self.debtor.sudo())
        plan = simulator.within(simulator.first_default())[3]
        agreement = simulator.request(plan, self.debtor.contact_ids[:1].sudo(), "Late")
        self.terms.share = 50
        agreement.with_user(self.collector).action_accept()
        self.assertEqual(agreement.state, "requested")
        self.assertEqual(agreement.approval_ids.state, "asked")
        self.assertFalse(agreement.is_asked_on_page)
        with self.refuses(UserError, "waits for an approval"):
            agreement.with_user(self.collector).action_accept()

    def test_starter_texts_of_before_say_with_once(self):
        text = self.env.ref("cobranza_legal.text_agreement").sudo()
        now = text.body
        self.assertIn(", {{ agreement_interest }},", now)
        own = text.copy()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cobranza_text SET body = replace(body, %s, %s) WHERE id = ANY(%s)",
            [
                ", {{ agreement_interest",
                ", with {{ agreement_interest",
                [text.id, own.id],
            ],
        )
        for _time in range(2):
            migrate(self.env.cr, "post-agreement-words", "19.0.1.8.0")
        self.env.invalidate_all()
        self.assertEqual(text.body, now)
        self.assertIn(", with {{", own.body, "a copy is somebody's own")
