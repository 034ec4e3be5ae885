import hashlib

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..common.documents import DocumentCommon
from ..common.queries import listed

IBAN = "ES91 2100 0418 4502 0005 1332"


@tagged("post_install", "-at_install")
class TestDocument(DocumentCommon):
    def setUp(self):
        super().setUp()
        self.partner = self._customer()
        self.collector = self._role("collector")

    def _dialog(self, document, **vals):
        dialogs = self.env["cobranza.document.receive"].with_user(self.collector)
        return dialogs.create({"document_id": document.id, **vals})

    def test_a_file_is_kept_byte_for_byte_with_its_hash_and_who_received_it(self):
        document = self._document(self.partner, self.contract)
        content = b"%PDF-1.4 contract"
        document = document.with_user(self.collector)
        document._receive(content, "../contract.pdf", self._day("2026-11-20"))
        self.assertEqual(document.state, "received")
        self.assertEqual(document.file_ids.raw, content)
        self.assertNotIn("/", document.file_ids.name)
        digest = hashlib.sha256(content).hexdigest()
        self.assertEqual(document.file_hashes, f"2026-11-20 {digest}")
        self.assertEqual(document.received_by_id, self.collector)
        for change in ({"raw": b"other"}, {"res_id": 0}):
            with self.assertRaisesRegex(UserError, "evidence"):
                document.file_ids.sudo().write(change)
        with self.assertRaisesRegex(UserError, "evidence"):
            document.file_ids.sudo().unlink()
        self.assertEqual(self._missing(self.partner), "Identity")

    @staticmethod
    def _day(text):
        from datetime import date

        return date.fromisoformat(text)

    def test_it_is_checked_found_defective_and_received_again(self):
        document = self._document(self.partner, self.contract)
        document = document.with_user(self.collector)
        document._receive(b"one", "one.pdf")
        document.action_check()
        self.assertEqual(document.checked_by_id, self.collector)
        document._reject("The last page lacks")
        self.assertEqual(document.standing, "defective")
        self.assertEqual(document.state_reason, "The last page lacks")
        self.assertIn("Contract", self._missing(self.partner))
        document._receive(b"two", "two.pdf")
        self.assertEqual(len(document.file_ids), 2)
        self.assertEqual(len(document.file_hashes.splitlines()), 2)
        self.assertFalse(document.checked_on)
        said = document.history_ids.mapped("change")
        self.assertEqual(
            said[::-1],
            [
                "Received, to be checked",
                "Checked",
                "Defective",
                "Received, to be checked",
            ],
        )

    def test_what_is_not_needed_is_asked_for_again_by_the_button_only(self):
        document = self._document(self.partner, self.contract)
        document._waive("A public body signs no contract")
        self.assertEqual(self._missing(self.partner), "Identity")
        with self.assertRaises(UserError):
            document._receive(b"x", "x.pdf")
        document.action_ask_again()
        self.assertEqual(self._missing(self.partner), "Contract, Identity")

    def test_a_wrong_number_is_refused_by_name_and_nothing_is_kept(self):
        document = self._document(self.partner, self.identity)
        for number, words in (
            ("ES9121000418450200051333", "look at it once more"),
            ("12", "IBAN"),
        ):
            with self.assertRaisesRegex(UserError, words):
                document._receive(b"x", "x.pdf", number=number)
        self.assertEqual(document.state, "missing")
        self.assertFalse(document.file_ids)
        document._receive(b"x", "x.pdf")
        with self.assertRaisesRegex(UserError, "type its number"):
            document.action_check()
        document._receive(b"x", "x.pdf", number=IBAN)
        self.assertEqual(document.number, IBAN.replace(" ", ""))
        document.action_check()

    def test_a_document_expires_on_its_day_and_the_upkeep_says_so(self):
        document = self._document(self.partner, self.identity)
        document._receive(b"x", "x.pdf", dated=self._day("2026-01-31"), number=IBAN)
        self.assertEqual(str(document.expires_on), "2027-01-30")
        with self.at("2027-01-30"):
            self.assertEqual(self._missing(self.partner), "Contract")
        with self.at("2027-01-31"):
            self.assertEqual(self._missing(self.partner), "Contract, Identity")
            self.assertEqual(document.standing, "expired")
            self.assertEqual(document.state, "received")
            due = document._upkeep_due(self.company, self._day("2027-01-31"), 10)
            self.assertEqual(due, document)
            due._upkeep(self._day("2027-01-31"))
            self.assertEqual(document.state, "expired")
        with self.at("2027-02-01"), self.assertRaisesRegex(UserError, "newer"):
            document._receive(b"x", "x.pdf", dated=self._day("2026-01-31"), number=IBAN)

    def test_nothing_arrives_tomorrow_nor_without_a_file(self):
        document = self._document(self.partner, self.contract)
        with self.assertRaisesRegex(UserError, "to come"):
            document._receive(b"x", "x.pdf", self._day("2026-11-24"))
        with self.assertRaisesRegex(UserError, "Add the file"):
            document._receive(b"", "x.pdf")

    def test_states_and_facts_change_by_their_buttons_only(self):
        document = self._document(self.partner, self.contract)
        mine = document.with_user(self.collector)
        for vals in (
            {"state": "checked"},
            {"number": "1"},
            {"expires_on": "2030-01-01"},
            {"file_ids": [Command.clear()]},
            {"type_id": self.photo.id},
        ):
            with self.assertRaises(UserError):
                mine.write(vals)
        with self.assertRaises(AccessError):
            mine.create({"debtor_id": document.debtor_id.id, "type_id": self.photo.id})
        mine.note = "Sent by post"
        with self.assertRaises(AccessError):
            mine.unlink()
        document._receive(b"x", "x.pdf")
        with self.assertRaisesRegex(UserError, "kept with its history"):
            document.sudo().unlink()

    def test_a_debt_of_another_debtor_is_refused(self):
        debt = self._invoice(due="2026-10-05")
        self._run("2026-11-23")
        debt = self.env["cobranza.debt"].search([("move_id", "=", debt.id)])
        other = self._debtor_of(self.partner)
        documents = self.env["cobranza.document"].sudo()
        with self.assertRaisesRegex(ValidationError, "no debt of"):
            documents.create(
                {
                    "debtor_id": other.id,
                    "debt_id": debt.id,
                    "type_id": self.signed_note.id,
                }
            )
        with self.assertRaisesRegex(ValidationError, "a document about"):
            documents.create({"debtor_id": other.id, "type_id": self.signed_note.id})

    # -- what the debtor sent ----------------------------------------------------------

    def _sent(self, debtor):
        contact = self.env["cobranza.contact"]._log(
            {
                "debtor_id": debtor.id,
                "channel": "portal",
                "direction": "inbound",
                "subject": "Files",
                "sent_at": "2026-11-20 10:00:00",
            }
        )
        file = self.env["ir.attachment"].create(
            {
                "name": "dni.pdf",
                "raw": b"%PDF- dni",
                "res_model": contact._name,
                "res_id": contact.id,
            }
        )
        contact._add_events("answered", "Page", attachment_id=file.id)
        return file

    def test_a_file_of_the_page_is_adopted_and_stays_where_it_is(self):
        document = self._document(self.partner, self.contract)
        file = self._sent(document.debtor_id)
        other = self._sent(self._debtor_of(self._customer(name="Other")))
        dialog = self._dialog(document)
        self.assertEqual(dialog.sent_file_ids, file)
        dialog.sent_file_id = other
        with self.assertRaisesRegex(UserError, "did not send"):
            dialog.action_confirm()
        dialog.sent_file_id = file
        dialog.action_confirm()
        self.assertEqual(document.file_ids.raw, file.raw)
        self.assertNotEqual(document.file_ids, file)
        self.assertTrue(file.exists())

    # -- tasks -------------------------------------------------------------------------

    def _tasks(self, *, active=True):
        kind = self.env.ref("cobranza_legal.mail_activity_documents")
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=active)
            .search([("activity_type_id", "=", kind.id)])
        )

    def _daily(self, day="2026-11-23"):
        company = self.company
        with self.at(day):
            company._cobranza_engine(self.env["cobranza.document"].sudo())._daily(
                company, self._day(day)
            )
            self.env.flush_all()

    def test_the_responsible_is_asked_once_for_all_and_it_is_done_when_complete(self):
        debtor = self._debtor_of(self.partner)
        debtor.user_id = self.collector
        self._daily()
        task = self._tasks()
        self.assertEqual((task.res_id, task.user_id), (debtor.id, self.collector))
        self.assertIn("Contract, Identity", task.note)
        self._daily("2026-11-24")
        self.assertEqual(self._tasks(), task)
        self._document(debtor, self.contract)._receive(b"x", "x.pdf")
        self.assertTrue(task.active)
        self._daily("2026-11-24")
        self.assertNotIn("Contract", task.note)
        self._document(debtor, self.identity)._receive(b"x", "x.pdf", number=IBAN)
        self.assertFalse(self._tasks())
        self._daily("2026-11-25")
        self.assertFalse(self._tasks())

    def test_who_said_done_is_asked_again_after_a_month_only(self):
        self._debtor_of(self.partner)
        self._daily()
        self._tasks().action_done()
        self.env.flush_all()
        self._daily("2026-12-10")
        self.assertFalse(self._tasks())
        self._daily("2026-12-30")
        self.assertEqual(len(self._tasks()), 1)

    def test_so_many_are_asked_a_day_as_the_company_says_the_urgent_first(self):
        debtors = [self._debtor_of(self._customer(name=f"C {n}")) for n in range(5)]
        for number, debtor in enumerate(debtors):
            debtor.sudo()._through_gate().priority = 1000 + number
        self.company.cobranza_document_tasks = 2
        self._daily()
        asked = set(self._tasks().mapped("res_id"))
        self.assertEqual(asked, {debtors[4].id, debtors[3].id})
        self.company.cobranza_document_tasks = 0
        self._daily("2026-11-24")
        self.assertEqual(len(self._tasks()), 2)

    def test_the_upkeep_asks_the_same_number_of_times_for_any_number(self):
        counts = []
        self.company.cobranza_document_tasks = 500
        for number in (3, 240):
            debtors = [
                self._debtor_of(self._customer(name=f"C {number} {n}"))
                for n in range(number)
            ]
            self.env["cobranza.debtor"].union(*debtors).user_id = self.collector
            self.env.flush_all()
            self.env.invalidate_all()
            with listed(self.cr) as queries:
                self._daily()
            counts.append(len(queries) - queries.writes)
            self.env.invalidate_all()
            with listed(self.cr) as again:
                self._daily("2026-11-24")
            self.assertEqual(again.writes, 0, str(again))
        self.assertEqual(len(self._tasks()), 243)
        self.assertLessEqual(counts[1], counts[0] + 15, str(queries))
