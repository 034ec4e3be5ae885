from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.documents import DocumentCommon

DAY = date(2026, 11, 23)


@tagged("post_install", "-at_install")
class TestOriginal(DocumentCommon):
    def setUp(self):
        super().setUp()
        move = self._invoice(due="2026-10-05")
        self._run("2026-11-23")
        self.debt = self.env["cobranza.debt"].search([("move_id", "=", move.id)])
        self.debt._state_claim(False, "promissory_note", "Signed")
        self.document = self._document(self.debt, self.note)
        self.lawyer = self._customer(name="Lawyer")
        self.collector = self._role("collector")

    def _dialog(self, **vals):
        dialogs = self.env["cobranza.document.original"].with_user(self.collector)
        dialog = dialogs.create({"document_id": self.document.id, **vals})
        dialog.action_confirm()
        self.env.invalidate_all()

    def test_the_whole_way_of_a_note_is_written_down_and_its_holder_derived(self):
        self.assertEqual(self.document.holder, "Nobody that we know of")
        self._dialog(kind="received", day=date(2026, 11, 1))
        self.assertEqual(self.document.holder, self.company.name)
        self._dialog(
            kind="handed",
            day=date(2026, 11, 2),
            holder_id=self.lawyer.id,
            file=b"cmVjZWlwdA==",
            filename="receipt.pdf",
        )
        self.assertEqual(self.document.holder, "Lawyer")
        row = self.document.custody_ids[0]
        self.assertEqual(row.receipt_id.raw, b"receipt")
        self.assertEqual(len(row.receipt_hash), 64)
        with self.assertRaisesRegex(UserError, "evidence"):
            row.receipt_id.sudo().unlink()
        self._dialog(
            kind="deposited",
            day=date(2026, 11, 3),
            court="2nd Civil Court, C-1-2026",
            file=b"cmVjZWlwdA==",
        )
        self.assertEqual(self.document.holder, "2nd Civil Court, C-1-2026")
        self._dialog(kind="returned", day=date(2026, 11, 4))
        self._dialog(kind="given_back", day=DAY, file=b"cmVjZWlwdA==")
        self.assertEqual(self.document.holder, self.debt.debtor_id.display_name)
        self.assertEqual(len(self.document.custody_ids), 5)

    def test_what_is_not_held_is_not_handed_over(self):
        with self.assertRaisesRegex(UserError, "Nobody that we know of"):
            self._dialog(kind="handed", holder_id=self.lawyer.id, file=b"eA==")
        self._dialog(kind="received")
        self._dialog(kind="handed", holder_id=self.lawyer.id, file=b"eA==")
        with self.assertRaisesRegex(UserError, "held by: Lawyer"):
            self._dialog(kind="handed", holder_id=self.lawyer.id, file=b"eA==")
        self.assertEqual(len(self.document.custody_ids), 2)

    def test_all_that_lacks_is_said_at_once(self):
        self._dialog(kind="received", day=DAY)
        with self.assertRaises(UserError) as error:
            self._dialog(kind="handed", day=date(2026, 11, 24))
        for words in ("to come", "to whom", "receipt"):
            self.assertIn(words, str(error.exception))
        with self.assertRaisesRegex(UserError, "after that day"):
            self._dialog(
                kind="handed",
                day=date(2026, 11, 22),
                holder_id=self.lawyer.id,
                file=b"eA==",
            )

    def test_only_papers_have_an_original_and_the_log_is_never_changed(self):
        other = self._document(self.debt, self.signed_note)
        with self.assertRaisesRegex(UserError, "no paper title"):
            other._move_original("received", DAY)
        self._dialog(kind="received")
        row = self.document.custody_ids
        with self.assertRaises(UserError):
            row.sudo().write({"day": "2026-01-01"})
        with self.assertRaises(UserError):
            row.sudo().unlink()
        mine = row.with_user(self.collector)
        with self.assertRaises(AccessError):
            mine.create({"document_id": self.document.id, "kind": "received"})

    def test_the_next_step_is_proposed(self):
        dialogs = self.env["cobranza.document.original"]
        dialog = dialogs.create({"document_id": self.document.id})
        self.assertEqual(dialog.kind, "received")
        self._dialog(kind="received")
        dialog = dialogs.create({"document_id": self.document.id})
        self.assertEqual(dialog.kind, "handed")
