import io
from base64 import b64encode
from unittest.mock import patch
from urllib.parse import urlsplit
from zipfile import ZipFile

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ...models.common.files import download_url, safe_name, uploaded
from .contact import MONDAY
from .mandate import CORE, IDENTIFIER
from .paper import PaperCommon

LEGAL = b"code;date;value\nxx.unit;2026-11-20;100\n"
DAY = f"{MONDAY} 15:00:00"


@tagged("post_install", "-at_install")
class TestWebClient(PaperCommon, HttpCase):
    """What people do with files, by the calls that their browser makes: it reads with
    ``bin_size``, by which a file is the size of it."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.clock(DAY))
        self.env["res.lang"]._activate_lang("es_ES")
        self.parameter = (
            self.env["cobranza.parameter"]
            .sudo()
            .create({"code": "xx.unit", "name": "Unit", "validity": "day"})
        )
        self.boss = self._role("manager")

    def _sized(self, record, user=None):
        return record.with_user(user or self.boss).with_context(bin_size=True)

    def _filled(self):
        """{model: (values of the form, button)} of every dialog with a file."""
        debt = self._invoice(due="2026-10-05")
        line = f"document;instalment;level;since\n{debt.name};1;2;2026-10-20\n"
        other = self._invoice(partner=self.partner_b)
        letters = [self._print(self._letter(*one)) for one in ((), (other,))]
        self._posting(letters[0])
        debtor = letters[0].debtor_id
        answer = f"id;tracking;event;date;price;evidence\n{letters[0]._reference()}"
        answer += ";CD 1;delivered;2026-11-27;;\n"
        return {
            "cobranza.parameter.import": (
                {"file": LEGAL, "source": "Gazette", "reason": "New"},
                "action_import",
            ),
            "cobranza.parameter.export": (
                {"parameter_ids": [Command.set(self.parameter.ids)]},
                None,
            ),
            "cobranza.first.day": ({"file": line.encode()}, "action_import"),
            "cobranza.tracking": (
                {"contact_id": letters[0].id, "file": b"receipt", "filename": "a.pdf"},
                "action_confirm",
            ),
            "cobranza.dispatch.upload": (
                {"provider_id": self.provider.id, "file": answer.encode()},
                "action_confirm",
            ),
            "cobranza.posting": (
                {
                    "contact_ids": [Command.set(letters[1].ids)],
                    "provider_id": self.provider.id,
                    "voucher": b"receipt",
                },
                "action_confirm",
            ),
            "cobranza.debt.statement": ({"debtor_id": debtor.id}, "action_workbook"),
            "cobranza.shadow.report": ({}, "action_workbook"),
            "cobranza.provision.book": ({}, "action_workbook"),
            "cobranza.ageing": ({}, "action_workbook"),
            **self._filled_of_mandates(debtor),
            **self._filled_of_agreements(),
            **self._filled_of_documents(debtor),
            **self._filled_of_agencies(),
        }

    def _filled_of_agencies(self):
        agency = self.env["cobranza.agency"].create(
            {"partner_id": self.partner_b.id, "company_id": self.company.id}
        )
        table = b"reference;date;channel\n"
        return {
            "cobranza.agency.contacts": (
                {"agency_id": agency.id, "file": table},
                "action_read",
            )
        }

    def _filled_of_agreements(self):
        """An agreement that is offered, and one that waits for a guarantor."""
        moves = self._invoice(due="2026-10-07") | self._invoice(due="2026-10-08")
        self._run(MONDAY)
        debts = self._debts(moves)
        offered, waiting = (
            self.env["cobranza.agreement"].create(
                {
                    "debtor_id": debt.debtor_id.id,
                    "debt_ids": [Command.set(debt.ids)],
                    "requested_by": "page",
                    "grounds": "Later",
                }
            )
            for debt in debts
        )
        for one in offered | waiting:
            one.action_request()
            one._set_state("approved")
        offered.action_offer()
        guarantor = self.env["cobranza.obligor"].create(
            {
                "debtor_id": waiting.debtor_id.id,
                "partner_id": self.partner_b.id,
                "debt_ids": [Command.set(waiting.debt_ids.ids)],
                "since": "2026-01-01",
            }
        )
        paper = (
            self.env["cobranza.agreement.paper"]
            .sudo()
            .create(
                {
                    "agreement_id": waiting.id,
                    "debtor_id": waiting.debtor_id.id,
                    "user_id": self.env.uid,
                    "purpose": "agreement_note",
                    "written_on": MONDAY,
                }
            )
        )
        scan = {"file": b"scan", "filename": "scan.pdf"}
        return {
            "cobranza.agreement.paper.sign": (
                {"paper_id": paper.id, **scan},
                "action_confirm",
            ),
            "cobranza.agreement.sign": (
                {"agreement_id": offered.id, **scan},
                "action_confirm",
            ),
            "cobranza.agreement.consent.dialog": (
                {"agreement_id": waiting.id, "obligor_id": guarantor.id, **scan},
                "action_confirm",
            ),
        }

    def _filled_of_documents(self, debtor):
        kind = self.env["cobranza.document.type"].create(
            {"code": "paper", "name": "Paper", "paper": True}
        )
        documents = self.env["cobranza.document"].sudo()
        document = documents.create({"debtor_id": debtor.id, "type_id": kind.id})
        document._move_original("received", self.company._cobranza_today())
        about = {"document_id": document.id, "file": b"receipt", "filename": "a.pdf"}
        return {
            "cobranza.document.receive": (about, "action_confirm"),
            "cobranza.document.original": (
                {**about, "kind": "given_back"},
                "action_confirm",
            ),
        }

    def _filled_of_mandates(self, debtor):
        rules = type(self.env["cobranza.rules"])
        self.startPatcher(
            patch.object(rules, "_mandate_schemes", lambda *_args: (CORE,))
        )
        self.company.cobranza_creditor_identifier = IDENTIFIER
        mandate = self.env["cobranza.mandate"].create(
            {"debtor_id": debtor.id, "scheme": "core"}
        )
        signed = (
            f"reference;customer;signed_on\nOLD-1;{self.partner_b.name};2026-01-10\n"
        )
        return {
            "cobranza.mandate.sign": (
                {"mandate_id": mandate.id, "file": b"scan", "filename": "scan.pdf"},
                "action_confirm",
            ),
            "cobranza.mandate.import": ({"file": signed.encode()}, "action_import"),
            "cobranza.court.import": ({"file": b"name\nCourt 1\n"}, "action_import"),
            "cobranza.court.holidays": (
                {
                    "court_id": self.env["cobranza.court"]
                    .create({"name": "Court 2", "city": "Town"})
                    .id,
                    "file": b"date;name\n2026-11-09;Patron\n",
                },
                "action_import",
            ),
            "cobranza.debit.back": (
                {
                    "debit_ids": [Command.set(self._debit(mandate).ids)],
                    "code": next(
                        iter(self.env["cobranza.debit.return.code"]._by_code())
                    ),
                    "file": b"proof",
                    "filename": "proof.pdf",
                },
                None,
            ),
        }

    def _debit(self, mandate):
        return (
            self.env["cobranza.debit"]
            .sudo()
            .create(
                {
                    "debtor_id": mandate.debtor_id.id,
                    "mandate_id": mandate.id,
                    "scheme": "core",
                    "document": "INV/1",
                    "currency_id": self.company.currency_id.id,
                    "amount": 5,
                    "due_on": MONDAY,
                    "collect_on": MONDAY,
                }
            )
        )

    def _models(self):
        """{model: [field]} of what keeps a file in a field of ours."""
        found = {}
        for name, model in self.env.registry.items():
            fields = [one for one in model._fields.values() if one.type == "binary"]
            if name.startswith("cobranza.") and model._transient:
                found[name] = [one.name for one in fields]
        return {name: fields for name, fields in found.items() if fields}

    def test_every_dialog_with_a_file_opens_saves_and_acts(self):
        filled = self._filled()
        self.assertEqual(set(self._models()), set(filled))
        for model, (vals, button) in filled.items():
            with self.subTest(model=model):
                self._walk(model, vals, button)

    def _walk(self, model, vals, button):
        """Type into the dialog, save it, read it again, type once more, press."""
        wizard = self.env[model].with_user(self.boss)
        vals = {
            name: b64encode(value).decode() if isinstance(value, bytes) else value
            for name, value in vals.items()
        }
        typed = set(self._models().get(model, ())) & set(vals)
        spec = {name: {} for name in wizard.fields_get()}
        for context in ({}, {"bin_size": True}):
            model_of = wizard.with_context(**context)
            model_of.onchange({}, [], spec)
            model_of.onchange(vals, list(vals), spec)
        [saved] = wizard.web_save(vals, spec)
        record = wizard.browse(saved["id"])
        record.env.invalidate_all()
        [shown] = self._sized(record).web_read(spec)
        for name in typed:
            self.assertRegex(str(shown[name]), r"^\d+(\.\d+)? [a-zA-Z]+$")
        record.env.invalidate_all()
        record.onchange({}, [], spec)
        record.env.invalidate_all()
        if button:
            self.assertTrue(getattr(self._sized(record), button)())

    def test_the_dialogs_of_direct_debits_open_save_and_act(self):
        self.startPatcher(
            patch.object(
                type(self.env["cobranza.rules"]),
                "_mandate_schemes",
                lambda *_args: (CORE,),
            )
        )
        self.company.cobranza_creditor_identifier = IDENTIFIER
        mandates = self.env["cobranza.mandate"]
        mandate = mandates.create({"partner_id": self.partner_a.id, "scheme": "core"})
        mandate._sign(fields.Date.to_date(MONDAY), "Springfield", "import")
        batch = self.env["cobranza.debit.batch"].create({"scheme": "core"})
        debit = self._debit(mandate)
        debit._through_gate().batch_id = batch
        of_mandate = {"mandate_ids": [Command.set(mandate.ids)]}
        dialogs = (
            ("cobranza.debit.told", {"batch_id": batch.id, "day": MONDAY}),
            (
                "cobranza.mandate.amend",
                {"mandate_id": mandate.id, "reference": "NEW-1", "reason": "New"},
            ),
            (
                "cobranza.mandate.act",
                {**of_mandate, "act": "suspend", "code": "debtor", "reason": "Asked"},
            ),
            (
                "cobranza.mandate.act",
                {**of_mandate, "act": "resume", "reason": "Asked again"},
            ),
            (
                "cobranza.mandate.act",
                {**of_mandate, "act": "revoke", "code": "contract"},
            ),
        )
        for model, vals in dialogs:
            with self.subTest(model=model, act=vals.get("act")):
                self._walk(model, vals, "action_confirm")
        self.assertEqual((mandate.reference, mandate.state), ("NEW-1", "revoked"))
        self.assertEqual(str(debit.notified_on), MONDAY)

    def test_the_dialog_of_a_return_shows_what_follows_as_the_reason_is_chosen(self):
        back = self.env["cobranza.debit.back"].with_user(self.boss)
        spec = {"consequences": {}, "takes_cost": {}}
        shown = back.onchange({"code": "never_came"}, ["code"], {"code": {}, **spec})
        self.assertIn("Ask the bank", shown["value"]["consequences"])

    def test_values_are_shown_and_loaded_as_they_stand_in_the_file(self):
        wizard = self.env["cobranza.parameter.import"].with_user(self.boss)
        vals = {"file": b64encode(LEGAL).decode(), "source": "Gazette"}
        [shown] = wizard.web_save(vals, {"errors": {}, "count": {}, "preview": {}})
        self.assertEqual((shown["errors"], shown["count"]), (False, 1))
        self.assertIn("xx.unit", shown["preview"])
        self._sized(wizard.browse(shown["id"])).action_import()
        self.assertEqual(self.parameter.value_ids.value, 100)

    def test_a_file_is_whole_whatever_the_context(self):
        wizard = self.env["cobranza.first.day"].create({"file": b64encode(LEGAL)})
        for context in ({"bin_size": True}, {"bin_size_file": True}, {}):
            self.env.invalidate_all()
            self.assertEqual(uploaded(wizard.with_context(**context)), LEGAL)
        wizard.file = False
        self.assertEqual(uploaded(wizard), b"")

    def test_workbooks_can_be_taken_in_every_language(self):
        debtor = self._letter().debtor_id
        debtor.partner_id.sudo().write(
            {"name": "Ñandú & Hijos, S.L. #1?", "lang": "es_ES"}
        )
        self.boss.sudo().lang = "es_ES"
        self.boss.sudo().password = "a long password"
        self.authenticate(self.boss.login, "a long password")
        env = self.env(user=self.boss, context={"lang": "es_ES"})
        statement = env["cobranza.debt.statement"].create({"debtor_id": debtor.id})
        shadow = env["cobranza.shadow.report"].create({})
        self.env["cobranza.parameter.value"].with_user(self.boss).create(
            {
                "parameter_id": self.parameter.id,
                "date_from": "2026-11-20",
                "value": 1,
                "source": "Gazette",
                "reason": "New",
            }
        )
        acts = (
            (statement.action_workbook, b"PK"),
            (shadow.action_workbook, b"PK"),
            (self.parameter.with_env(env).action_export, b"\xef\xbb\xbfcode"),
        )
        for act, first in acts:
            with self.subTest(act=act):
                url = act()["url"]
                self.assertNotIn("/", urlsplit(url).query)
                answer = self.url_open(url)
                self.assertEqual(answer.status_code, 200)
                self.assertTrue(answer.content.startswith(first))
                name = answer.headers["Content-Disposition"]
                self.assertIn("attachment", name)
                self.assertNotIn("%2F", name)

    def test_a_name_is_one_part_of_a_path(self):
        for name in ("01/12/2026", "..", "../../x", "a\\b", "-rf", "a\nb", "\u202ex"):
            for plain in (False, True):
                safe = safe_name(name, plain=plain)
                self.assertNotRegex(safe, r"[/\\\n\u202e]|\.\.|^[-.]")
                self.assertTrue(safe)
        name = "Liquidación de Ñandú, S.A. a 01/12/2026.xlsx"
        self.assertEqual(
            safe_name(name), "Liquidación de Ñandú, S.A. a 01-12-2026.xlsx"
        )
        self.assertEqual(safe_name("photo.exe", extension=".png"), "photo.png")
        self.assertEqual(safe_name("x" * 300 + ".pdf"), "x" * 80 + ".pdf")
        wizard = self.env["cobranza.first.day"].create({})
        self.assertEqual(
            download_url(wizard, "file", "a/b&c=d.csv").partition("?")[2],
            "filename=a-b%26c-d.csv&download=true",
        )

    def test_papers_in_an_archive_keep_their_names_apart(self):
        wizard = self.env["cobranza.log.export"].with_user(self.boss)
        letter = self._print(self._letter())
        export = wizard.create(
            {"debtor_id": letter.debtor_id.id, "reason": "Claim", "lang": "en_US"}
        )
        out = io.BytesIO()
        export._write_zip(out)
        names = ZipFile(out).namelist()
        self.assertEqual(len(names), len(set(names)))
