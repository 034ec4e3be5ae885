"""What a debtor signs on its page: any record that was put into writing."""

import base64
import binascii
import struct

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, format_date

from ..common.history import request_origin, visitor
from ..common.transaction import now
from .forms import LINE_LENGTH, FormError, PortalForm

PNG = b"\x89PNG\r\n\x1a\n"


MAX_IMAGE = 512 * 1024
"""Bytes of the picture of a signature."""

MAX_SIDE = 4000
"""Pixels of its width and of its height: few bytes may unpack to a huge picture."""


def _png_size(content):
    """(width, height) in pixels that the header of a PNG says, None of anything
    else."""
    if not content.startswith(PNG + b"\x00\x00\x00\rIHDR") or len(content) < 24:
        return None
    return struct.unpack(">II", content[16:24])


def _is_signature(content):
    """Whether these bytes are a PNG of a size that a signature has."""
    size = _png_size(content)
    return (
        size is not None
        and len(content) <= MAX_IMAGE
        and all(0 < side <= MAX_SIDE for side in size)
    )


class CobranzaSignature(models.Model):
    """A signature that a debtor gave on its page: who, when, from where, under which
    words. Append-only evidence."""

    _name = "cobranza.signature"
    _inherit = "cobranza.gate.mixin"
    _description = "Signature of a debtor"
    _order = "id desc"
    _rec_name = "name"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="restrict", index=True
    )
    res_model = fields.Char("Kind of record", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char("Signed by", readonly=True)
    image = fields.Binary("Signature", readonly=True, attachment=False)
    moment = fields.Datetime("Signed on", required=True, readonly=True)
    address = fields.Char("Address of the debtor", readonly=True)
    origin = fields.Char("Address and device", readonly=True)
    way = fields.Selection(
        [("link", "Link of the page"), ("user", "Portal user")],
        string="Came by",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", readonly=True)
    document_hash = fields.Char(
        "SHA-256 of the words shown", required=True, readonly=True
    )
    erased_on = fields.Datetime(readonly=True)
    erased_reason = fields.Char("Erased because", readonly=True)

    _record_idx = models.Index("(res_model, res_id)")

    def write(self, vals):
        if not self._is_through_gate():  # merging and erasing
            raise UserError(self.env._("A signature is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A signature is never deleted."))

    def _erase(self, why):
        """Who signed, from where and its picture go; which words, when, and why it was
        erased, stay."""
        names = ("name", "image", "address", "origin", "user_id")
        self._through_gate().write(
            {
                **dict.fromkeys(names, False),
                "erased_on": now(self.env),
                "erased_reason": why,
            }
        )

    def _png(self):
        """The picture's bytes."""
        return base64.b64decode(self.image)

    def _picture(self):
        """The picture as the address of an image in a page or a PDF."""
        content = self.image
        text = content.decode() if isinstance(content, bytes) else content
        return f"data:image/png;base64,{text}"


class SignForm(PortalForm):
    """The debtor signs a record that was put into writing.

    ``values``: document (its reference on the page), shown (the hash of the words that
    the page showed), name, signature (a PNG in base64), answers {name: text} to what
    the document asks. Words that have changed since they were shown are not signed.
    """

    code = "sign"

    def find(self):
        """The record that is to be signed, None if it is not any more."""
        return self.page.signable(self.values.get("document"))

    def signatory(self):
        """The partner who signs, whose address is kept."""
        return self.debtor.partner_id

    def validate(self):
        self.document = self.find()
        if not self.document:
            raise FormError(
                self.env._(
                    "This document is not to be signed any more. Please open your page "
                    "again."
                )
            )
        self.asks = bool(self.document._document_asks())
        try:
            answers = self.values.get("answers") or {}
            self.answered, self.words = self.document._document_shown(answers)
        except UserError as error:
            raise FormError(str(error)) from error
        shown = str(self.values.get("shown") or "")
        fresh = consteq(shown, self.words["document_hash"] or "")
        if not fresh or not self.document._verify_document():
            raise FormError(
                self.env._(
                    "The text has changed since you opened it. Please open your page "
                    "again and read it before you sign."
                )
            )
        self.signer = self.text("name", LINE_LENGTH)
        if not self.signer:
            raise FormError(self.env._("Please write your name."))
        self.image = self._read_image()

    def _read_image(self):
        said = str(self.values.get("signature") or "")
        try:
            content = base64.b64decode(said, validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if not _is_signature(content):
            raise FormError(self.env._("Please sign in the field."))
        return base64.b64encode(content)

    def subject(self):
        return self.env._("You signed %s", self.document.document_subject)

    def rows(self):
        yield self.env._("Document"), self.document.display_name
        yield self.env._("Signed by"), self.signer
        yield self.env._("Signed on"), format_date(self.env, self.today)
        yield from self.answered._document_answers()
        yield "SHA-256", self.words["document_hash"]

    def task(self, env):
        return env._("The debtor signed %s: look at it", self.document.display_name)

    def next_step(self):
        return self.env._("Thank you. You may download what you signed from your page.")

    def apply(self, contact):
        document = self.document
        if self.asks:
            self.answered._freeze_shown(self.words)
        contacts = self.env["cobranza.contact"]
        user = visitor(self.env)
        signature = self.env["cobranza.signature"].create(
            {
                "company_id": self.company.id,
                "debtor_id": self.debtor.id,
                "res_model": document._name,
                "res_id": document.id,
                "name": self.signer,
                "image": self.image,
                "moment": now(self.env),
                "address": contacts._one_line(self.signatory()),
                "origin": request_origin(self.env),
                "way": "link" if user._is_public() else "user",
                "user_id": user.id,
                "document_hash": document.document_hash,
            }
        )
        self.answered._document_signed(signature)
        document._keep_signed()
