# pylint: disable=translation-required
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.privacy import erasure as cobranza_erasure
from ..common.contact import MONDAY
from ..common.privacy import LATER, PrivacyCommon

UPKEEP = "odoo.addons.cobranza_legal.models.debtor.attention"


@tagged("post_install", "-at_install")
class TestRetention(PrivacyCommon):
    """The log is proposed for erasure when its time is over, and never before."""

    def test_a_log_is_proposed_once_when_its_years_are_over(self):
        debtor, _mail, _letter = self._closed()
        self._trigger("2028-12-09")
        self.assertFalse(self._erasure(debtor))
        self._trigger(LATER)
        erasure = self._erasure(debtor)
        self.assertEqual((erasure.state, erasure.contact_count), ("proposed", 2))
        self.assertEqual(erasure.article, "Art. 37")
        self._trigger("2029-01-11")
        self._trigger("2029-03-11")
        self.assertEqual(self._erasure(debtor), erasure)
        summaries = debtor.activity_ids.mapped("summary")
        self.assertEqual(summaries.count("Decide on erasing the log"), 1)

    def test_nothing_is_erased_before_a_manager_approves(self):
        debtor, mail, letter = self._closed()
        self._trigger(LATER)
        self._trigger("2029-06-01")
        self.assertTrue(mail.body and letter.attachment_id)
        erasure = self._erasure(debtor)
        for role in ("collector", "lawyer", "all_lawyer", "accountant", "approver"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                erasure.with_user(self.users[role]).action_approve()
        self.assertTrue(mail.body)

    def test_without_a_known_law_nothing_is_ever_proposed(self):
        debtor, _mail, _letter = self._closed()
        self.company.cobranza_log_years = 1
        with self.at("2060-01-01"), self.enter_registry_test_mode():
            self.upkeep.method_direct_trigger()
        self.assertFalse(self._erasure(debtor))

    def test_the_company_keeps_it_longer_but_never_shorter_than_the_law(self):
        with self.law(), self.assertRaises(ValidationError):
            self.company.cobranza_log_years = 1
        with self.law():
            self.company.cobranza_log_years = 5
        debtor, _mail, _letter = self._closed()
        self._trigger(LATER)
        self.assertFalse(self._erasure(debtor))
        self._trigger("2031-12-20")
        self.assertTrue(self._erasure(debtor))

    def test_an_open_matter_keeps_the_log_and_is_named(self):
        debtor, mail, _letter = self._closed()
        self.assertFalse(debtor._retention_refusals())
        invoice = self._invoice(amount=7)
        self._ensure_debts(invoice, debtor)
        self.assertIn("the claim and its limitation run", self._only(debtor))
        self._register_payment(invoice, payment_date="2026-12-10")
        for name, words in (
            ("authority_claim_on", "Claim before an authority"),
            ("sued_on", "Sued"),
            ("insolvent_on", "Insolvency"),
        ):
            debtor[name] = MONDAY
            self.assertIn(words, self._only(debtor))
            debtor[name] = False
        with self.at(MONDAY):
            hold = self.env["cobranza.hold"].create({"debtor_id": debtor.id})
        self.assertIn("Open hold", self._only(debtor))
        self._trigger(LATER)
        self.assertFalse(self._erasure(debtor))
        hold._release("x")
        self._trigger("2029-02-20")
        self.assertTrue(self._erasure(debtor))
        self.assertTrue(mail.body)

    def _only(self, debtor):
        self.env.invalidate_all()
        [message] = debtor._retention_refusals()
        return message

    def test_what_comes_up_after_the_approval_stops_it(self):
        debtor, mail, _letter = self._closed()
        self._trigger(LATER)
        erasure = self._erasure(debtor)
        self._approve(erasure)
        debtor.sued_on = LATER
        self._trigger("2029-01-11")
        self.assertEqual(erasure.state, "refused")
        self.assertIn("Sued", erasure.state_reason)
        self.assertTrue(mail.body)

    def test_an_approval_is_refused_while_a_claim_runs(self):
        debtor, _mail, _letter = self._closed()
        self._trigger(LATER)
        debtor.authority_claim_on = LATER
        with self.assertRaises(UserError) as caught:
            self._approve(self._erasure(debtor))
        self.assertIn("Claim before an authority", str(caught.exception))


@tagged("post_install", "-at_install")
class TestErasure(PrivacyCommon):
    """What is erased is gone everywhere; hash, dates and reason stay."""

    def _erased(self):
        debtor, mail, letter = self._closed()
        self._trigger(LATER)
        self._approve(self._erasure(debtor))
        self._trigger("2029-01-11")
        return debtor, mail, letter

    def test_text_recipient_address_and_files_go_and_hash_and_dates_stay(self):
        debtor, mail, letter = self._closed()
        before = {
            one.id: (one.content_hash, one.sent_at, one.file_hash, one.text_id)
            for one in mail | letter
        }
        files = letter.attachment_id | letter.event_ids.attachment_id
        copy = self._copy(mail)
        self._trigger(LATER)
        erasure = self._erasure(debtor)
        self._approve(erasure)
        self._trigger("2029-01-11")
        self.assertEqual((erasure.state, erasure.erased_count), ("done", 2))
        for one in mail | letter:
            kept = (one.content_hash, one.sent_at, one.file_hash, one.text_id)
            self.assertEqual(kept, before[one.id])
            self.assertTrue(one.erased_on)
            self.assertIn("Art. 37", one.erased_reason)
            for name in ("subject", "body", "address", "recipient_id", "origin"):
                self.assertFalse(one[name], name)
            self.assertFalse(one.attachment_id | one.event_ids.attachment_id)
            self.assertTrue(one.event_ids.mapped("moment"))
        self.assertFalse(files.exists())
        self.assertFalse(copy.exists())
        self.assertTrue(letter.event_ids.filtered("file_hash"))

    def test_no_trace_is_left_in_the_tables(self):
        debtor, mail, _letter = self._closed()
        self.env["cobranza.hold"].create(
            {"debtor_id": debtor.id, "note": "secret note"}
        )._release("secret reason")
        debtor.with_user(self.users["collector"]).message_post(body="secret word")
        self._trigger(LATER)
        self._approve(self._erasure(debtor))
        self._trigger("2029-01-11")
        self.assertTrue(mail.erased_on)
        self.env.flush_all()
        for table, column in (
            ("cobranza_contact", "address"),
            ("cobranza_contact", "body"),
            ("cobranza_hold", "note"),
            ("cobranza_history", "reason"),
            ("mail_message", "body"),
        ):
            self.env.cr.execute(
                f"SELECT count(*) FROM {table} WHERE {column} LIKE ANY(%s)",
                [["%secret%", "%debtor.a@example.com%"]],
            )
            self.assertEqual(self.env.cr.fetchone(), (0,), (table, column))

    def test_what_was_erased_verifies_as_erased_and_is_kept(self):
        _debtor, mail, letter = self._erased()
        said = (mail | letter).action_verify()["params"]
        self.assertEqual(said["type"], "success")
        self.assertIn("2 entries were erased", said["message"])
        with self.assertRaises(UserError):
            mail.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            mail.with_user(self.manager).write({"erased_on": False})

    def test_younger_entries_stay_whole(self):
        debtor, mail, letter = self._closed()
        with self.law():
            self.env["cobranza.erasure"]._propose(debtor, "2026-12-01", "x", "y")
        self._approve(self._erasure(debtor))
        self._trigger("2029-01-11")
        self.assertTrue(mail.erased_on)
        self.assertFalse(letter.erased_on)
        self.assertTrue(letter.body and letter.attachment_id.exists())
        self.assertFalse(letter._verify())

    def test_a_big_log_goes_in_batches_and_goes_on_after_a_crash(self):
        debtor, mail, letter = self._closed()
        self._trigger(LATER)
        erasure = self._erasure(debtor)
        self._approve(erasure)
        model = self.env.registry["cobranza.contact"]
        erase, calls = model._erase, []

        def breaking(contacts, *args):
            calls.append(contacts.ids)
            if len(calls) > 1:
                raise MemoryError("killed")
            return erase(contacts, *args)

        with patch.object(cobranza_erasure, "BATCH", 1):
            with (
                patch.object(model, "_erase", breaking),
                mute_logger(UPKEEP),
            ):
                self._trigger("2029-01-11")
            self.assertGreater(len(calls), 1)
            self.assertEqual(len((mail | letter).filtered("erased_on")), 1)
            self.assertEqual((erasure.state, erasure.erased_count), ("approved", 1))
            self._trigger("2029-01-12")
        self.assertEqual((erasure.state, erasure.erased_count), ("done", 2))

    def test_a_proposal_is_made_and_answered_by_its_methods_only(self):
        debtor, _mail, _letter = self._closed()
        self._trigger(LATER)
        erasure = self._erasure(debtor).with_user(self.manager)
        forged = erasure.with_context(cobranza_gate=True)
        for vals in ({"state": "done"}, {"cutoff": "2030-01-01"}, {"reason": "x"}):
            with self.assertRaises(UserError):
                forged.write(vals)
        with self.assertRaises(UserError):
            forged.unlink()
        with self.assertRaises(UserError):
            erasure.sudo().create(
                {"debtor_id": debtor.id, "company_id": self.company.id, "reason": "x"}
            )
        with self.assertRaises(UserError):
            erasure.action_refuse()
        erasure.note = "Sernac may ask"
        erasure.action_refuse()
        self.assertEqual(erasure.state, "refused")
