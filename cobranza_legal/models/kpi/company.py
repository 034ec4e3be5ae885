from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel.errors import KernelError
from ...kernel.kpi import check_tax
from ..company.company import INTERNAL

WINDOWS = [
    ("year", "Sales of twelve months × 365"),
    ("quarter", "Sales of three months × their days"),
    ("annualised", "Sales of three months × 4, × 365"),
    ("countback", "Counting back month by month"),
]


TAXES = [("gross", "With tax"), ("net", "Without tax")]


class ResCompany(models.Model):
    """Windows by which figures are measured. Targets are rows of their own."""

    _inherit = "res.company"

    cobranza_kpi_window = fields.Selection(
        WINDOWS,
        "Days sales outstanding by",
        default="year",
        required=True,
        groups=INTERNAL,
    )
    cobranza_kpi_sales = fields.Selection(
        TAXES, "Sales", default="gross", required=True, groups=INTERNAL
    )
    cobranza_kpi_receivables = fields.Selection(
        TAXES,
        "Receivables",
        default="gross",
        required=True,
        groups=INTERNAL,
        help="Both with tax or both without: the one set against the other says too "
        "many days.",
    )
    cobranza_kpi_days = fields.Integer(
        "Days of the period",
        groups=INTERNAL,
        help="0: the calendar month until the day. Else so many days back from it.",
    )
    cobranza_kpi_grace = fields.Integer(
        "Days before it is overdue",
        groups=INTERNAL,
        help="0: overdue from the day after the due date.",
    )
    cobranza_kpi_promise_days = fields.Integer(
        "Days of promises",
        default=90,
        groups=INTERNAL,
        help="Promises and instalments that fell due in so many days before the day.",
    )

    _cobranza_kpi_days_range = models.Constraint(
        "CHECK (least(coalesce(cobranza_kpi_days, 0), coalesce(cobranza_kpi_grace, 0)) "
        ">= 0 AND coalesce(cobranza_kpi_promise_days, 90) > 0)",
        "The days of figures are not negative, those of promises at least one.",
    )

    @api.constrains("cobranza_kpi_sales", "cobranza_kpi_receivables")
    def _check_cobranza_kpi_tax(self):
        """T41: receivables with tax over sales without it are no days."""
        for company in self:
            sides = company.cobranza_kpi_receivables, company.cobranza_kpi_sales
            try:
                check_tax(*(side == "gross" for side in sides))
            except KernelError as error:
                raise ValidationError(
                    self.env._(
                        "%s: take receivables and sales both with tax or both without. "
                        "One set against the other gives too many days, or too few.",
                        company.name,
                    )
                ) from error


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cobranza_kpi_window = fields.Selection(
        related="company_id.cobranza_kpi_window", readonly=False
    )
    cobranza_kpi_tax = fields.Selection(
        TAXES,
        "Receivables and sales",
        compute="_compute_cobranza_kpi_tax",
        inverse="_inverse_cobranza_kpi_tax",
        help="Both the same: the one with tax set against the other without says too "
        "many days.",
    )
    cobranza_kpi_days = fields.Integer(
        related="company_id.cobranza_kpi_days", readonly=False
    )
    cobranza_kpi_grace = fields.Integer(
        related="company_id.cobranza_kpi_grace", readonly=False
    )
    cobranza_kpi_promise_days = fields.Integer(
        related="company_id.cobranza_kpi_promise_days", readonly=False
    )

    @api.depends("company_id")
    def _compute_cobranza_kpi_tax(self):
        for one in self:
            one.cobranza_kpi_tax = one.company_id.cobranza_kpi_sales

    def _inverse_cobranza_kpi_tax(self):
        for one in self:
            tax = one.cobranza_kpi_tax
            both = {"cobranza_kpi_sales": tax, "cobranza_kpi_receivables": tax}
            if one.company_id.cobranza_kpi_sales != tax:
                one.company_id.write(both)

    def action_cobranza_kpi_targets(self):
        """The targets of the figures."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_kpi_target"
        )
