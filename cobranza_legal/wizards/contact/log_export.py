"""A ZIP of evidence that is written as it goes, and its list of hashes."""

import hashlib
import json
import zipfile
from functools import partial
from pathlib import Path

from markupsafe import Markup

from odoo import api, fields, models, release
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from ...kernel import verify
from ...kernel.errors import KernelError
from ...models.common.csv_file import csv_bytes
from ...models.common.files import safe_name
from ...models.common.gate import CONTEXT_KEY, GATE
from ...models.company.company import OWN
from ...models.contact.log import LogSections

MOST = 2000
"""Entries of one export: more are asked for in several periods."""


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


SUMS = verify.SUMS


VERIFIER = "verify.py"


class TooLarge(Exception):
    """The files are more than an archive may hold."""


class LogArchive:
    """Files go straight to the ZIP: one at a time is in memory.

    ``most`` bytes at most; TooLarge beyond. Names that collide get a number.
    """

    def __init__(self, stream, folder, most):
        self.zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
        self.folder, self.most = folder, most
        self.size, self.sums = 0, {}

    def add(self, path, content):
        """Add bytes under a path of safe parts; gives back the path taken."""
        self.size += len(content)
        if self.size > self.most:
            raise TooLarge(self.size)
        path = self._free(path)
        self.sums[path] = hashlib.sha256(content).hexdigest()
        self.zip.writestr(f"{self.folder}/{path}", content)
        return path

    def add_json(self, path, data):
        text = json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True)
        return self.add(path, text.encode() + b"\n")

    def _free(self, path):
        parts = [safe_name(part, plain=True) for part in path.split("/")]
        path, number = "/".join(parts), 1
        while path in self.sums:
            number += 1
            stem, dot, suffix = parts[-1].rpartition(".")
            last = f"{stem}-{number}.{suffix}" if dot else f"{parts[-1]}-{number}"
            path = "/".join([*parts[:-1], last])
        return path

    def close(self):
        """Write the list of hashes, as sha256sum reads it; gives back its own, which
        seals the archive."""
        lines = [f"{digest}  {path}\n" for path, digest in sorted(self.sums.items())]
        listed = "".join(lines).encode()
        self.zip.writestr(f"{self.folder}/{SUMS}", listed)
        self.zip.close()
        return hashlib.sha256(listed).hexdigest()


def verifier(lang):
    """The program that checks an archive without us, which speaks ``lang`` as far as it
    can."""
    code = Path(verify.__file__).read_text(encoding="utf-8")
    spoken = (lang or "")[:2]
    if spoken in verify.WORDS:
        code = code.replace('LANG = "en"', f'LANG = "{spoken}"', 1)
    return code.encode()


def write_archive(stream, folder, fill, lang):
    """Write a ZIP to ``stream``: ``fill`` adds its files to the ``LogArchive``; what
    checks them, in the language ``lang``, goes with them. Gives back its seal, the
    SHA-256 of its list of hashes; False when it is more than an archive may hold."""
    archive = LogArchive(stream, folder, MOST_MEGABYTES * MEGABYTE)
    try:
        archive.add(VERIFIER, verifier(lang))
        fill(archive)
    except TooLarge:
        return False
    return archive.close()


def add_contact(archive, folder, contact):
    """Add what a contact said and what proves it, unless it was erased."""
    if contact.erased_on:
        return
    if contact.content_hash:
        # hashed as it is: its SHA-256 is the one that the log shows
        said = contact._content_text(contact._kept_content())
        archive.add(f"{folder}/content.json", said.encode())
    if contact.body:
        body = Markup("<hr/>").join(
            Markup(part)  # what left, as it left; the page runs nothing of it
            for part in (contact.courtesy, contact.body)
            if part
        )
        page = Markup(PAGE) % (contact.subject or "", body)
        archive.add(f"{folder}/text.html", str(page).encode())
        plain = f"{contact.subject or ''}\n\n{contact._plain_content()}\n"
        archive.add(f"{folder}/text.txt", plain.encode())
    # who reads the contact may take its evidence, whoever uploaded it
    add_files(archive, folder, contact._channel_model()._proof(contact).sudo())


def add_files(archive, folder, files):
    for file in files:
        archive.add(f"{folder}/{file.name}", file.raw or b"")
        file.invalidate_recordset(["raw", "datas"], flush=False)


class CobranzaLogExport(models.TransientModel):
    """The log of a debtor as evidence: one PDF, or one ZIP with everything.

    It takes all that is known of a debtor out of the system, so managers and lawyers
    export, lawyers only the debtors that they see; collectors read the log on screen.

    The ZIP: the PDF, every text and file, the log as CSV, hashes and a manifest.
    """

    _name = "cobranza.log.export"
    _inherit = "cobranza.dialog.mixin"
    _description = "Export of the log of contacts"

    debtor_id = fields.Many2one("cobranza.debtor", required=True)
    company_id = fields.Many2one(related="debtor_id.company_id")
    since = fields.Date(help="Empty: from the first contact.")
    until = fields.Date(help="Empty: until today.")
    reason = fields.Char(required=True, help="Who asks for it and what for.")
    part = fields.Selection(
        [
            ("log", "The log, without what is confidential"),
            ("annex", "What was negotiated, as a separate annex"),
        ],
        string="What",
        required=True,
        default="log",
        help="What was said in a negotiation before a lawsuit is confidential. A "
        "lawyer may take out what was released, and nothing else with it.",
    )
    lang = fields.Selection(
        selection="_selection_lang",
        string="Language",
        required=True,
        default=lambda self: self._default_lang(),
    )

    def _default_lang(self):
        lang = self.env.lang or self.env.user.lang or "en_US"
        return self.env["cobranza.debtor"]._installed_lang(lang)

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    @api.model_create_multi
    def create(self, vals_list):
        exports = super().create(vals_list)
        exports._check_may()
        return exports

    def write(self, vals):
        result = super().write(vals)
        self._check_may()
        return result

    def _check_may(self):
        """AccessError for debtors that the user does not see, and for the annex of
        whoever is no lawyer."""
        self.debtor_id.check_access("read")
        lawyer = self.env.su or self.env.user.has_group(OWN)
        if not lawyer and any(export.part == "annex" for export in self):
            raise AccessError(
                self.env._("Only lawyers take out what was negotiated in confidence.")
            )

    @api.depends("debtor_id", "lang", "part")
    def _compute_display_name(self):
        for export in self:
            name = export.debtor_id.display_name
            env = export._in_lang().env
            if export.part == "annex":
                export.display_name = env._("Confidential annex: %s", name)
            else:
                export.display_name = env._("Log of %s", name)

    def _in_lang(self):
        return self.with_context(lang=self.lang)

    # -- what is exported ----------------------------------------------------------

    def _contacts(self):
        """Contacts that were made, or may have been, in the order in which they were.
        UserError when they are too many for one export."""
        domain = Domain("debtor_id", "=", self.debtor_id.id)
        domain &= Domain("sent_at", "!=", False)
        if self.part == "annex":
            domain &= Domain("confidential", "=", True)
            domain &= Domain("disclosed", "=", True)
        else:
            domain &= Domain("confidential", "!=", True)
        contacts = self.env["cobranza.contact"].search(domain, order="sent_at, id")
        contacts = contacts.filtered(self._in_period)
        if len(contacts) > MOST:
            raise UserError(
                self.env._(
                    "%(count)s contacts are too many for one export (at most "
                    "%(most)s): export them in shorter periods.",
                    count=len(contacts),
                    most=MOST,
                )
            )
        return contacts.with_context(lang=self.lang)

    def _leaves_out(self):
        """Whether contacts of a negotiation are kept out of this log."""
        return self.part == "log" and bool(
            self.env["cobranza.contact"].search_count(
                [
                    ("debtor_id", "=", self.debtor_id.id),
                    ("confidential", "=", True),
                    ("sent_at", "!=", False),
                ],
                limit=1,
            )
        )

    def _in_period(self, contact):
        day = contact._local_day(contact.sent_at)
        return (not self.since or day >= self.since) and (
            not self.until or day <= self.until
        )

    def _entries(self):
        """[{…}] of every contact, with what the papers say of it."""
        contacts = self._contacts()
        problems, articles = contacts._verify(), self._articles(contacts)
        return [
            {
                "number": number,
                "contact": contact,
                "problems": problems.get(contact.id, []),
                "article": articles.get(contact.id, ""),
                **self._words(contact),
            }
            for number, contact in enumerate(contacts, 1)
        ]

    def _words(self, contact):
        """The words of one entry in the language of the export."""
        text = contact.text_id
        # the name of whoever made it may be of somebody who left
        operator = contact.sudo().made_by or contact.sudo().user_id.name
        operator = operator or contact.sudo().released_by_id.name
        recipient = contact.sudo().recipient_id.name
        return {
            "moment": self._moment(contact, contact.sent_at),
            "channel": contact._label("channel"),
            "class": contact._label("channel_class"),
            "direction": contact._label("direction"),
            "state": contact._label("state"),
            "outcome": contact._label("outcome"),
            "recipient": ", ".join(one for one in (recipient, contact.address) if one),
            "text": f"{text.name} v{text.version}" if text else "",
            "operator": operator or self._in_lang().env._("Automatic"),
            "events": [self._event_words(one) for one in contact.event_ids],
        }

    def _event_words(self, event):
        kinds = dict(event._fields["kind"]._description_selection(self._in_lang().env))
        parts = (event.source, event.origin, event.note)
        return {
            "moment": self._moment(event.contact_id, event.moment),
            "kind": kinds[event.kind],
            "source": " · ".join(part for part in parts if part),
            "hash": event.file_hash,
        }

    def _moment(self, contact, moment):
        """A moment in the debtor's own time, with its zone."""
        zone = contact.debtor_id._tz()
        return f"{format_datetime(self._in_lang().env, moment, tz=zone)} ({zone})"

    def _articles(self, contacts):
        """{contact id: article of the law that limited it on its day}."""
        company, regime = self.company_id, self.debtor_id.regime
        days = {one.id: one._local_day(one.sent_at) for one in contacts}
        if not days:
            return {}
        table = company._cobranza_legal_table(min(days.values()), max(days.values()))
        rules, said = company._cobranza_rules(), {}
        for day in set(days.values()):
            try:
                said[day] = rules._contact_rules(regime, day, table).article
            except KernelError:  # a legal value of that day is not known any more
                said[day] = ""
        return {contact: said[day] for contact, day in days.items()}

    def _sections(self):
        """[(title, [column], [row])] of what belongs to the debtor besides contacts;
        nothing in an annex."""
        if self.part == "annex":
            return []
        debtor = self._in_lang().debtor_id
        return [one for one in LogSections(debtor).collect() if one[2]]

    # -- buttons and papers ----------------------------------------------------------

    def action_pdf(self):
        self.ensure_one()
        self._contacts()
        report = self.env.ref("cobranza_legal.action_report_contact_log")
        return report.report_action(self, config=False)

    def action_zip(self):
        self.ensure_one()
        self._contacts()
        url = f"/collections/log/{self.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _record(self, form, count, seal=None):
        """Write down in the history who took the log out, when and why; of an archive
        its ``seal``, with which a copy that comes back is compared."""
        change = self.env._(
            "%(title)s, exported: %(form)s, %(count)s contacts",
            title=self.with_context(lang=self.env.lang).display_name,
            form=form,
            count=count,
        )
        change = f"{change} · SHA-256 {seal}" if seal else change
        self.debtor_id._log_act(change, self.reason)

    def _period_words(self):
        spoken = self._in_lang()
        days = [
            one and format_date(spoken.env, one) for one in (self.since, self.until)
        ]
        return " – ".join(one or "…" for one in days)

    def _document_title(self):
        return self.display_name

    def _page_line(self, page, pages):
        """What stands under each page of the PDF."""
        return self._in_lang().env._(
            "%(title)s · page %(page)s of %(pages)s",
            title=self.display_name,
            page=page,
            pages=pages,
        )

    def _write_zip(self, stream):
        """Write the archive to a stream and write down that it was done."""
        self.ensure_one()
        entries = self._entries()
        fill = partial(self._fill, entries=entries)
        seal = write_archive(stream, self._folder(), fill, self.lang)
        if not seal:
            raise UserError(
                self.env._(
                    "The files are more than %s MB: export a shorter period.",
                    MOST_MEGABYTES,
                )
            )
        self._record("ZIP", len(entries), seal)

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
        if self.part == "annex":
            return []
        return list(self.debtor_id.dispute_ids)

    # -- one contact -----------------------------------------------------------------

    def _add_contact(self, archive, entry):
        contact = entry["contact"]
        day = fields.Date.to_string(contact._local_day(contact.sent_at))
        folder = f"contacts/{entry['number']:04d}_{day}_{contact.channel}"
        add_contact(archive, folder, contact)
        return "" if contact.erased_on else folder

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
            "part": self.part,
            "language": self.lang,
            "contacts": len(entries),
            "differ": differ,
            "how_to_verify": "python3 verify.py, or sha256sum -c SHA256SUMS; the "
            "SHA-256 of each content.json is the content_sha256 of its row in log.csv",
            "files": dict(archive.sums),
        }


class ReportContactLog(models.AbstractModel):
    """Every PDF of a log is written down, whatever road it was asked for by."""

    _name = "report.cobranza_legal.contact_log"
    _description = "Log of contacts (PDF)"

    @api.model
    def _get_report_values(self, docids, data=None):
        docs = self.env["cobranza.log.export"].browse(docids)
        docs.check_access("read")
        entries = {one.id: one._entries() for one in docs}
        if not self.env["cobranza.contact"]._is_through_gate():
            for one in docs:
                one._record("PDF", len(entries[one.id]))
        return {"docs": docs, "entries": entries, "now": fields.Datetime.now()}
