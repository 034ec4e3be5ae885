from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..common.base import CobranzaCommon
from ..common.refusals import Refusals

DAY = "2026-10-10"


@tagged("post_install", "-at_install")
class TestAnswering(Refusals, CobranzaCommon):
    """Until when an objection is answered, who is reminded, and how the debtor is
    told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cobranza_mode": "automatic", "cobranza_bank_guard_days": 0})
        cls.company.email = "collections@example.com"
        cls.partner_a.lang = "en_US"
        cls.move = cls._invoice(amount=1000)
        cls._run(DAY)
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id
        cls.collector = cls._role("collector")
        cls.env["cobranza.text"].search(
            [("purpose", "=", "dispute_answer"), ("approved_on", "=", False)]
        ).action_approve()

    def _dispute(self, **vals):
        values = {
            "debtor_id": self.debtor.id,
            "debt_id": self.debt.id,
            "reason": "price",
            "via": "letter",
            **vals,
        }
        with self.at(DAY):
            disputes = self.env["cobranza.dispute"].with_user(self.collector)
            return disputes.create(values).with_env(self.env)

    def _night(self, dispute, day):
        with self.at(day):
            today = fields.Date.to_date(day)
            model = self.company._cobranza_engine(dispute)
            due = model._upkeep_due(self.company, today, 100)
            due._upkeep(today)
            self.assertFalse(model._upkeep_due(self.company, today, 100))
        return self.debtor.activity_ids

    def test_without_a_law_it_is_the_day_that_the_company_promises(self):
        dispute = self._dispute(whole=False, amount=1)
        self.assertEqual(str(dispute.answer_on), "2026-10-25")
        late = self._dispute(received_on="2026-10-06", whole=False, amount=1)
        self.assertEqual(str(late.answer_on), "2026-10-21")
        self.assertFalse(late.answer_limit or late.answer_article)

    def test_it_is_not_received_after_it_was_written_down(self):
        with self.refuses(ValidationError, "or before"):
            self._dispute(received_on="2026-10-11")

    def test_a_claim_before_an_authority_stops_us(self):
        self._dispute(via="authority", reference="R2026-1")
        self.assertEqual(str(self.debtor.authority_claim_on), DAY)

    def test_the_responsible_is_reminded_before_the_manager_told_after_the_day(self):
        dispute = self._dispute(reference="R-77")
        self.assertFalse(self._night(dispute, "2026-10-21"))
        task = self._night(dispute, "2026-10-22")
        self.assertEqual((len(task), task.user_id), (1, self.collector))
        self.assertIn("R-77", task.note)
        self.assertEqual(self._night(dispute, "2026-10-25"), task)
        late = self._night(dispute, "2026-10-26") - task
        self.assertEqual(late.user_id, self.company._cobranza_manager())
        self.assertIn("Not answered in time", late.summary)
        self.assertEqual(len(self._night(dispute, "2026-10-27")), 2)
        dispute._answer("rejected", "It was agreed")
        self.assertNotIn(late, self.debtor.activity_ids)

    def test_many_objections_are_asked_for_and_told_as_often_as_one(self):
        first = self._dispute(whole=False, amount=1)
        counts = []
        for _size in range(2):
            self._night(first, "2026-10-22")
            self.env.flush_all()
            first._through_gate().write({"reminded_of": False})
            before = self.cr.sql_log_count
            self._night(first, "2026-10-22")
            counts.append(self.cr.sql_log_count - before)
        more = first
        for _one in range(8):
            more |= self._dispute(whole=False, amount=1)
        more._through_gate().write({"reminded_of": False})
        self.env.flush_all()
        before = self.cr.sql_log_count
        self._night(more, "2026-10-22")
        self.assertLessEqual(self.cr.sql_log_count - before, counts[1] + 12)

    def test_closing_keeps_how_the_debtor_was_told_as_evidence(self):
        dispute = self._dispute().with_user(self.collector)
        action = dispute.action_answer()
        dialog = self.env[action["res_model"]].with_user(self.collector)
        file = self.env["ir.attachment"].with_user(self.collector)
        file = file.create({"name": "answer.pdf", "raw": b"%PDF-1.4 x"})
        form = Form(dialog.with_context(**action["context"]))
        form.outcome, form.reason = "rejected", "It was agreed in writing"
        form.answer_via, form.answer_number = "letter", "S-12"
        form.answer_file_ids.add(file)
        form.save().action_confirm()
        self.assertEqual(
            (dispute.answer_via, dispute.answer_number, dispute.untold),
            ("letter", "S-12", False),
        )
        self.assertEqual(dispute.answer_file_ids, file)
        self.assertEqual((file.res_model, file.res_id), (dispute._name, dispute.id))
        with self.assertRaises(UserError):
            file.unlink()
        with self.assertRaises(UserError):
            dispute.answer_number = "S-13"

    def test_the_debtor_is_told_by_an_email_that_passes_the_gate(self):
        dispute = self._dispute().with_user(self.collector)
        with self.refuses(UserError, "outcome first"):
            dispute.action_tell()
        with self.at("2026-10-12"):
            dispute._answer("rejected", "The price list was signed")
            self.assertTrue(dispute.untold)
            dispute.action_tell()
            dispute.action_tell()
        contact = dispute.told_contact_ids.sudo()
        self.assertEqual((len(contact), contact.released), (1, True))
        self.assertTrue(contact.is_answer)
        with self.at("2026-10-12"):
            said = contact.with_context(lang="en_US")._render()
        for words in (self.move.name, "1,000.00", "signed", "cannot agree"):
            self.assertIn(words, f"{said['subject']} {said['body']}")
        contact._through_gate().state = "sent"
        self.assertFalse(dispute.untold)

    def test_who_may_not_be_written_to_is_not_told_from_here(self):
        dispute = self._dispute(via="authority").with_user(self.collector)
        with self.at("2026-10-12"):
            dispute._answer("rejected", "It was agreed")
            with self.assertRaises(UserError):
                dispute.action_tell()

    def test_the_credit_note_is_made_by_odoo_from_the_dispute_and_linked(self):
        dispute = self._dispute(whole=False, amount=250)
        accountant = self._role("accountant")
        with self.refuses(UserError, "upheld"):
            dispute.action_credit_note()
        with self.at("2026-10-12"):
            dispute._answer("upheld", "Eight boxes, not ten")
            self.assertTrue(dispute.credit_wanted)
            action = dispute.with_user(accountant).action_credit_note()
            wizard = self.env[action["res_model"]].with_user(accountant)
            form = Form(wizard.with_context(**action["context"]))
            self.assertIn("Eight boxes", form.reason)
            form.save().refund_moves()
        note = dispute.credit_note_ids
        self.assertEqual(note.reversed_entry_id, self.move)
        self.assertIn("250", note.message_ids[0].body)
        with self.at("2026-10-13"):
            note.invoice_line_ids.price_unit = 250
            note.action_post()
            lines = (note | self.move).line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            lines.filtered(lambda line: not line.reconciled).reconcile()
            self.assertFalse(dispute.credit_wanted)

    def test_a_reversal_of_another_document_is_no_credit_note_of_it(self):
        dispute = self._dispute()
        with self.at("2026-10-12"):
            dispute._answer("upheld", "Wrong")
        other = self._invoice(amount=10)
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move",
            active_ids=other.ids,
            cobranza_dispute_id=dispute.id,
        )
        Form(wizard).save().refund_moves()
        self.assertFalse(dispute.credit_note_ids)
