import time

from odoo import api, fields, models, release
from odoo.exceptions import AccessError, UserError, ValidationError

from ...kernel.errors import KernelError
from ...models.case.paper_docx import is_installed
from ...models.common.csv_file import csv_bytes
from ...models.common.deletion import discard
from ...models.common.dialog import stay_open
from ...models.common.files import safe_name
from ...models.common.transaction import apart, commit
from ...models.common.words import say_error
from ..contact.log_export import MOST_MEGABYTES, write_archive

SECONDS = 40
"""Of one press of the button: browsers and servers give up on longer ones."""

FAULTS = (UserError, AccessError, ValidationError, KernelError)
"""What is wrong with one case, and stops no other."""

COLUMNS = (
    *("case", "debtor", "tax_number", "amount", "currency", "petition", "state"),
    *("message", "blanks", "beside", "folder"),
)


class CobranzaCaseBatch(models.TransientModel):
    """Like cases as one piece of work: of each its petition and its dossier, as they
    are made alone, in one archive with a folder for each case. What is wrong with one
    is said in its line, and the others go on. Nothing is sent to a court."""

    _name = "cobranza.case.batch"
    _inherit = "cobranza.dialog.mixin"
    _description = "Papers of several cases"

    case_ids = fields.Many2many(
        "cobranza.case",
        string="Cases",
        required=True,
        default=lambda self: self.env["cobranza.case.end"]._chosen(),
    )
    kind_id = fields.Many2one(
        "cobranza.petition.kind",
        string="Petition",
        help="Empty: of each case the one that fits its proceeding.",
    )
    with_dossier = fields.Boolean("With the dossiers", default=True)
    line_ids = fields.One2many("cobranza.case.batch.line", "batch_id", readonly=True)
    left = fields.Integer("To be made", compute="_compute_counts")
    done = fields.Integer("Made", compute="_compute_counts")
    failed = fields.Integer("With a fault", compute="_compute_counts")

    @api.depends("case_ids", "line_ids.state")
    def _compute_counts(self):
        for batch in self:
            states = batch.line_ids.mapped("state")
            batch.done, batch.failed = states.count("done"), states.count("failed")
            batch.left = len(batch.case_ids - batch.line_ids.case_id)

    # -- making ------------------------------------------------------------------------

    def action_make(self):
        """Make what is left, for a while; what is made stays when it is stopped."""
        self.ensure_one()
        end = time.monotonic() + SECONDS
        for case in (self.case_ids - self.line_ids.case_id).sorted("id"):
            self._make_one(case)
            commit(self.env)
            if time.monotonic() > end:
                break
        return stay_open(self, name=self.env._("Papers of several cases"))

    def action_again(self):
        """Those with a fault once more."""
        self.ensure_one()
        # sudo: lines are made and removed by these buttons alone
        discard(self.sudo().line_ids._discardable())
        return self.action_make()

    def _make_one(self, case):
        """The line of a case, with its files or with what is wrong."""
        vals = {"batch_id": self.id, "case_id": case.id}
        try:
            with apart(self.env):
                vals |= {"state": "done", **self._papers(case)}
        except FAULTS as error:
            known = isinstance(error, KernelError)
            words = say_error(self.env, error) if known else str(error)
            vals |= {"state": "failed", "message": words}
        # sudo: lines are made and removed by these buttons alone
        self.sudo().line_ids.create(vals)

    def _papers(self, case):
        """{field of a line: value} of what is made of one case, as it is made alone."""
        dialogs = self.env["cobranza.case.petition"]
        chosen = {"kind_id": self.kind_id.id} if self.kind_id else {}
        dialog = dialogs.create({"case_id": case.id, **chosen})
        if not dialog.kind_id:
            raise UserError(self.env._("No petition is for this case."))
        files = dialog._make(*(("docx", "pdf") if is_installed() else ("pdf",)))
        vals = {
            "petition": dialog.kind_id.display_name,
            "blanks": (dialog.missing or "").replace("· ", "").replace("\n", ", "),
            "file_ids": [fields.Command.set(files.ids)],
        }
        if self.with_dossier:
            beside = []

            def use(dossier, file):
                vals["dossier_id"] = file.id
                beside.extend(self._kept(one) for one in dossier.beside())

            self.env["cobranza.case.dossier"].create({"case_id": case.id})._make(use)
            names = (one.name.partition("-")[2] for one in beside)
            vals["beside"] = ", ".join(names)
            vals["beside_ids"] = [fields.Command.set([one.id for one in beside])]
        return vals

    def _kept(self, piece):
        """A file that goes beside a dossier, kept as long as the batch."""
        # sudo: whoever may make the dossier may take what goes beside it
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{piece.number:03d}-{piece.name}",
                    "raw": piece.path.read_bytes(),
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )

    # -- the archive -------------------------------------------------------------------

    def action_zip(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Nothing is made yet."))
        url = f"/collections/batch/{self.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _folder(self):
        day = fields.Datetime.now().strftime("%Y%m%d-%H%M")
        return f"cases-{day}"

    def _write_zip(self, stream):
        """Write the archive to a stream, and to each case that it was taken out."""
        self.ensure_one()
        (self.case_ids | self.line_ids.case_id)._check_worked()
        seal = write_archive(stream, self._folder(), self._fill, self.env.lang)
        if not seal:
            raise UserError(
                self.env._("The files are more than %s MB.", MOST_MEGABYTES)
            )
        for case in self.line_ids.case_id:
            case._log(self.env._("Papers taken out, SHA-256 %s", seal), None)

    def _fill(self, archive):
        rows = []
        for line in self.line_ids.sorted("id"):
            folder = safe_name(f"{line.case_id.name}", "case", plain=True)
            # sudo: who works on the case may take its files
            for file in line.sudo().file_ids:
                form = (file.name or "").rpartition(".")[2]
                archive.add(f"{folder}/petition.{form}", file.raw or b"")
            if line.sudo().dossier_id:
                archive.add(f"{folder}/dossier.pdf", line.sudo().dossier_id.raw or b"")
            for file in line.sudo().beside_ids.sorted("name"):
                archive.add(f"{folder}/beside/{file.name}", file.raw or b"")
            taken = line.sudo().file_ids | line.sudo().beside_ids
            taken.invalidate_recordset(["raw", "datas"], flush=False)
            rows.append(self._row(line, folder))
        archive.add("index.csv", csv_bytes(COLUMNS, rows))
        manifest = {
            "format": "cobranza-cases 1",
            "odoo": release.version,
            "exported_at_utc": fields.Datetime.to_string(fields.Datetime.now()),
            "exported_by": self.env.user.name,
            "how_to_verify": "python3 verify.py, or sha256sum -c SHA256SUMS",
            "files": dict(archive.sums),
        }
        archive.add_json("manifest.json", manifest)

    def _row(self, line, folder):
        case = line.case_id
        return {
            "case": case.name,
            "debtor": case.partner_id.name,
            "tax_number": case.partner_id.vat,
            "amount": case.amount,
            "currency": case.currency_id.name,
            "petition": line.petition,
            "state": line._label_state(),
            "message": line.message,
            "blanks": line.blanks,
            "beside": line.beside,
            "folder": folder if line.state == "done" else None,
        }


class CobranzaCaseBatchLine(models.TransientModel):
    """What was made of one case of a batch, or what is wrong with it."""

    _name = "cobranza.case.batch.line"
    _inherit = "cobranza.dialog.mixin"
    _description = "Case of a batch"
    _order = "id"

    batch_id = fields.Many2one("cobranza.case.batch", required=True, ondelete="cascade")
    case_id = fields.Many2one("cobranza.case", required=True, ondelete="cascade")
    state = fields.Selection(
        [("done", "Made"), ("failed", "With a fault")], required=True
    )
    message = fields.Text("What is wrong")
    petition = fields.Char()
    blanks = fields.Text("Left blank")
    beside = fields.Text("Beside the dossier")
    file_ids = fields.Many2many("ir.attachment", string="Files")
    dossier_id = fields.Many2one("ir.attachment")
    beside_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_case_batch_line_beside_rel",
        string="Files beside the dossier",
    )

    def _label_state(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[self.state]

    def _discardable(self):
        """Those that are tried again."""
        return self.filtered(lambda one: one.state == "failed")
