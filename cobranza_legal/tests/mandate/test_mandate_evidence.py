import base64
import csv
import hashlib
import io
import json
import zipfile
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..common.mandate import OTHER_IBAN
from .test_debit import DebitCommon
from .test_mandate_signing import picture


@tagged("post_install", "-at_install")
class TestMandateEvidence(DebitCommon, HttpCase):
    """What a creditor shows when a debtor says that it signed nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_mode = "automatic"
        cls.mandate._stop("revoked", "creditor", "")
        cls.mandate = cls._mandate(reference="M-77")
        cls.mandate.action_request()
        signature = {
            "company_id": cls.company.id,
            "debtor_id": cls.mandate.debtor_id.id,
            "res_model": "cobranza.mandate",
            "res_id": cls.mandate.id,
            "name": "Ana Pérez",
            "image": picture(),
            "moment": "2026-11-23 10:00:00",
            "address": "Calle Sierpes 1",
            "origin": "203.0.113.9 · Firefox",
            "way": "link",
            "document_hash": cls.mandate.document_hash,
        }
        cls.signature = cls.env["cobranza.signature"].sudo().create(signature)
        cls.mandate.invalidate_recordset(["signature_ids"])
        cls.mandate._sign(date(2026, 11, 23), "Sevilla", "page")
        cls.mandate._keep_signed()
        cls.move = cls._bill()
        batch = cls._batch()
        cls.debit = batch.debit_ids
        batch.action_notify()
        cls.notice = cls.debit.notice_contact_id._through_gate()
        cls.notice._set_state("sending")
        cls.notice.write({"subject": "Debit", "body": "<p>Your account</p>"})
        cls.notice._set_state("sent", sent_at="2026-11-23 12:00:00")
        with cls.at("2026-12-22"):
            batch.action_present()
        cls.proof = cls.env["ir.attachment"].create(
            {"name": "md01.txt", "raw": b"MD01"}
        )
        with cls.at("2026-12-28"):
            cls.debit._come_back("unknown", date(2026, 12, 28), files=cls.proof)

    def _evidence(self, user=None, **vals):
        model = self.env["cobranza.mandate.evidence"].with_user(user or self.env.user)
        vals = {"mandate_id": self.mandate.id, "reason": "Claim 7", **vals}
        return model.create(vals)

    def _zip(self, evidence):
        stream = io.BytesIO()
        with self.at("2026-12-29"):
            evidence._write_zip(stream)
        archive = zipfile.ZipFile(stream)
        top = archive.namelist()[0].split("/")[0]
        return {
            name.removeprefix(f"{top}/"): archive.read(name)
            for name in archive.namelist()
        }

    def test_it_holds_what_was_signed_told_and_presented(self):
        files = self._zip(self._evidence(debit_id=self.debit.id))
        names = " ".join(files)
        for part in (
            "evidence.pdf",
            "mandate/content.json",
            "mandate/signature-1.png",
            "signatures.csv",
            "presentations.csv",
            "letters/001_2026-11-23/text.html",
            "returns/md01.txt",
            "manifest.json",
            "SHA256SUMS",
        ):
            self.assertIn(part, names)
        signed = self.mandate.signed_file_id.raw
        self.assertIn(signed, files.values())
        self.assertIn(self.mandate.document_file_id.raw, files.values())
        found = hashlib.sha256(files["mandate/content.json"]).hexdigest()
        self.assertEqual(found, self.mandate.document_hash)
        self.assertEqual(
            files["mandate/signature-1.png"], base64.b64decode(self.signature.image)
        )
        [row] = self._rows(files["signatures.csv"])
        self.assertEqual(row["name"], "Ana Pérez")
        self.assertEqual(row["origin"], "203.0.113.9 · Firefox")
        self.assertEqual(row["document_hash"], self.mandate.document_hash)
        [row] = self._rows(files["presentations.csv"])
        self.assertEqual(row["collect_on"], "2026-12-23")
        self.assertEqual(row["notified_on"], "2026-11-23")
        self.assertEqual(row["amount"], "500.0")
        manifest = json.loads(files["manifest.json"])
        self.assertEqual(manifest["mandate"]["reference"], "M-77")
        self.assertTrue(manifest["words_as_signed"])
        self.assertEqual(manifest["claimed"], self.debit.display_name)
        for line in files["SHA256SUMS"].decode().splitlines():
            digest, name = line.split("  ", 1)
            self.assertEqual(digest, hashlib.sha256(files[name]).hexdigest(), name)

    @staticmethod
    def _rows(content):
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    def test_the_account_is_read_in_groups(self):
        shown = self._evidence()._account()
        self.assertEqual(shown, "ES91 2100 0418 4502 0005 1332")

    def test_words_that_were_changed_are_told(self):
        self.mandate._through_gate().document_body = "<p>Other words</p>"
        manifest = json.loads(self._zip(self._evidence())["manifest.json"])
        self.assertFalse(manifest["words_as_signed"])

    def test_nothing_of_other_debtors_is_in_it(self):
        self.company.cobranza_debit_again_from = 5
        other = self._valid(self.partner_b, reference="OTHER-1")
        move = self._bill("2027-01-20", partner=self.partner_b)
        with self.at("2026-12-29"):
            batch = self._batch("2027-01-31")
            debit = batch.debit_ids.filtered(lambda one: one.move_id == move)
            debit._tell(date(2026, 12, 29))
        with self.at("2027-01-19"):
            batch.action_present()
            debit._come_back("unknown", date(2027, 1, 19), files=self.proof)
        files = self._zip(self._evidence())
        self.assertFalse([name for name in files if name.startswith("returns/")])
        plain = b"".join(
            content for name, content in files.items() if not name.endswith(".pdf")
        )
        for secret in (other.reference, OTHER_IBAN, self.partner_b.name):
            self.assertNotIn(secret.encode(), plain)

    def test_who_took_it_and_why_stays(self):
        collector = self._role("collector")
        self._zip(self._evidence(collector))
        for record in (self.mandate, self.mandate.debtor_id):
            row = self.env["cobranza.history"].search(
                [("res_model", "=", record._name), ("res_id", "=", record.id)],
                limit=1,
                order="id desc",
            )
            self.assertIn("vidence", row.change)
            self.assertEqual(row.reason, "Claim 7")
            self.assertEqual(row.user_id, collector)

    def test_collectors_and_managers_take_it_and_nobody_else(self):
        for role in ("collector", "manager"):
            self.assertTrue(self._zip(self._evidence(self._role(role))))
        for role in ("accountant", "approver", "lawyer"):
            with self.subTest(role), self.assertRaises(AccessError):
                self._evidence(self._role(role))
        stranger = self.setup_other_company()["company"]
        user = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "stranger_evidence",
                "company_id": stranger.id,
                "company_ids": [Command.set(stranger.ids)],
                "group_ids": [
                    Command.link(self.env.ref("cobranza_legal.group_collector").id)
                ],
            }
        )
        with self.assertRaises(AccessError):
            self._evidence(user)

    def test_the_debit_is_of_the_mandate(self):
        with self.assertRaises(UserError):
            self._evidence(mandate_id=self._valid().id, debit_id=self.debit.id)

    def test_the_buttons_name_the_mandate_and_the_debit(self):
        context = self.debit.action_evidence()["context"]
        self.assertEqual(context["default_mandate_id"], self.mandate.id)
        self.assertEqual(context["default_debit_id"], self.debit.id)
        context = self.mandate.action_evidence()["context"]
        self.assertEqual(context, {"default_mandate_id": self.mandate.id})

    def test_the_archive_is_given_to_whoever_asked_for_it_only(self):
        users = {}
        for role in ("collector", "manager"):
            users[role] = self._role(role)
            users[role].sudo().password = users[role].login
        evidence = self._evidence(users["collector"])
        url = evidence.action_zip()["url"]
        self.assertIn("login", self.url_open(url).url)
        for role, status in (("manager", 404), ("collector", 200)):
            login = users[role].login
            self.authenticate(login, login)
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, status, role)
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        self.assertIsNone(archive.testzip())
