import tempfile
from functools import partial
from pathlib import Path

from odoo import api, fields, models, release
from odoo.exceptions import UserError

from ...models.case.dossier import CaseDossier
from ...models.common.files import safe_name
from ..contact.log_export import MOST_MEGABYTES, write_archive

NAME = "dossier.pdf"


class CobranzaCaseDossier(models.TransientModel):
    """Everything that proves the debts of a case, as one PDF, or as an archive with the
    files that cannot be part of one. What is made is kept with the case.

    It takes all that is known of a case out of the system: its lawyers make it, and who
    hands cases over.
    """

    _name = "cobranza.case.dossier"
    _inherit = "cobranza.case.paper.mixin"
    _description = "Dossier of a legal case"

    lang = fields.Selection(
        selection="_selection_lang",
        string="Language",
        required=True,
        default=lambda self: self._default_lang(),
        help="Of the cover, the index and the words around the documents.",
    )
    reason = fields.Char("What for", help="It stands in the history of the case.")

    @api.model
    def _default_lang(self):
        """That of the company, as its courts read it."""
        company = self._chosen().company_id or self.env.company
        wanted = company.partner_id.lang or self.env.lang or "en_US"
        return self.env["cobranza.debtor"]._installed_lang(wanted)

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    # -- making ------------------------------------------------------------------------

    def _make(self, use=None):
        """The act of the case that keeps the dossier made now. ``use(dossier, file)``
        is called while the files that go beside are on the disk."""
        self.ensure_one()
        case = self.case_id
        case._check_worked()
        with tempfile.TemporaryDirectory() as folder:
            dossier = CaseDossier(case.with_context(lang=self.lang), folder)
            dossier.collect()
            path = Path(folder) / NAME
            with path.open("wb") as stream:
                dossier.write(stream)
            name = safe_name(dossier.title(), "dossier", ".pdf")
            # sudo: whoever may make it may keep it, and nothing else
            file = self.env["ir.attachment"].sudo()
            file = file.create({"name": name, "raw": path.read_bytes()})
            words = self.env._(
                "Dossier: %(pages)s pages, %(files)s files, %(beside)s beside. SHA-256 "
                "%(hash)s",
                pages=dossier.pages,
                files=len(dossier.pieces),
                beside=len(dossier.beside()),
                hash=self.env["cobranza.negotiation"]._sha256(file),
            )
            act = case._write_down("dossier", words, self.reason, files=file)
            if use:
                use(dossier, file)
        return act

    def action_pdf(self):
        """The dossier as one PDF."""
        act = self._make()
        url = f"/web/content/{act.file_ids.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_zip(self):
        """The dossier with what could not be part of it, and the hashes of all."""
        self.ensure_one()
        url = f"/collections/dossier/{self.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    # -- the archive -------------------------------------------------------------------

    def _folder(self):
        day = fields.Datetime.now().strftime("%Y%m%d-%H%M")
        name = f"dossier-{self.case_id.name}-{day}"
        return safe_name(name, "dossier", plain=True)

    def _write_zip(self, stream):
        """Write the archive to a stream; the dossier in it is kept with the case."""

        def use(dossier, file):
            fill = partial(self._fill, dossier=dossier, file=file)
            seal = write_archive(stream, self._folder(), fill, self.lang)
            if not seal:
                raise UserError(
                    self.env._("The files are more than %s MB.", MOST_MEGABYTES)
                )
            self.case_id._log(f"{NAME} · SHA-256 {seal}", self.reason)

        self._make(use)

    def _fill(self, archive, dossier, file):
        archive.add(NAME, file.raw)
        rows = []
        for piece in dossier.pieces:
            place = piece.first and f"{NAME}, {piece.first}"
            if piece in dossier.beside():
                name = f"beside/{piece.number:03d}-{piece.name}"
                place = archive.add(name, piece.path.read_bytes())
            rows.append(
                {
                    "number": piece.number,
                    "title": piece.title,
                    "file": piece.name,
                    "sha256": piece.sha256,
                    "pages": piece.pages,
                    "place": place or None,
                    "same_as": piece.same or None,
                    "problem": piece.problem or None,
                }
            )
        archive.add_json("manifest.json", self._manifest(archive, rows))

    def _manifest(self, archive, rows):
        company = self.case_id.company_id
        return {
            "format": "cobranza-dossier 1",
            "odoo": release.version,
            "company": {"name": company.name, "vat": company.vat},
            "case": self.case_id.name,
            "exported_at_utc": fields.Datetime.to_string(fields.Datetime.now()),
            "exported_by": self.env.user.name,
            "reason": self.reason or None,
            "pieces": rows,
            "how_to_verify": "python3 verify.py, or sha256sum -c SHA256SUMS",
            "files": dict(archive.sums),
        }
