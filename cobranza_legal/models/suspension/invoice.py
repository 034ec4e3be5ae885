from odoo import api, fields, models

from ..company.company import STAFF
from .suspension import STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    cobranza_suspension_state = fields.Selection(
        STATES,
        "Suspension of services",
        compute="_compute_cobranza_suspension",
        groups=STAFF,
        help="Of services, until this document is paid.",
    )
    cobranza_suspension_note = fields.Char(
        "Suspended services", compute="_compute_cobranza_suspension", groups=STAFF
    )

    @api.depends("cobranza_debt_ids")
    @api.depends_context("uid")
    def _compute_cobranza_suspension(self):
        """By what the user may read, in one query."""
        suspensions = self.env["cobranza.suspension"]
        domain = [("debt_ids.move_id", "in", self.ids)]
        found = suspensions._gravest(domain, "debt_ids.move_id")
        for move in self:
            one = found.get(move._origin.id, suspensions)
            move.cobranza_suspension_state = one.state
            move.cobranza_suspension_note = one and one._summary()
