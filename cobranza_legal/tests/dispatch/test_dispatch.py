import base64
import csv
import hashlib
import io
import zipfile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.contact import MONDAY
from ..common.paper import PaperCommon

HEADER = "id;tracking;event;date;price;evidence"
NOW = "2026-11-30 12:00:00"


def make_zip(table, **files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("answers.csv", table)
        for name, content in files.items():
            archive.writestr(name.replace("_pdf", ".pdf"), content)
    return out.getvalue()


class DispatchCommon(PaperCommon):
    def _hand_over(self, letters, moment=f"{MONDAY} 13:00:00"):
        with self.clock(moment):
            action = letters.action_hand_over()
            wizard = self.env[action["res_model"]].with_user(self.collector)
            wizard = wizard.create({"contact_ids": letters.ids})
            self.assertEqual(wizard.provider_id, self.provider)
            opened = wizard.action_confirm()
        return self.env[opened["res_model"]].browse(opened["res_id"])

    def _handed(self):
        letter = self._letter()
        self._hand_over(letter)
        return letter

    def _read(self, content, at=NOW, name="answers.csv"):
        """The collector uploads a file: its record."""
        if isinstance(content, str):
            content = content.encode()
        with self.clock(at):
            wizard = self.env["cobranza.dispatch.upload"].with_user(self.collector)
            file = base64.b64encode(content)
            vals = {"provider_id": self.provider.id, "file": file, "filename": name}
            opened = wizard.create(vals).action_confirm()
        return self.env[opened["res_model"]].browse(opened["res_id"])

    @staticmethod
    def _table(*rows):
        return "\n".join([HEADER, *rows])

    def _kinds(self, letter):
        return letter.event_ids.sorted("id").mapped("kind")


@tagged("post_install", "-at_install")
class TestDispatch(DispatchCommon):
    """Batches that leave, and what comes back about them."""

    def test_a_batch_holds_a_paper_for_each_letter_and_a_table(self):
        one = self._letter()
        other = self._letter(self._invoice(partner=self.partner_b))
        batch = self._hand_over(one | other)
        self.assertEqual(set((one | other).mapped("state")), {"sent"})
        self.assertEqual(self._kinds(one), ["printed", "handed_over"])
        self.assertEqual(batch.file_hash, hashlib.sha256(batch.file_id.raw).hexdigest())
        with zipfile.ZipFile(io.BytesIO(batch.file_id.raw)) as archive:
            table = archive.read("batch.csv").decode()
            rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))
            for letter, row in zip((one, other), rows, strict=True):
                paper = archive.read(row["document"])
                self.assertEqual(paper, letter.attachment_id.raw)
                self.assertEqual(row["sha256"], hashlib.sha256(paper).hexdigest())
                self.assertEqual(row["id"], letter._reference())
                self.assertEqual(row["attempt"], batch.name)
                self.assertEqual(row["recipient"], letter.recipient_id.name)
        self.assertEqual((rows[1]["street"], rows[1]["city"]), ("Gran Vía 2", "Madrid"))

    def test_a_letter_is_handed_over_once_and_only_if_it_still_claims(self):
        letter = self._handed()
        with self.assertRaises(UserError):
            letter.action_hand_over()
        paid = self._letter(self._invoice(partner=self.partner_b))
        move = paid.line_ids.debt_id.move_id.with_user(self.env.user)
        self._register_payment(move)
        with self.assertRaises(UserError):
            self._hand_over(paid)
        plain = self._letter(self._invoice(amount=7), channel="letter")
        with self.assertRaisesRegex(UserError, "certified letters"):
            plain.action_hand_over()

    def test_names_are_no_formulas_of_a_spreadsheet(self):
        self.partner_a.name = '=HYPERLINK("http://x")'
        batch = self._hand_over(self._letter())
        with zipfile.ZipFile(io.BytesIO(batch.file_id.raw)) as archive:
            self.assertIn(b"'=HYPERLINK", archive.read("batch.csv"))

    def test_answers_with_their_files_prove_the_reception_and_the_cost(self):
        letter = self._handed()
        ref = letter._reference()
        table = self._table(
            f"{ref};CD1;posted;2026-11-23;6,10;r_pdf".replace("r_pdf", "r.pdf"),
            f"{ref};CD1;delivered;2026-11-26 10:30;;d.pdf",
        )
        answer = self._read(make_zip(table, r_pdf=b"receipt", d_pdf=b"acuse"))
        self.assertEqual(answer.line_ids.mapped("result"), ["done", "done"])
        self.assertEqual(letter.tracking_number, "CD1")
        self.assertEqual(self._kinds(letter)[2:], ["posted", "delivered"])
        self.assertEqual(self._reception(letter)[0], "2026-11-26")
        self.assertEqual(str(letter.posted_on), MONDAY)
        cost = letter.cost_id
        self.assertEqual((cost.amount, cost.attachment_ids.raw), (6.1, b"receipt"))
        event = letter.event_ids.filtered(lambda event: event.kind == "delivered")
        self.assertEqual(event.file_hash, hashlib.sha256(b"acuse").hexdigest())
        self.assertEqual(event.source, "Post")
        self.assertEqual(answer.file_id.raw[:2], b"PK")

    def test_rows_that_cannot_be_right_are_told_and_the_others_are_read(self):
        letter = self._handed()
        stranger = self._posted(self._invoice(partner=self.partner_b))
        stranger.sudo()._through_gate().provider_id = False
        ref, far = letter._reference(), stranger._reference()
        answer = self._read(
            self._table(
                "C999999;X;posted;2026-11-23;;",
                f"{far};X;posted;2026-11-23;;",
                "42;X;posted;2026-11-23;;",
                f"{ref};X;vanished;2026-11-23;;",
                f"{ref};X;posted;23.11.26;;",
                f"{ref};X;posted;2026-11-22;;",
                f"{ref};X;posted;2026-12-01;;",
                f"{ref};X;posted;2026-11-23;-3;",
                f"{ref};CD7;posted;2026-11-23;6;",
                f"{ref};CD7;posted;2026-11-23;6;",
                f"{ref};CD8;notice_left;2026-11-24;;",
                f"{ref};CD7;notice_left;2026-11-24;;",
            )
        )
        results = answer.line_ids.mapped("result")
        self.assertEqual(
            results, [*["problem"] * 8, "done", "known", "problem", "done"]
        )
        counts = (answer.done_count, answer.known_count, answer.problem_count)
        self.assertEqual(counts, (2, 1, 9))
        self.assertEqual(answer.line_ids.mapped("number"), list(range(2, 14)))
        self.assertTrue(all(answer.line_ids[:8].mapped("message")))
        self.assertIn("vanished", answer.line_ids[3].raw)
        self.assertEqual(self._kinds(letter)[2:], ["posted", "notice_left"])
        self.assertFalse(
            stranger.event_ids.filtered(lambda event: event.source == "Post")
        )

    def test_a_table_of_any_program_is_read(self):
        self.provider.currency_id = self.env.ref("base.CLP")
        letter = self._handed()
        row = f"{letter._reference()};CD1;posted;23/11/2026;8.490;;;"
        table = f"sep=;\r{HEADER};;\r{row}\r"
        answer = self._read(table.encode("utf-16"))
        self.assertFalse(answer.problem)
        self.assertEqual(answer.line_ids.mapped("result"), ["done"])
        self.assertEqual(letter.price, 8490)
        self.assertEqual(str(letter.posted_on), MONDAY)

    def test_a_file_that_no_reader_understands_says_the_line(self):
        answer = self._read(f'{HEADER}\nC1;"x;posted')
        self.assertIn("Line 2", answer.problem)
        self.assertIn("evidence", self._read("id;tracking;event;date;price").problem)

    def test_the_same_file_or_the_same_rows_again_change_nothing(self):
        letter = self._handed()
        row = f"{letter._reference()};CD1;delivered;2026-11-26;;d.pdf"
        content = make_zip(self._table(row), d_pdf=b"acuse")
        answer = self._read(content)
        kinds = self._kinds(letter)
        self.assertEqual(self._read(content, name="again.zip"), answer)
        longer = self._table(row, f"{letter._reference()};;posted;2026-11-23;;")
        again = self._read(make_zip(longer, d_pdf=b"acuse"))
        self.assertEqual(again.line_ids.mapped("result"), ["known", "done"])
        self.assertEqual(self._kinds(letter), [*kinds, "posted"])

    def test_evidence_that_comes_later_completes_and_another_one_is_a_problem(self):
        letter = self._handed()
        row = f"{letter._reference()};CD1;delivered;2026-11-26;;d.pdf"
        first = self._read(self._table(row))
        self.assertEqual(first.line_ids.result, "done")
        self.assertIn("missing", first.line_ids.message)
        self.assertFalse(self._reception(letter)[0])
        self._read(make_zip(self._table(row), d_pdf=b"acuse"))
        self.assertEqual(self._reception(letter)[0], "2026-11-26")
        changed = self._read(make_zip(self._table(row), d_pdf=b"forged"))
        self.assertEqual(changed.line_ids.result, "problem")
        self.assertIn("not the one", changed.line_ids.message)
        files = letter.event_ids.attachment_id.mapped("raw")
        self.assertNotIn(b"forged", files)

    def test_a_row_about_another_document_or_batch_is_refused(self):
        letter = self._handed()
        ref, day = letter._reference(), "2026-11-23"
        right = hashlib.sha256(letter.attachment_id.raw).hexdigest()
        batch = letter.with_user(self.env.user).dispatch_id.name
        table = "\n".join(
            [
                f"{HEADER};sha256;attempt",
                f"{ref};;posted;{day};;;{'0' * 64};",
                f"{ref};;posted;{day};;;{right};D999999",
                f"{ref};;posted;{day};;;{right.upper()};{batch}",
            ]
        )
        results = self._read(table).line_ids.mapped("result")
        self.assertEqual(results, ["problem", "problem", "done"])

    def test_killed_between_two_rows_nothing_was_read(self):
        letter = self._handed()
        ref = letter._reference()
        table = self._table(
            f"{ref};CD1;posted;2026-11-23;;", f"{ref};CD1;notice_left;2026-11-24;;"
        )
        contacts = type(self.env["cobranza.contact"])
        apply = contacts._apply_answer

        def die(contact, answer, *args):
            if answer.event == "notice_left":
                raise RuntimeError("killed")
            return apply(contact, answer, *args)

        before = self._kinds(letter)
        with (
            self.assertRaisesRegex(RuntimeError, "killed"),
            self.env.cr.savepoint(),
            patch.object(contacts, "_apply_answer", die),
        ):
            self._read(table)
        self.env.invalidate_all()
        self.assertEqual(self._kinds(letter), before)
        self.assertFalse(self.env["cobranza.dispatch.answer"].search([]))
        self._read(table)
        self.assertEqual(self._kinds(letter)[2:], ["posted", "notice_left"])

    def test_a_file_that_is_no_table_is_kept_with_the_reason(self):
        answer = self._read(b"PK\x03\x04 broken", name="answers.zip")
        self.assertTrue(answer.problem)
        self.assertEqual(answer.file_id.raw, b"PK\x03\x04 broken")

    def test_a_batch_is_downloaded_and_is_always_the_same_bytes(self):
        batch = self._hand_over(self._letter())
        self.assertIn(str(batch.file_id.id), batch.action_download()["url"])
        again = batch._archive(batch.contact_ids.sorted("id"))
        self.assertEqual(again, batch.file_id.raw)

    def test_without_a_table_a_person_writes_down_the_number(self):
        letter = self._handed()
        self._answer(letter, "posted", tracking_number="cd 5", price=6, file=None)
        self.assertEqual((letter.tracking_number, letter.price), ("CD5", 6))
        self.assertEqual(letter.provider_id, self.provider)
        self._answer(letter, "delivered")
        self.assertEqual(letter.tracking_number, "CD5")

    def test_a_rejected_letter_is_a_task_of_its_collector(self):
        letter = self._handed()
        self._read(self._table(f"{letter._reference()};;rejected;2026-11-24;;"))
        self.assertIn("did not send", letter.activity_id.summary)
        self.assertEqual(letter.activity_id.user_id, self.collector)

    def test_nobody_writes_batches_and_answers_by_hand(self):
        batch = self.env["cobranza.dispatch"].with_user(self.collector)
        with self.assertRaises(AccessError):
            batch.create(
                {"company_id": self.company.id, "provider_id": self.provider.id}
            )
        lawyer = self.env["cobranza.dispatch.upload"].with_user(self._role("lawyer"))
        with self.assertRaises(AccessError):
            lawyer.create({"provider_id": self.provider.id, "file": b"eA=="})
