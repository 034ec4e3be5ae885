"""What a creditor shows the bank when a debtor says that it signed nothing."""

from odoo import api, fields, models, release
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...kernel.epc import in_fours
from ...models.common.csv_file import csv_bytes
from ...models.common.files import safe_name
from ...models.contact.log import LogSections
from ..contact.log_export import (
    MOST_MEGABYTES,
    add_contact,
    add_files,
    write_archive,
)

REPORT = "cobranza_legal.action_report_mandate_evidence"
DEBITS = (
    *("document", "amount", "currency_id", "due_on", "number", "notify_by"),
    *("notified_on", "presented_on", "collect_on", "paid_on", "refund_until"),
    *("unauthorised_until", "return_code", "returned_on", "state"),
)
AMENDMENTS = ("kind", "old", "new", "day", "reason", "told_on")
SIGNATURES = (
    *("name", "moment", "address", "origin", "way", "document_hash", "erased_on"),
)
MANDATE = (
    *("reference", "scheme", "kind", "state", "creditor_identifier", "creditor_name"),
    *("account_number", "signed_on", "signed_place", "signed_method"),
    *("notice_agreed", "notice_days", "first_used_on", "last_used_on", "expires_on"),
    *("document_version", "document_lang", "document_hash"),
)


class CobranzaMandateEvidence(models.TransientModel):
    """The evidence of one mandate as one ZIP, for the answer to a claim that a debit
    was not authorised.

    The signed mandate, what was signed when and from where, its amendments, the notices
    and the presentations, each file with its SHA-256. Nothing of other debtors: the
    lists for the bank stay out, and proofs of returns that tell of others too.
    """

    _name = "cobranza.mandate.evidence"
    _inherit = "cobranza.dialog.mixin"
    _description = "Evidence of a mandate"

    mandate_id = fields.Many2one("cobranza.mandate", required=True)
    debit_id = fields.Many2one(
        "cobranza.debit",
        string="Claimed debit",
        domain="[('mandate_id', '=', mandate_id)]",
        help="The one that the debtor says it did not authorise.",
    )
    company_id = fields.Many2one(related="mandate_id.company_id")
    reason = fields.Char(required=True, help="Who asks for it and what for.")

    @api.constrains("mandate_id", "debit_id")
    def _check_debit(self):
        for export in self:
            debit = export.debit_id
            if debit and debit.mandate_id != export.mandate_id:
                raise UserError(
                    self.env._(
                        "%(debit)s was not presented by %(mandate)s.",
                        debit=debit.display_name,
                        mandate=export.mandate_id.display_name,
                    )
                )

    @api.depends("mandate_id")
    def _compute_display_name(self):
        for export in self:
            name = export.mandate_id.display_name
            export.display_name = self.env._("Evidence of %s", name)

    # -- what it holds -----------------------------------------------------------------

    def _account(self):
        """The number that was signed for, as people read it."""
        return in_fours(self.mandate_id.account_number or "")

    def _debits(self):
        """Everything that was presented by the mandate, the oldest first."""
        debits = self.env["cobranza.debit"].search(
            [("mandate_id", "=", self.mandate_id.id), ("presented_on", "!=", False)]
        )
        return debits.sorted(lambda debit: (debit.collect_on, debit.id))

    def _contacts(self):
        """The letters that asked for the signature and told of these debits."""
        contacts = self.env["cobranza.contact"]
        asked = contacts.search(
            [
                ("debtor_id", "=", self.mandate_id.debtor_id.id),
                ("text_purpose", "=", "mandate_request"),
                ("sent_at", ">=", self.mandate_id.create_date),
            ]
        )
        told = self._debits().notice_contact_id.filtered("sent_at")
        return (asked | told).sorted(lambda one: (one.sent_at, one.id))

    def _proofs(self):
        """The proofs of the bank that are of no other debtor's debits."""
        files = self._debits().return_file_ids
        # sudo: a proof is asked about with all the debits that share it
        shared = self.env["cobranza.debit"].sudo()
        others = shared.search(
            [
                ("return_file_ids", "in", files.ids),
                ("debtor_id", "!=", self.mandate_id.debtor_id.id),
            ]
        )
        return files.sudo() - others.return_file_ids

    def _sections(self):
        """[(title, [column], [row])] of the paper."""
        mandate = self.mandate_id
        sections = LogSections(mandate.debtor_id)
        found = [
            sections._section(
                self.env._("Amendments"), mandate.amendment_ids, *AMENDMENTS
            ),
            sections._section(
                self.env._("Direct debits"),
                self._debits(),
                *("document", "amount", "due_on", "notified_on", "presented_on"),
                *("collect_on", "return_code", "returned_on"),
            ),
        ]
        return [one for one in found if one[2]]

    def _notices(self):
        """[(moment, address, subject, SHA-256)] of the letters, for the paper."""
        zone = self.mandate_id.debtor_id._tz()
        return [
            (
                f"{format_datetime(self.env, one.sent_at, tz=zone)} ({zone})",
                one.address or "",
                one.subject or "",
                one.content_hash or "",
            )
            for one in self._contacts()
        ]

    # -- buttons and papers ------------------------------------------------------------

    def action_zip(self):
        self.ensure_one()
        url = f"/collections/mandate/{self.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _document_title(self):
        return self.display_name

    def _page_line(self, page, pages):
        """What stands under each page of the PDF."""
        return self.env._(
            "%(title)s · page %(page)s of %(pages)s",
            title=self.display_name,
            page=page,
            pages=pages,
        )

    def _folder(self):
        day = fields.Datetime.now().strftime("%Y%m%d-%H%M")
        name = f"mandate-{self.mandate_id.reference}-{day}"
        return safe_name(name, "mandate", plain=True)

    def _write_zip(self, stream):
        """Write the archive to a stream, and who took it and why to the history."""
        self.ensure_one()
        lang = self.env.lang
        seal = write_archive(stream, self._folder(), self._fill, lang)
        if not seal:
            raise UserError(
                self.env._("The files are more than %s MB.", MOST_MEGABYTES)
            )
        mandate = self.mandate_id
        mandate._log(self.env._("Evidence exported"), self.reason)
        words = self.env._("Evidence of %s exported", mandate.display_name)
        mandate.debtor_id._log_act(f"{words} · SHA-256 {seal}", self.reason)

    def _fill(self, archive):
        reports = self.env["ir.actions.report"]
        archive.add("evidence.pdf", reports._render_qweb_pdf(REPORT, self.ids)[0])
        self._add_mandate(archive)
        self._add_table(
            archive, "amendments", AMENDMENTS, self.mandate_id.amendment_ids
        )
        self._add_table(archive, "presentations", DEBITS, self._debits())
        for number, contact in enumerate(self._contacts(), 1):
            day = contact._local_day(contact.sent_at)
            add_contact(archive, f"letters/{number:03d}_{day}", contact)
        add_files(archive, "returns", self._proofs())
        archive.add_json("manifest.json", self._manifest(archive))

    def _add_mandate(self, archive):
        mandate = self.mandate_id
        # sudo: who reads the mandate may take its files, whoever uploaded them
        files = (mandate.document_file_id | mandate.signed_file_id).sudo()
        add_files(archive, "mandate", files | mandate.file_ids.sudo())
        if mandate.document_body:
            # hashed as it is: its SHA-256 is the one that was signed
            said = mandate._document_content(mandate._document_kept())
            archive.add("mandate/content.json", said.encode())
        signatures = mandate.signature_ids
        for number, signature in enumerate(signatures, 1):
            if signature.image:
                archive.add(f"mandate/signature-{number}.png", signature._png())
        self._add_table(archive, "signatures", SIGNATURES, signatures)

    def _add_table(self, archive, name, names, records):
        if not records:
            return
        rows = [{key: self._plain(one, key) for key in names} for one in records]
        archive.add(f"{name}.csv", csv_bytes(names, rows))

    def _plain(self, record, name):
        value = record[name]
        if record._fields[name].relational:
            return value.sudo().display_name or ""
        return str(value) if value or value == 0 and value is not False else ""

    def _manifest(self, archive):
        mandate = self.mandate_id
        return {
            "format": "cobranza-mandate 1",
            "odoo": release.version,
            "company": {"name": self.company_id.name, "vat": self.company_id.vat},
            "mandate": {name: self._plain(mandate, name) for name in MANDATE},
            "words_as_signed": bool(mandate.document_hash)
            and mandate._verify_document(),
            "claimed": self.debit_id.display_name or None,
            "exported_at_utc": fields.Datetime.to_string(fields.Datetime.now()),
            "exported_by": self.env.user.name,
            "reason": self.reason,
            "how_to_verify": "python3 verify.py, or sha256sum -c SHA256SUMS; the "
            "SHA-256 of mandate/content.json is the document_hash that was signed",
            "files": dict(archive.sums),
        }
