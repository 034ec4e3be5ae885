import io
import json
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...kernel.privacy import PrivacyTerm
from ..common.contact import MONDAY
from ..common.privacy import LATER, PrivacyCommon


@tagged("post_install", "-at_install")
class TestPrivacyTerm(PrivacyCommon):
    def test_the_deadline_is_the_law_s_and_the_task_comes_before(self):
        request = self._request("access")
        self.assertEqual(str(request.deadline), "2026-12-23")
        self.assertEqual(request.article, "Art. 12")
        task = request.activity_ids
        self.assertEqual(str(task.date_deadline), "2026-12-20")
        self.assertEqual(task.user_id, request.user_id)

    def test_it_is_extended_once_in_time_and_with_a_reason(self):
        request = self._request("access")
        with self.at("2026-12-20"), self.law():
            with self.assertRaises(UserError):
                request.action_extend()
            request.extension_reason = "Many files"
            request.action_extend()
            self.assertEqual(str(request.deadline), "2027-02-23")
            self.assertEqual(str(request.activity_ids.date_deadline), "2027-02-20")
            with self.assertRaises(UserError):
                request.action_extend()
        late = self._request("erasure")
        late.extension_reason = "x"
        with self.at("2026-12-24"), self.law(), self.assertRaises(UserError):
            late.action_extend()

    def test_a_term_that_the_law_does_not_extend_stays(self):
        request = self._request("access")
        request.extension_reason = "x"
        days = PrivacyTerm(days=2, working=True)
        with self.at(MONDAY), self.law(term=days), self.assertRaises(UserError):
            request.action_extend()

    def test_without_a_known_law_who_receives_it_writes_the_deadline(self):
        with self.at(MONDAY):
            request = self.env["cobranza.privacy.request"].create(
                {"kind": "access", "email": "who@example.com", "deadline": "2026-12-01"}
            )
        self.assertEqual(str(request.deadline), "2026-12-01")
        self.assertFalse(request.article)

    def test_closed_requests_are_kept_as_they_are(self):
        request = self._request("objection", identity="ID card", answer="We stop.")
        with self.at(MONDAY), self.law():
            request.action_answer()
        self.assertEqual(request.state, "answered")
        self.assertFalse(request.activity_ids)
        for vals in ({"answer": "x"}, {"kind": "access"}, {"state": "received"}):
            with self.assertRaises(UserError):
                request.write(vals)
        with self.assertRaises(UserError):
            request.sudo().unlink()
        with self.assertRaises(UserError):
            request.action_withdraw()


@tagged("post_install", "-at_install")
class TestPrivacyEffects(PrivacyCommon):
    def _data(self, request):
        file = request.file_ids.filtered(lambda file: file.name.endswith(".json"))
        return json.loads(file.raw)

    def test_a_block_stops_us_at_once_and_is_lifted_when_denied(self):
        contact = self._contact()
        request = self._request("restriction")
        hold = request.hold_ids
        self.assertEqual(hold.debtor_id, contact.debtor_id)
        self.assertEqual((hold.state, hold.reason), ("open", "privacy"))
        self.assertEqual(self._recipients(), [])
        for forged in (
            lambda: hold._release("x"),
            lambda: hold.write({"date_to": MONDAY}),
            hold.unlink,
        ):
            with self.assertRaises(UserError):
                forged()
        with self.assertRaises(UserError):
            request.action_refuse()
        request.answer = "It is not the person."
        request.action_refuse()
        self.assertEqual((request.state, hold.state), ("refused", "released"))

    def test_a_block_that_was_granted_stays(self):
        request = self._request("restriction", identity="ID card", answer="Blocked.")
        self._debtor()
        with self.at(MONDAY):
            request.action_answer()
        self.assertEqual(request.hold_ids.mapped("state"), [])
        debtor = self._debtor(self.partner_b)
        request = self._request("restriction", partner_id=self.partner_b.id)
        request.answer = "Blocked."
        with self.at(MONDAY):
            request.action_answer()
        self.assertEqual(request.hold_ids.debtor_id, debtor)
        self.assertEqual(request.hold_ids.state, "open")

    def test_access_gives_the_archive_and_data_that_a_machine_reads(self):
        debtor, mail, _letter = self._closed()
        request = self._request("access")
        with self.at("2026-12-15"), self.law():
            with self.assertRaises(UserError):
                request.action_produce()
            request.identity = "Certificate"
            request.answer = "Sent."
            with self.assertRaises(UserError):
                request.action_answer()
            request.action_produce()
            request.action_answer()
        data = self._data(request)
        self.assertEqual(data["person"][0]["email"], "debtor.a@example.com")
        [own] = data["debtor"]
        self.assertEqual(len(own["debts"]), 2)
        self.assertEqual(own["contacts"][0]["content_hash"], mail.content_hash)
        self.assertEqual(own["contacts"][0]["events"][0]["kind"], "accepted")
        file = request.file_ids.filtered(lambda file: file.name.endswith(".zip"))
        names = zipfile.ZipFile(io.BytesIO(file.raw)).namelist()
        self.assertTrue([name for name in names if name.endswith("SHA256SUMS")])
        history = self.env["cobranza.history"].search(
            [("debtor_id", "=", debtor.id), ("res_model", "=", "cobranza.debtor")]
        )
        self.assertIn("Access", history.reason)

    def test_who_only_stands_beside_a_debtor_gets_its_own_data_only(self):
        debtor, mail, _letter = self._closed()
        guarantor = self._person("Guarantor")
        self._guarantee(debtor, guarantor, deed="Lease")
        request = self._request("access", partner_id=guarantor.id, identity="ID card")
        self.assertEqual(request.debtor_ids, debtor)
        with self.at("2026-12-15"), self.law():
            request.action_produce()
        data = self._data(request)
        self.assertEqual(data["debtor"], [])
        [answers] = data["answers_for"]
        self.assertEqual(answers["capacity"], "guarantor")
        self.assertEqual(answers["deed"], "Lease")
        self.assertEqual(len(request.file_ids), 1)
        self.assertNotIn(mail.content_hash, json.dumps(data))
        self.assertNotIn("debtor.a@example.com", json.dumps(data))

    def test_a_person_is_found_by_its_address(self):
        debtor = self._debtor()
        request = self._request(
            "access", partner_id=False, email="Debtor A <DEBTOR.A@example.com>"
        )
        self.assertEqual(request.debtor_ids, debtor)
        self.assertEqual(request._own_debtors(), debtor)

    def test_an_erasure_lists_what_is_kept_and_why(self):
        debtor, mail, letter = self._closed()
        request = self._request("erasure", identity="ID card")
        debtor.sued_on = MONDAY
        with self.at("2026-12-15"), self.law():
            request.action_propose_erasure()
        self.assertIn("Sued", request.kept)
        self.assertFalse(request.erasure_ids)
        debtor.sued_on = False
        with self.at("2028-11-30"), self.law():  # the letter is not two years old
            request.action_propose_erasure()
        self.assertIn("1 contacts of the last 2 years (Art. 37)", request.kept)
        self.assertIn("books of the company", request.kept)
        erasure = request.erasure_ids
        self.assertEqual((erasure.state, erasure.contact_count), ("proposed", 1))
        with self.assertRaises(UserError):  # proposed by the same manager
            self._approve(erasure)
        self.manager = new_test_user(
            self.env,
            login="second manager",
            groups="cobranza_legal.group_collection_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self._approve(erasure)
        self._trigger("2028-12-01")
        self.assertTrue(mail.erased_on)
        self.assertFalse(letter.erased_on)

    def test_another_open_request_keeps_the_log(self):
        debtor, _mail, _letter = self._closed()
        request = self._request("access")
        [message] = debtor._retention_refusals()
        self.assertIn("Open request", message)
        self.assertFalse(debtor._retention_refusals(besides=request))
        self._trigger(LATER)
        self.assertFalse(self._erasure(debtor))

    def test_collectors_register_requests_and_managers_answer_them(self):
        vals = {"kind": "objection", "partner_id": self.partner_a.id}
        requests = self.env["cobranza.privacy.request"]
        with self.at(MONDAY), self.law():
            request = requests.with_user(self.users["collector"]).create(vals)
            with self.assertRaises(AccessError):
                request.answer = "x"
            for button in ("action_block", "action_refuse", "action_withdraw"):
                with self.assertRaises(AccessError):
                    getattr(request, button)()
        for role in ("lawyer", "all_lawyer", "accountant", "approver"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                requests.with_user(self.users[role]).create(vals)
            with self.subTest(role=role), self.assertRaises(AccessError):
                request.with_user(self.users[role]).read(["kind"])
