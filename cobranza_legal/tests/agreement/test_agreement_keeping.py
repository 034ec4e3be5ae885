import base64
from datetime import date, datetime

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.privacy.data import person_data
from ..common.agreement import AgreementCommon

WHY = "Kept long enough (Art. 37)"
CUTOFF = date(2029, 1, 1)
PICTURE = base64.b64encode(b"a picture")


@tagged("post_install", "-at_install")
class TestAgreementKeeping(AgreementCommon):
    """Agreements, and what guarantors signed for them, are told to whom they are about,
    kept until their time is over, and follow a debtor that is merged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_b.lang = "en_US"
        cls.guarantor = cls.env["cobranza.obligor"].create(
            {
                "debtor_id": cls.debtor.id,
                "partner_id": cls.partner_b.id,
                "capacity": "guarantor",
                "since": "2026-01-01",
            }
        )
        cls.agreement = cls._agreement(grounds="secret illness")
        cls.agreement.action_request()
        cls.approval = cls.env["cobranza.approval"]._ask(
            cls.agreement, "agreement", "A secret reason", 1200, cls.debts.currency_id
        )
        cls.approval.sudo()._set_state(
            "approved",
            "A secret answer",
            answer="A secret answer",
            answered_by_id=cls.env.uid,
            answered_on=datetime(2026, 11, 23, 9),
        )
        cls.paper = cls.agreement._write_paper("agreement_consent", cls.guarantor)
        cls._signature(cls.paper, "Benito secret")
        cls.paper.sudo()._document_signed(None)
        today = cls.company._cobranza_today()
        cls.agreement._consent(cls.guarantor, today, cls._file("secret consent.pdf"))
        cls.agreement.action_offer()
        cls._signature(cls.agreement, "Ana secret")
        cls.agreement._through_gate().scan_ids = cls._file("secret scan.pdf")
        cls.agreement._sign(today, "hand")
        cls.env.flush_all()

    @classmethod
    def _file(cls, name):
        place = {"res_model": "cobranza.agreement", "res_id": cls.agreement.id}
        values = {"name": name, "raw": b"%PDF-1.4 secret", **place}
        return cls.env["ir.attachment"].create(values)

    @classmethod
    def _signature(cls, record, name):
        cls.env["cobranza.signature"].sudo().create(
            {
                "company_id": cls.company.id,
                "debtor_id": cls.debtor.id,
                "res_model": record._name,
                "res_id": record.id,
                "name": name,
                "image": PICTURE,
                "moment": datetime(2026, 11, 23, 10),
                "way": "link",
                "document_hash": record.document_hash,
            }
        )

    def _data(self, partner):
        requests = self.env["cobranza.privacy.request"].sudo()
        return person_data(
            requests.create(
                {
                    "kind": "access",
                    "partner_id": partner.id,
                    "received_on": "2026-11-20",
                    "deadline": "2026-12-20",
                }
            )
        )

    def test_the_debtor_is_told_of_its_agreements_and_who_consented_to_them_when(self):
        self.debts.sudo()._through_gate().limitation_on = "2031-11-23"
        [own] = self._data(self.partner_a)["debtor"]
        [agreement] = own["agreements"]
        self.assertEqual(agreement["document_hash"], self.agreement.document_hash)
        self.assertEqual(len(own["instalments"]), 4)
        self.assertEqual(
            own["consents_to_agreements"], [{"consented_on": "2026-11-23"}]
        )
        self.assertNotIn("document_body", own["papers_of_agreements"][0])
        [signature] = own["signatures_of_agreements"]
        self.assertEqual(signature["name"], "Ana secret", "and no guarantor's")
        self.assertEqual(own["debts"][0]["limitation_on"], "2031-11-23")

    def test_a_guarantor_is_told_of_what_it_consented_to_and_signed(self):
        data = self._data(self.partner_b)
        self.assertEqual(data["debtor"], [])
        [answers] = data["answers_for"]
        self.assertEqual(answers["consents"], [{"consented_on": "2026-11-23"}])
        [paper] = answers["papers"]
        self.assertEqual(paper["document_hash"], self.paper.document_hash)
        self.assertIn("consents expressly", paper["document_body"])
        [signature] = answers["signatures"]
        self.assertEqual(signature["name"], "Benito secret")

    def test_it_keeps_the_log_while_it_runs_and_what_is_younger_stays(self):
        found = " ".join(self.debtor._retention_refusals())
        self.assertIn(self.agreement.name, found)
        with self.at("2030-01-10"):
            self.debtor._erase_matters(CUTOFF, WHY)
        self.assertEqual(self.agreement.grounds, "secret illness")
        self.assertFalse(self.agreement.erased_on)

    def test_words_files_and_signatures_go_and_hash_days_and_sums_stay(self):
        for debt, amount in zip(self.debts, (700, 300, 200), strict=True):
            self._pay_debt(debt, amount, "2026-12-01")
        agreement, paper = self.agreement.sudo(), self.paper.sudo()
        self.assertEqual(agreement.state, "completed")
        files = agreement.scan_ids | agreement.consent_ids.file_ids
        files |= agreement.document_file_id | paper.document_file_id
        self.assertEqual(len(files), 4)
        kept = agreement.document_hash, paper.document_hash
        self.env.flush_all()
        with self.at("2030-01-10"):
            self.assertTrue(self.debtor._blocks_to_erase(CUTOFF))
            self.debtor._erase_matters(CUTOFF, WHY)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertFalse(self.debtor._blocks_to_erase(CUTOFF))
        self.assertFalse(files.exists())
        self.assertEqual((agreement.document_hash, paper.document_hash), kept)
        self.assertEqual((agreement.erased_reason, paper.erased_reason), (WHY, WHY))
        approval = self.approval.sudo()
        self.assertEqual(approval.subject, agreement.name, "and nobody's name")
        self.assertEqual((approval.state, approval.amount), ("approved", 1200))
        self.assertTrue(approval.answered_by_id and approval.answered_on)
        self.assertEqual(str(agreement.signed_on), "2026-11-23")
        self.assertEqual(agreement.total, 1200)
        self.assertEqual(str(agreement.consent_ids.consented_on), "2026-11-23")
        for table, column in (
            *(("cobranza_agreement", name) for name in ("grounds", "document_body")),
            ("cobranza_agreement_paper", "document_body"),
            *(("cobranza_signature", name) for name in ("name", "origin")),
            *(("cobranza_history", name) for name in ("change", "reason")),
            *(("cobranza_approval", name) for name in ("reason", "answer")),
            *(("cobranza_approval", name) for name in ("state_reason", "facts::text")),
            ("ir_attachment", "name"),
        ):
            self.env.cr.execute(
                f"SELECT count(*) FROM {table} WHERE {column} LIKE '%secret%'"
            )
            self.assertEqual(self.env.cr.fetchone(), (0,), (table, column))

    def test_it_follows_a_debtor_that_is_merged(self):
        partner = self.env["res.partner"].create({"name": "The same"})
        move = self._invoice(partner=partner)
        self._run("2026-11-24")
        target = self._debts(move).debtor_id
        self.debtor.sudo()._merge_into(target.sudo())
        self.env.invalidate_all()
        self.assertEqual(self.agreement.debtor_id, target)
        self.assertEqual(self.paper.debtor_id, target)
        self.assertEqual(self.agreement.instalment_ids.debtor_id, target)
        self.assertEqual(self.agreement.state, "active")
        self.assertTrue(self.agreement._verify_document())
        self.assertEqual(self.agreement.history_ids.debtor_id, target)
        self._pay_debt(self.debts[0], 300, "2026-12-20")
        with self.at("2026-12-24"):
            self.assertEqual(self.agreement.instalment_ids[0].status, "paid")
            self.assertTrue(self.debts.sudo()._covered_spans(self.debts.ids))
        with self.refuses(ValidationError, self.agreement.name):
            self._agreement(debtor_id=target.id)
