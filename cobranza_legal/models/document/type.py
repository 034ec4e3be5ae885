from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..common.rows import Row


class CobranzaDocumentType(models.Model):
    """One row of the checklists: which document is asked of whom, before any debt or
    for a debt of a title, and how it is seen that it is there."""

    _name = "cobranza.document.type"
    _inherit = "cobranza.catalog.mixin"
    _description = "Document of a checklist"
    _order = "sequence, id"

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

    # -- who is asked ------------------------------------------------------------------

    @api.model
    def _asked(self, company, country, regime, title=None, target=None):
        """The active rows of a company and of the law of ``country`` for customers of a
        ``regime``; with a ``title``, for debts of it; of another ``target``, for that.
        In their order.

        Of the rows of one code that of the company stands, else that of the country,
        else that which is for any.
        """
        return self._standing(company, country).filtered(
            lambda row: (
                row._is_for(regime)
                and row.target == (target or ("debt" if title else "customer"))
                and (not row.title or row.title == title)
            )
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
