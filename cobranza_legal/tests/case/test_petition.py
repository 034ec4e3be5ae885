import csv
import hashlib
import io
import zipfile
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfReader

from ...kernel.errors import MissingValue
from ...wizards.case import batch as batch_module
from .test_dossier import DossierCommon

BODY = """# CLAIM
> To {court}
**{creditor_name}** claims {amount} from {debtor_name} ({debtor_vat}).
[if received]
It was tried to negotiate; received on {negotiation_received}.
[end]
[if not negotiated]
It was not tried to negotiate.
[end]
| claim
- Facts: {facts}
"""


class PetitionCommon(DossierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["cobranza.petition.kind"].create(
            {
                "code": "own",
                "name": "Claim",
                "company_id": cls.company.id,
                "body": BODY,
                "mark": "DRAFT",
                "sequence": 1,
                "of_public": False,
            }
        )

    def _petition(self, case=None, user=None, **vals):
        dialogs = self.env["cobranza.case.petition"].with_user(user or self.lawyer)
        vals = {"case_id": (case or self.case).id, "kind_id": self.kind.id, **vals}
        return dialogs.create({name: one for name, one in vals.items() if one})

    def _pdf_text(self, content):
        reader = PdfReader(io.BytesIO(content))
        return [page.extract_text() for page in reader.pages]


@tagged("post_install", "-at_install")
class TestPetition(PetitionCommon):
    """Drafts of what is filed."""

    def test_what_is_not_known_is_listed_and_is_a_blank(self):
        dialog = self._petition()
        self.assertIn("court", dialog.missing)
        self.assertIn("what was sold or done", dialog.missing)
        self.assertNotIn("amount claimed", dialog.missing)
        text = dialog._petition().draft.text
        self.assertIn("[… court]", text)
        self.assertIn("300", text)
        self.assertIn("It was not tried to negotiate.", text)

    def test_court_and_number_come_from_the_proceeding(self):
        kind = self.env["cobranza.proceeding.type"].create(
            {"code": "own", "name": "Own", "company_id": self.company.id}
        )
        court = self.env["cobranza.court"].create({"name": "Court 7 of Springfield"})
        self.env["cobranza.proceeding"].create(
            {"case_id": self.case.id, "type_id": kind.id, "court_id": court.id}
        )
        self.kind.procedures = "other, own"
        dialog = self._petition(kind_id=False)
        self.assertEqual(dialog.kind_id, self.kind)
        self.assertIn("To Court 7 of Springfield", dialog._petition().draft.text)
        self.assertNotIn("· court\n", dialog.missing)

    def test_both_files_say_the_same_and_are_marked_on_every_page(self):
        petition = self._petition()._petition()
        content = petition.docx(self.env)
        written = self._docx(content)
        pages = self._pdf_text(petition.pdf())
        self.assertTrue(all("DRAFT" in page for page in pages))
        plain = "".join("".join(pages).split())
        for line in petition.draft.text.replace("\t", "\n").splitlines():
            with self.subTest(line):
                self.assertIn(line, written)
                self.assertIn("".join(line.split()), plain)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            heads = [name for name in archive.namelist() if "header" in name]
            self.assertTrue(any(b"DRAFT" in archive.read(name) for name in heads))

    def _docx(self, content):
        import docx

        document = docx.Document(io.BytesIO(content))
        parts = [one.text for one in document.paragraphs]
        for table in document.tables:
            parts += [cell.text for row in table.rows for cell in row.cells]
        return "\n".join(parts)

    def test_the_same_words_make_the_same_bytes(self):
        for form in ("docx", "pdf"):
            first, second = (self._petition()._make(form) for _number in (1, 2))
            self.assertEqual(first.raw, second.raw)

    def _judged(self, granted=200, costs=50):
        file = [Command.create({"name": "court.pdf", "raw": b"x"})]
        judgment = self.env["cobranza.judgment"].create(
            {
                "case_id": self.case.id,
                "day": "2026-11-20",
                "rate": 36.5,
                "costs_awarded": True,
                "file_ids": file,
            }
        )
        for line in judgment.line_ids:
            line.granted = {"principal": granted, "costs": costs}.get(line.part, 0)
        judgment.action_give()
        return judgment

    def test_an_enforcement_tables_what_was_granted_less_what_came_in(self):
        """200 of the 300 claimed and costs of 50; 80 came in on the tenth day,
        when 2 of interest had accrued; ten days later."""
        self.kind.body = (
            "[if judged]\n| judged\nOwed {owed}, {owed_principal}, {owed_interest}, "
            "{owed_costs}.\n[end]\n[if not judged]\n| claim\n[end]"
        )
        self.assertIn("300", self._petition()._petition().draft.text)
        self._judged()
        with self.at("2026-11-30"):
            self._register_payment(self.moves[0], amount=80, payment_date="2026-11-30")
        with self.at("2026-12-10"):
            petition = self._petition()._petition()
        text = petition.draft.text.replace("\xa0", " ")
        [head, *rows] = [line.split("\t") for line in text.splitlines()[:5]]
        self.assertEqual(len(head), 4)
        told = {row[0]: [one.strip("$ ") for one in row[1:]] for row in rows}
        self.assertEqual(
            told,
            {
                "Principal": ["200.00", "80.00", "120.00"],
                "Costs and expenses": ["50.00", "0.00", "50.00"],
                "Interest since the judgment": ["3.20", "0.00", "3.20"],
                "Total": ["253.20", "80.00", "173.20"],
            },
        )
        self.assertNotIn("300", text)
        for amount in ("173.20", "120.00", "3.20", "50.00"):
            self.assertIn(amount, text.splitlines()[-1])
        self.assertEqual(petition.draft.missing, ())

    def test_what_is_owed_by_a_judgment_is_missing_where_its_interest_is(self):
        self.kind.body = "[if judged]\n| judged\n[end]"
        self._judged()
        rules = self.registry["cobranza.rules"]
        lacks = MissingValue("xx.rate", date(2026, 11, 20))
        with patch.object(rules, "_judgment_interest", side_effect=lacks):
            self.assertTrue(self._petition()._petition().draft.missing)

    def test_a_draft_is_kept_with_the_case(self):
        self._petition().action_docx()
        act = self.case.act_ids[:1]
        self.assertEqual((act.kind, act.user_id), ("draft", self.lawyer))
        self.assertTrue(act.file_ids.name.endswith(".docx"))
        self.assertIn("court", act.note)

    def test_without_the_library_the_pdf_is_made_and_the_other_says_what_lacks(self):
        with patch.dict("sys.modules", {"docx": None}):
            with self.assertRaisesRegex(UserError, "python-docx"):
                self._petition().action_docx()
            self.assertTrue(self._petition().action_pdf())

    def test_words_that_nobody_knows_are_refused_with_their_line(self):
        for body, words in (
            ("x\n{nobody}", "line 2.*nobody"),
            ("[if received]", "line 1.*no \\[end\\]"),
            ("| all", "line 1.*claim"),
        ):
            with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                self.kind.body = body

    def test_a_kind_is_for_regimes_amounts_and_days(self):
        kinds = self.env["cobranza.petition.kind"]
        self.assertIn(self.kind, kinds._for(self.case))
        self.kind.up_to = 299
        self.assertNotIn(self.kind, kinds._for(self.case))
        self.kind.write({"up_to": 300, "valid_from": "2027-01-01"})
        self.assertNotIn(self.kind, kinds._for(self.case))
        self.kind.valid_from = False
        self.assertNotIn(self.kind, kinds._for(self.case, "monitorio"))
        with self.assertRaises(UserError):
            self.kind.of_company = False
            self._petition()._petition()

    def test_what_was_said_in_a_negotiation_is_in_no_petition(self):
        self.env["cobranza.negotiation"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": [(6, 0, self.mine.ids)],
                "note": "SECRET NOTE",
                "object_text": "SECRET OBJECT",
                "proposal_on": "2026-11-20",
            }
        )
        petition = self._petition()._petition()
        self.assertNotIn("SECRET", petition.draft.text)

    def test_only_its_lawyers_and_who_hands_over_make_drafts(self):
        for user in (self.other, self._role("collector")):
            with self.assertRaises(AccessError):
                self._petition(user=user)
        self.assertTrue(self._petition(user=self._role("manager"))._make("pdf"))


class BatchCommon(PetitionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"].create(
            [{"name": f"Debtor {number:02d}"} for number in range(20)]
        )
        for partner in partners:
            cls._invoice(partner=partner, amount=100)
        cls._run("2026-11-20")
        debtors = cls.env["cobranza.debtor"].search(
            [("partner_id", "in", partners.ids)], order="id"
        )
        debtors.write({"regime": "company", "regime_stated": True})
        debtors[:2].regime = "public"
        cls.cases = cls.env["cobranza.case"]._draft(debtors.debt_ids)
        cls.cases._hand_over_to(cls.lawyer, cls.env["res.partner"])
        cls.cases.with_user(cls.lawyer).action_open()

    def setUp(self):
        super().setUp()
        # a test never commits: what would be kept is counted
        self.kept = []
        self.patch(batch_module, "commit", self.kept.append)

    def _batch(self, user=None, cases=None, **vals):
        batches = self.env["cobranza.case.batch"].with_user(user or self.lawyer)
        vals = {"case_ids": [(6, 0, (cases or self.cases).ids)], **vals}
        return batches.create({"kind_id": self.kind.id, **vals})

    def _zip(self, batch):
        stream = io.BytesIO()
        batch._write_zip(stream)
        archive = zipfile.ZipFile(stream)
        return {
            name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()
        }


@tagged("post_install", "-at_install")
class TestCaseBatchHttp(BatchCommon, HttpCase):
    """The archive of a batch, as browsers take it."""

    def test_only_who_made_it_and_works_on_its_cases_takes_it(self):
        case = self.cases[-1:]
        batch = self._batch(cases=case)
        batch.action_make()
        url = f"/collections/batch/{batch.id}"
        self.env.flush_all()
        for login in ((None, None), ("shylock", "shylockx")):
            self.authenticate(*login)
            answer = self.url_open(url)
            self.assertNotEqual(answer.content[:2], b"PK")
        self.authenticate("portia", "portiaxx")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        names = [name.split("/", 1)[1] for name in archive.namelist()]
        self.assertIn(f"{case.name}/petition.pdf", names)
        self.assertTrue([name for name in names if "/beside/" in name])
        self.assertEqual(self.url_open("/collections/batch/999999999").status_code, 404)
        # whoever is taken off the case takes nothing any more
        case._hand_over_to(self.other, self.env["res.partner"])
        self.env.flush_all()
        answer = self.url_open(url)
        self.assertNotEqual(answer.content[:2], b"PK")
        self.authenticate("shylock", "shylockx")
        self.assertEqual(self.url_open(url).status_code, 404)


@tagged("post_install", "-at_install")
class TestCaseBatch(BatchCommon):
    """Twenty like cases as one piece of work."""

    def test_twenty_of_which_two_have_a_fault(self):
        self.assertEqual(len(self.cases), 20)
        batch = self._batch(with_dossier=False)
        batch.action_make()
        self.assertEqual((batch.done, batch.failed, batch.left), (18, 2, 0))
        bad = batch.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(bad.case_id.debtor_id.mapped("regime"), ["public"] * 2)
        for line in bad:
            self.assertIn(line.case_id.name, line.message)
            kinds = line.case_id.act_ids.mapped("kind")
            self.assertNotIn("draft", kinds)
        files = self._zip(batch)
        rows = list(csv.DictReader(io.StringIO(files["index.csv"].decode("utf-8-sig"))))
        self.assertEqual(len(rows), 20)
        for row in rows:
            case = self.cases.filtered(lambda one, row=row: one.name == row["case"])
            if not row["folder"]:
                self.assertIn(case, bad.case_id)
                continue
            alone = self._petition(case)._petition()
            folder = row["folder"]
            self.assertEqual(files[f"{folder}/petition.pdf"], alone.pdf())
            self.assertEqual(files[f"{folder}/petition.docx"], alone.docx(self.env))
        self.assertIn("verify.py", files)

    def test_files_of_cases_that_were_taken_out_are_asked_for_too(self):
        mine, gone = self.cases[-1:], self.cases[-2:-1]
        batch = self._batch(cases=mine | gone, with_dossier=False)
        batch.action_make()
        batch.case_ids = mine
        self._zip(batch)
        gone._hand_over_to(self.other, self.env["res.partner"])
        # collectors read all cases, and work on none
        self.lawyer.group_ids |= self.env.ref("cobranza_legal.group_collector")
        with self.assertRaises(AccessError):
            self._zip(batch)

    def test_the_dossiers_go_with_them(self):
        case = self.cases[-1:]
        batch = self._batch(cases=case)
        batch.action_make()
        files = self._zip(batch)
        act = case.act_ids.filtered(lambda one: one.kind == "dossier")
        self.assertEqual(files[f"{case.name}/dossier.pdf"], act.sudo().file_ids.raw)
        row = files["index.csv"].decode("utf-8-sig")
        self.assertIn("statement.pdf", row)  # it cannot be printed in tests
        kept = [name for name in files if "/beside/" in name]
        [beside] = [name for name in kept if name.endswith("statement.pdf")]
        self.assertTrue(beside.startswith(f"{case.name}/beside/"))
        named = batch.line_ids.beside.split(", ")
        self.assertEqual(len(kept), len(named))
        self.assertTrue(files[beside])
        self.assertIn(beside, files["SHA256SUMS"].decode())
        self.assertIn(
            hashlib.sha256(files["index.csv"]).hexdigest(), files["SHA256SUMS"].decode()
        )

    def test_what_is_made_stays_when_time_is_over_and_it_goes_on(self):
        batch = self._batch(cases=self.cases[-3:], with_dossier=False)
        with patch.object(batch_module, "SECONDS", -1):
            batch.action_make()
        self.assertEqual((batch.done, batch.left), (1, 2))
        batch.action_make()
        self.assertEqual((batch.done, batch.left), (3, 0))
        self.assertEqual(len(self.kept), 3)

    def test_after_it_was_mended_those_with_a_fault_are_made(self):
        case = self.cases.filtered(lambda one: one.debtor_id.regime == "public")[:1]
        batch = self._batch(cases=case, with_dossier=False)
        batch.action_make()
        self.assertEqual(batch.failed, 1)
        case.debtor_id.regime = "company"
        batch.action_again()
        self.assertEqual((batch.done, batch.failed), (1, 0))

    def test_without_the_library_there_are_the_pdfs(self):
        batch = self._batch(cases=self.cases[-1:], with_dossier=False)
        with patch.object(batch_module, "is_installed", lambda: False):
            batch.action_make()
        self.assertEqual(len(batch.line_ids.sudo().file_ids), 1)

    def test_a_lawyer_names_own_cases_only(self):
        with self.assertRaises(AccessError):
            self._batch(user=self.other)
        with self.assertRaises(AccessError):
            self._batch(user=self._role("collector"))
