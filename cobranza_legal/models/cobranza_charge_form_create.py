from itertools import product

from odoo import api, models
from odoo.exceptions import AccessError

from .billing import INVOICES
from .cobranza_charge import BASES, KINDS


class CobranzaChargeForm(models.Model):
    """Create what is missing: the accountant's button, never a silent step."""

    _inherit = "cobranza.charge.form"

    @api.model
    def action_create_missing(self):
        """Complete the current company's rows from the defaults of its country, and say
        what was made."""
        if not self.env.su and not self.env.user.has_group(
            "cobranza_legal.group_accountant"
        ):
            raise AccessError(
                self.env._("Only accountants set how charges are billed.")
            )
        made = self._create_missing(self.env.company)
        message = (
            self.env._("Created: %s", ", ".join(made))
            if made
            else self.env._("Nothing was missing.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _create_missing(self, company):
        """Rows, journals found, accounts and products; names of what was created."""
        # sudo: accountants may lack the right to create accounts, and this button is
        # how they ask for them
        model = self.sudo().with_company(company)
        rules = company._cobranza_rules()
        known = {
            (one.kind, one.basis): one
            for one in model.search([("company_id", "=", company.id)])
        }
        made = []
        for (kind, _name), (basis, _label) in product(KINDS, BASES):
            form = known.get((kind, basis))
            if not form:
                default = rules._charge_form(kind, basis)
                vals = {"kind": kind, "basis": basis, "form": default.form}
                form = model.create({**vals, "company_id": company.id})
                made.append(form.display_name)
            made += form._complete()
        return made

    def _complete(self):
        """Fill what this row lacks from the chart; names of what had to be created."""
        self.ensure_one()
        default = self._default()
        made = []
        if self.form == "memo":
            return made
        if not self.journal_id and self.form != "debit_note":
            self.journal_id = self._find_journal()
        if not self.account_id and default.account:
            self.account_id = self._find_account(default.account)
            if not self.account_id:
                self.account_id = self._create_account(default.account)
                made.append(self.account_id.display_name)
        if not self.tax_ids and self.form in INVOICES:
            self.tax_ids = self._find_tax(default.taxes)
        if not self.product_id and self.form in INVOICES and self.account_id:
            self.product_id = self._create_product(default)
            made.append(self.product_id.display_name)
        return made

    def _chart_record(self, ref):
        chart = self.env["account.chart.template"].with_company(self.company_id)
        return chart.ref(ref, raise_if_not_found=False)

    def _find_journal(self):
        kind = "general" if self.form == "entry" else "sale"
        found = self._chart_record("general") if kind == "general" else None
        if found and found.active:
            return found
        domain = [
            *self.env["account.journal"]._check_company_domain(self.company_id),
            ("type", "=", kind),
        ]
        return self.env["account.journal"].search(domain, limit=1)

    def _find_account(self, account):
        """By its id in the chart, else the first of its prefix that is active."""
        for ref in account.refs:
            found = self._chart_record(ref)
            if found and found.active:
                return found
        domain = [
            *self.env["account.account"]._check_company_domain(self.company_id),
            ("code", "=like", f"{account.prefix}%"),
            ("account_type", "in", ("income", "income_other")),
        ]
        return self.env["account.account"].search(domain, order="code", limit=1)

    def _create_account(self, account):
        lang = self.company_id._cobranza_lang()
        return (
            self.env["account.account"]
            .with_context(lang=lang)
            .create(
                {
                    "code": account.code,
                    "name": account.name,
                    "account_type": account.account_type,
                    "company_ids": [(6, 0, self.company_id.root_id.ids)],
                }
            )
        )

    def _find_tax(self, refs):
        for ref in refs:
            found = self._chart_record(ref)
            if found and found.active:
                return found
        return self.env["account.tax"]

    def _create_product(self, default):
        lang = self.company_id._cobranza_lang()
        products = self.env["product.product"].with_context(lang=lang)
        return products.create(
            {
                "name": default.label or self.display_name,
                "type": "service",
                "sale_ok": True,
                "purchase_ok": False,
                "list_price": 0,
                "taxes_id": [(6, 0, self.tax_ids.ids)],
                "property_account_income_id": self.account_id.id,
                "company_id": self.company_id.id,
            }
        )
