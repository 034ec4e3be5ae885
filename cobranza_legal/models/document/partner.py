from odoo import api, fields, models
from odoo.fields import Domain

from ..common.checklist import DocumentChecklist, creditors, truth
from ..company.company import NOT_OWN


class ResPartner(models.Model):
    _inherit = "res.partner"

    cobranza_documents_missing = fields.Boolean(
        "Documents missing",
        compute="_compute_cobranza_documents",
        search="_search_cobranza_documents_missing",
        groups=NOT_OWN,
        help="Of the customer, before any debt, in the company that claims.",
    )
    cobranza_documents_note = fields.Char(
        "Missing documents", compute="_compute_cobranza_documents", groups=NOT_OWN
    )

    @api.depends("commercial_partner_id", "cobranza_debtor_ids")
    @api.depends_context("company", "uid", "lang")
    def _compute_cobranza_documents(self):
        checklist = DocumentChecklist(self.env, self.env.company)
        owners = self.commercial_partner_id._origin
        lacking = {}
        if owners and self.env["cobranza.document"].has_access("read"):
            lacking = checklist.of_partners(owners.ids)
        for partner in self:
            types = lacking.get(partner.commercial_partner_id._origin.id)
            partner.cobranza_documents_missing = bool(types)
            partner.cobranza_documents_note = types and checklist.names(self.env, types)

    @api.model
    def _cobranza_lacking(self):
        """Ids of the customers of whom something lacks, in the companies that claim."""
        found = set()
        for company in creditors(self.env):
            checklist = DocumentChecklist(self.env, company)
            found |= {*checklist.of_partners(checklist.customers())}
        return sorted(found)

    def _search_cobranza_documents_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        lacking = Domain("commercial_partner_id", "in", self._cobranza_lacking())
        return truth(lacking, True in value)

    def action_cobranza_documents(self):
        """The documents that are asked of this customer, whether it owes or not."""
        self.ensure_one()
        documents = self.env["cobranza.document"]
        documents.check_access("read")
        company = self.env.company._cobranza_creditor()
        # sudo: who sees documents need not be allowed to make debtors
        runs = self.env["cobranza.run"].sudo()
        debtor = runs._ensure_debtors(company, self.commercial_partner_id)
        debtor = self.env["cobranza.debtor"].browse(debtor.id)
        return debtor.action_view_documents()
