"""Kinds of claims by what was sold: products say them, else their categories."""

from odoo import models
from odoo.tools import SQL

from ..common.rows import Row
from ..company.company import INTERNAL

HELP = (
    "What is claimed for it, as limitation tells claims apart. Empty: that of its "
    "category, else that of the company."
)


OF_PRODUCTS = """id IN (
    SELECT d.debtor_id
      FROM cobranza_debt d
      JOIN account_move_line l ON l.move_id = d.move_id
      JOIN product_product p ON p.id = l.product_id
     WHERE p.product_tmpl_id = ANY(%s) AND d.nature = 'principal'
       AND (d.reason IS NULL OR d.reason NOT IN ('settled', 'void')))"""


class ProductCategory(models.Model):
    _inherit = "product.category"

    cobranza_claim_kind = Row(
        "cobranza.claim.kind",
        string="Kind of claim",
        company_dependent=True,
        groups=INTERNAL,
        help=HELP,
    )

    def write(self, vals):
        result = super().write(vals)
        if {"cobranza_claim_kind", "parent_id"} & set(vals):
            domain = [("categ_id", "child_of", self.ids)]
            products = self.env["product.template"].with_context(active_test=False)
            # sudo: what is owed for them, in every company
            products.sudo().search(domain)._cobranza_claimed_otherwise()
        return result


class ProductTemplate(models.Model):
    _inherit = "product.template"

    cobranza_claim_kind = Row(
        "cobranza.claim.kind",
        string="Kind of claim",
        company_dependent=True,
        groups=INTERNAL,
        help=HELP,
    )

    def write(self, vals):
        result = super().write(vals)
        if {"cobranza_claim_kind", "categ_id"} & set(vals):
            self._cobranza_claimed_otherwise()
        return result

    def _cobranza_claimed_otherwise(self):
        """What is owed for these products is limited anew."""
        if self:
            # sudo: whoever changes a product need not know who owes for it
            debtors = self.env["cobranza.debtor"].sudo()
            debtors._judge_in_batches_where(SQL(OF_PRODUCTS, self.ids))

    def _cobranza_claim_kinds(self, company):
        """{id: code of the kind of claim, None where neither the product nor a category
        of it says one} in ``company``. A fixed number of queries."""
        # sudo: kinds of claims are asked for by the engine and by lists
        products = self.sudo().with_company(company)
        categories = products.env["product.category"]
        kinds = {
            one.id: one.cobranza_claim_kind
            for one in categories.search([("cobranza_claim_kind", "!=", False)])
        }
        found = {}
        for product in products:
            path = (product.categ_id.parent_path or "").strip("/").split("/")
            above = (kinds.get(int(one)) for one in reversed(path) if one)
            own = product.cobranza_claim_kind or next(filter(None, above), None)
            found[product.id] = own or None
        return found
