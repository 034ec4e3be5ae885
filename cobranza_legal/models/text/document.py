"""A record that is put into writing by a text, once and for good."""

import hashlib
import json
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ...kernel.wording import Wording

WORDS = (
    *("state_reason", "document_subject", "document_body"),
    *("document_file_id", "signed_file_id"),
)
"""Fields of the mixin that are emptied when a record is erased."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a debtor writes on its page before it signs: a line called ``name``, at most
    ``length`` characters long. ``value`` is what it finds there, ``complete`` what its
    browser may fill in (of the standard of HTML)."""

    name: str
    label: str
    length: int
    value: str = ""
    complete: str = "off"


class CobranzaDocumentMixin(models.AbstractModel):
    """For records of a debtor with a state and ``file_ids`` of which something is said
    in a regulated text: a mandate, an agreement, a claim. The words, the version of the
    text, their hash and the PDF are frozen together and kept as evidence.
    """

    _name = "cobranza.document.mixin"
    _inherit = "cobranza.gate.mixin"
    _description = "Record that is put into writing"

    _evidence_files = {"document_file_id": [], "signed_file_id": []}
    _over: tuple[str, ...] = ()
    """States in which nothing follows from it any more."""
    _personal: tuple[str, ...] = ()
    """Its own fields that are emptied when it is erased."""
    _document_purpose = None
    """Code of the purpose (``cobranza.text.purpose``) of the texts that it takes."""

    document_text_id = fields.Many2one(
        "cobranza.text", string="Text", readonly=True, copy=False, ondelete="restrict"
    )
    document_version = fields.Integer("Version of the text", readonly=True, copy=False)
    document_lang = fields.Char("Language of the text", readonly=True, copy=False)
    document_subject = fields.Char("Title", readonly=True, copy=False)
    document_body = fields.Html("Words", readonly=True, copy=False, sanitize=False)
    document_hash = fields.Char("SHA-256", readonly=True, copy=False)
    document_file_id = fields.Many2one(
        "ir.attachment", string="PDF", readonly=True, copy=False, ondelete="restrict"
    )

    signed_file_id = fields.Many2one(
        "ir.attachment",
        string="Signed PDF",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    signature_ids = fields.One2many(
        "cobranza.signature",
        "res_id",
        string="Signatures",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )

    erased_on = fields.Datetime(readonly=True, copy=False)
    erased_reason = fields.Char("Erased because", readonly=True, copy=False)

    @api.model
    def _document_to_sign(self, debtor):
        """The records of this model that the page of ``debtor`` asks it to sign, frozen
        ones only. Run as superuser. Here: none."""
        return self.browse()

    def _document_signed(self, signature):
        """What follows from the ``cobranza.signature`` of this record."""

    def _reader_lang(self):
        """Language code in which it is written."""
        return self.debtor_id._lang()

    def _document_box(self):
        """Whether its PDF ends with a box to be signed by hand."""
        return True

    def _document_is_debtors(self):
        """Whether the debtor signs it, so that its page shows it."""
        return True

    def _document_asks(self):
        """[``Asked``] of what the debtor has to write before it signs this record on
        its page, in the context's language. Here: nothing."""
        return []

    def _document_with(self, answers):
        """This record as it reads with the ``answers`` {name: text} of the debtor:
        ``_document_values`` tells of them. Nothing is written. UserError, in the
        context's language, that says what is to be corrected."""
        return self

    def _document_answers(self):
        """[(label, text)] of the answers that it reads with, as our own people may know
        them."""
        return []

    def _take_answers(self):
        """Write down the answers that it reads with, once it is signed."""

    def _document_shown(self, answers=None):
        """(this record as it reads with the answers of the debtor, {field: value} of
        its words and their hash): what the page shows to be signed. As frozen, where
        nothing is asked; else by the version of the text by which it was frozen."""
        names = ("text_id", "version", "lang", "subject", "body", "hash")
        if not self._document_asks():
            frozen = {f"document_{name}": self[f"document_{name}"] for name in names}
            return self, {**frozen, "document_text_id": self.document_text_id.id}
        record = self._document_with(answers or {})
        values = record._render_document(self.document_text_id)
        return record, {**values, "document_hash": record._hash_document(values)}

    def _freeze_shown(self, values):
        """Freeze the words that ``_document_shown`` gave, with the answers in them,
        instead of those that had been asked for."""
        self._take_answers()
        self._thaw_document()
        record = self._through_gate()
        record.write(values)
        record.document_file_id = self._print_document()

    def _keep_signed(self):
        """The PDF with the signatures, beside that of the words alone."""
        for record in self:
            record._through_gate().signed_file_id = record._print_document()

    def action_view_document(self):
        """The PDF, signed if it is."""
        self.ensure_one()
        file = self.signed_file_id or self.document_file_id
        if not file:
            raise UserError(
                self.env._("%s is not written down yet.", self.display_name)
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{file.id}?download=true",
            "target": "new",
        }

    def _dialog(self, xmlid, **defaults):
        """The action of a dialog of ours about it, with these values in it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"cobranza_legal.{xmlid}"
        )
        context = {f"default_{name}": value for name, value in defaults.items()}
        return {**action, "context": context}

    def _thaw_document(self):
        """The words are not those of the record any more: it may be written down anew.
        The PDF stays in its files. UserError once it was signed."""
        for record in self:
            if record.signature_ids:
                raise UserError(
                    self.env._("%s was signed: its words stay.", record.display_name)
                )
            names = ("text_id", "version", "lang", "subject", "body", "hash", "file_id")
            record._through_gate().write({f"document_{name}": False for name in names})

    def _document_values(self):
        """{merge field: text or Markup} of this record, in the context's language.
        Heirs add theirs by ``super()``, and their names to
        ``cobranza.text._merge_fields``."""
        self.ensure_one()
        contact = self.env["cobranza.contact"].new(
            {
                "company_id": self.company_id.id,
                "debtor_id": self.debtor_id.id,
                "recipient_id": self.debtor_id._recipient().id,
            }
        )
        today = self.company_id._cobranza_today()
        return {
            **contact._merge_company(),
            **contact._merge_debtor(),
            "today": format_date(self.env, today),
        }

    def _document_text(self):
        """The text in force for this debtor today; empty if there is none."""
        company, debtor = self.company_id, self.debtor_id
        texts = self.env["cobranza.text"].with_company(company)
        return texts._choose(
            self._document_purpose,
            debtor.regime,
            company._cobranza_rules()._country(),
            self._reader_lang(),
            company._cobranza_today(),
        )

    def _render_document(self, text=None):
        """{document_text_id, document_version, document_lang, document_subject,
        document_body} as they would be written now, by ``text`` or that in force.

        UserError when there is no text, it cannot be merged, lacks what the law orders
        or says what it forbids.
        """
        self.ensure_one()
        text = text or self._document_text()
        if not text:
            purposes = self.env["cobranza.text.purpose"]
            raise UserError(
                self.env._(
                    "There is no approved text “%(purpose)s” for %(debtor)s "
                    "(%(lang)s).",
                    purpose=purposes._label(self._document_purpose),
                    debtor=self.debtor_id.display_name,
                    lang=self._reader_lang(),
                )
            )
        lang = self.debtor_id._installed_lang(text.lang)
        values = self.with_context(lang=lang)._document_values()
        subject, body = text._render(values)
        self._check_document(text, values, subject, body)
        return {
            "document_text_id": text.id,
            "document_version": text.version,
            "document_lang": lang,
            "document_subject": subject,
            "document_body": body,
        }

    def _check_document(self, text, values, subject, body):
        company, regime = self.company_id, self.debtor_id.regime
        on, rules = company._cobranza_today(), company._cobranza_rules()
        names = tuple(filter(None, (self.debtor_id.partner_id.name, company.name)))
        said = Wording(str(body), subject or "", False, False, names)
        standing = text._standing_refusal(regime, on)
        found = [
            *filter(None, [standing]),
            *text._unfilled(values, regime, on),
            *map(text._objection_words, rules._text_objections(said, regime, on)),
        ]
        if found:
            raise UserError("\n".join(dict.fromkeys(found)))

    def _document_content(self, values):
        """What is hashed: the words, by which version of which text, and of what."""
        return json.dumps(
            {
                "record": f"{self._name},{self.id}",
                "text": values["document_text_id"],
                "version": values["document_version"],
                "lang": values["document_lang"],
                "subject": values["document_subject"] or "",
                "body": str(values["document_body"] or ""),
            },
            sort_keys=True,
            ensure_ascii=False,
        )

    def _hash_document(self, values):
        """SHA-256 of ``_document_content``."""
        return hashlib.sha256(self._document_content(values).encode()).hexdigest()

    def _freeze_document(self):
        """Write the words down for good, with their PDF. UserError as
        ``_render_document`` says, and where they are written down already."""
        for record in self:
            if record.document_hash:
                raise UserError(
                    self.env._("%s is written down already.", record.display_name)
                )
            values = record._render_document()
            values["document_hash"] = record._hash_document(values)
            record = record._through_gate()
            record.write(values)
            record.document_file_id = record._print_document()

    def _print_document(self):
        """The PDF of the frozen words, as a file that hangs from the record."""
        report = "cobranza_legal.action_report_document"
        lang = self.document_lang
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(lang=lang)
            ._render_qweb_pdf(
                report,
                self.document_text_id.ids,
                {"document": self.with_context(lang=lang)},
            )
        )
        return self.env["ir.attachment"].create(
            {
                "name": f"{self.display_name}.{kind}",
                "raw": content,
                "mimetype": "application/pdf" if kind == "pdf" else "text/html",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _verify_document(self):
        """Whether the frozen words are still those of their hash."""
        self.ensure_one()
        return self.document_hash == self._hash_document(self._document_kept())

    def _document_kept(self):
        """The frozen words, as ``_render_document`` gives them."""
        names = ("version", "lang", "subject", "body")
        values = {f"document_{name}": self[f"document_{name}"] for name in names}
        return {**values, "document_text_id": self.document_text_id.id}

    # -- erasing -----------------------------------------------------------------------

    def _over_before(self, begin):
        """Those of these records that are over and with which nothing happened from a
        moment on."""
        return self.filtered(
            lambda record: (
                record.state in record._over
                and not record.erased_on
                and not any(row.moment >= begin for row in record.history_ids)
            )
        )

    def _erase_document(self, cutoff, why):
        """Words, signatures, files and what was said of these records, which were over
        before the day ``cutoff``, go; hash, dates and the reason stay. Returns their
        files, which are to be erased too."""
        files = self.env["ir.attachment"]
        if not self:
            return files
        files = files.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", False),
            ]
        )
        files |= self.file_ids | self.document_file_id | self.signed_file_id
        self.signature_ids._erase(why)
        self.write(
            {
                **dict.fromkeys((*WORDS, *self._personal), False),
                "file_ids": [Command.clear()],
                "erased_on": fields.Datetime.now(),
                "erased_reason": why,
            }
        )
        self._erase_said(cutoff, why)
        return files

    def _erase_said(self, cutoff, why):
        """Of the history stays what was changed, without from what to what; the chatter
        goes."""
        self._forget_changes()
        said = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("date", "<", self.company_id._cobranza_midnight(cutoff)),
            ]
        )
        said._cobranza_erase(cutoff, why, self.company_id)
