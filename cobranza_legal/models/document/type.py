from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..common.rows import Row

ASKED_OF = {
    "consumer": "of_consumer",
    "small_business": "of_small_business",
    "company": "of_company",
    "public": "of_public",
    "unknown": "of_unknown",
}
"""{regime: field that says whether the document is asked of its customers}."""


class CobranzaDocumentType(models.Model):
    """One row of the checklists: which document is asked of whom, before any debt or
    for a debt of a title, and how it is seen that it is there.

    Rows that an addon ships are of the law of its country, or of nobody's: they are not
    edited but archived, and copied to be changed. Own rows are the company's.
    """

    _name = "cobranza.document.type"
    _inherit = ["cobranza.shared.mixin", "cobranza.jurisdiction.mixin"]
    _description = "Document of a checklist"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=50)
    company_id = fields.Many2one("res.company", index=True)
    origin = fields.Char(
        "Comes with",
        readonly=True,
        copy=False,
        help="The addon that ships it. Empty: added by hand.",
    )
    article = fields.Char(help="Of the law that asks for it; empty: our own list.")
    help_text = fields.Text("What to look at", translate=True)
    target = Row(
        "cobranza.document.target", string="About", required=True, default="customer"
    )
    title = Row(
        "cobranza.debt.title",
        string="Title of the debt",
        help="Asked for debts of this title only; empty: for all.",
    )
    required = fields.Boolean(
        default=True, help="While it lacks the customer or debt is found by the filter."
    )
    of_consumer = fields.Boolean("Of consumers", default=True)
    of_small_business = fields.Boolean("Of small businesses", default=True)
    of_company = fields.Boolean("Of companies", default=True)
    of_public = fields.Boolean("Of public bodies", default=True)
    of_unknown = fields.Boolean("Of customers whose regime is unknown", default=True)
    source = Row(
        "cobranza.document.source",
        string="How it is met",
        required=True,
        default="file",
    )
    check_code = Row("cobranza.document.check", string="Number to check")
    valid_months = fields.Integer(
        "Valid for (months)", help="Since the day of the document; 0: without end."
    )
    paper = fields.Boolean(
        "Paper title", help="It is written down who holds the original."
    )

    _months_positive = models.Constraint(
        "CHECK (valid_months >= 0)", "The months are not negative."
    )
    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(country_id, 0), COALESCE(company_id, 0)) WHERE active",
        "There is a document of this code already.",
    )

    @api.constrains("target", "title", "source")
    def _check_target(self):
        sources = self.env["cobranza.document.source"]
        for kind in self:
            row = sources._row(kind.source)
            if row and row.target and row.target != kind.target:
                raise ValidationError(
                    self.env._(
                        "%(document)s: “%(place)s” says nothing about what this "
                        "document is about.",
                        document=kind.name,
                        place=sources._label(kind.source),
                    )
                )
            if kind.title and kind.target == "customer":
                raise ValidationError(
                    self.env._(
                        "%s is asked before any debt: it has no title of a debt.",
                        kind.name,
                    )
                )

    # -- guards ------------------------------------------------------------------------

    def _check_shipped(self):
        """UserError when one of these came with an addon."""
        for kind in self:
            if kind.origin and not (self._is_shipping() or self._is_through_gate()):
                raise UserError(
                    self.env._(
                        "%s comes with the addon and is not edited. Archive it and "
                        "duplicate it to change the copy.",
                        kind.display_name,
                    )
                )

    def write(self, vals):
        self.check_access("write")
        if set(vals) - {"active"}:
            self._check_shipped()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_own(self):
        # a client can send the flag of an uninstallation, but cannot be superuser
        if not (self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG)):
            self._check_shipped()

    def copy_data(self, default=None):
        """The copy is the company's own, and may be changed."""
        found = super().copy_data(default)
        company = self.env.company._cobranza_creditor()
        for vals in found:
            vals.setdefault("name", self.name)
            vals |= {"company_id": company.id, "active": True}
        return found

    def _using_companies(self):
        shared = self.filtered(lambda kind: not kind.company_id and kind._origin)
        if not shared:
            return self.env["res.company"].sudo()
        return self._companies_of(shared.country_id)

    # -- who is asked ------------------------------------------------------------------

    @api.model
    def _asked(self, company, country, regime, title=None, target=None):
        """The active rows of a company and of the law of ``country`` for customers of a
        ``regime``; with a ``title``, for debts of it; of another ``target``, for that.
        In their order.

        Of the rows of one code that of the company stands, else that of the country,
        else that which is for any.
        """
        domain = Domain("company_id", "in", (company.id, False))
        domain &= Domain("country_id", "in", (country.id, False))
        standing = {}
        for row in self.search_fetch(domain).sorted(
            lambda row: (bool(row.company_id), bool(row.country_id))
        ):
            standing[row.code] = row
        return (
            self.union(*standing.values())
            .filtered(
                lambda row: (
                    row[ASKED_OF[regime]]
                    and row.target == (target or ("debt" if title else "customer"))
                    and (not row.title or row.title == title)
                )
            )
            .sorted()
        )

    def _expires(self, day):
        """The last day on which a document of ``day`` is good; None: without end."""
        return (
            day + relativedelta(months=self.valid_months, days=-1)
            if (self.valid_months)
            else None
        )

    def _number_problem(self, number, partner):
        """What is wrong with a number of such a document, in words; "" for nothing."""
        if not (self.check_code and number):
            return ""
        checks = self.env["cobranza.document.check"]
        return checks._problem(self.check_code, number, partner.country_id.code)

    def _clean_number(self, number, partner):
        checks = self.env["cobranza.document.check"]
        return checks._clean(self.check_code, number, partner.country_id.code)

    def _is_derived(self):
        """Whether it stands elsewhere that such a document is there."""
        self.ensure_one()
        return self.env["cobranza.document.source"]._is(self.source, "derived")
