"""What a debtor does on its page: the forms and files that it sends."""

import hashlib
import re
from typing import NamedTuple

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..common.files import safe_name
from ..common.history import as_house, visitor
from .forms import FORMS, FormError
from .signing import SignForm

REF = re.compile(r"[A-Za-z0-9_-]{20,64}")


ACTS = {**FORMS, SignForm.code: SignForm}
"""The forms of the page, and what is done on pages of its own."""


MAX_FILES = 5


MAX_SIZE = 5 * 1024 * 1024


MAX_TOTAL = 15 * 1024 * 1024
"""Bytes of one file, and of all of a form."""


SIGNATURES = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)


class UploadError(ValueError):
    """``reason``: many, large or kind; ``name`` the file, made safe."""

    def __init__(self, reason, name=""):
        self.reason = reason
        self.name = name
        super().__init__(f"{reason} {name}")


class Upload(NamedTuple):
    name: str
    mimetype: str
    content: bytes


def read_uploads(files):
    """[Upload] of the werkzeug ``files`` of a form. UploadError for the first that is
    not accepted: nothing is kept then."""
    files = [file for file in files if file and file.filename]
    if len(files) > MAX_FILES:
        raise UploadError("many")
    uploads, total = [], 0
    for file in files:
        file.stream.seek(0)  # the request may be served again after a conflict
        content = file.stream.read(MAX_SIZE + 1)
        total += len(content)
        if len(content) > MAX_SIZE or total > MAX_TOTAL:
            raise UploadError("large", _name(file.filename))
        uploads.append(_accept(file.filename, content))
    return uploads


def _accept(filename, content):
    """The file with the type and extension of its content, whatever its name says."""
    for signature, mimetype, extension in SIGNATURES:
        if content.startswith(signature):
            return Upload(_name(filename, extension), mimetype, content)
    raise UploadError("kind", _name(filename))


def _name(filename, extension=None):
    """The last part of a path, with the true ``extension``."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return safe_name(last, extension=extension)


class PageAct:
    """What one debtor does on its page; ``debtor`` as ``_portal_own`` gives it."""

    def __init__(self, debtor):
        debtor.ensure_one()
        self.debtor = as_house(debtor)
        self.env = self.debtor.env

    def send(self, code, values, uploads, ref):
        """The contact that logs the form ``code``, once everything it asks was done.

        The same ``ref`` is the same form: sent again, it changes nothing. FormError
        tells the debtor what to correct; nothing is kept then.
        """
        if not REF.fullmatch(ref or ""):
            raise FormError(self.env._("Please open the page again and send the form."))
        before = self.done(ref)
        if before:
            return before
        form = self._form(code, values)
        form.validate()
        if uploads and not form.takes_files:
            raise FormError(self.env._("This form takes no files."))
        try:
            with self.env.cr.savepoint():
                contact = self._apply(form, uploads, ref)
                self.env.flush_all()  # else the visitor computes what is left
                return contact
        except UserError as error:
            raise FormError(str(error)) from error
        except UniqueViolation:
            return self.done(ref)  # another worker has just done it

    def _form(self, code, values):
        return ACTS[code](self.debtor, values)

    def _person(self):
        """Who acts, as a partner."""
        user = visitor(self.env)
        return self.debtor.partner_id if user._is_public() else user.partner_id

    def done(self, ref):
        """The contact of a form that was sent, if it was."""
        domain = [("debtor_id", "=", self.debtor.id), ("portal_ref", "=", ref)]
        return self.env["cobranza.contact"].search(domain, limit=1)

    def _apply(self, form, uploads, ref):
        values = self._prepare_contact(form, ref)
        # two workers with one form: what a debtor wrote is not for the server's log
        with mute_logger("odoo.sql_db"):
            contact = self.env["cobranza.contact"]._log(values)
            contact.flush_recordset()
        owner = form.apply(contact)
        files = contact._keep_portal_files(uploads, owner)
        if owner:
            owner.attachment_ids = files
        self._tell(form, contact)
        return contact

    def _prepare_contact(self, form, ref):
        rows = [(label, text) for label, text in form.rows() if text]
        body = self.env["ir.qweb"]._render("cobranza_legal.portal_said", {"rows": rows})
        return {
            "debtor_id": self.debtor.id,
            "channel": "portal",
            "direction": "inbound",
            "portal_ref": ref,
            "subject": form.subject(),
            "body": body,
            "lang": self.env.lang,
            "outcome": form.outcome,
            "outcome_note": form.next_step(),
            "sent_at": fields.Datetime.now(),
            "recipient_id": self._person().id,
        }

    def _tell(self, form, contact):
        """In the chatter, and as a task in the language of who has to do it."""
        self.debtor.message_post(
            subject=contact.subject,
            body=contact.body,
            author_id=contact.recipient_id.id,
            subtype_xmlid="mail.mt_note",
        )
        owner = self.debtor._task_owner()
        lang = self.debtor.company_id._cobranza_lang(owner.lang)
        told = contact.with_context(lang=lang)
        told._alert(form.task(told.env), contact.body)


class CobranzaContact(models.Model):
    """What a debtor did on its page."""

    _inherit = "cobranza.contact"

    portal_ref = fields.Char(
        readonly=True,
        copy=False,
        help="Names one form that was sent: the same form sent twice is one contact.",
    )

    _portal_ref_uniq = models.UniqueIndex(
        "(debtor_id, portal_ref) WHERE portal_ref IS NOT NULL"
    )

    def _keep_portal_files(self, uploads, owner=None):
        """The files of a form, as files of ``owner`` (else of this contact) and as
        evidence of this contact, each with its hash."""
        self.ensure_one()
        owner = owner or self
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": one.name,
                    "raw": one.content,
                    "mimetype": one.mimetype,
                    "res_model": owner._name,
                    "res_id": owner.id,
                    "public": False,
                }
                for one in uploads
            ]
        )
        for file, one in zip(files, uploads, strict=True):
            self._add_events(
                "answered",
                self.env._("Debtor's page"),
                note=one.name,
                attachment_id=file.id,
                file_hash=hashlib.sha256(one.content).hexdigest(),
            )
        return files
