from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.privacy.data import _debtor_data
from ..common.documents import DocumentCommon
from ..debtor.assigned import AssignedCommon

CUTOFF = date(2031, 1, 1)


@tagged("post_install", "-at_install")
class TestKeeping(DocumentCommon):
    def setUp(self):
        super().setUp()
        self.partner = self._customer()
        self.document = self._document(self.partner, self.contract)
        self.document._receive(b"secret", "secret.pdf")
        self.document.note = "A note"
        self.debtor = self.document.debtor_id

    def test_what_is_known_is_given_to_the_person(self):
        data = _debtor_data(self.debtor.sudo())
        mine = [one for one in data["documents"] if one["state"] == "received"]
        self.assertEqual(mine[0]["type_id"], ["Contract"])
        self.assertIn("file_hashes", mine[0])

    def test_files_and_words_go_with_the_log_and_hashes_stay(self):
        files, hashes = self.document.file_ids, self.document.file_hashes
        with self.at("2032-01-01"):
            self.assertTrue(self.debtor._blocks_to_erase(CUTOFF))
            self.debtor._erase_matters(CUTOFF, "Its time is over")
            self.assertFalse(self.debtor._blocks_to_erase(CUTOFF))
        self.assertFalse(files.exists())
        self.assertFalse(self.document.note or self.document.file_ids)
        self.assertEqual(self.document.file_hashes, hashes)
        self.assertEqual(self.document.state, "received")
        self.assertEqual(self.document.erased_reason, "Its time is over")

    def test_what_happened_later_stays_whole(self):
        with self.at("2031-06-01"):
            self.document.action_check()
        with self.at("2032-01-01"):
            self.debtor._erase_matters(CUTOFF, "Its time is over")
        self.assertEqual(self.document.file_ids.raw, b"secret")

    def test_an_original_that_somebody_holds_keeps_the_log(self):
        self.contract.paper = True
        self.assertFalse(self._original_refusals())
        self.document._move_original("received", date(2026, 11, 23))
        self.assertEqual(len(self._original_refusals()), 1)

    def _original_refusals(self):
        self.env.invalidate_all()
        found = self.debtor._retention_refusals()
        return [one for one in found if "original is held by" in one]

    def test_two_debtors_that_are_one_keep_the_documents_of_both(self):
        other = self._customer(name="The same")
        theirs = self._document(other, self.contract)
        theirs._receive(b"theirs", "theirs.pdf")
        debtor = theirs.debtor_id
        debtor.sudo()._merge_into(self.debtor.sudo())
        self.env.invalidate_all()
        self.assertFalse(debtor.exists())
        self.assertEqual(theirs.debtor_id, self.debtor)
        self.assertEqual(theirs.file_ids.raw, b"theirs")
        self.assertIn(self.document, self.debtor.document_ids)

    def test_another_company_sees_nothing(self):
        other = self._create_company(name="Other")
        user = self._role("collector")
        user.sudo().write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        mine = self.document.with_user(user)
        self.assertFalse(mine.search([]))
        with self.assertRaises(AccessError):
            mine.read(["note"])


@tagged("post_install", "-at_install")
class TestDocumentsOfALawyer(DocumentCommon, AssignedCommon):
    def test_a_lawyer_sees_those_of_its_debts_and_no_others(self):
        for debt in self.debts:
            self._document(debt, self.signed_note)._receive(b"x", "x.pdf")
        whole = self._document(self.debtor, self.contract)
        whole._receive(b"x", "x.pdf")
        mine = self.env["cobranza.document"].with_user(self.lawyer)
        found = mine.search([])
        self.assertEqual(found.debt_id, self.mine.with_user(self.lawyer))
        self.assertEqual(found.file_ids.mapped("raw"), [b"x", b"x"])
        hidden = self.others[0].document_ids
        with self.assertRaises(AccessError):
            hidden.with_user(self.lawyer).read(["state"])
        with self.assertRaises(AccessError):
            hidden.file_ids.with_user(self.lawyer).read(["raw"])
        self.assertFalse(found & whole)
        with self.assertRaises(AccessError):
            found[:1].note = "x"
        self.others._assign(self.lawyer)
        self.env.invalidate_all()
        self.assertIn(whole.with_user(self.lawyer), mine.search([]))

    def test_a_lawyer_opens_the_documents_of_its_debts(self):
        debt = self.mine[0].with_user(self.lawyer)
        action = debt.action_view_documents()
        found = self.env["cobranza.document"].with_user(self.lawyer)
        found = found.search(action["domain"])
        self.assertEqual(found.debt_id, debt)
        self.assertEqual(debt.documents_note, "Signed note")
        found.mapped("standing")
        found.mapped("display_name")
