from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ...models.common.csv_file import read_file
from ...models.common.dialog import stay_open
from ...models.common.files import uploaded
from ...models.company.company import MANAGERS
from ...models.mandate.mandate_import import COLUMNS, OPTIONAL


class CobranzaMandateImport(models.TransientModel):
    """Mandates that were signed before, from the table of another system."""

    _name = "cobranza.mandate.import"
    _inherit = "cobranza.dialog.mixin"
    _description = "Import of mandates"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    file = fields.Binary("Table of mandates (CSV)", attachment=False)
    filename = fields.Char()
    columns = fields.Char(compute="_compute_columns")
    optional_columns = fields.Char(compute="_compute_columns")
    result = fields.Char(readonly=True)
    line_ids = fields.One2many(
        "cobranza.mandate.import.line", "import_id", readonly=True
    )

    @api.depends("company_id")
    def _compute_columns(self):
        self.columns = "; ".join(COLUMNS)
        self.optional_columns = "; ".join(OPTIONAL)

    def action_import(self):
        """Make the mandates of the good lines, and tell of each line."""
        self.ensure_one()
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("Only a collection manager imports mandates."))
        own = {one._cobranza_creditor() for one in self.env.companies}
        if self.company_id._cobranza_creditor() not in own:
            raise AccessError(
                self.env._(
                    "%s is not among your companies.", self.company_id.sudo().name
                )
            )
        if not self.file:
            raise UserError(self.env._("Choose the table of mandates first."))
        rows = read_file(self.env, uploaded(self), COLUMNS, OPTIONAL)
        made, report = self.env["cobranza.mandate"]._import_rows(self.company_id, rows)
        self.line_ids = [Command.clear()] + [
            Command.create({"number": number, "words": words, "done": done})
            for number, words, done in report
        ]
        self.result = self.env._(
            "%(made)s of %(rows)s lines became mandates.",
            made=len(made),
            rows=len(rows),
        )
        return stay_open(self)


class CobranzaMandateImportLine(models.TransientModel):
    """What became of one line of the table."""

    _name = "cobranza.mandate.import.line"
    _inherit = "cobranza.dialog.mixin"
    _description = "Line of an import of mandates"
    _order = "done, number"

    import_id = fields.Many2one(
        "cobranza.mandate.import", required=True, ondelete="cascade"
    )
    number = fields.Integer("Line of the file")
    words = fields.Char("What became of it")
    done = fields.Boolean("Imported")
