import base64
from datetime import date, datetime

from odoo.tests import tagged

from ...models.privacy.data import person_data
from ..common.mandate import IBAN, OTHER_IBAN, MandateCommon

WHY = "Kept long enough (Art. 37)"
CUTOFF = date(2028, 1, 1)
PICTURE = base64.b64encode(b"a picture")


@tagged("post_install", "-at_install")
class TestMandatePrivacy(MandateCommon):
    """Who asks for its data is told of its mandates, and they are kept until nothing
    can be claimed by them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mandate = cls._mandate(reference="SECRET-1")
        cls.mandate.action_request()
        cls.signature = cls.env["cobranza.signature"].sudo()
        cls.signature = cls.signature.create(
            {
                "company_id": cls.company.id,
                "debtor_id": cls.mandate.debtor_id.id,
                "res_model": cls.mandate._name,
                "res_id": cls.mandate.id,
                "name": "Ana Pérez",
                "image": PICTURE,
                "moment": datetime(2026, 11, 2, 10),
                "origin": "192.0.2.1 · secret phone",
                "address": "Calle Sierpes 1",
                "way": "link",
                "document_hash": cls.mandate.document_hash,
            }
        )
        cls.mandate._sign(date(2026, 11, 2), "Sevilla", "page")
        cls.mandate._keep_signed()
        cls.mandate._used(date(2026, 11, 10))
        cls.mandate._amend("New bank", account=cls._account(cls.partner_a, OTHER_IBAN))
        cls.debtor = cls.mandate.debtor_id.sudo()

    def test_the_data_of_a_person_has_its_mandates_and_signatures(self):
        request = (
            self.env["cobranza.privacy.request"]
            .sudo()
            .create(
                {
                    "kind": "access",
                    "partner_id": self.partner_a.id,
                    "received_on": "2026-11-20",
                    "deadline": "2026-12-20",
                }
            )
        )
        self._switch(False)
        [own] = person_data(request)["debtor"]
        [mandate] = own["mandates"]
        self.assertEqual(mandate["account_number"], OTHER_IBAN)
        self.assertEqual(mandate["signed_on"], "2026-11-02")
        [amendment] = own["mandate_amendments"]
        self.assertEqual((amendment["old"], amendment["new"]), (IBAN, OTHER_IBAN))
        [signature] = own["signatures"]
        self.assertEqual(base64.b64decode(signature["image"]), b"a picture")
        self.assertIn("192.0.2.1", signature["origin"])
        self.assertEqual(own["direct_debits"], [])

    def _refusals(self, day):
        with self.at(day):
            return " ".join(self.debtor._retention_refusals())

    def test_it_is_kept_while_it_is_in_force_and_while_debits_may_be_taken_back(self):
        self.assertIn("Open mandate: SECRET-1", self._refusals("2026-11-23"))
        self.mandate._stop("revoked", "debtor", "")
        self.assertIn("unauthorised", self._refusals("2027-12-10"))
        self.assertNotIn("SECRET-1", self._refusals("2027-12-11"))

    def _erase(self, cutoff=CUTOFF):
        self.mandate._stop("revoked", "debtor", "said so to secret Maria")
        self.env.flush_all()
        with self.at("2029-01-10"):
            self.assertTrue(self.debtor._blocks_to_erase(CUTOFF))
            self.debtor._erase_matters(cutoff, WHY)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_hash_dates_and_reason_stay_and_the_rest_goes(self):
        mandate, signature = self.mandate.sudo(), self.signature
        files = mandate.document_file_id | mandate.signed_file_id
        self.assertTrue(files)
        words = mandate.document_hash
        self.assertFalse(self.debtor._blocks_to_erase(CUTOFF))
        self._erase()
        self.assertEqual(mandate.document_hash, words)
        self.assertEqual(signature.document_hash, words)
        self.assertEqual(mandate.signed_on, date(2026, 11, 2))
        self.assertEqual(mandate.state, "revoked")
        self.assertEqual(mandate.stop_reason, "debtor")
        self.assertEqual((mandate.erased_reason, signature.erased_reason), (WHY, WHY))
        self.assertTrue(mandate.erased_on and signature.erased_on)
        for name in ("account_number", "bank_account_id", "document_body"):
            self.assertFalse(mandate[name], name)
        for name in ("name", "image", "address", "origin"):
            self.assertFalse(signature[name], name)
        self.assertFalse(files.exists())
        [row] = mandate.amendment_ids
        self.assertEqual((row.kind, row.old, row.new), ("account", False, False))
        self.assertEqual(row.reason, WHY)
        self.assertFalse(self.debtor._blocks_to_erase(CUTOFF))

    def test_no_trace_is_left_in_the_tables(self):
        words = "secret word"
        self.mandate.message_post(body=words)
        self._erase()
        for table, column in (
            ("cobranza_mandate", "document_body"),
            ("cobranza_mandate", "state_reason"),
            ("cobranza_mandate_amendment", "old"),
            ("cobranza_signature", "origin"),
            ("cobranza_history", "change"),
            ("cobranza_history", "reason"),
            ("mail_message", "body"),
        ):
            self.env.cr.execute(
                f"SELECT count(*) FROM {table} WHERE {column} LIKE ANY(%s)",
                [["%secret%", f"%{IBAN}%", f"%{OTHER_IBAN}%", "%Pérez%"]],
            )
            self.assertEqual(self.env.cr.fetchone(), (0,), (table, column))

    def test_what_is_younger_stays_whole(self):
        self._erase(date(2026, 11, 1))
        self.assertEqual(self.mandate.account_number, OTHER_IBAN)
        self.assertEqual(self.signature.name, "Ana Pérez")
        self.assertFalse(self.mandate.erased_on)
