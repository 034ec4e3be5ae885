from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.case.petition import write_petition
from ...models.common.files import safe_name

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class CobranzaCasePetition(models.TransientModel):
    """A draft of what is filed, as a document to go on writing and as PDF. What is made
    is kept with the case."""

    _name = "cobranza.case.petition"
    _inherit = "cobranza.case.paper.mixin"
    _description = "Draft of a petition"

    proceeding_id = fields.Many2one(
        "cobranza.proceeding",
        domain="[('case_id', '=', case_id), ('state', 'in', ('draft', 'filed'))]",
        compute="_compute_proceeding_id",
        store=True,
        readonly=False,
        help="Court and number are written from it.",
    )
    kind_ids = fields.Many2many("cobranza.petition.kind", compute="_compute_kind_ids")
    kind_id = fields.Many2one(
        "cobranza.petition.kind",
        string="Petition",
        domain="[('id', 'in', kind_ids)]",
        compute="_compute_kind_id",
        store=True,
        readonly=False,
    )
    article = fields.Char(related="kind_id.article")
    missing = fields.Text("Not known", compute="_compute_missing")

    @api.depends("case_id")
    def _compute_proceeding_id(self):
        for dialog in self:
            dialog.proceeding_id = self.env["cobranza.proceeding"].search(
                [
                    ("case_id", "=", dialog.case_id.id),
                    ("state", "in", ("draft", "filed")),
                ],
                limit=1,
                order="id desc",
            )

    @api.depends("case_id")
    def _compute_kind_ids(self):
        kinds = self.env["cobranza.petition.kind"]
        for dialog in self:
            case = dialog.case_id._origin
            dialog.kind_ids = kinds._for(case) if case else kinds

    @api.depends("case_id", "proceeding_id")
    def _compute_kind_id(self):
        kinds = self.env["cobranza.petition.kind"]
        for dialog in self:
            case = dialog.case_id._origin
            if not case:
                dialog.kind_id = False
                continue
            fitting = kinds._for(case, dialog.proceeding_id.procedure_code)
            if dialog.kind_id not in fitting:
                dialog.kind_id = fitting[:1] or kinds._for(case)[:1]

    @api.depends("kind_id", "proceeding_id", "case_id")
    def _compute_missing(self):
        for dialog in self:
            words = dialog._petition().draft.missing if dialog._is_ready() else ()
            dialog.missing = "\n".join(f"· {one}" for one in words)

    def _is_ready(self):
        return bool(self.case_id and self.kind_id)

    def _petition(self):
        return write_petition(
            self.case_id._origin, self.kind_id._origin, self.proceeding_id._origin
        )

    # -- making ------------------------------------------------------------------------

    def _make(self, *forms):
        """The files of the draft in these forms (docx, pdf), kept with the case."""
        self.ensure_one()
        self.case_id._check_worked()
        if not self._is_ready():
            raise UserError(self.env._("Choose a petition."))
        petition = self._petition()
        vals_list = []
        for form in forms:
            content = petition.docx(self.env) if form == "docx" else petition.pdf()
            vals_list.append(
                {
                    "name": safe_name(petition.name, "draft", f".{form}"),
                    "raw": content,
                    "mimetype": DOCX if form == "docx" else "application/pdf",
                }
            )
        # sudo: whoever may make it may keep it, and nothing else
        files = self.env["ir.attachment"].sudo().create(vals_list)
        note = "\n".join(petition.draft.missing)
        note = note and self.env._("Left blank:\n%s", note)
        self.case_id._write_down("draft", petition.name, note, files=files)
        return files

    def _download(self, form):
        [file] = self._make(form)
        url = f"/web/content/{file.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_docx(self):
        return self._download("docx")

    def action_pdf(self):
        return self._download("pdf")
