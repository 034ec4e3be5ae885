import hashlib

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.contact import MONDAY
from ..common.paper import LATER, PaperCommon

THURSDAY = "2026-11-26 10:00:00"


@tagged("post_install", "-at_install")
class TestTracking(PaperCommon):
    """What a carrier says about a certified letter, and what it proves."""

    def test_the_task_tells_in_order_what_to_do_and_which_proof_to_keep(self):
        letter = self._letter()
        self.assertIn("certified letter", letter.activity_id.summary)
        note = letter.activity_id.note
        steps = ["Print the letter", "acknowledgement of receipt", "voucher", "scan"]
        places = [note.index(step) for step in steps]
        self.assertEqual(places, sorted(places))
        self.assertIn("1,000.00", note)
        self.assertEqual(letter.state, "planned")

    def test_a_delivery_with_its_file_is_the_day_of_reception(self):
        letter = self._posted()
        self.assertEqual(letter.tracking_number, f"CD{letter.id}")
        event = self._answer(letter, "delivered", THURSDAY)
        self.assertEqual(event.file_hash, hashlib.sha256(b"receipt").hexdigest())
        self.assertEqual(event.source, self.collector.name)
        day, note = self._reception(letter)
        self.assertEqual(day, "2026-11-26")
        self.assertIn("Delivered (11/26/2026)", note)
        self.assertIn("not the content", note)
        self.assertIn("Law 3 art. 9", note)
        self._answer(letter, "content_certified", f"{MONDAY} 14:00:00", b"text")
        self.assertIn("content is proven", self._reception(letter)[1])

    def test_without_a_rule_of_the_country_nothing_is_proven(self):
        letter = self._posted()
        self._answer(letter, "delivered")
        self.assertFalse(letter.received_on)
        self.assertIn("No rule of the country", letter.reception_note)

    def test_what_proves_needs_its_file_and_what_does_not_needs_none(self):
        letter = self._posted()
        for kind in ("delivered", "refused", "uncollected", "content_certified"):
            with self.assertRaisesRegex(UserError, "file"):
                self._answer(letter, kind, file=None)
        self._answer(letter, "notice_left", file=None)
        file = self.env["ir.attachment"].create({"name": "empty"})
        vals = {"contact_id": letter.id, "kind": "delivered", "attachment_id": file.id}
        with self.clock(LATER), self.assertRaisesRegex(UserError, "empty"):
            self.env["cobranza.contact.event"].create(vals)

    def test_events_of_a_machine_without_their_file_prove_nothing_yet(self):
        letter = self._posted()
        letter.sudo()._add_events("delivered", "Provider", THURSDAY)
        day, note = self._reception(letter)
        self.assertFalse(day)
        self.assertIn("its file is missing", note)

    def test_events_out_of_order_tell_the_same_story(self):
        letter = self._posted()
        self._answer(letter, "delivered", "2026-11-27 09:00:00")
        self._answer(letter, "notice_left", "2026-11-25 09:00:00", None)
        self.assertEqual(
            letter.event_ids.mapped("kind"),
            ["printed", "posted", "notice_left", "delivered"],
        )
        self.assertEqual(self._reception(letter)[0], "2026-11-27")

    def test_a_letter_that_was_delivered_and_came_back_proves_nothing(self):
        letter = self._posted()
        wrong = self._answer(letter, "delivered", THURSDAY)
        back = self._answer(letter, "returned", "2026-11-27 09:00:00")
        day, note = self._reception(letter)
        self.assertFalse(day)
        self.assertIn("Returned (11/27/2026)", note)
        with self.assertRaisesRegex(UserError, "why"):
            self._answer(letter, "correction", file=None, corrects_id=back.id)
        self._answer(
            letter, "correction", file=None, corrects_id=back.id, note="Another letter"
        )
        self.assertEqual(self._reception(letter)[0], "2026-11-26")
        with self.assertRaisesRegex(UserError, "taken back"):
            self._answer(
                letter, "correction", file=None, corrects_id=back.id, note="Again"
            )
        self._answer(letter, "correction", file=None, corrects_id=wrong.id, note="Both")
        self.assertFalse(self._reception(letter)[0])
        self.assertEqual(len(letter.event_ids), 6)

    def test_a_correction_speaks_of_its_own_contact_only(self):
        one = self._posted()
        other = self._posted(self._invoice(partner=self.partner_b))
        event = self._answer(other, "delivered")
        with self.assertRaisesRegex(UserError, "of this contact"):
            self._answer(
                one, "correction", file=None, corrects_id=event.id, note="Mistake"
            )

    def test_what_is_refused_counts_at_the_address_of_the_contract(self):
        letter = self._posted()
        self._answer(letter, "refused", THURSDAY)
        day, note = self._reception(letter)
        self.assertFalse(day)
        self.assertIn("address that the debtor agreed", note)
        letter.debtor_id.action_take_contract_address()
        self.assertEqual(letter.debtor_id.contract_address, letter.address)
        self.assertEqual(self._reception(letter)[0], "2026-11-26")
        letter.debtor_id.contract_address = "CALLE MAYOR, 1 - Madrid"
        self.assertEqual(self._reception(letter)[0], "2026-11-26")
        letter.debtor_id.contract_address = "Calle Mayor 11, Madrid"
        self.assertFalse(self._reception(letter)[0])

    def test_the_file_of_an_event_is_its_own_and_cannot_be_swapped(self):
        letter = self._posted()
        files = self.env["ir.attachment"]
        shared = files.create(
            {
                "name": "scan.pdf",
                "raw": b"scan",
                "res_model": "res.partner",
                "res_id": self.partner_a.id,
            }
        )
        events = self.env["cobranza.contact.event"]
        with self.clock(LATER):
            event = events.create(
                {
                    "contact_id": letter.id,
                    "kind": "delivered",
                    "attachment_id": shared.id,
                    "file_hash": "0" * 64,
                }
            )
        shared.raw = b"something else"
        self.assertEqual(event.attachment_id.raw, b"scan")
        self.assertEqual(event.file_hash, hashlib.sha256(b"scan").hexdigest())
        with self.assertRaises(UserError):
            event.attachment_id.raw = b"something else"

    def test_nobody_makes_evidence_of_a_file_that_he_may_not_read(self):
        letter = self._posted()
        file = self.env["ir.attachment"].create({"name": "secret", "raw": b"secret"})
        events = self.env["cobranza.contact.event"].with_user(self.collector)
        with self.clock(LATER), self.assertRaises(AccessError):
            events.create(
                {
                    "contact_id": letter.id,
                    "kind": "delivered",
                    "attachment_id": file.id,
                }
            )

    def test_an_answer_lies_between_the_posting_and_now(self):
        letter = self._posted()
        for moment in (f"{MONDAY} 13:59:00", "2026-11-27 12:00:01"):
            with self.assertRaises(UserError):
                self._answer(letter, "delivered", moment)

    def test_a_lawyer_reads_the_events_and_adds_none(self):
        letter = self._posted()
        lawyer = self._role("all_lawyer")
        self.assertTrue(letter.with_user(lawyer).event_ids.mapped("kind"))
        events = self.env["cobranza.contact.event"].with_user(lawyer)
        with self.clock(LATER), self.assertRaises(AccessError):
            events.create({"contact_id": letter.id, "kind": "notice_left"})

    def test_a_certified_email_goes_to_an_agreed_address_only(self):
        mail = self._letter(channel="certified_email")
        self.assertEqual((mail.waiting, mail.task_raised), ("missing_data", False))
        self.assertIn("agreed", mail.waiting_note)
        mail.debtor_id.certified_email = "Debtor.A@example.com"
        mail.with_user(self.env.user).action_try_again()
        self._send("2026-11-24 12:00:00")
        self.assertTrue(mail.task_raised)
        self.assertEqual(mail.address, "debtor.a@example.com")
        self._posting(self._print(mail, "2026-11-24 12:30:00"), "2026-11-24 13:00:00")
        self._answer(mail, "delivered", THURSDAY)
        rules = self._reception(mail)
        self.assertFalse(rules[0])
