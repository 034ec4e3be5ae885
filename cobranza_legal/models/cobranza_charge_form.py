from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .billing import FORMS, INVOICES
from .cobranza_charge import BASES, KINDS


class CobranzaChargeForm(models.Model):
    """How a company bills one kind of charge: the accountant's choice."""

    _name = "cobranza.charge.form"
    _inherit = "cobranza.gate.mixin"
    _description = "Billing of a kind of charge"
    _order = "company_id, kind, basis"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KINDS, required=True)
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
