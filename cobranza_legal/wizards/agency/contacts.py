from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.agency.file import IN, OPTIONAL
from ...models.common.files import uploaded
from ...models.company.company import MANAGERS


class CobranzaAgencyContacts(models.TransientModel):
    """The table of contacts that an agency made on our behalf."""

    _name = "cobranza.agency.contacts"
    _inherit = "cobranza.dialog.mixin"
    _description = "Contacts of an agency"

    agency_id = fields.Many2one("cobranza.agency", required=True)
    file = fields.Binary("Table of contacts (CSV)", attachment=False)
    filename = fields.Char()
    columns = fields.Char(compute="_compute_columns")
    optional_columns = fields.Char(compute="_compute_columns")

    @api.depends("agency_id")
    def _compute_columns(self):
        self.columns = "; ".join(IN)
        self.optional_columns = "; ".join(OPTIONAL)

    def action_read(self):
        """Log the good lines, and show what became of each of the others."""
        self.ensure_one()
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(
                self.env._("Only a collection manager reads tables of agencies.")
            )
        content = uploaded(self)
        if not content:
            raise UserError(self.env._("Choose the table of contacts first."))
        file = self.env["cobranza.agency.file"]._read(self.agency_id, content)
        return file._open()
