from markupsafe import Markup

from odoo import fields, models, release
from odoo.exceptions import UserError

from ..models.cobranza_state_mixin import CONTEXT_KEY, GATE
from ..models.files import safe_name
from .log_archive import LogArchive, TooLarge, csv_bytes

REPORT = "cobranza_legal.action_report_contact_log"
MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 1000
COLUMNS = (
    *("number", "id", "made_at_utc", "made_at_local", "direction", "channel", "class"),
    *("state", "recipient", "address", "subject", "text", "lang", "level", "claimed"),
    *("currency", "article", "received_on", "outcome", "outcome_note", "operator"),
    *("origin", "message_id", "events", "content_sha256", "file_sha256"),
    *("outcome_sha256", "verified", "erased_on", "erased_reason", "folder"),
)
PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"/><meta http-equiv="Content-Security-Policy"
content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/>
<title>%s</title></head>
<body>%s</body></html>
"""


class CobranzaLogExport(models.TransientModel):
    """The ZIP: the PDF, every text and file, the log as CSV, hashes and a manifest."""

    _inherit = "cobranza.log.export"

    def _write_zip(self, stream):
        """Write the archive to a stream and write down that it was done."""
        self.ensure_one()
        entries = self._entries()
        archive = LogArchive(stream, self._folder(), MOST_MEGABYTES * MEGABYTE)
        try:
            self._fill(archive, entries)
        except TooLarge as error:
            raise UserError(
                self.env._(
                    "The files are more than %s MB: export a shorter period.",
                    MOST_MEGABYTES,
                )
            ) from error
        archive.close()
        self._record("ZIP", len(entries))

    def _fill(self, archive, entries):
        archive.add("log.pdf", self._pdf())
        rows = []
        for entry in entries:
            folder = self._add_contact(archive, entry)
            rows.append(self._csv_row(entry, folder))
        archive.add("log.csv", csv_bytes(COLUMNS, rows))
        for record in self._matters_with_files():
            for file in record.sudo().attachment_ids:
                folder = f"{record._table}-{record.id}"
                archive.add(f"{folder}/{file.name}", file.raw or b"")
        archive.add_json("manifest.json", self._manifest(archive, entries))

    def _pdf(self):
        # the archive is written down as one export
        reports = self.env["ir.actions.report"].with_context(**{CONTEXT_KEY: GATE})
        return reports._render_qweb_pdf(REPORT, self.ids)[0]

    def _folder(self):
        day = fields.Datetime.now().strftime("%Y%m%d-%H%M")
        return safe_name(f"log-{self.debtor_id.display_name}-{day}", "log", plain=True)

    def _matters_with_files(self):
        """Records of the debtor, besides contacts, whose files belong to the log."""
        return list(self.debtor_id.dispute_ids)

    # -- one contact -----------------------------------------------------------------

    def _add_contact(self, archive, entry):
        contact = entry["contact"]
        day = fields.Date.to_string(contact._local_day(contact.sent_at))
        folder = f"contacts/{entry['number']:04d}_{day}_{contact.channel}"
        if contact.erased_on:
            return ""
        if contact.content_hash:
            # hashed as it is: its SHA-256 is the one that the log shows
            said = contact._content_text(contact._said_values())
            archive.add(f"{folder}/content.json", said.encode())
        if contact.body:
            body = Markup("<hr/>").join(
                Markup(part)  # what left, as it left; the page runs nothing of it
                for part in (contact.courtesy, contact.body)
                if part
            )
            page = Markup(PAGE) % (contact.subject or "", body)
            archive.add(f"{folder}/text.html", str(page).encode())
            plain = f"{contact.subject or ''}\n\n{contact._said_plain()}\n"
            archive.add(f"{folder}/text.txt", plain.encode())
        self._add_proof(archive, folder, contact)
        return folder

    def _add_proof(self, archive, folder, contact):
        # who reads the contact may take its evidence, whoever uploaded it
        files = contact._channel_model()._proof(contact).sudo()
        for file in files:
            archive.add(f"{folder}/{file.name}", file.raw or b"")
            file.invalidate_recordset(["raw", "datas"], flush=False)

    def _csv_row(self, entry, folder):
        contact = entry["contact"]
        utc = fields.Datetime.to_string
        return {
            **{
                name: entry[name]
                for name in ("number", "direction", "channel", "class")
            },
            **{name: entry[name] for name in ("state", "text", "outcome", "operator")},
            "id": contact.id,
            "made_at_utc": utc(contact.sent_at),
            "made_at_local": entry["moment"],
            "recipient": contact.sudo().recipient_id.name,
            **{name: contact[name] for name in ("address", "subject", "lang")},
            "level": contact.level_id.name,
            "claimed": contact.amount,
            "currency": contact.currency_id.name,
            "article": entry["article"],
            "received_on": contact.received_on,
            "outcome_note": contact.outcome_note,
            "origin": contact.origin,
            "message_id": contact.attempt,
            "events": " | ".join(
                f"{utc(one.moment)} {one.kind} {one.source or ''}"
                for one in contact.event_ids
            ),
            "content_sha256": contact.content_hash,
            "file_sha256": contact.file_hash,
            "outcome_sha256": contact.outcome_hash,
            "verified": " ".join(entry["problems"]) or "ok",
            "erased_on": contact.erased_on and utc(contact.erased_on),
            "erased_reason": contact.erased_reason,
            "folder": folder,
        }

    def _manifest(self, archive, entries):
        debtor = self.debtor_id
        differ = [one["number"] for one in entries if one["problems"]]
        return {
            "format": "cobranza-log 1",
            "odoo": release.version,
            "company": {"name": self.company_id.name, "vat": self.company_id.vat},
            "debtor": {"id": debtor.id, "name": debtor.display_name},
            "period": [str(one) if one else None for one in (self.since, self.until)],
            "exported_at_utc": fields.Datetime.to_string(fields.Datetime.now()),
            "exported_by": self.env.user.name,
            "reason": self.reason,
            "language": self.lang,
            "contacts": len(entries),
            "differ": differ,
            "how_to_verify": "sha256sum -c SHA256SUMS; the SHA-256 of each "
            "content.json is the content_sha256 of its row in log.csv",
            "files": dict(archive.sums),
        }
