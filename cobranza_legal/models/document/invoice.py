from odoo import api, fields, models
from odoo.fields import Domain

from ..common.checklist import truth
from ..company.company import NOT_OWN


class AccountMove(models.Model):
    _inherit = "account.move"

    cobranza_documents_missing = fields.Boolean(
        "Documents missing",
        compute="_compute_cobranza_documents",
        search="_search_cobranza_documents_missing",
        groups=NOT_OWN,
        help="Of its open debts.",
    )
    cobranza_documents_note = fields.Char(
        "Missing documents", compute="_compute_cobranza_documents", groups=NOT_OWN
    )

    @api.depends("cobranza_debt_ids")
    @api.depends_context("uid", "lang")
    def _compute_cobranza_documents(self):
        for move in self:
            debts = move.cobranza_debt_ids.filtered("documents_missing")
            move.cobranza_documents_missing = bool(debts)
            notes = dict.fromkeys(debts.mapped("documents_note"))
            move.cobranza_documents_note = ", ".join(notes)

    def _search_cobranza_documents_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        lacking = self.env["cobranza.debt"]._lacking()
        found = Domain("cobranza_debt_ids", "any", [("id", "in", lacking)])
        return truth(found, True in value)

    @api.model
    def _cobranza_lacking(self):
        """Ids of the documents of Odoo of whose open debts something lacks."""
        # sudo: whoever looks sees only those of them that it may see
        debts = self.env["cobranza.debt"].sudo()
        return debts.browse(debts._lacking()).move_id.ids

    def action_cobranza_documents(self):
        self.ensure_one()
        return self.cobranza_debt_ids.action_view_documents()
