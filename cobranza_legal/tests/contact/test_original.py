import base64
import hashlib
import json
import time
from email.message import EmailMessage

from odoo import http
from odoo.tests import HttpCase, tagged

from ...hooks import uninstall_hook
from ..common.contact import ContactCommon
from ..common.pictures import bomb, photo
from ..common.portal import PortalCommon
from ..common.smtp_sink import smtp_sink

STYLE = """<html><head><style>.o_main_navbar {display: none}</style></head><body>
<p class="modal position-fixed" style="position: fixed; margin-top: -900px">Paid on
Friday.</p><style>body {visibility: hidden}</style></body></html>"""


def sha(content):
    return hashlib.sha256(content).hexdigest()


@tagged("post_install", "-at_install")
class TestOriginal(ContactCommon, HttpCase):
    """What people outside sent is kept byte for byte and shown without its manners."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.photo = photo()
        cls.collector = cls._role("collector")

    def setUp(self):
        super().setUp()
        self.contact = self._contact()
        with smtp_sink(self.env):
            self._send()
        self.debtor = self.contact.debtor_id

    def _receive(self, *files, body="I have paid."):
        mail = EmailMessage()
        mail["From"] = "Debtor <debtor.a@example.com>"
        mail["To"] = "claims@creditor.example.com"
        mail["Subject"] = "Re: About INV"
        mail["Message-Id"] = "<answer-1@example.com>"
        mail["In-Reply-To"] = mail["References"] = self.contact.attempt
        mail.set_content("I have paid.")
        mail.add_alternative(body, subtype="html")
        for content, kind in files:
            mail.add_attachment(
                content, maintype="image", subtype=kind, filename=f"proof.{kind}"
            )
        raw = bytes(mail)
        self.env["mail.thread"].sudo().message_process(False, raw)
        return raw

    def test_a_photo_in_an_email_is_kept_as_it_arrived(self):
        raw = self._receive((self.photo, "jpeg"))
        message = self.debtor.message_ids[0]
        self.assertEqual(sha(message.attachment_ids.raw), sha(self.photo))
        answer = self.debtor.contact_ids - self.contact
        self.assertEqual(sha(answer.attachment_id.raw), sha(raw))
        self.assertEqual(answer.file_hash, sha(raw))
        self.assertFalse(self.contact.event_ids.attachment_id)

    def test_an_enormous_picture_loses_no_message(self):
        picture = bomb()
        self.assertLess(len(picture), 200_000)
        self._receive((picture, "png"), (picture, "png"))
        message = self.debtor.message_ids[0]
        self.assertIn("I have paid", message.body)
        self.assertEqual(message.attachment_ids.mapped("raw"), [picture, picture])

    def test_an_email_changes_nothing_around_it(self):
        raw = self._receive(body=STYLE)
        answer = self.debtor.contact_ids - self.contact
        self.assertEqual(answer.direction, "inbound")
        for shown in (answer.body, answer.preview, self.debtor.message_ids[0].body):
            self.assertIn("Friday", shown)
            for bad in ("<style", "navbar", "position", "margin", "modal"):
                self.assertNotIn(bad, shown)
        self.assertIn(b"o_main_navbar", answer.attachment_id.raw)
        self.assertEqual(answer.attachment_id.raw, raw)

    def test_what_was_logged_before_is_shown_without_its_styles(self):
        answer = self.env["cobranza.contact"]._log(
            {
                "debtor_id": self.debtor.id,
                "channel": "email",
                "direction": "inbound",
                "body": STYLE,
            }
        )
        self.assertNotIn("<style", answer.preview)
        self.assertFalse(answer._verify())

    def test_a_file_of_the_chatter_is_kept_as_it_was_uploaded(self):
        self.authenticate(self.collector.login, self.collector.login)
        for pending in ("true", "false"):
            answer = self.url_open(
                "/mail/attachment/upload",
                data={
                    "csrf_token": http.Request.csrf_token(self),
                    "thread_model": "cobranza.debtor",
                    "thread_id": self.debtor.id,
                    "is_pending": pending,
                },
                files={"ufile": ("proof.jpg", self.photo, "image/jpeg")},
            )
            file = answer.json()["data"]["attachment_id"]
            file = self.env["ir.attachment"].sudo().browse(file)
            self.assertEqual(sha(file.raw), sha(self.photo), pending)

    def test_a_file_of_a_form_is_kept_as_it_was_uploaded(self):
        self.authenticate(self.collector.login, self.collector.login)
        answer = self.url_open(
            "/web/binary/upload_attachment",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "model": "cobranza.dispute",
                "id": "0",
            },
            files={"ufile": ("proof.jpg", self.photo, "image/jpeg")},
        )
        [found] = json.loads(answer.text)
        file = self.env["ir.attachment"].sudo().browse(found["id"])
        self.assertEqual(sha(file.raw), sha(self.photo))

    def test_the_evidence_of_a_carrier_is_kept_as_it_came(self):
        self.partner_b.write({"street": "Sur 1", "city": "Madrid"})
        letter = self._contact(self._invoice(partner=self.partner_b), channel="letter")
        with self.clock("2026-11-23 12:00:00"):
            letter.action_print()
            letter.action_posted()
        wizard = self.env["cobranza.tracking"].create(
            {
                "contact_id": letter.id,
                "kind": "returned",
                "moment": "2026-11-23 12:00:00",
                "file": base64.b64encode(self.photo),
                "filename": "envelope.jpg",
            }
        )
        wizard.action_confirm()
        event = letter.event_ids.filtered("attachment_id")[-1:]
        self.assertEqual(event.file_hash, sha(self.photo))

    def test_files_stay_when_the_addon_goes(self):
        raw = self._receive((self.photo, "jpeg"))
        answer = self.debtor.contact_ids - self.contact
        files = answer.attachment_id | self.debtor.message_ids[0].attachment_ids
        with self.assertLogs("odoo.addons.cobranza_legal.hooks", "WARNING") as logs:
            uninstall_hook(self.env)
        self.assertIn("files of evidence", logs.output[0])
        self.assertEqual(set(files.mapped("res_model")), {"res.partner"})
        self.assertEqual(set(files.mapped("res_id")), {self.partner_a.id})
        self.assertEqual([sha(one.raw) for one in files], [sha(raw), sha(self.photo)])
        left = [("res_model", "=like", "cobranza.%"), ("res_field", "=", False)]
        self.assertFalse(self.env["ir.attachment"].search(left))

    def test_files_of_others_are_as_odoo_wants_them(self):
        files = self.env["ir.attachment"]
        file = files.create(
            {
                "name": "photo.jpg",
                "raw": self.photo,
                "res_model": "res.partner",
                "res_id": self.partner_a.id,
            }
        )
        self.assertNotEqual(sha(file.raw), sha(self.photo))


@tagged("post_install", "-at_install")
class TestUploaded(PortalCommon):
    """Files that a debtor adds on its page."""

    def _event_files(self):
        return self.contacts.event_ids.attachment_id

    def test_photos_are_kept_as_they_were_sent_and_cost_no_time(self):
        pictures = [photo(400, 2400, "PNG"), photo(1200, 3900), bomb()]
        files = [(f"{n}.png", one, "image/png") for n, one in enumerate(pictures)]
        start = time.perf_counter()
        answer = self._dispute(files=files)
        spent = time.perf_counter() - start
        self.assertEqual(answer.status_code, 303, answer.text)
        kept = self._event_files().sorted("id")
        self.assertEqual([sha(one.raw) for one in kept], [sha(p) for p in pictures])
        self.assertEqual(
            self.contacts.event_ids.mapped("file_hash"), [sha(p) for p in pictures]
        )
        self.assertLess(spent, 5)
