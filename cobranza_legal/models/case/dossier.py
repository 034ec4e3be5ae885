"""Everything that proves the debts of a case as one PDF, made on the disk."""

import hashlib
import io
import itertools
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_date, format_datetime

from ...kernel.draft import Break, Draft, Run, Table, Words
from ..common.files import safe_name
from ..common.money import say_amount
from ..contact.paper import PDF
from .paper_pdf import write_pdf
from .pdf_joiner import PdfJoiner, Unusable, open_pdf

_lt = LazyTranslate(__name__)

STATEMENT = "cobranza_legal.action_report_debt_statement"
BLOCK = 1 << 20
MOST_PIXELS = 60_000_000
"""Of one picture; a larger one goes beside."""
EDGE = 36
WIDEST = "99999"
"""What stands for the number of a page before it is known."""

SECTIONS = {
    "invoices": _lt("Invoices"),
    "contracts": _lt("Documents of the debts"),
    "negotiation": _lt("Attempt to negotiate"),
    "letters": _lt("Letters and proofs of their reception"),
    "charges": _lt("Statement of what is owed"),
    "agreements": _lt("Agreements that were signed"),
    "acts": _lt("Files of the case"),
}
PROBLEMS = {
    "encrypted": _lt("protected by a password: it goes beside"),
    "broken": _lt("damaged or cut off: it goes beside"),
    "empty": _lt("without pages: it goes beside"),
    "other": _lt("no pages that can be printed: it goes beside"),
    "large": _lt("a picture that is too large: it goes beside"),
    "lacks": _lt("it cannot be made: %s"),
}


@dataclass(slots=True)
class Piece:
    """One file of a dossier. ``path``: where it lies; None: it lacks, ``detail`` says
    why. ``pdf``: the path of its pages; None: it goes beside, ``problem`` says why.
    ``same``: the number of the piece that is the same file."""

    section: str
    title: str
    name: str
    path: Path | None = None
    mimetype: str = PDF
    day: str = ""
    sha256: str = ""
    pdf: Path | None = None
    pages: int = 0
    problem: str = ""
    detail: str = ""
    same: int = 0
    number: int = 0
    first: int = 0


class CaseDossier:
    """The dossier of one case, in the language of the environment, in a ``folder`` that
    its caller removes. What the user may not read is not in it, and what was negotiated
    in confidence never is.

    AccessError for a case that the user may not read.
    """

    def __init__(self, case, folder):
        case.check_access("read")
        self.case, self.env = case, case.env
        self.company, self.debtor = case.company_id, case.debtor_id
        self.today = self.company._cobranza_today()
        self.folder, self.numbers = Path(folder), itertools.count(1)
        self.pieces, self.pages = [], 0

    def title(self):
        words = self.env._("Dossier of the case %s", self.case.name)
        return f"{words} · {self.case.partner_id.name}"

    # -- what belongs to it ------------------------------------------------------------

    def collect(self):
        """Find, hash and open the files: each is a ``Piece`` of ``pieces``."""
        # sudo: what was negotiated is known only when its letters were gathered
        negotiations = self.env["cobranza.negotiation"].sudo()
        negotiations._gather(self.company)
        secret, seen = self._secret(), {}
        for find in (
            *(self._invoices, self._documents, self._negotiations, self._letters),
            *(self._charges, self._agreements, self._acts),
        ):
            for piece in find():
                if piece.path:
                    piece.sha256 = sha256_of(piece.path)
                if piece.sha256 and piece.sha256 in secret:
                    continue
                piece.number = len(self.pieces) + 1
                piece.same = seen.get(piece.sha256, 0)
                if piece.path and not piece.same:
                    seen[piece.sha256] = piece.number
                    self._open(piece)
                self.pieces.append(piece)
        return self.pieces

    def beside(self):
        """The pieces that could not go into the PDF."""
        return [one for one in self.pieces if one.path and not one.pdf and not one.same]

    def _secret(self):
        """The SHA-256 of the files of what was negotiated in confidence, which stay out
        wherever else they were filed."""
        # sudo: what the user does not see stays out all the same
        contacts = self.env["cobranza.contact"].sudo()
        secret = contacts.search(
            Domain("debtor_id", "=", self.debtor.id)
            & (
                Domain("confidential", "=", True)
                | Domain("negotiation_id", "!=", False)
            )
        )
        files = secret.attachment_id | secret.event_ids.attachment_id
        for contact in secret:
            files |= contact._channel_model()._proof(contact).sudo()
        files |= (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "cobranza.contact"),
                    ("res_id", "in", secret.ids),
                    ("res_field", "=", False),
                ]
            )
        )
        return {sha256_of(self._path(file)) for file in files}

    def _made(self, content, suffix=".pdf"):
        path = self.folder / f"{next(self.numbers):05d}{suffix}"
        path.write_bytes(content)
        return path

    def _path(self, file):
        """Where an attachment lies; one in the database is written down first."""
        if file.store_fname:
            path = Path(file._full_path(file.store_fname))
            if path.is_file():
                return path
        content = file.raw or b""
        file.invalidate_recordset(["raw", "datas", "db_datas"], flush=False)
        return self._made(content, ".bin")

    def _files(self, section, title, files, day=None):
        """Pieces of attachments; of several each has its name in its title."""
        files = files.sudo()  # sudo: who reads the record may read its files
        for file in files:
            yield Piece(
                section,
                f"{title} · {file.name}" if len(files) > 1 else title,
                file.name or "file",
                self._path(file),
                file.mimetype or "",
                format_date(self.env, day) if day else "",
            )

    def _invoices(self):
        seen = self.env["account.move"]
        for debt in self.case.debt_ids.sorted(
            lambda one: (one.original_due_date, one.id)
        ):
            # sudo: who sees the debt may see what proves it
            move = debt.sudo().move_id
            if not debt.has_invoice or move in seen:
                continue
            seen |= move
            title, day = debt.document or move.name, move.invoice_date
            try:
                name, content = debt._invoice_pdf()
            except UserError as error:
                yield Piece("invoices", title, "", detail=str(error), problem="lacks")
                continue
            yield Piece(
                "invoices",
                title,
                safe_name(name, "invoice", ".pdf"),
                self._made(content),
                day=format_date(self.env, day) if day else "",
            )

    def _documents(self):
        good = ("received", "checked", "expired")
        for document in self.case.document_ids.filtered(lambda one: one.state in good):
            yield from self._files(
                "contracts", document.display_name, document.file_ids, document.dated_on
            )

    def _negotiations(self):
        """The statements of the attempt, with the proofs that are no part of them."""
        for one in self.case.negotiation_ids:
            if one.statement_id:
                # sudo: whoever sees the negotiation sees its statement
                made = one.statement_id.sudo().create_date
                day = self.company._cobranza_local(made).date()
                title = one._document_title()
                yield from self._files("negotiation", title, one.statement_id, day)
            for file in one._proofs():
                if not one.statement_id or not one._is_merged(file):
                    yield from self._files("negotiation", file.name, file)

    def _contacts(self):
        debts = self.case.debt_ids
        # sudo: charges of the debts, whoever sees them
        mine = debts.sudo() | debts.sudo().search([("parent_id", "in", debts.ids)])
        found = self.env["cobranza.contact"].search(
            Domain("debtor_id", "=", self.debtor.id)
            & Domain("direction", "=", "outbound")
            & Domain("sent_at", "!=", False)
            & Domain("erased_on", "=", False)
            & Domain("confidential", "!=", True)
            & Domain("negotiation_id", "=", False)
            & Domain("line_ids.debt_id", "in", mine.ids),
            order="sent_at, id",
        )
        # of a letter that tells of other debts too, nothing is shown
        return found.filtered(lambda one: not one.sudo().line_ids.debt_id - mine)

    def _letters(self):
        for contact in self._contacts():
            title = " · ".join(
                part for part in (contact._label("channel"), contact.subject) if part
            )
            day = contact._local_day(contact.sent_at)
            yield Piece(
                "letters",
                title,
                f"letter-{contact.id}.pdf",
                self._made(write_pdf(self._letter(contact, title), numbered=False)),
                day=format_date(self.env, day),
            )
            proofs = contact._channel_model()._proof(contact)
            yield from self._files("letters", title, proofs, day)

    def _letter(self, contact, title):
        """What a letter said, when it was made and when it was received."""
        zone = self.debtor._tz()
        sent = format_datetime(self.env, contact.sent_at, tz=zone)
        received = contact.received_on
        recipient = contact.sudo().recipient_id.name  # it is on the letter
        rows = (
            (self.env._("To"), ", ".join(x for x in (recipient, contact.address) if x)),
            (self.env._("Sent on"), f"{sent} ({zone})"),
            (
                self.env._("Received on"),
                format_date(self.env, received)
                if received
                else self.env._("Not proven"),
            ),
            (self.env._("Reception"), contact.reception_note or ""),
            (self.env._("SHA-256 of what was said"), contact.content_hash or ""),
        )
        blocks = [_words(title, "title"), _facts(rows)]
        for line in contact._plain_content().splitlines():
            if line.strip():
                blocks.append(_words(line.strip()))
        return Draft(title, tuple(blocks))

    def _charges(self):
        day = self.case.claimed_on or self.today
        statement = self.env["cobranza.debt.statement"].create(
            {
                "debtor_id": self.debtor.id,
                "on": day,
                "debt_ids": [(6, 0, self.case.debt_ids.ids)],
            }
        )
        title = statement.display_name
        try:
            statement._check_complete()
            reports = self.env["ir.actions.report"]
            content, _kind = reports._render_qweb_pdf(STATEMENT, statement.ids)
        except UserError as error:
            yield Piece("charges", title, "", detail=str(error), problem="lacks")
            return
        yield Piece(
            "charges",
            title,
            "statement.pdf",
            self._made(content),
            day=format_date(self.env, day),
        )

    def _agreements(self):
        agreements = self.env["cobranza.agreement"].search(
            [
                ("debt_ids", "in", self.case.debt_ids.ids),
                ("signed_on", "!=", False),
            ]
        )
        for one in agreements:
            files = one.signed_file_id | one.scan_ids
            title = one.display_name
            yield from self._files("agreements", title, files, one.signed_on)
            for paper in one.paper_ids.filtered(lambda row: row.state == "signed"):
                files = paper.signed_file_id | paper.file_ids
                name = paper.display_name
                yield from self._files("agreements", name, files, paper.signed_on)

    def _acts(self):
        kinds = self.env["cobranza.case.act.kind"]
        for act in self.case.act_ids.sorted(lambda one: (one.day, one.id)):
            if kinds._is(act.kind, "proves") and not act.confidential:
                yield from self._files("acts", act.summary, act.file_ids, act.day)

    # -- pages -------------------------------------------------------------------------

    def _open(self, piece):
        """Find the pages of a piece; what has none goes beside."""
        try:
            if (
                piece.mimetype.startswith("image/")
                and piece.mimetype != "image/svg+xml"
            ):
                piece.pdf = self._picture(piece.path)
            elif piece.mimetype == PDF:
                piece.pdf = piece.path
            else:
                raise Unusable("other")
            piece.pages = count_pages(piece.pdf)
        except Unusable as error:
            piece.pdf, piece.problem = None, error.kind

    def _picture(self, path):
        """The PDF of a picture, a page for each of its frames."""
        out = self.folder / f"{next(self.numbers):05d}.pdf"
        try:
            with Image.open(path) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise Unusable("large")
                canvas = Canvas(str(out), pagesize=A4, invariant=1)
                for frame in range(min(getattr(image, "n_frames", 1), 100)):
                    image.seek(frame)
                    _draw(canvas, ImageOps.exif_transpose(image).convert("RGB"))
                canvas.save()
        except Unusable:
            raise
        except Exception as error:  # pictures are damaged in many ways
            raise Unusable("broken") from error
        return out

    # -- the whole ---------------------------------------------------------------------

    def write(self, stream):  # pylint: disable=method-required-super
        """Write the dossier to a stream on the disk; it is collected before."""
        front = write_pdf(self._front(known=False), "")
        place = page_count(front)
        for piece in self.pieces:
            if piece.pdf:
                piece.first = place + 1
                place += piece.pages
        back = write_pdf(self._back(), "", numbered=False)
        self.pages = place + page_count(back)
        front = write_pdf(self._front(), "", numbered=False)
        joiner = PdfJoiner(stream, self.pages)
        joiner.add(_reader(front), self.env._("Cover and index"))
        for section, pieces in itertools.groupby(
            (one for one in self.pieces if one.pdf), lambda one: one.section
        ):
            joiner.bookmark(self._say(SECTIONS[section]), 0, len(joiner.pages))
            for piece in pieces:
                with piece.pdf.open("rb") as source:
                    title = f"{piece.number}. {piece.title}"
                    joiner.add(open_pdf(source)[0], title, 1)
        joiner.add(_reader(back), self.env._("Hashes of the files"))
        joiner.close(self.title())

    def _say(self, words):
        return self.env._(words)

    def _front(self, known=True):
        """Cover and index. ``known``: whether the numbers of pages are."""
        case = self.case
        blocks = [
            _words(self.title(), "title"),
            _facts(self._parties()),
            _words(self.env._("Amounts claimed"), "heading"),
            self._amounts(),
            _words(
                self.env._(
                    "Interest is claimed until %s.",
                    format_date(self.env, case.claimed_on) or "—",
                )
            ),
            Break(),
            _words(self.env._("Index"), "title"),
        ]
        for section, pieces in itertools.groupby(self.pieces, lambda one: one.section):
            blocks.append(_words(self._say(SECTIONS[section]), "heading"))
            rows = tuple(self._index_row(one, known) for one in pieces)
            head = (
                self.env._("No."),
                self.env._("Document"),
                self.env._("Date"),
                self.env._("Page"),
            )
            blocks.append(Table(head, rows, frozenset({3}), widths=(6, 64, 18, 12)))
        if not self.pieces:
            blocks.append(_words(self.env._("There are no documents yet.")))
        if self.beside():
            blocks.append(
                _words(
                    self.env._(
                        "What goes beside is in the archive that is made with this "
                        "dossier."
                    )
                )
            )
        return Draft(self.title(), tuple(blocks))

    def _index_row(self, piece, known):
        page = str(piece.first or "—") if known else WIDEST
        title = piece.title
        if piece.same:
            first = next(one for one in self.pieces if one.number == piece.same)
            page = str(first.first or "—") if known else WIDEST
            title = self.env._(
                "%(document)s (the same file as No. %(number)s)",
                document=piece.title,
                number=piece.same,
            )
        elif piece.problem:
            words = self._say(PROBLEMS[piece.problem])
            words = words % piece.detail if piece.problem == "lacks" else words
            title = f"{piece.title} [{piece.name or '—'}: {words}]"
        return str(piece.number), title, piece.day, page

    def _parties(self):
        label = self.env["cobranza.obligor.capacity"]._label
        rows = [
            (self.env._("Case"), self.case.name),
            (self.env._("Made on"), format_date(self.env, self.today)),
            (self.env._("Creditor"), self._who(self.company.partner_id)),
            (self.env._("Debtor"), self._who(self.case.partner_id)),
        ]
        for one in self.case.obligor_ids:
            # sudo: who sees the case sees whom it is claimed from
            rows.append((label(one.capacity), self._who(one.sudo().partner_id)))
        for one in self._proceedings():
            place = (one.type_id.name, one.court_id.display_name, one.docket)
            rows.append(
                (self.env._("Court"), " · ".join(part for part in place if part))
            )
        lawyers = [*self.case.lawyer_ids.sudo().mapped("name"), self.case.firm_id.name]
        rows.append(
            (self.env._("Lawyer"), ", ".join(one for one in lawyers if one) or "—")
        )
        return rows

    def _proceedings(self):
        return self.env["cobranza.proceeding"].search(
            [("case_id", "=", self.case.id), ("state", "!=", "cancelled")], order="id"
        )

    def _who(self, partner):
        partner = partner.sudo()  # names and addresses are on every letter
        address = self.env["cobranza.contact"]._one_line(partner)
        return " · ".join(x for x in (partner.name, partner.vat, address) if x)

    def _amounts(self):
        return claim_table(self.env, self.case)

    def _back(self):
        """The SHA-256 of every file, those that go beside too."""
        rows = tuple(
            (str(one.number), one.name, one.sha256) for one in self.pieces if one.path
        )
        head = (self.env._("No."), self.env._("File"), "SHA-256")
        blocks = [
            _words(self.env._("Hashes of the files"), "title"),
            _words(
                self.env._(
                    "Each file as it was before it became part of this document: who "
                    "has the original can compare it."
                )
            ),
        ]
        if rows:
            table = Table(
                head, rows, widths=(6, 44, 50), mono=frozenset({2}), right=frozenset()
            )
            blocks.append(table)
        return Draft(self.env._("Hashes of the files"), tuple(blocks))


def claim_table(env, case):
    """What a case claims, debt by debt and component by component, with a sum for each
    currency, as a ``kernel.draft.Table``."""
    names = ("principal", "interest", "fees", "costs", "amount")
    head = (
        *(
            env._("Document"),
            env._("Due"),
            env._("Principal"),
            env._("Interest"),
            env._("Other charges"),
        ),
        *(env._("Costs"), env._("Total")),
    )
    rows = []
    for currency, lines in case.line_ids.grouped("currency_id").items():
        for line in lines.sorted(lambda one: (one.due_on or case.claimed_on, one.id)):
            amounts = (say_amount(env, line[name], currency) for name in names)
            day = format_date(env, line.due_on) if line.due_on else ""
            title = line.debt_id.document or line.debt_id.display_name
            rows.append((title, day, *amounts))
        sums = (say_amount(env, sum(lines.mapped(name)), currency) for name in names)
        rows.append((env._("Total"), "", *sums))
    right = frozenset(range(2, 7))
    widths = (26, 13, 14, 12, 13, 11, 14)
    return Table(head, tuple(rows), right, total=True, widths=widths)


def _words(text, kind="text"):
    return Words((Run(text),), kind, "center" if kind == "title" else "left")


def _facts(rows):
    return Table(
        ("", ""), tuple((name, str(text)) for name, text in rows), widths=(1, 3)
    )


def _draw(canvas, image):
    """A picture as large as the page lets it be, as it is held."""
    width, height = image.size
    size = (A4[1], A4[0]) if width > height * 1.2 else A4
    scale = min((size[0] - 2 * EDGE) / width, (size[1] - 2 * EDGE) / height)
    canvas.setPageSize(size)
    wide, high = width * scale, height * scale
    left, low = (size[0] - wide) / 2, (size[1] - high) / 2
    canvas.drawImage(ImageReader(image), left, low, wide, high)
    canvas.showPage()


def _reader(content):
    return open_pdf(io.BytesIO(content))[0]


def page_count(content):
    """Pages of a PDF of our own."""
    return open_pdf(io.BytesIO(content))[1]


def sha256_of(path):
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


class _Nowhere(io.RawIOBase):
    """A stream that keeps nothing."""

    def write(self, data):  # pylint: disable=method-required-super
        return len(data)


def count_pages(path):
    """Pages of a PDF on the disk, every object of which can be read. Unusable else."""
    with closing(path.open("rb")) as stream:
        reader, count = open_pdf(stream)
        with suppress(AttributeError):  # the page tree says how many there should be
            stated = reader.trailer["/Root"]["/Pages"].get("/Count")
            if stated is not None and int(stated) != count:
                raise Unusable("broken")
        PdfJoiner(_Nowhere()).add(reader)
        return count
