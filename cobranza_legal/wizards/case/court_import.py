from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ...models.case.court import COLUMNS, OPTIONAL
from ...models.common.csv_file import read_file
from ...models.common.dialog import stay_open
from ...models.common.files import uploaded


class CobranzaCourtImport(models.TransientModel):
    """Courts of a table."""

    _name = "cobranza.court.import"
    _inherit = "cobranza.dialog.mixin"
    _description = "Import of courts"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    file = fields.Binary("Table of courts (CSV)", attachment=False)
    filename = fields.Char()
    columns = fields.Char(compute="_compute_columns")
    optional_columns = fields.Char(compute="_compute_columns")
    result = fields.Char(readonly=True)
    line_ids = fields.One2many("cobranza.court.import.line", "import_id", readonly=True)

    @api.depends("company_id")
    def _compute_columns(self):
        self.columns = ";".join(COLUMNS)
        self.optional_columns = ";".join(OPTIONAL)

    def action_import(self):
        """Make the courts of the good lines, and tell of each line."""
        self.ensure_one()
        own = {one._cobranza_creditor() for one in self.env.companies}
        company = self.company_id._cobranza_creditor()
        if company not in own:
            raise AccessError(
                self.env._(
                    "%s is not among your companies.", self.company_id.sudo().name
                )
            )
        if not self.file:
            raise UserError(self.env._("Choose the table of courts first."))
        rows = read_file(self.env, uploaded(self), COLUMNS, OPTIONAL)
        country = company._cobranza_rules()._country()
        country = country or company.account_fiscal_country_id
        courts = self.env["cobranza.court"]
        made, report = courts._import_rows(company, country, rows)
        self.line_ids = [Command.clear()] + [
            Command.create({"number": number, "words": words, "done": done})
            for number, words, done in report
        ]
        self.result = self.env._(
            "%(made)s of %(rows)s lines became courts.", made=len(made), rows=len(rows)
        )
        return stay_open(self)


class CobranzaCourtImportLine(models.TransientModel):
    """What became of one line of the table."""

    _name = "cobranza.court.import.line"
    _inherit = "cobranza.dialog.mixin"
    _description = "Line of an import of courts"
    _order = "done, number"

    import_id = fields.Many2one(
        "cobranza.court.import", required=True, ondelete="cascade"
    )
    number = fields.Integer("Line of the file")
    words = fields.Char("What became of it")
    done = fields.Boolean("Imported")
