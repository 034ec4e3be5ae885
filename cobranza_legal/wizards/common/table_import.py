from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ...models.common.dialog import stay_open


class CobranzaTableImportMixin(models.AbstractModel):
    """A dialog that takes in a table for a company, with a report of each line. Its
    heirs have ``file`` and ``line_ids``, of a model with
    ``cobranza.table.import.line.mixin``."""

    _name = "cobranza.table.import.mixin"
    _inherit = "cobranza.dialog.mixin"
    _description = "Import of a table"

    _columns: tuple[str, ...] = ()
    _optional: tuple[str, ...] = ()

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    filename = fields.Char()
    columns = fields.Char(compute="_compute_columns")
    optional_columns = fields.Char(compute="_compute_columns")
    result = fields.Char(readonly=True)

    @api.depends("company_id")
    def _compute_columns(self):
        self.columns = ";".join(self._columns)
        self.optional_columns = ";".join(self._optional)

    def _check_own_company(self):
        """AccessError for a company that the user does not work in now."""
        own = {one._cobranza_creditor() for one in self.env.companies}
        if self.company_id._cobranza_creditor() not in own:
            raise AccessError(
                self.env._(
                    "%s is not among your companies.", self.company_id.sudo().name
                )
            )

    def _show(self, report, result):
        """The dialog again, with what became of it, in words, and [(number, words,
        done)] of the lines of the file."""
        self.line_ids = [Command.clear()] + [
            Command.create({"number": number, "words": words, "done": done})
            for number, words, done in report
        ]
        self.result = result
        return stay_open(self)


class CobranzaTableImportLineMixin(models.AbstractModel):
    """What became of one line of a table. Its heirs have ``import_id``."""

    _name = "cobranza.table.import.line.mixin"
    _inherit = "cobranza.dialog.mixin"
    _description = "Line of an import"
    _order = "done, number"

    number = fields.Integer("Line of the file")
    words = fields.Char("What became of it")
    done = fields.Boolean("Imported")
