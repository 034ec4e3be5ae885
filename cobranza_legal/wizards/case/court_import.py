from odoo import fields, models
from odoo.exceptions import UserError

from ...models.case.court import COLUMNS, OPTIONAL
from ...models.common.csv_file import read_file
from ...models.common.files import uploaded


class CobranzaCourtImport(models.TransientModel):
    """Courts of a table."""

    _name = "cobranza.court.import"
    _inherit = "cobranza.table.import.mixin"
    _description = "Import of courts"

    _columns, _optional = COLUMNS, OPTIONAL

    file = fields.Binary("Table of courts (CSV)", attachment=False)
    line_ids = fields.One2many("cobranza.court.import.line", "import_id", readonly=True)

    def action_import(self):
        """Make the courts of the good lines, and tell of each line."""
        self.ensure_one()
        self._check_own_company()
        if not self.file:
            raise UserError(self.env._("Choose the table of courts first."))
        rows = read_file(self.env, uploaded(self), COLUMNS, OPTIONAL)
        company = self.company_id._cobranza_creditor()
        country = company._cobranza_rules()._country()
        country = country or company.account_fiscal_country_id
        courts = self.env["cobranza.court"]
        made, report = courts._import_rows(company, country, rows)
        result = self.env._(
            "%(made)s of %(rows)s lines became courts.", made=len(made), rows=len(rows)
        )
        return self._show(report, result)


class CobranzaCourtImportLine(models.TransientModel):
    """What became of one line of the table."""

    _name = "cobranza.court.import.line"
    _inherit = "cobranza.table.import.line.mixin"
    _description = "Line of an import of courts"

    import_id = fields.Many2one(
        "cobranza.court.import", required=True, ondelete="cascade"
    )
