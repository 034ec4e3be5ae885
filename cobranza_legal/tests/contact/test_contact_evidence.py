# pylint: disable=translation-required
import base64
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..common.base import ROLES
from ..common.contact import MONDAY
from ..common.smtp_sink import smtp_sink
from .test_contact_guard import GuardCommon


class EvidenceCommon(GuardCommon):
    def _sent(self, *invoices, **spec):
        """An e-mail that has left, with its copy in the chatter."""
        contact = self._contact(*invoices, **spec)
        with smtp_sink(self.env):
            self._send()
        self.assertEqual(contact.state, "sent")
        return contact

    def _posted(self, *invoices):
        """A letter that was printed and posted, on paper."""
        letter = self._contact(*invoices, channel="letter")
        with self.clock(f"{MONDAY} 12:00:00"):
            letter.action_print()
            letter.action_posted()
        return letter

    def _copy(self, contact):
        domain = [("message_id", "=", contact.attempt)]
        return self.env["mail.message"].sudo().search(domain).ensure_one()


@tagged("post_install", "-at_install")
class TestAppendOnly(EvidenceCommon):
    """What was sent stays as it was, by every door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._role(role) for role in ROLES}
        cls.system = new_test_user(
            cls.env,
            login="administrator of evidence",
            groups="base.group_system,cobranza_legal.group_collection_manager",
        )

    def test_no_role_changes_or_deletes_what_was_sent(self):
        contact = self._sent()
        event = contact.event_ids
        line = contact.line_ids
        forged = {"cobranza_gate": True, "cobranza_legal_gate": 1, "su": True}
        for user in (*self.users.values(), self.system):
            for record, vals in (
                (contact, {"body": "x"}),
                (contact, {"recipient_id": self.partner_b.id}),
                (contact, {"sent_at": False}),
                (contact, {"erased_on": "2026-11-23 12:00:00"}),
                (contact, {"event_ids": [Command.clear()]}),
                (event, {"moment": "2020-01-01 00:00:00"}),
                (event, {"origin": "x"}),
                (line, {"amount": 1}),
            ):
                own = record.with_user(user).with_context(**forged)
                expected = self.assertRaises(UserError)
                with self.subTest(role=user.login, vals=vals), expected:
                    own.write(vals)
            for record in (contact, event, line):
                with self.assertRaises(UserError):
                    record.with_user(user).with_context(**forged).unlink()
        self.assertFalse(contact._verify())

    def test_nobody_writes_history_or_deletes_it_with_its_debtor(self):
        debtor = self._debtor()
        with self.at(MONDAY):
            hold = self.env["cobranza.hold"].create({"debtor_id": debtor.id})
            row = hold.history_ids
            hold.unlink()
        for user in (*self.users.values(), self.system):
            for call in (
                lambda history: history.write({"reason": "x"}),
                lambda history: history.unlink(),
            ):
                with self.assertRaises(UserError):
                    call(row.with_user(user))
        with self.assertRaises(UserError):
            debtor.unlink()
        self.assertTrue(row.exists())

    def test_the_copy_in_the_chatter_is_neither_edited_nor_deleted(self):
        copy = self._copy(self._sent())
        for user in (self.users["manager"], self.system):
            own = copy.with_user(user)
            with self.assertRaises(UserError):
                own.write({"body": "<p>nothing</p>"})
            with self.assertRaises(UserError):
                own.unlink()
        with self.assertRaises(UserError):
            copy.sudo().write({"subject": "x"})

    def test_who_wrote_to_the_debtor_does_not_edit_it_afterwards(self):
        debtor = self._debtor()
        collector = self.users["collector"]
        message = debtor.with_user(collector).message_post(
            body="Please pay",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_a.ids,
        )
        contact = debtor.contact_ids
        self.assertEqual(contact.attempt, message.message_id)
        self.assertTrue(contact.content_hash)
        with self.assertRaises(UserError):
            debtor.with_user(collector)._message_update_content(message, body="Never")
        self.assertIn("Please pay", contact.body)
        note = debtor.with_user(collector).message_post(body="For us")
        note.with_user(collector).body = "For us only"
        self.assertIn("only", note.body)

    def test_the_file_of_a_letter_is_kept_whatever_is_tried(self):
        letter = self._posted()
        file = letter.attachment_id
        forged = base64.b64encode(b"forged")
        tries = (
            {"raw": b"forged"},
            {"datas": forged},
            {"type": "url", "url": "https://example.com/forged.pdf"},
            {"res_model": "res.partner", "res_id": self.partner_a.id},
            {"res_field": "image_128"},
            {"name": "other.pdf"},
            {"public": True},
            {"mimetype": "image/png"},
        )
        for user in (self.users["collector"], self.users["manager"], self.system):
            for vals in tries:
                expected = self.assertRaises(UserError)
                with self.subTest(role=user.login, vals=vals), expected:
                    file.with_user(user).write(dict(vals))
            with self.assertRaises(UserError):
                file.with_user(user).unlink()
        with self.assertRaises(UserError):  # what the mail routes do for anybody
            file.with_user(self.users["collector"]).sudo()._delete_and_notify()
        self.assertFalse(letter._verify())

    def test_a_file_that_hangs_from_elsewhere_is_evidence_as_well(self):
        letter = self._posted()
        collector = self.users["collector"]
        proof = self.env["ir.attachment"].with_user(collector)
        proof = proof.create({"name": "acuse.pdf", "raw": b"signed"})
        with self.clock("2026-11-25 12:00:00"):
            self.env["cobranza.contact.event"].with_user(collector).create(
                {
                    "contact_id": letter.id,
                    "kind": "delivered",
                    "attachment_id": proof.id,
                }
            )
        with self.assertRaises(UserError):
            proof.write({"raw": b"forged"})
        with self.assertRaises(UserError):
            proof.unlink()

    def test_files_of_others_are_neither_read_nor_decoded(self):
        letter = self._posted()
        kept = letter.attachment_id.sudo()
        before = kept.raw
        other = kept.create({"name": "other.pdf", "raw": b"%PDF-1.4 other"})
        (kept | other).flush_recordset()
        self.env.invalidate_all()
        read = []

        def _file_read(model, name, size=None):
            read.append(name)
            return plain(model, name, size)

        model = self.env.registry["ir.attachment"]
        plain = model._file_read
        with patch.object(model, "_file_read", _file_read):
            other.write({"name": "new.pdf", "datas": base64.b64encode(b"more")})
            other._cobranza_evidence()
            self.assertNotIn(kept.store_fname, read)
            self.assertFalse(read)
        self.env.invalidate_all()
        # what is no base64 is for Odoo to refuse, unless it is for us to keep
        with self.assertRaises(UserError):
            kept.datas = b"new data"
        self.assertEqual(kept.raw, before)

    def test_moving_the_files_to_another_store_is_no_change(self):
        letter = self._posted()
        letter.attachment_id.sudo()._migrate()
        self.assertFalse(letter._verify())

    def test_a_printed_letter_is_not_posted_to_another_person(self):
        letter = self._contact(channel="letter")
        other = self._person(
            "Other", parent_id=self.partner_a.id, street="Sur 2", city="Madrid"
        )
        with self.clock(f"{MONDAY} 12:00:00"):
            letter.action_print()
            letter.recipient_id = other
            with self.assertRaises(UserError):
                letter.action_posted()
            letter.action_print()
            letter.action_posted()
        self.assertEqual(letter.recipient_id, other)
        self.assertFalse(letter._verify())

    def test_a_letter_that_was_printed_and_cancelled_is_kept(self):
        letter = self._contact(channel="letter")
        with self.clock(f"{MONDAY} 12:00:00"):
            letter.action_print()
            letter._set_state("cancelled", "x")
        with self.assertRaises(UserError):
            letter.with_user(self.users["manager"]).unlink()

    def test_merging_partners_keeps_the_log_and_its_hashes(self):
        contact = self._sent()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.partner_a | self.partner_b).ids, self.partner_b)
        self.env.invalidate_all()
        self.assertEqual(contact.debtor_id.partner_id, self.partner_b)
        self.assertEqual(contact.recipient_id, self.partner_b)
        self.assertFalse(contact._verify())
        with self.assertRaises(UserError):
            contact.debtor_id.unlink()


@tagged("post_install", "-at_install")
class TestVerify(EvidenceCommon):
    """Tampering past the application is told."""

    def _tamper(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(query, args)
        self.env.invalidate_all()

    def test_a_text_changed_in_the_database_is_found(self):
        self.partner_b.write({"street": "Sur 1", "city": "Madrid"})
        contact = self._sent()
        other = self._posted(self._invoice(partner=self.partner_b))
        self._tamper("UPDATE cobranza_contact SET body = 'x' WHERE id = %s", contact.id)
        self.assertEqual(list((contact | other)._verify()), [contact.id])
        said = (contact | other).action_verify()["params"]
        self.assertEqual(said["type"], "danger")
        self.assertIn(contact.display_name, said["message"])
        self.assertIn("1 entries are as they were sent", said["message"])

    def test_an_amount_or_a_recipient_changed_in_the_database_is_found(self):
        contact = self._sent()
        query = "UPDATE cobranza_contact_line SET amount = 1 WHERE contact_id = %s"
        self._tamper(query, contact.id)
        self.assertIn(contact.id, contact._verify())
        other = self._sent(self._invoice(partner=self.partner_b))
        query = "UPDATE cobranza_contact SET recipient_id = %s WHERE id = %s"
        self._tamper(query, self.partner_a.id, other.id)
        self.assertIn("recipient", other._verify()[other.id][0])

    def test_a_file_changed_on_the_disk_is_found(self):
        letter = self._posted()
        model = self.env.registry["ir.attachment"]
        with patch.object(model, "_file_read", lambda *args, **kwargs: b"forged"):
            self.env.invalidate_all()
            found = letter._verify()[letter.id]
        self.assertTrue(any("The file" in one for one in found))

    def test_what_people_log_by_hand_has_a_hash_too(self):
        wizard = self.env["cobranza.contact.log"].create(
            {
                "debtor_id": self._debtor().id,
                "direction": "inbound",
                "made_at": "2026-11-20 12:00:00",
                "note": "Asks for a copy",
            }
        )
        with self.at(MONDAY):
            wizard.action_confirm()
        contact = wizard.debtor_id.contact_ids
        self.assertTrue(contact.content_hash)
        said = contact.action_verify()["params"]
        self.assertEqual(said["type"], "success")
        query = "UPDATE cobranza_contact SET outcome_note = 'x' WHERE id = %s"
        self._tamper(query, contact.id)
        self.assertIn("outcome", contact._verify()[contact.id][0])


@tagged("post_install", "-at_install")
class TestLog(EvidenceCommon):
    """The log of what was said, by class, week and debtor."""

    def test_the_log_of_a_debtor_holds_what_was_made_by_its_class(self):
        contact = self._sent()
        self._contact(self._invoice(), channel="letter")
        action = contact.debtor_id.action_view_log()
        domain = action["domain"]
        log = self.env["cobranza.contact"].search(domain)
        self.assertEqual(log, contact)
        self.assertEqual(log.channel_class, "remote")
        groups = log.formatted_read_group(domain, ["channel_class", "sent_at:week"])
        self.assertEqual(groups[0]["channel_class"], "remote")
