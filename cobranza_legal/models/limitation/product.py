"""Kinds of claims by what was sold: products say them, else their categories."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..common.rows import Row
from ..company.company import INTERNAL

HELP = (
    "What is claimed for it, as limitation tells claims apart. Empty: that of its "
    "category, else that of the company."
)


SOLD = """
    SELECT d.id, l.product_id
      FROM cobranza_debt d
      JOIN account_move m ON m.id = d.move_id AND m.move_type = 'out_invoice'
      JOIN account_move_line l ON l.move_id = m.id
     WHERE d.id = ANY(%(debts)s) AND l.display_type = 'product' AND l.balance < 0
     GROUP BY d.id, l.product_id
"""


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


class CobranzaDebt(models.Model):
    """What a debt is for, by what was sold."""

    _inherit = "cobranza.debt"

    claim_kind_words = fields.Char(
        "Counted as", compute="_compute_claim_kind_words", compute_sudo=True
    )

    @api.depends("claim_kind", "move_id")
    @api.depends_context("lang")
    def _compute_claim_kind_words(self):
        kinds = self.env["cobranza.claim.kind"]
        stated = self._origin._stated_kinds()
        for debt in self:
            known = sorted(stated.get(debt._origin.id, ()))
            debt.claim_kind_words = ", ".join(map(kinds._label, known))

    def _stated_kinds(self):
        """{debt id: frozenset of the codes of ``cobranza.claim.kind`` that it may be
        of, empty where nobody has said any}: stated by a person, else those of the
        products of its invoice, with the company's for what says none. A fixed number
        of queries for each company."""
        result = {}
        for company, debts in self.grouped("company_id").items():
            usual = company.cobranza_claim_kind
            for debt, kinds in debts._sold_kinds(company).items():
                known = frozenset(kind or usual for kind in kinds)
                # a part of which nobody knows the kind may be of any
                result[debt] = known if all(known) else frozenset()
            for debt in debts:
                if debt.claim_kind:
                    result[debt.id] = frozenset((debt.claim_kind,))
                elif debt.id not in result:
                    result[debt.id] = frozenset(filter(None, (usual,)))
        return result

    def _sold_kinds(self, company):
        """{debt id: {kind of what it was invoiced for, None where it says none}} of
        those for whose products any kind is said."""
        self.env["account.move.line"].flush_model()
        self.flush_model(["move_id"])
        rows = self.env.execute_query(SQL(SOLD, debts=self.ids))
        # sudo: whoever sees the debt need not see products
        products = self.env["product.product"].sudo()
        products = products.browse({row[1] for row in rows if row[1]})
        found = products.product_tmpl_id._cobranza_claim_kinds(company)
        if not any(found.values()):
            return {}
        own = {one.id: found[one.product_tmpl_id.id] for one in products}
        result = defaultdict(set)
        for debt, product in rows:
            result[debt].add(own.get(product))
        return {debt: kinds for debt, kinds in result.items() if any(kinds)}
