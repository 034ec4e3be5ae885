from odoo import api, fields, models
from odoo.fields import Domain

from ..common.checklist import DocumentChecklist, among, creditors, truth
from ..common.title import INVOICE, UNTITLED


class CobranzaDebt(models.Model):
    """The documents of a debt."""

    _inherit = "cobranza.debt"

    document_ids = fields.One2many("cobranza.document", "debt_id", "Documents")
    documents_missing = fields.Boolean(
        compute="_compute_documents", search="_search_documents_missing"
    )
    documents_note = fields.Char("Missing documents", compute="_compute_documents")

    def _known_title(self):
        """The code of what proves it, of ``cobranza.debt.title``: stated by a person,
        else that it is an invoice; ``UNTITLED`` for what is neither."""
        self.ensure_one()
        # sudo: whoever works on the debt may know of which kind its entry is
        is_invoice = self.sudo().move_id.move_type == "out_invoice"
        return self.title or (INVOICE if is_invoice else UNTITLED)

    @api.depends("document_ids.state", "title", "move_id", "debtor_id.regime")
    @api.depends_context("lang")
    def _compute_documents(self):
        self.documents_missing, self.documents_note = False, False
        for company, debts in self.grouped("company_id").items():
            checklist = DocumentChecklist(self.env, company)
            lacking = checklist.of_debts([("id", "in", debts.ids)])
            for debt in debts:
                types = lacking.get(debt.id)
                debt.documents_missing = bool(types)
                debt.documents_note = types and checklist.names(self.env, types)

    @api.model
    def _lacking(self):
        """Ids of the open debts of which something lacks, in the companies that claim,
        whoever sees them."""
        found = []
        for company in creditors(self.env):
            found += DocumentChecklist(self.env, company).of_debts([])
        return sorted(found)

    def _search_documents_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        return truth(Domain("id", "in", self._lacking()), True in value)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "documents_missing":
            return super()._read_group_groupby(alias, groupby_spec, query)
        return among(alias, "id", self._lacking())

    def action_view_documents(self):
        """The documents of these debts of one debtor, and those of the debtor."""
        self.check_access("read")
        documents = self.env["cobranza.document"]
        debtor = self.debtor_id.ensure_one()
        documents._open(debtor, self)
        documents._open(debtor)
        domain = Domain("debtor_id", "=", debtor.id)
        return documents._action(
            domain & (Domain("debt_id", "in", self.ids) | Domain("debt_id", "=", False))
        )
