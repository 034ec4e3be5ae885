import base64
import csv
import hashlib
import io
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.dispatch.provider import PARAMETER
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
        event = letter.event_ids.filtered(lambda one: one.kind == "delivered")
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
                f"{ref};X;posted;23.11.2026;;",
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
        self.assertFalse(stranger.event_ids.filtered(lambda one: one.source == "Post"))

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


@tagged("post_install", "-at_install")
class TestDispatchFolder(DispatchCommon):
    """The folder of the server: whole files, each read once."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.base = Path(folder.name).resolve()
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, str(self.base))
        self.provider.uses_folder = True
        self.cron = self.env.ref("cobranza_legal.ir_cron_send")
        self.exchange = self.env.ref("cobranza_legal.ir_cron_exchange")

    def _exchange(self, at=NOW):
        with self.clock(at), self.enter_registry_test_mode():
            self.exchange.method_direct_trigger()

    def _folder(self, part):
        place = (self.env.cr.dbname, str(self.company.id), str(self.provider.id), part)
        return self.base.joinpath(*place)

    def _drop(self, name, content):
        self._folder("in").mkdir(parents=True, exist_ok=True)
        (self._folder("in") / name).write_bytes(content)

    def _names(self, part):
        return sorted(path.name for path in self._folder(part).iterdir())

    def test_batches_are_written_whole_and_once(self):
        batch = self._hand_over(self._letter())
        self._exchange()
        target = self._folder("out") / f"{batch.name}.zip"
        self.assertEqual(target.read_bytes(), batch.file_id.raw)
        self.assertEqual(self._names("out"), [target.name])
        self.assertTrue(batch.written_on)
        target.unlink()
        self._exchange()
        self.assertEqual(self._names("out"), [])
        batch.with_user(self.collector).action_write()
        self.assertEqual(self._names("out"), [target.name])

    def test_killed_while_writing_leaves_no_half_file(self):
        batch = self._hand_over(self._letter())
        path = "odoo.addons.cobranza_legal.models.dispatch.provider.os.replace"
        with patch(path, side_effect=OSError("killed")):
            self._exchange()
        self.assertFalse([n for n in self._names("out") if not n.startswith(".")])
        self.assertFalse(batch.written_on)
        self._exchange()
        self.assertEqual(self._names("out"), [f"{batch.name}.zip"])

    def test_answers_are_read_once_even_when_killed_before_they_are_put_away(self):
        letter = self._handed()
        row = f"{letter._reference()};CD1;delivered;2026-11-26;;d.pdf"
        self._exchange()
        self._drop("answers.zip", make_zip(self._table(row), d_pdf=b"acuse"))
        path = "odoo.addons.cobranza_legal.models.dispatch.provider.os.replace"
        with patch(path, side_effect=OSError("killed")):
            self._exchange()
        self.assertEqual(self._names("in"), ["answers.zip"])
        self.assertEqual(self._kinds(letter).count("delivered"), 1)
        self._exchange()
        self.assertEqual(self._names("in"), [])
        self.assertEqual(len(self._names("done")), 1)
        self.assertEqual(self._kinds(letter).count("delivered"), 1)

    def test_killed_between_two_rows_nothing_was_read(self):
        letter = self._handed()
        ref = letter._reference()
        rows = (f"{ref};CD1;posted;2026-11-23;;", f"{ref};CD1;notice_left;2026-11-24;;")
        self._drop("answers.csv", self._table(*rows).encode())
        contacts = type(self.env["cobranza.contact"])
        apply = contacts._apply_answer

        def die(contact, answer, *args):
            if answer.event == "notice_left":
                raise RuntimeError("killed")
            return apply(contact, answer, *args)

        before = self._kinds(letter)
        with (
            patch.object(contacts, "_apply_answer", die),
            self.assertLogs("odoo.addons.cobranza_legal", "ERROR"),
        ):
            self._exchange()
        self.assertEqual(self._kinds(letter), before)
        self.assertEqual(self._names("in"), ["answers.csv"])
        self._exchange()
        self.assertEqual(self._kinds(letter)[2:], ["posted", "notice_left"])

    def test_links_and_unfinished_files_are_not_read(self):
        self._exchange()
        secret = self.base / "secret.csv"
        secret.write_text(self._table())
        (self._folder("in") / "link.csv").symlink_to(secret)
        for name in (".hidden.csv", "half.csv.part", "half.zip.tmp"):
            self._drop(name, b"x")
        self._exchange()
        self.assertEqual(len(self._names("in")), 4)
        self.assertFalse(self.env["cobranza.dispatch.answer"].search([]))

    def test_a_file_that_is_no_table_is_put_aside(self):
        self._drop("answers.zip", b"PK\x03\x04 broken")
        self._exchange()
        self.assertEqual(len(self._names("rejected")), 1)
        self.assertTrue(self.env["cobranza.dispatch.answer"].search([]).problem)

    def test_the_folder_never_leads_out_of_its_base(self):
        outside = tempfile.TemporaryDirectory()
        self.addCleanup(outside.cleanup)
        self._folder("in").parent.parent.mkdir(parents=True)
        self._folder("in").parent.symlink_to(outside.name)
        batch = self._hand_over(self._letter())
        with self.assertRaises(UserError):
            batch.action_write()
        self.assertFalse(list(Path(outside.name).rglob("*.zip")))

    def test_without_a_base_a_person_downloads_the_batch(self):
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, "relative/path")
        batch = self._hand_over(self._letter())
        with self.assertRaisesRegex(UserError, "administrator"):
            batch.with_user(self.collector).action_write()
        self._exchange()
        self.assertFalse(batch.written_on)
        self.assertIn(str(batch.file_id.id), batch.action_download()["url"])

    def test_only_a_system_administrator_says_where_the_folder_is(self):
        parameters = self.env["ir.config_parameter"].with_user(self._role("manager"))
        with self.assertRaises(AccessError):
            parameters.set_param(PARAMETER, "/tmp")
