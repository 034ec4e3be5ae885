import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfReader

from ...models.common.files import safe_name
from ...wizards.contact import log_export
from ...wizards.contact import log_export as log_export_zip
from ...wizards.contact.log_export import csv_bytes
from ..common.base import ROLES
from ..common.contact import MONDAY
from .test_contact_evidence import EvidenceCommon


class ExportCommon(EvidenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._role(role) for role in ROLES}

    def _export(self, debtor, user=None, **vals):
        exports = self.env["cobranza.log.export"].with_user(user or self.env.user)
        vals = {"reason": "Claim 12/2026", "lang": "en_US", **vals}
        return exports.create({"debtor_id": debtor.id, **vals})

    def _zip(self, export):
        stream = io.BytesIO()
        with self.at("2026-11-30"):
            export._write_zip(stream)
        return zipfile.ZipFile(stream)

    def _history(self, debtor):
        domain = [("res_model", "=", "cobranza.debtor"), ("res_id", "=", debtor.id)]
        return self.env["cobranza.history"].search(domain)

    def _book(self):
        """A debtor with an e-mail, a posted letter with proof, a dispute, a promise."""
        mail = self._sent()
        debtor = mail.debtor_id
        letter = self._contact(self._invoice(), channel="letter")
        with self.clock("2026-12-02 12:00:00"):
            letter.action_print()
            letter.action_posted()
        proof = self.env["ir.attachment"].create(
            {"name": "../../etc/acuse ñ;rm -rf.pdf", "raw": b"signed"}
        )
        with self.clock("2026-12-04 12:00:00"):
            self.env["cobranza.contact.event"].create(
                {
                    "contact_id": letter.id,
                    "kind": "delivered",
                    "attachment_id": proof.id,
                }
            )
            self.env["cobranza.dispute"].create(
                {
                    "debtor_id": debtor.id,
                    "debt_id": letter.line_ids.debt_id.id,
                    "reason": "price",
                }
            )
        return debtor, mail, letter


@tagged("post_install", "-at_install")
class TestArchive(ExportCommon):
    def _unpack(self, archive, folder):
        for name in archive.namelist():
            target = Path(folder, name).resolve()
            self.assertIn(Path(folder).resolve(), target.parents, name)
        archive.extractall(folder)
        return next(Path(folder).iterdir())

    def _sums(self, root):
        return subprocess.run(
            ["sha256sum", "-c", "SHA256SUMS"],
            cwd=root,
            capture_output=True,
            check=False,
        )

    def test_the_hashes_of_the_archive_verify_and_tampering_is_found(self):
        debtor, _mail, _letter = self._book()
        archive = self._zip(self._export(debtor))
        with tempfile.TemporaryDirectory() as folder:
            root = self._unpack(archive, folder)
            files = {str(one.relative_to(root)) for one in root.rglob("*.*")}
            listed = (root / "SHA256SUMS").read_text().splitlines()
            self.assertEqual({line.split("  ")[1] for line in listed}, files)
            self.assertEqual(self._sums(root).returncode, 0)
            text = next(root.glob("contacts/0001*/text.txt"))
            text.write_text(text.read_text().replace("1,000", "9,000"))
            said = self._sums(root)
            self.assertEqual(said.returncode, 1)
            self.assertIn(b"text.txt: FAILED", said.stdout)

    def test_what_goes_with_it_checks_it_without_us_in_its_language(self):
        debtor, _mail, _letter = self._book()
        for lang, good in (("en_US", b"are as they were"), ("es_ES", b"como cuando")):
            archive = self._zip(self._export(debtor, lang=lang))
            with tempfile.TemporaryDirectory() as folder:
                root = self._unpack(archive, folder)
                said = self._verified(root)
                self.assertEqual((said.returncode, said.stderr), (0, b""))
                self.assertIn(good, said.stdout)
                seal = hashlib.sha256((root / "SHA256SUMS").read_bytes()).hexdigest()
                self.assertIn(seal.encode(), said.stdout)
                row = self.env["cobranza.history"].search([], limit=1, order="id desc")
                self.assertIn(seal, row.change)
                proof = next(root.glob("contacts/*/text.html"))
                content = bytearray(proof.read_bytes())
                content[len(content) // 2] ^= 1
                proof.write_bytes(content)
                said = self._verified(root)
                self.assertEqual(said.returncode, 1)
                self.assertIn(proof.name.encode(), said.stdout)

    def _verified(self, root):
        return subprocess.run(
            [sys.executable, "-I", "-B", root / "verify.py"],
            capture_output=True,
            check=False,
        )

    def test_what_was_said_has_the_hash_that_the_log_shows(self):
        debtor, mail, letter = self._book()
        archive = self._zip(self._export(debtor))
        names = {name.split("/", 1)[1]: name for name in archive.namelist()}
        rows = archive.read(names["log.csv"]).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(rows)))
        self.assertEqual([int(row["id"]) for row in rows], [mail.id, letter.id])
        for row, contact in zip(rows, (mail, letter), strict=True):
            said = archive.read(names[f"{row['folder']}/content.json"])
            self.assertEqual(hashlib.sha256(said).hexdigest(), contact.content_hash)
            self.assertEqual(row["content_sha256"], contact.content_hash)
            self.assertEqual(row["verified"], "ok")
        manifest = json.loads(archive.read(names["manifest.json"]))
        self.assertEqual(manifest["reason"], "Claim 12/2026")
        self.assertEqual(manifest["contacts"], 2)
        self.assertFalse(manifest["differ"])

    def test_letters_and_evidence_are_inside_under_safe_names(self):
        debtor, _mail, letter = self._book()
        archive = self._zip(self._export(debtor))
        for name in archive.namelist():
            self.assertRegex(name, r"^[A-Za-z0-9._/-]+$")
            self.assertNotIn("..", name)
        contents = [archive.read(name) for name in archive.namelist()]
        self.assertIn(b"signed", contents)
        self.assertIn(letter.attachment_id.raw, contents)

    def test_a_text_that_was_changed_is_named_in_the_archive(self):
        debtor, mail, _letter = self._book()
        self.env.flush_all()
        query = "UPDATE cobranza_contact SET body = 'forged' WHERE id = %s"
        self.env.cr.execute(query, [mail.id])
        self.env.invalidate_all()
        archive = self._zip(self._export(debtor))
        name = next(one for one in archive.namelist() if "manifest" in one)
        self.assertEqual(json.loads(archive.read(name))["differ"], [1])

    def test_the_period_is_counted_in_the_days_of_the_debtor(self):
        debtor, mail, letter = self._book()
        export = self._export(debtor, since=MONDAY, until="2026-11-30")
        self.assertEqual(export._contacts(), mail)
        export.write({"since": "2026-12-01", "until": False})
        self.assertEqual(export._contacts(), letter)

    def test_too_much_for_one_export_is_asked_for_in_parts(self):
        debtor, _mail, _letter = self._book()
        export = self._export(debtor)
        with patch.object(log_export, "MOST", 1), self.assertRaises(UserError):
            export.action_zip()
        before = self._history(debtor)
        with (
            patch.object(log_export_zip, "MEGABYTE", 0),
            self.assertRaises(UserError),
        ):
            self._zip(export)
        self.assertEqual(self._history(debtor), before)

    def _long_log(self, debtor, count):
        """A log of so many calls, each to somebody else and with a proof, and as many
        disputes with a file."""
        files = self.env["ir.attachment"]
        for number in range(count):
            person = self.env["res.partner"].create(
                {"name": f"Person {number}", "parent_id": debtor.partner_id.id}
            )
            call = self.env["cobranza.contact"]._log(
                {
                    "debtor_id": debtor.id,
                    "channel": "call",
                    "direction": "outbound",
                    "sent_at": f"2026-11-{number + 2:02d} 10:00:00",
                    "planned_at": f"2026-11-{number + 2:02d} 10:00:00",
                    "recipient_id": person.id,
                }
            )
            proof = files.create({"name": f"{number}.txt", "raw": b"%d" % number})
            call._add_events("delivered", "Carrier", attachment_id=proof.id)
            move = self._invoice(amount=100 + number)
            letter = self._contact(move, channel="letter")
            day = date(2026, 12, 8) + timedelta(weeks=len(debtor.contact_ids))
            with self.clock(f"{day} 12:00:00"):
                letter.action_print()
                letter.action_posted()
            file = files.create({"name": f"d{number}.txt", "raw": b"d"})
            self.env["cobranza.dispute"].create(
                {
                    "debtor_id": debtor.id,
                    "debt_id": self._debts(move).id,
                    "reason": "price",
                    "attachment_ids": file.ids,
                }
            )

    def _queries(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        return self.env.cr.sql_log_count - before

    def test_a_long_log_takes_as_many_queries_as_a_short_one(self):
        mail = self._sent()
        debtor, found = mail.debtor_id, {}
        reports = self.env["report.cobranza_legal.contact_log"]
        for count in (2, 6):
            self._long_log(debtor, count)
            export = self._export(debtor)

            def values(export=export):
                told = reports._get_report_values(export.ids)
                self.assertTrue(told["entries"][export.id])
                export._sections()

            self._queries(values)  # what the cache of the registry holds
            with patch.object(type(export), "_pdf", lambda _self: b"paper"):
                self._zip(export)
                found[count] = (
                    self._queries(lambda export=export: self._zip(export)),
                    self._queries(values),
                )
            contacts = export._contacts()
        self.assertEqual(len(contacts), 17)
        short, long = found.values()
        for few, many in zip(short, long, strict=True):
            self.assertLessEqual(many, few + 1, found)
        self.assertLessEqual(max(long), 40, found)

    def test_no_cell_is_a_formula_and_no_name_is_a_path(self):
        row = {"a": "=cmd|'/c calc'!A0", "b": "-1+1"}
        text = csv_bytes(("a", "b"), [row]).decode("utf-8-sig")
        [cells] = list(csv.reader(io.StringIO(text)))[1:]
        self.assertTrue(all(cell.startswith("'") for cell in cells))
        row = {"a": "+34 (600) 111-222", "b": "+34600+cmd"}
        text = csv_bytes(("a", "b"), [row]).decode("utf-8-sig")
        self.assertIn("\r\n+34 (600) 111-222,'+34600+cmd", text)
        for name in ("../../x", "/etc/passwd", "..", "-rf", "a\nb", "ñandú.pdf", ""):
            safe = safe_name(name, plain=True)
            self.assertRegex(safe, r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
            self.assertNotIn("..", safe)
        self.assertEqual(safe_name("ñandú acuse.pdf", plain=True), "nandu_acuse.pdf")


@tagged("post_install", "-at_install")
class TestPaper(ExportCommon):
    def test_the_paper_tells_who_what_when_and_by_which_hash(self):
        debtor, mail, letter = self._book()
        export = self._export(debtor)
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        ref = "cobranza_legal.action_report_contact_log"
        with self.at("2026-12-10"):
            content, kind = reports._render_qweb_pdf(ref, export.ids)
        self.assertEqual(kind, "pdf")
        reader = PdfReader(io.BytesIO(content))
        text = " ".join(page.extract_text() for page in reader.pages)
        plain = re.sub(r"\s+", "", text)
        for words in (
            "Creditor Ltd",
            "partner_a",
            "debtor.a@example.com",
            "About INV",
            "reminder en_US v",
            "Claim 12/2026",
            "Delivered",
            "Disputes",
            "Price or terms differ",
            "page 1 of",
        ):
            self.assertIn(re.sub(r"\s+", "", words), plain)
        for digest in (mail.content_hash, letter.content_hash, letter.file_hash):
            self.assertIn(digest, plain)
        self.assertEqual(reader.metadata.title, "Log of partner_a")

    def test_every_export_is_written_down_with_its_reason(self):
        debtor, _mail, _letter = self._book()
        export = self._export(debtor, self.users["manager"])
        self._zip(export)
        row = self._history(debtor)
        self.assertEqual(row.reason, "Claim 12/2026")
        self.assertEqual(row.user_id, self.users["manager"])
        self.assertIn("ZIP, 2 contacts", row.change)
        self.env["ir.actions.report"].with_user(
            self.users["manager"]
        )._render_qweb_html("cobranza_legal.contact_log", export.ids)
        self.assertIn("PDF", (self._history(debtor) - row).change)


@tagged("post_install", "-at_install")
class TestRights(ExportCommon, HttpCase):
    def test_managers_and_the_lawyers_of_the_case_export_and_nobody_else(self):
        debtor = self._sent().debtor_id
        for role in ("collector", "accountant", "approver", "lawyer"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._export(debtor, self.users[role])
        debtor.debt_ids._assign(self.users["lawyer"])
        for role in ("manager", "lawyer", "all_lawyer"):
            with self.subTest(role=role):
                archive = self._zip(self._export(debtor, self.users[role]))
                self.assertGreater(len(archive.namelist()), 4)

    def test_an_export_is_not_turned_to_another_debtor(self):
        mine, other = self._debtor(), self._debtor(self.partner_b)
        move = self._invoice(partner=mine.partner_id)
        self._run("2026-11-23")
        self._debts(move)._assign(self.users["lawyer"])
        export = self._export(mine, self.users["lawyer"])
        with self.assertRaises(AccessError):
            export.debtor_id = other

    def test_the_archive_is_given_to_whoever_asked_for_it_only(self):
        debtor = self._sent().debtor_id
        users = {}
        for role in ("manager", "collector", "all_lawyer"):
            user = self.users[role]
            user.sudo().password = user.login
            users[role] = user.login
        export = self._export(debtor, self.users["manager"])
        url = f"/collections/log/{export.id}"
        self.assertIn("login", self.url_open(url).url)
        for role, status in (("collector", 404), ("all_lawyer", 404), ("manager", 200)):
            self.authenticate(users[role], users[role])
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, status, role)
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        self.assertIsNone(archive.testzip())
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        history = self._history(debtor)
        self.assertEqual(len(history), 1)
        self.assertTrue(history.origin.startswith("127.0.0.1"))
