from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...models.common.csv_file import read_file
from ...models.common.files import uploaded
from ...models.company.company import MANAGERS
from ...models.mandate.mandate_import import COLUMNS, OPTIONAL


class CobranzaMandateImport(models.TransientModel):
    """Mandates that were signed before, from the table of another system."""

    _name = "cobranza.mandate.import"
    _inherit = "cobranza.table.import.mixin"
    _description = "Import of mandates"

    _columns, _optional = COLUMNS, OPTIONAL

    file = fields.Binary("Table of mandates (CSV)", attachment=False)
    line_ids = fields.One2many(
        "cobranza.mandate.import.line", "import_id", readonly=True
    )

    def action_import(self):
        """Make the mandates of the good lines, and tell of each line."""
        self.ensure_one()
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("Only a collection manager imports mandates."))
        self._check_own_company()
        if not self.file:
            raise UserError(self.env._("Choose the table of mandates first."))
        rows = read_file(self.env, uploaded(self), COLUMNS, OPTIONAL)
        made, report = self.env["cobranza.mandate"]._import_rows(self.company_id, rows)
        result = self.env._(
            "%(made)s of %(rows)s lines became mandates.",
            made=len(made),
            rows=len(rows),
        )
        return self._show(report, result)


class CobranzaMandateImportLine(models.TransientModel):
    """What became of one line of the table."""

    _name = "cobranza.mandate.import.line"
    _inherit = "cobranza.table.import.line.mixin"
    _description = "Line of an import of mandates"

    import_id = fields.Many2one(
        "cobranza.mandate.import", required=True, ondelete="cascade"
    )
