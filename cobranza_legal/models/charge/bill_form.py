from itertools import product

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.judging import judging
from ..common.rows import Row
from ..rules.charge import FORMS, INVOICES
from .charge import BASES


class CobranzaChargeForm(models.Model):
    """How a company bills one kind of charge that rests on law or contract: the
    accountant's choice. What is missing (accounts, products) is created by the
    accountant's button, never silently.
    """

    _name = "cobranza.charge.form"
    _inherit = "cobranza.traced.mixin"
    _traced = ("form", "journal_id", "account_id", "product_id", "tax_ids", "post")
    _description = "Billing of a kind of charge"
    _order = "company_id, kind, basis"

    _check_company_auto = True
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    kind = Row("cobranza.charge.kind", required=True)
    basis = fields.Selection(BASES, required=True, default="law")
    form = fields.Selection(FORMS, required=True, default="memo")
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', '=', 'general' if form == 'entry' else 'sale')]",
    )
    account_id = fields.Many2one(
        "account.account",
        string="Income account",
        check_company=True,
        domain="[('account_type', 'in', ('income', 'income_other'))]",
    )
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        help="Optional, on invoices and debit notes.",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        "cobranza_charge_form_tax_rel",
        string="Taxes",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        help="Of invoices and debit notes. A debit note bears them only where the "
        "document that it belongs to is taxed.",
    )
    post = fields.Boolean(
        string="Post at once", default=True, help="Else the document stays a draft."
    )
    article = fields.Char(
        compute="_compute_article", string="Why", help="Of the default of the country."
    )
    problem = fields.Char(compute="_compute_problem", string="Missing")
    _kind_uniq = models.Constraint(
        "UNIQUE (company_id, kind, basis)",
        "How this kind of charge is billed has been set already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        forms = super().create(vals_list)
        self._forget()
        return forms

    def write(self, vals):
        result = super().write(vals)
        self._forget()
        return result

    def _forget(self):
        """How charges are billed has to be read again."""
        names = ["bill_form", "bill_problem"]
        self.env["cobranza.charge"].invalidate_model(names, flush=False)

    @api.depends("kind", "basis")
    def _compute_display_name(self):
        for form in self:
            form.display_name = form._name_of(form.kind, form.basis)

    @api.model
    def _name_of(self, kind, basis):
        """ "Late interest (contract)", in the user's language."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        bases = dict(self._fields["basis"]._description_selection(self.env))
        return f"{kinds.get(kind, '')} ({bases.get(basis, '').lower()})"

    @api.depends("company_id", "kind", "basis")
    def _compute_article(self):
        for form in self:
            form.article = form._default().article

    def _default(self):
        """What the rules of the company's country propose."""
        self.ensure_one()
        return self.company_id._cobranza_rules()._charge_form(self.kind, self.basis)

    @api.depends("form", "journal_id", "account_id", "tax_ids", "kind", "basis")
    def _compute_problem(self):
        for form in self:
            form.problem = ", ".join(form._lacks()) or False

    def _lacks(self):
        """Labels of the fields without which nothing can be billed."""
        if self.form == "memo":
            return []
        names = ["account_id"] if self.form == "debit_note" else ["journal_id"]
        names = list(dict.fromkeys([*names, "account_id"]))
        if self.form in INVOICES and self._default().taxes:
            names.append("tax_ids")
        lacks = [
            self._fields[name]._description_string(self.env)
            for name in names
            if not self[name]
        ]
        if self.account_id and not self.account_id.active:
            lacks.append(self.env._("an account that is not archived"))
        return lacks

    def _touched(self):
        """Debtors with charges that wait to be billed so."""
        self.env["cobranza.charge"].flush_model()
        rows = [SQL("(%s, %s, %s)", *row) for row in set(self.mapped(self._place))]
        return rows and SQL(
            """id IN (SELECT debtor_id FROM cobranza_charge
                       WHERE state = 'assessed'
                         AND (company_id, kind, basis) IN (%s))""",
            SQL(", ").join(rows),
        )

    @staticmethod
    def _place(form):
        return form.company_id.id, form.kind, form.basis

    @api.constrains("form", "journal_id")
    def _check_journal(self):
        for form in self:
            needed = "general" if form.form == "entry" else "sale"
            if form.form != "memo" and form.journal_id.type not in (False, needed):
                raise ValidationError(
                    self.env._(
                        "%(journal)s does not take what bills “%(kind)s”: choose a "
                        "journal of its type.",
                        journal=form.journal_id.display_name,
                        kind=form.display_name,
                    )
                )

    @api.onchange("form")
    def _onchange_form(self):
        needed = "general" if self.form == "entry" else "sale"
        if self.journal_id.type != needed:
            self.journal_id = False

    @api.model
    def _of(self, charges):
        """{(company id, kind, basis): form} of what these charges need; one query."""
        domain = [("company_id", "in", charges.company_id.ids)]
        # sudo: how a charge is billed does not depend on who bills it
        forms = self.sudo().search(domain)
        return {(one.company_id.id, one.kind, one.basis): one for one in forms}

    @api.model
    def _charges_domain(self, forms):
        """Domain of the charges of these forms."""
        return Domain.OR(
            Domain("company_id", "=", form.company_id.id)
            & Domain("kind", "=", form.kind)
            & Domain("basis", "=", form.basis)
            for form in forms
        )

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
        made = self._create_missing(self.env.company._cobranza_creditor())
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
        # no charge rests on what was not there before
        model = judging(self.sudo()).with_company(company)
        rules = company._cobranza_rules()
        known = {
            (one.kind, one.basis): one
            for one in model.search([("company_id", "=", company.id)])
        }
        made = []
        kinds = self.env["cobranza.charge.kind"]._by_code()
        for kind, (basis, _label) in product(kinds, BASES):
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

    def _payable_account(self):
        """The income account of what is paid of these charges, or the one that the
        country proposes for them; of what is memo only, which is booked as an entry
        when it is paid, none may be known: then no payment settles it."""
        if self.form != "memo":
            return True
        return self.account_id or self._default().account

    def _complete_to_pay(self):
        """Journal and account of what is memo only and is being paid. No charge rests
        on what was not there before."""
        self.ensure_one()
        default, form = self._default().account, judging(self)
        if not form.journal_id:
            form.journal_id = self._find_general()
        if not form.account_id and default:
            form.account_id = self._find_account(default) or self._create_account(
                default
            )

    def _chart_record(self, ref):
        chart = self.env["account.chart.template"].with_company(self.company_id)
        return chart.ref(ref, raise_if_not_found=False)

    def _find_general(self):
        found = self._chart_record("general")
        return found if found and found.active else self._first_journal("general")

    def _find_journal(self):
        if self.form == "entry":
            return self._find_general()
        return self._first_journal("sale")

    def _first_journal(self, kind):
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

    def _gross(self, amount, currency, document):
        """What the debtor would owe of a charge of ``amount`` on a ``document``, billed
        by this form: with taxes on invoices and debit notes."""
        if self.form not in ("invoice", "debit_note"):
            return amount
        taxes = self.tax_ids
        if self.form == "debit_note":
            own = document.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
            taxes = taxes if any(own.mapped("amount")) else taxes.browse()
            taxes = document.fiscal_position_id.map_tax(taxes)
        return taxes.compute_all(amount, currency=currency)["total_included"]
