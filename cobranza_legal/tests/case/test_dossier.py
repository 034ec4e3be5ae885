import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfFileReader, PdfFileWriter, PdfReader

from ...models.case.dossier import CaseDossier
from ..common.case import CaseCommon


def pdf(pages=1, words="Page"):
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(1, pages + 1):
        canvas.drawString(100, 700, f"{words} {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def locked(content):
    out, writer = io.BytesIO(), PdfFileWriter()
    writer.appendPagesFromReader(PdfFileReader(io.BytesIO(content)))
    writer.encrypt("secret")
    writer.write(out)
    return out.getvalue()


def picture(kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, kind)
    return out.getvalue()


class DossierCommon(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._opened()
        cls.dialogs = cls.env["cobranza.case.dossier"].with_user(cls.lawyer)

    def _dialog(self, case=None, **vals):
        case = case or self.case
        return self.dialogs.create({"case_id": case.id, "lang": "en_US", **vals})

    def _act(self, **files):
        """An act of the lawyer with these files."""
        acts = self.env["cobranza.case.act"].with_user(self.lawyer)
        rows = [
            Command.create({"name": name.replace("_", "."), "raw": content})
            for name, content in files.items()
        ]
        return acts.create(
            {"case_id": self.case.id, "summary": "Proofs", "file_ids": rows}
        )

    def _made(self, **vals):
        return self._dialog(**vals)._make()

    def _text(self, act, pages=None):
        reader = PdfReader(io.BytesIO(act.sudo().file_ids.raw))
        chosen = reader.pages if pages is None else reader.pages[pages]
        return "\n".join(page.extract_text() for page in chosen)

    def _zip(self, dialog):
        stream = io.BytesIO()
        dialog._write_zip(stream)
        archive = zipfile.ZipFile(stream)
        top = archive.namelist()[0].split("/")[0]
        return {
            name.removeprefix(f"{top}/"): archive.read(name)
            for name in archive.namelist()
        }


@tagged("post_install", "-at_install")
class TestDossier(DossierCommon):
    """What proves the debts of a case, in one PDF."""

    def test_cover_index_documents_and_hashes_in_one_pdf(self):
        signed = pdf(2, "Signed")
        act = self._act(contract_pdf=signed, photo_png=picture())
        made = self._made(reason="For the court")
        reader = PdfReader(io.BytesIO(made.sudo().file_ids.raw))
        count = len(reader.pages)
        text = [page.extract_text() for page in reader.pages]
        for number, said in enumerate(text, 1):
            self.assertIn(f"{number} / {count}", said)
        cover = text[0]
        for words in (self.case.name, self.debtor.partner_id.name, "Portia"):
            self.assertIn(words.lower(), cover.lower())
        self.assertIn("300", cover)
        for move in self.moves[:2]:
            self.assertIn(move.name, text[1])
        page = next(i for i, said in enumerate(text, 1) if "Signed 1" in said)
        self.assertIn(str(page), text[1])
        self.assertIn(hashlib.sha256(signed).hexdigest(), text[-1])
        self.assertIn(hashlib.sha256(picture()).hexdigest(), text[-1])
        titles = [one.title for one in self._bookmarks(reader)]
        self.assertIn("Files of the case", titles)
        self.assertTrue(any("Proofs" in title for title in titles))
        self.assertEqual((made.kind, made.note), ("dossier", "For the court"))
        found = hashlib.sha256(made.sudo().file_ids.raw).hexdigest()
        self.assertIn(found, made.summary)
        self.assertEqual(act.file_ids.mapped("res_model"), ["cobranza.case.act"] * 2)

    def test_a_statement_has_the_day_of_the_creditor(self):
        negotiation = self.env["cobranza.negotiation"].create(
            {"debtor_id": self.debtor.id, "debt_ids": [Command.set(self.mine.ids)]}
        )
        file = self.env["ir.attachment"].create({"name": "a.pdf", "raw": pdf()})
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = '2026-11-21 01:30' WHERE id = %s",
            [file.id],
        )
        negotiation.sudo()._through_gate().statement_id = file
        self.company.partner_id.tz = "America/Santiago"
        self.env.invalidate_all()
        with tempfile.TemporaryDirectory() as folder:
            [piece] = CaseDossier(self.case, folder)._negotiations()
        self.assertEqual(piece.day, "11/20/2026")

    def _bookmarks(self, reader):
        outline = reader.outline
        rows = []
        while outline:
            one = outline.pop(0)
            if isinstance(one, list):
                outline = one + outline
            else:
                rows.append(one)
        return rows

    def test_what_cannot_be_opened_is_named_and_lies_beside(self):
        whole = pdf(3)
        bad = {
            "locked_pdf": locked(whole),
            "cut_pdf": whole[: len(whole) // 2],
            "empty_pdf": b"",
            "odd_png": b"\x89PNG\r\n\x1a\nno",
            "table_xlsx": b"PK\x03\x04",
        }
        self._act(good_pdf=whole, **bad)
        dialog = self._dialog()
        files = self._zip(dialog)
        names = [name for name in files if name.startswith("beside/")]
        contents = {files[name] for name in names}
        self.assertLessEqual(set(bad.values()), contents)
        self.assertNotIn(whole, contents)
        act = self.case.act_ids.filtered(lambda one: one.kind == "dossier")
        index = self._text(act)
        for words in ("locked.pdf", "protected by a password", "cut.pdf", "damaged"):
            self.assertIn(words, " ".join(index.split()))
        self.assertEqual(files["dossier.pdf"], act.sudo().file_ids.raw)
        rows = json.loads(files["manifest.json"])["pieces"]
        problems = {row["file"]: row["problem"] for row in rows}
        self.assertEqual(problems["locked.pdf"], "encrypted")
        self.assertEqual(problems["cut.pdf"], "broken")
        self.assertEqual(problems["table.xlsx"], "other")
        self.assertIsNone(problems["good.pdf"])
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            said = subprocess.run(
                [sys.executable, "-I", "-B", Path(folder, "verify.py")],
                capture_output=True,
                check=False,
            )
        self.assertEqual((said.returncode, said.stderr), (0, b""))

    def test_invoices_and_statement_are_printed(self):
        self.dialogs = self.dialogs.with_context(force_report_rendering=True)
        made = self._made()
        text = " ".join(self._text(made).split())
        self.assertNotIn("goes beside", text)
        titles = [
            one.title
            for one in self._bookmarks(PdfReader(io.BytesIO(made.sudo().file_ids.raw)))
        ]
        for words in ("Invoices", "Statement of what is owed"):
            self.assertIn(words, titles)

    def test_a_file_that_was_filed_twice_is_printed_once(self):
        self._act(a_pdf=pdf(2, "Twice"))
        self._act(b_pdf=pdf(2, "Twice"))
        text = self._text(self._made())
        self.assertEqual(text.count("Twice 1"), 1)
        self.assertIn("the same file as", " ".join(text.split()))

    def test_neither_drafts_nor_dossiers_are_in_a_dossier(self):
        first = self._made()
        self.case._write_down("draft", "A draft", files=self._file("draft"))
        second = self._made()
        pages = [
            len(PdfReader(io.BytesIO(one.sudo().file_ids.raw)).pages)
            for one in (first, second)
        ]
        self.assertEqual(*pages)

    def _file(self, words):
        vals = {"name": "draft.pdf", "raw": pdf(1, words)}
        return self.env["ir.attachment"].create(vals)

    def test_what_was_negotiated_in_confidence_stays_out_wherever_it_was_filed(self):
        offer = pdf(1, "SECRET OFFER")
        said = self.env["cobranza.contact"].search(
            [("debtor_id", "=", self.debtor.id)], limit=1
        )
        said = said or self.env["cobranza.contact"].create(
            {"debtor_id": self.debtor.id, "channel": "manual"}
        )
        gate = said._through_gate()
        file = self.env["ir.attachment"].create({"name": "offer.pdf", "raw": offer})
        gate.write(
            {
                "confidential": True,
                "sent_at": "2026-11-19 10:00:00",
                "subject": "SECRET SUBJECT",
                "attachment_id": file.id,
            }
        )
        self._act(copy_pdf=offer, mine_pdf=pdf(1, "OPEN"))
        for disclosed in (False, True):
            gate.disclosed = disclosed
            text = self._text(self._made())
            self.assertNotIn("SECRET", text)
            self.assertIn("OPEN", text)

    def test_only_its_lawyers_and_who_hands_over_make_it(self):
        for user in (self.other, self._role("collector"), self._role("accountant")):
            with self.assertRaises(AccessError):
                self.env["cobranza.case.dossier"].with_user(user).create(
                    {"case_id": self.case.id, "lang": "en_US"}
                )
        manager = self._role("manager")
        dialog = self.env["cobranza.case.dossier"].with_user(manager)
        dialog = dialog.create({"case_id": self.case.id, "lang": "en_US"})
        self.assertTrue(dialog._make())
        self.assertFalse(self.env["cobranza.case.act"].with_user(self.other).search([]))


@tagged("post_install", "-at_install")
class TestDossierHttp(DossierCommon, HttpCase):
    """The files of a dossier, by the browser."""

    def test_the_archive_is_for_who_asked_and_the_file_for_who_sees_the_case(self):
        dialog = self._dialog()
        file = dialog._make().sudo().file_ids
        archive = f"/collections/dossier/{dialog.id}"
        self.authenticate("portia", "portiaxx")
        self.assertEqual(self.url_open(f"/web/content/{file.id}").content, file.raw)
        answer = self.url_open(archive)
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        self.assertTrue(any(name.endswith("verify.py") for name in names))
        self.authenticate("shylock", "shylock1")
        self.assertEqual(self.url_open(archive).status_code, 404)
        self.assertEqual(self.url_open(f"/web/content/{file.id}").status_code, 404)
