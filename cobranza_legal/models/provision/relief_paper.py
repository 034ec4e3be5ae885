"""The rectifying document of a tax relief: one for each of its entries, and the letter
with which it goes to the debtor."""

import hashlib

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..common.files import safe_name
from .relief_entry import ReliefEntry

REPORT = "cobranza_legal.action_report_vat_rectification"


ENTRY = "cobranza_relief_entry"
"""Context key: id of the entry whose document is printed; without it the newest."""


PURPOSE = "vat_rectification"
"""Of the letter with which a rectifying document goes to the debtor."""


class CobranzaVatRelief(models.Model):
    """What the debtor is sent: the law wants a document with a number of a series of
    its own, the invoice that it rectifies, why, and base and tax before and after."""

    _inherit = "cobranza.vat.relief"

    document_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_vat_relief_document_rel",
        string="Rectifying documents",
        readonly=True,
        copy=False,
        help="One for each entry. They are made once and kept, with their hash in the "
        "messages.",
    )
    contact_ids = fields.One2many(
        "cobranza.contact", "vat_relief_id", "Letters with them", readonly=True
    )

    # -- making ------------------------------------------------------------------------

    def action_documents(self):
        """The newest rectifying document, as PDF; all that lack are made."""
        self.ensure_one()
        self.check_access("read")
        self._make_documents()
        newest = self._document_of(self._paper_entry())
        if not newest:
            raise UserError(
                self.env._("%s: nothing is booked of it.", self.display_name)
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{newest.id}?download=true",
            "target": "download",
        }

    def _document_of(self, entry):
        """The document of an entry; empty before it is made."""
        # sudo: files of a record that may be read
        files = self.sudo().document_ids
        own = files.filtered(
            lambda file: file.res_model == entry._name and file.res_id == entry.id
        )
        return own[:1].sudo(self.env.su)

    def _make_documents(self):
        """Make those that lack: one for each posted entry of these."""
        for one in self:
            # sudo: which entries it has
            entries = one.sudo().move_ids.filtered(lambda move: move.state == "posted")
            lacking = entries.filtered(lambda move, one=one: not one._document_of(move))
            if lacking:
                one.check_access("write")
            for entry in lacking.sorted("id"):
                one._make_document(entry)

    def _make_document(self, entry):
        reports = self.env["ir.actions.report"].sudo()  # sudo: whoever may read it
        reports = reports.with_context(**{ENTRY: entry.id})
        content, kind = reports._render_qweb_pdf(REPORT, self.ids)
        # sudo: the file and its hash are written by this act alone
        own = self.sudo().with_context(**{ENTRY: entry.id})
        file = own.env["ir.attachment"].create(
            {
                "name": safe_name(f"{own._document_title()}.{kind}"),
                "raw": content,
                "mimetype": "application/pdf" if kind == "pdf" else "text/html",
                "res_model": entry._name,
                "res_id": entry.id,
            }
        )
        own._through_gate().document_ids += file
        digest = hashlib.sha256(content).hexdigest()
        own._message_log(
            body=self.env._(
                "%(document)s made, SHA-256: %(hash)s", document=file.name, hash=digest
            )
        )

    # -- what it says ------------------------------------------------------------------

    def _paper_entry(self):
        """The entry that is printed."""
        self.ensure_one()
        entries = self.sudo().move_ids  # sudo: names and amounts of its own entries
        wanted = self.env.context.get(ENTRY)
        if wanted:
            return entries.filtered(lambda one: one.id == wanted)
        posted = entries.filtered(lambda one: one.state == "posted")
        return posted.sorted("id")[-1:]

    def _document_title(self):
        spoken = self.with_context(lang=self._paper_lang())
        return spoken.env._("Rectifying invoice %s", self._paper_entry().name)

    def _paper_raises(self):
        """Whether the printed entry raises the tax again."""
        return self._paper_entry() != self.entry_id

    def _paper_rows(self):
        return ReliefEntry(self.sudo()).rows(self._paper_entry())

    def _paper_notes(self):
        """[words] of the law: why it is rectified, what that means, how it is sent."""
        company = self.company_id
        rules = company._cobranza_rules().with_context(lang=self.env.lang)
        return rules._vat_relief_notes(self, self._paper_raises())

    def _say(self, amount):
        return self.currency_id.format(float(amount))

    def _day_words(self, day):
        return format_date(self.env, day) if day else "–"

    # -- sending -----------------------------------------------------------------------

    def action_send(self):
        """An e-mail to the debtor with the newest document, which a person releases.
        UserError where nobody may write to the debtor."""
        self.ensure_one()
        self.check_access("write")
        self._expect("booked", "notified", "restored")
        self._make_documents()
        # sudo: accountants send this document, and no other letter
        contacts = self.env["cobranza.contact"].sudo()
        waiting = self.sudo().contact_ids.filtered(lambda one: one.state == "planned")
        if waiting:
            raise UserError(
                self.env._("%s is on its way already.", waiting[0].display_name)
            )
        contact = contacts._plan_letter(
            self.debtor_id, PURPOSE, vat_relief_id=self.id
        ).sudo()
        contact._check_may_be_sent()
        return contact.action_release()

    def _documents_sent(self, contacts):
        """These letters have left: the day of the first is written down."""
        for contact in contacts.sorted("sent_at"):
            relief = contact.vat_relief_id
            if relief.state == "booked" and not relief.sent_on and contact.sent_at:
                day = contact._local_day(contact.sent_at)
                relief._through_gate().sent_on = day

    def _is_sending_proven(self):
        """Whether a file says that it was sent: one added here, or of whoever carried a
        letter of ours."""
        self.ensure_one()
        kinds = self.env["cobranza.event.kind"]
        # sudo: of its own letters
        events = self.sudo().contact_ids.event_ids._standing()
        proven = any(
            kinds._is(one.kind, "proven") and one.attachment_id for one in events
        )
        return bool(self.sent_file_ids or proven)

    def _files_of_letter(self, contact):
        """Values of the files that leave with a letter: the document of the newest
        entry."""
        file = self.document_ids.sorted("id")[-1:]
        values = {"res_model": contact._name, "res_id": contact.id}
        names = ("name", "raw", "mimetype")
        return [{**{name: file[name] for name in names}, **values}] if file else []

    def _merge_of_letter(self):
        """{merge field: text} of a letter with the document."""
        entry = self._paper_entry()
        return {
            "rectification_number": entry.name or "",
            "rectified_invoice": self.move_id.name or "",
        }


class CobranzaContact(models.Model):
    """A letter with the rectifying document of a tax relief."""

    _inherit = "cobranza.contact"

    vat_relief_id = fields.Many2one(
        "cobranza.vat.relief",
        "About the tax relief",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
