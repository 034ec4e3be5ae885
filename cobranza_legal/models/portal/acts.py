"""Files that debtors send: what is accepted is judged by the content."""

import hashlib
import re
from typing import NamedTuple

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..common.files import safe_name
from ..common.history import as_house, visitor
from .forms import (
    DisputeForm,
    FormError,
    MessageForm,
    PaidForm,
    PlanForm,
    PreferenceForm,
    PromiseForm,
)

FORMS = {
    form.code: form
    for form in (
        DisputeForm,
        PaidForm,
        PromiseForm,
        PlanForm,
        MessageForm,
        PreferenceForm,
    )
}


REF = re.compile(r"[A-Za-z0-9_-]{20,64}")


WAYS = {
    "email": ("email", "certified_email"),
    "call": ("call",),
    "sms": ("sms", "whatsapp"),
    "letter": (),
}
"""The channels of each way that debtors name."""


MAX_FILES = 5


MAX_SIZE = 5 * 1024 * 1024


MAX_TOTAL = 15 * 1024 * 1024
"""Bytes of one file, and of all of a form."""


ACCEPT = ".pdf,.jpg,.jpeg,.png"


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
        uploads.append(_judge(file.filename, content))
    return uploads


def _judge(filename, content):
    for signature, mimetype, extension in SIGNATURES:
        if content.startswith(signature):
            return Upload(_name(filename, extension), mimetype, content)
    raise UploadError("kind", _name(filename))


def _name(filename, extension=None):
    """The last part of a path, with the true ``extension``."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return safe_name(last, extension=extension)


class CobranzaDebtor(models.Model):
    """What a debtor does on its page. Run as superuser, past ``_portal_own``."""

    _inherit = "cobranza.debtor"

    def _portal_act(self, code, values, uploads, ref):
        """The contact that logs the form ``code``, once everything it asks was done.

        The same ``ref`` is the same form: sent again, it changes nothing. FormError
        tells the debtor what to correct; nothing is kept then.
        """
        self.ensure_one()
        if not REF.fullmatch(ref or ""):
            raise FormError(self.env._("Please open the page again and send the form."))
        debtor = as_house(self)
        before = debtor._portal_done(ref)
        if before:
            return before
        form = FORMS[code](debtor, values)
        form.judge()
        if uploads and not form.takes_files:
            raise FormError(self.env._("This form takes no files."))
        try:
            with self.env.cr.savepoint():
                contact = debtor._portal_apply(form, uploads, ref)
                debtor.env.flush_all()  # else the visitor computes what is left
                return contact
        except UserError as error:
            raise FormError(str(error)) from error
        except UniqueViolation:
            return debtor._portal_done(ref)  # another worker has just done it

    def _portal_done(self, ref):
        """The contact of a form that was sent, if it was."""
        domain = [("debtor_id", "=", self.id), ("portal_ref", "=", ref)]
        return self.env["cobranza.contact"].search(domain, limit=1)

    def _portal_apply(self, form, uploads, ref):
        values = self._prepare_portal_contact(form, ref)
        # two workers with one form: what a debtor wrote is not for the server's log
        with mute_logger("odoo.sql_db"):
            contact = self.env["cobranza.contact"]._log(values)
            contact.flush_recordset()
        owner = form.apply(contact)
        files = contact._keep_portal_files(uploads, owner)
        if owner:
            owner.attachment_ids = files
        self._portal_tell(form, contact)
        return contact

    def _prepare_portal_contact(self, form, ref):
        rows = [(label, text) for label, text in form.rows() if text]
        body = self.env["ir.qweb"]._render("cobranza_legal.portal_said", {"rows": rows})
        user = visitor(self.env)
        return {
            "debtor_id": self.id,
            "channel": "portal",
            "direction": "inbound",
            "portal_ref": ref,
            "subject": form.subject(),
            "body": body,
            "lang": self.env.lang,
            "outcome": form.outcome,
            "outcome_note": form.next_step(),
            "sent_at": fields.Datetime.now(),
            "recipient_id": (
                self.partner_id if user._is_public() else user.partner_id
            ).id,
        }

    def _portal_tell(self, form, contact):
        """In the chatter, and as a task in the language of who has to do it."""
        self.message_post(
            subject=contact.subject,
            body=contact.body,
            author_id=contact.recipient_id.id,
            subtype_xmlid="mail.mt_note",
        )
        owner = self._task_owner()
        lang = self.company_id._cobranza_lang(owner.lang)
        told = contact.with_context(lang=lang)
        told._alert(form.task(told.env), contact.body)

    def _portal_prefer(self, contact, preferred, refused):
        """The debtor prefers the way ``preferred`` ("" if none), which the task of
        ``contact`` tells a person, and refuses those of ``refused``: opt-outs at once.
        Letters may always be written; whoever refuses them is only told of."""
        channels = [code for way in refused for code in WAYS[way]]
        self.env["cobranza.opt.out"].create(
            [
                {
                    "debtor_id": self.id,
                    "channel": channel,
                    "source": "portal",
                    "contact_id": contact.id,
                    "user_id": self._task_owner().id,
                }
                for channel in channels
                if not self._portal_refuses(channel)
            ]
        )

    def _portal_refuses(self, channel):
        """Whether this channel is closed for the whole debtor already."""
        return self.opt_out_ids.filtered(
            lambda one: (
                one.state == "open"
                and one.channel == channel
                and not (one.partner_id or one.address or one.until)
            )
        )

    def _portal_ways(self):
        """{code: label} of the ways in which we reach debtors, as these name them."""
        return {
            "email": self.env._("E-mail"),
            "call": self.env._("Telephone"),
            "sms": self.env._("SMS and messaging"),
            "letter": self.env._("Letter by post"),
        }


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
