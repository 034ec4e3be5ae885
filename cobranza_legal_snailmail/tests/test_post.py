import base64
import socket
from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.cobranza_legal.models.contact import (
    sending as cobranza_contact_handover,
)
from odoo.addons.cobranza_legal.tests.common.contact import MONDAY
from odoo.addons.cobranza_legal.tests.common.iap_sink import HANG_UP
from odoo.addons.cobranza_legal_snailmail.models import cobranza_contact

from .post_common import PostCommon

HANDOVER = "odoo.addons.cobranza_legal_snailmail.models.cobranza_contact"


class Killed(BaseException):
    """The process ends here."""


@tagged("post_install", "-at_install")
class TestPost(PostCommon):
    """Printed letters that Odoo's post carries."""

    def _tasks(self, letter):
        return letter.debtor_id.sudo().activity_ids

    # -- taken -------------------------------------------------------------------------

    def test_the_frozen_paper_is_posted_once_and_proven(self):
        letter = self._printed()
        paper = letter.attachment_id
        with self._post() as sink:
            action = self._press(letter)
            self.assertEqual(letter.state, "sent", action)
            self.assertEqual(str(letter.sent_at), f"{MONDAY} 14:00:00")
            self.assertEqual(letter.user_id, self.collector)
            [sent] = sink.letters
            self.assertEqual(sent["pdf_bin"], base64.b64encode(paper.raw).decode())
            self.assertEqual(letter.attachment_id, paper)
            self.assertEqual(sent["address"]["street"], "Calle Mayor 1")
            self.assertEqual(sent["return_address"]["name"], "Creditor Ltd")
            self.assertFalse(sink.asked[0][1]["options"]["cover"])
            [event] = letter.event_ids.filtered(lambda event: event.kind == "accepted")
            self.assertIn(f"SN{letter.snailmail_letter_ids.id}", event.note)
            self.assertFalse(self._tasks(letter))
            with self.assertRaisesRegex(UserError, "choose other contacts"):
                self._press(letter)
            self.assertEqual(len(sink.letters), 1)

    def test_each_letter_of_a_batch_is_judged_on_its_own(self):
        first = self._printed()
        second = self._printed(self._invoice(partner=self.partner_b))
        self._register_payment(first.line_ids.debt_id.move_id, amount=400)
        with self._post() as sink:
            action = self._press(first | second)
        self.assertEqual((first.state, second.state), ("planned", "sent"))
        self.assertEqual(len(sink.letters), 1)
        self.assertIn("claims more than is owed", action["params"]["message"])
        self.assertIn("Letters posted: 1", action["params"]["message"])
        self.assertFalse(first.snailmail_letter_ids)

    # -- what may not go ---------------------------------------------------------------

    def _stays(self, letter, words):
        with self._post() as sink:
            action = self._press(letter)
        self.assertFalse(sink.letters)
        self.assertIn(words, action["params"]["message"])
        self.assertEqual(letter.state, "planned")
        self.assertFalse(letter.snailmail_letter_ids)

    def test_nothing_goes_that_no_person_may_post_either(self):
        letter = self._printed()
        self.company.sudo().cobranza_mode = "proposal"
        self._stays(letter, "mode")

    def test_a_letter_that_was_not_printed_stays(self):
        self._stays(self._letter(channel="letter"), "before it is posted")

    def test_an_address_that_is_not_on_the_paper_stays(self):
        letter = self._printed()
        self.partner_a.street = "Calle Nueva 3"
        self._stays(letter, "print again")
        self.partner_a.write({"street": "Calle Mayor 1", "country_id": False})
        self._stays(letter, "postal code and country")

    def test_one_letter_too_many_stays(self):
        letter = self._printed()
        with patch.object(
            self.env.registry["cobranza.debtor"],
            "_limit_warning",
            lambda *_args, **_kwargs: "too many contacts in the week",
        ):
            self._stays(letter, "too many contacts")

    def test_what_a_carrier_certifies_does_not_go_by_plain_post(self):
        letter = self._print(self._letter())
        self.assertEqual(letter.channel, "certified_letter")
        with self._post() as sink, self.assertRaisesRegex(UserError, "plain letters"):
            self._press(letter)
        self.assertFalse(sink.asked)

    # -- refused -----------------------------------------------------------------------

    def test_what_is_refused_waits_for_a_person_with_its_paper(self):
        for code, words in (
            ("CREDIT_ERROR", "enough credits"),
            ("TRIAL_ERROR", "registered"),
            ("NO_PRICE_AVAILABLE", "not covered"),
            ("MISSING_REQUIRED_FIELDS", "required fields"),
            ("FORMAT_ERROR", "could not be sent"),
        ):
            letter = self._printed(self._invoice())
            printed = letter.content_hash
            with self.subTest(code), self._post() as sink:
                sink.answer = code
                action = self._press(letter)
                self.assertEqual(letter.state, "planned")
                self.assertFalse(letter.sent_at)
                self.assertEqual(letter.content_hash, printed)
                self.assertIn(words, letter.waiting_note)
                self.assertNotIn("account_token", letter.waiting_note)
                self.assertIn(words, action["params"]["message"])
                task = letter.activity_id
                self.assertIn(task, self._tasks(letter))
                self.assertIn("did not take", task.summary)
                self.assertEqual(letter.snailmail_letter_ids.state, "canceled")
                self.env["snailmail.letter"]._snailmail_cron(autocommit=False)
                self.assertEqual(len(sink.letters), 1)
            letter.sudo()._set_state("cancelled")

    def test_a_request_that_is_refused_stops_the_batch(self):
        letters = self._printed()
        letters |= self._printed(self._invoice(partner=self.partner_b))
        with self._post() as sink:
            sink.reason = "CREDIT_ERROR"
            self._press(letters)
        self.assertEqual(letters.mapped("state"), ["planned", "planned"])
        self.assertEqual(len(sink.letters), 1)

    def test_a_person_posts_by_hand_what_was_refused(self):
        letter = self._printed()
        with self._post() as sink:
            sink.answer = "NO_PRICE_AVAILABLE"
            self._press(letter)
        with self.clock(f"{MONDAY} 15:00:00"):
            letter.action_posted()
        self.assertEqual(letter.state, "sent")
        self.assertFalse(self._tasks(letter))

    def test_a_service_that_cannot_be_reached_has_taken_nothing(self):
        letter = self._printed()
        with self._post(), socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{free.getsockname()[1]}"
            settings = self.env["ir.config_parameter"].sudo()
            settings.set_param("snailmail.endpoint", address)
            self._press(letter)
        self.assertEqual(letter.state, "planned")
        self.assertTrue(letter.waiting_note)

    # -- in doubt ----------------------------------------------------------------------

    @mute_logger(HANDOVER)
    def test_what_nobody_knows_is_in_doubt_and_never_leaves_again(self):
        for answer in (HANG_UP, 500, "UNKNOWN_ERROR"):
            letter = self._printed(self._invoice())
            with self.subTest(answer), self._post() as sink:
                sink.answer = answer
                self._press(letter)
                self.assertEqual(letter.state, "in_doubt")
                self.assertEqual(len(sink.letters), 1)
                self.assertIn("in doubt", letter.activity_id.summary)
                sink.answer = "sent"
                self.env["snailmail.letter"]._snailmail_cron(autocommit=False)
                letter.snailmail_letter_ids.sudo().message_id.send_letter()
                with self.assertRaisesRegex(UserError, "from its contact"):
                    letter.snailmail_letter_ids.sudo().snailmail_print()
                with self.assertRaisesRegex(UserError, "choose other contacts"):
                    self._press(letter)
                self.assertEqual(len(sink.letters), 1)
            letter.sudo()._set_state("failed")

    def test_a_process_that_dies_meanwhile_leaves_a_doubt(self):
        letter = self._printed()
        model = self.env.registry["snailmail.letter"]
        with self._post() as sink:
            with (
                suppress(Killed),
                patch.object(model, "_snailmail_print", side_effect=Killed),
            ):
                self._press(letter)
            self.env.invalidate_all()
            self.assertEqual(letter.state, "sending")
            self.assertEqual(letter.snailmail_letter_ids.error_code, "UNKNOWN_ERROR")
            self.env["snailmail.letter"]._snailmail_cron(autocommit=False)
            self._send(f"{MONDAY} 14:30:00")
            self.assertEqual(letter.state, "sending")
            self._send(f"{MONDAY} 15:01:00")
        self.assertEqual(letter.state, "in_doubt")
        self.assertFalse(sink.asked)

    def test_state_and_letter_are_committed_before_the_handover(self):
        letter = self._printed()
        seen = []
        real = cobranza_contact.commit

        def commit(env):
            real(env)
            seen.append((len(sink.letters), letter.with_env(env).state))

        with (
            patch.object(cobranza_contact, "commit", commit),
            patch.object(cobranza_contact_handover, "commit", commit),
            self._post() as sink,
        ):
            self._press(letter)
        self.assertEqual(seen, [(0, "sending"), (1, "sent")])

    # -- later -------------------------------------------------------------------------

    @mute_logger(HANDOVER)
    def test_what_odoo_learns_later_is_kept(self):
        letter = self._printed()
        with self._post() as sink:
            sink.answer = HANG_UP
            self._press(letter)
        post = letter.snailmail_letter_ids.sudo()
        with self.clock(f"{MONDAY} 16:00:00"):
            post.write({"state": "sent", "info_msg": "Found"})
            self.assertEqual(letter.state, "sent")
            post.write({"state": "error", "info_msg": "Not printed after all"})
            post.write({"state": "error"})
        kinds = letter.event_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["printed", "accepted", "rejected"])
        self.assertIn("did not take", letter.activity_id.summary)
