import base64
import io
from datetime import timedelta

from PIL import Image

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.portal import PortalCommon
from ..common.refusals import Refusals


def picture():
    image = io.BytesIO()
    Image.new("RGB", (200, 60), "white").save(image, "PNG")
    return base64.b64encode(image.getvalue()).decode()


@tagged("post_install", "-at_install")
class TestAgreementPage(Refusals, PortalCommon):
    """The debtor asks for an agreement on its page, reads it, signs it, follows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cobranza.agreement.policy"].create(
            {"name": "Terms", "company_id": cls.company.id, "valid_from": "2020-01-01"}
        )

    def _offered(self):
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": [Command.set(self.debt.ids)],
                "requested_by": "page",
                "grounds": "Paid late myself",
                "count": 4,
                "working_day": "same",
            }
        )
        agreement.action_request()
        agreement.action_offer()
        self.env.flush_all()
        return agreement

    def _ref(self):
        page = self.debtor.sudo()._portal_own()._portal_page()
        return next(iter(page.to_sign), "")

    def _post(
        self, agreement, nonce="n" * 24, shown=None, ref=None, path=None, **values
    ):
        shown, ref = shown or agreement.document_hash, ref or self._ref()
        answer = self.make_jsonrpc_request(
            f"{path or self.path}/sign/{ref}/{shown}/{nonce}",
            {"name": "Ana Pérez", "signature": picture(), **values},
        )
        self.env.invalidate_all()
        return answer

    def test_a_request_on_the_page_is_a_draft_with_its_contact(self):
        for _twice in range(2):
            self._send("plan", proposal="250 a month", text="I lost my job")
        self.env.invalidate_all()
        agreement = self.debtor.agreement_ids
        self.assertEqual(len(agreement), 1, "asked twice, one draft")
        self.assertEqual((agreement.state, agreement.requested_by), ("draft", "page"))
        self.assertEqual(agreement.grounds, "I lost my job")
        self.assertEqual(agreement.proposal, "250 a month")
        self.assertEqual(agreement.debt_ids, self.debt)
        self.assertIn("250 a month", agreement.contact_id.body)
        self.assertEqual(agreement.user_id, self.debtor._task_owner())

    def test_looking_changes_nothing(self):
        agreement = self._offered()
        before = agreement.read()[0]
        self.assertIn("To sign", self._text(self._page()))
        sign = self._page(f"{self.path}/sign/{self._ref()}")
        self.assertIn("acknowledges that it owes", self._text(sign))
        self.env.invalidate_all()
        self.assertEqual(agreement.read()[0], before)

    def test_signed_on_the_page_it_runs_and_is_shown(self):
        agreement = self._offered()
        answer = self._post(agreement)
        self.assertTrue(answer["force_refresh"], answer)
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.signed_method, "page")
        self.assertEqual(agreement.signature_ids.name, "Ana Pérez")
        self.assertTrue(agreement.signed_file_id)
        text = self._text(self._page())
        self.assertIn(f"Your payment agreement {agreement.name}", text)
        self.assertIn("In an agreement", text)
        self.assertNotIn("To sign", text)
        self.assertTrue(self._post(agreement, ref="gone")["force_refresh"])
        self.assertEqual(len(agreement.signature_ids), 1)

    def test_other_words_or_other_sums_are_not_signed(self):
        agreement = self._offered()
        shown = agreement.document_hash
        agreement.action_draft()
        agreement.count = 2
        agreement.action_request()
        agreement.action_offer()
        self.env.flush_all()
        self.assertIn("changed", self._post(agreement, shown=shown)["error"])
        self.assertEqual(agreement.state, "offered")
        self._register_payment(self.move, amount=100)
        self.env.flush_all()
        self.assertFalse(self._ref(), "it is not to be signed any more")
        with self.refuses(UserError, "is open now"):
            agreement._sign(self.today, "page")
        self.assertFalse(agreement.signature_ids)

    def _left_behind(self):
        """State, log and mailbox of everything here, as they are in the database."""
        self.env.invalidate_all()
        agreements = self.env["cobranza.agreement"].search([])
        return (
            agreements.mapped("state"),
            self.env["cobranza.history"].search_count([]),
            self.env["cobranza.contact"].search_count([]),
            self.env["mail.mail"].sudo().search_count([]),
            self.env["mail.message"].sudo().search_count([]),
            self.env["cobranza.signature"].search_count([]),
        )

    # -- plans -------------------------------------------------------------------------

    def _plans(self, **values):
        query = "&".join(f"{name}={value}" for name, value in values.items())
        return self._page(f"{self.path}/plan?{query}")

    def _choose(self, count, first, text="I lost my job", **values):
        hidden = self._hidden("plan", self._plans(first=first))
        return self._send("plan", hidden=hidden, count=count, text=text, **values)

    def test_plans_are_simulated_and_looking_writes_nothing(self):
        self.env["cobranza.agreement.policy"].search([]).write({"share": 25})
        self.env.flush_all()
        before = self._left_behind()
        self.assertIn("See what you could pay each month", self._text(self._page()))
        first = fields.Date.to_string(self.today)
        page = self._plans(first=first)
        text = self._text(page)
        for words in ("2 payments of", "500.00", "4 payments of", "250.00"):
            self.assertIn(words, text)
        self.assertNotIn("5 payments of", text, "less than a quarter each")
        self.assertEqual(self._plans(first="nonsense").status_code, 200)
        self.assertEqual(self._plans(first="2099-01-01").status_code, 200)
        self.assertEqual(self._left_behind(), before)

    def test_a_chosen_plan_is_a_request_that_waits_for_us(self):
        first = fields.Date.to_string(self.today + timedelta(days=7))
        answer = self._choose("4", first)
        self.assertEqual(answer.status_code, 303, answer.text)
        self.env.invalidate_all()
        [agreement] = self.debtor.agreement_ids
        self.assertEqual((agreement.state, agreement.count), ("requested", 4))
        self.assertEqual(fields.Date.to_string(agreement.first_on), first)
        self.assertEqual(agreement.grounds, "I lost my job")
        self.assertTrue(agreement.is_asked_on_page)
        self.assertIn("250.00", agreement.contact_id.body)
        text = self._text(self._page())
        self.assertIn("The payment agreement that you asked for", text)
        self.assertNotIn("See what you could pay", text, "nothing else is open")
        self.assertEqual(self._plans().status_code, 404)
        agreement.action_accept()
        agreement.action_offer()
        self.env.flush_all()
        self.assertIn("To sign", self._text(self._page()))

    def test_what_is_not_offered_is_not_asked_for(self):
        self.env["cobranza.agreement.policy"].search([]).write({"share": 25})
        self.env.flush_all()
        first = fields.Date.to_string(self.today + timedelta(days=7))
        hidden = self._hidden("plan", self._plans(first=first))
        before = self._left_behind()
        late = fields.Date.to_string(self.today + timedelta(days=90))
        for values in (
            {"count": "5", "text": "x"},
            {"count": "1000000", "text": "x"},
            {"count": "x", "text": "x"},
            {"count": "4", "text": ""},
            {"count": "4", "text": "x", "first": late},
            {"count": "4", "text": "x", "first": ""},
        ):
            with self.subTest(values=values):
                data = {**hidden, **values}
                answer = self._send("plan", hidden=data)
                self.assertEqual(answer.status_code, 422)
                self.assertIn("Your plan", self._text(answer))
                self.assertEqual(self._left_behind(), before)

    def test_without_terms_of_the_company_nothing_is_simulated(self):
        self.env["cobranza.agreement.policy"].search([]).write({"active": False})
        self.env.flush_all()
        self.assertNotIn("See what you could pay", self._text(self._page()))
        self.assertEqual(self._plans().status_code, 404)
        answer = self._send("plan", count="4", first=str(self.today), text="x")
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.debtor.agreement_ids)

    # -- others ------------------------------------------------------------------------

    def test_two_browsers_sign_once(self):
        agreement = self._offered()
        ref = self._ref()
        self.assertTrue(self._post(agreement, nonce="a" * 24, ref=ref)["force_refresh"])
        before = self._left_behind()
        answer = self._post(agreement, nonce="b" * 24, ref=ref)
        self.assertIn("not to be signed any more", answer["error"])
        self.assertEqual(self._left_behind(), before)

    def test_nothing_but_what_is_offered_is_signed(self):
        agreement = self._offered()
        ref = self._ref()
        for state, _label in agreement._fields["state"].selection:
            if state == "offered":
                continue
            agreement.sudo()._through_gate().state = state
            self.env.flush_all()
            before = self._left_behind()
            with self.subTest(state):
                page = self._page(f"{self.path}/sign/{ref}")
                self.assertEqual(page.status_code, 404)
                answer = self._post(agreement, nonce=f"{state:n<24}", ref=ref)
                self.assertIn("not to be signed any more", answer["error"])
                self.assertEqual(self._left_behind(), before)

    def test_another_debtor_neither_sees_nor_signs_it(self):
        agreement = self._offered()
        ref = self._ref()
        self.partner_b.lang = "en_US"
        move = self._invoice(
            partner=self.partner_b, due=self.due, invoice_date=self.due
        )
        self.env["cobranza.run"].sudo()._run_company(self.company)
        other = self._debts(move).debtor_id
        other._portal_link()
        path = other._portal_path()
        self.env.flush_all()
        before = self._left_behind()
        self.assertNotIn("To sign", self._text(self._page(path)))
        self.assertEqual(self._page(f"{path}/sign/{ref}").status_code, 404)
        answer = self._post(agreement, ref=ref, path=path)
        self.assertIn("not to be signed", answer["error"])
        nobody = f"/my/collections/{'A' * 43}"
        answer = self._post(agreement, ref=ref, path=nobody)
        self.assertIn("not available", answer["error"])
        self.assertEqual(self._page(f"{nobody}/plan").status_code, 404)
        self.assertEqual(self._left_behind(), before)

    def test_an_instalment_is_paid_and_has_its_receipt(self):
        agreement = self._offered()
        agreement._sign(self.today, "hand")
        self.env.flush_all()
        text = self._text(self._page())
        self.assertIn("Pay an instalment", text)
        self.assertIn("Instalment 1, on", text)
        self.assertEqual(agreement._page_due()[1], 250)
        with self.at(str(agreement.instalment_ids[1].due_on + timedelta(days=1))):
            agreement.instalment_ids.invalidate_recordset()
            self.assertEqual(agreement._page_due(), ("2 instalments are due", 500))
        self._register_payment(self.move, amount=1000)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(agreement.state, "completed")
        self.assertIn("You have paid all of it", self._text(self._page()))

    # -- the guarantor's page ----------------------------------------------------------

    def _guaranteed(self):
        self.partner_b.lang = "en_US"
        guarantor = self.env["cobranza.obligor"].create(
            {
                "debtor_id": self.debtor.id,
                "partner_id": self.partner_b.id,
                "capacity": "guarantor",
                "since": "2020-01-01",
            }
        )
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": [Command.set(self.debt.ids)],
                "requested_by": "page",
                "grounds": "Paid late myself",
                "count": 4,
            }
        )
        agreement.action_request()
        paper = agreement._write_paper("agreement_consent", guarantor)
        paper._page_link()
        self.env.flush_all()
        return agreement, paper

    def _consent(self, paper, nonce="n" * 24, shown=None, path=None):
        answer = self.make_jsonrpc_request(
            f"{path or paper._page_path()}/{shown or paper.document_hash}/{nonce}",
            {"name": "Benito Ríos", "signature": picture()},
        )
        self.env.invalidate_all()
        return answer

    def test_a_guarantor_reads_and_signs_on_its_own_page(self):
        agreement, paper = self._guaranteed()
        path = paper._page_path()
        before = self._left_behind()
        text = self._text(self._page(path))
        self.assertIn("consents expressly", text)
        self.assertIn("250.00", text)
        self.assertNotIn("Your account with", text, "nothing else of the debtor")
        self.assertEqual(self._page(f"{path}/file").status_code, 200)
        self.assertEqual(self._left_behind(), before)
        with self.refuses(UserError, "ends the guarantee"):
            agreement.action_offer()
        self.assertTrue(self._consent(paper)["force_refresh"])
        self.assertEqual(paper.state, "signed")
        self.assertFalse(agreement.unheard_ids)
        consent = agreement.consent_ids
        self.assertEqual(consent.obligor_id, paper.obligor_id)
        self.assertEqual(consent.file_ids, paper.signed_file_id)
        signature = paper.signature_ids
        self.assertEqual((signature.name, signature.way), ("Benito Ríos", "link"))
        said = self.contacts.filtered(lambda one: one.recipient_id == self.partner_b)
        self.assertEqual(len(said), 1)
        after = self._left_behind()
        again = self._consent(paper, nonce="m" * 24)
        self.assertIn("not to be signed any more", again["error"])
        self.assertEqual(self._left_behind(), after)
        self.assertIn("You have consented", self._text(self._page(path)))
        names = [file.kind for file in self._files()]
        self.assertNotIn("signed", names, "the debtor does not get its signature")
        agreement.action_offer()

    def _files(self):
        return self.debtor.sudo()._portal_own()._portal_page().files().values()

    def test_a_guarantor_signs_no_other_words_nor_by_another_key(self):
        agreement, paper = self._guaranteed()
        path, before = paper._page_path(), self._left_behind()
        self.assertIn("changed", self._consent(paper, shown="0" * 64)["error"])
        strange = f"/my/guarantee/{'A' * 43}"
        self.assertIn("not available", self._consent(paper, path=strange)["error"])
        token = path.rpartition("/")[2]
        for other in (f"/my/collections/{token}", strange, f"{path}x"):
            self.assertEqual(self._page(other).status_code, 404, other)
        debtor = self.path.rpartition("/")[2]
        self.assertEqual(self._page(f"/my/guarantee/{debtor}").status_code, 404)
        self.assertEqual(self._left_behind(), before)
        agreement.action_draft()
        self.env.flush_all()
        self.assertEqual(self._page(path).status_code, 404)
        self.assertIn("not available", self._consent(paper)["error"])
        self.assertFalse(agreement.consent_ids)
