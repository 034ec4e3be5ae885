from odoo import fields, models

from odoo.addons.cobranza_legal.models.company.company import INTERNAL

ROUTES = [
    ("percentages", "Percentages of the SII"),
    ("days", "More than 365 days"),
]


class ResCompany(models.Model):
    """How what customers do not pay is deducted from the first category."""

    _inherit = "res.company"

    l10n_cl_tax_route = fields.Selection(
        ROUTES,
        "Losses of debts are deducted by",
        default="percentages",
        required=True,
        help="LIR, art. 31 inc. 4 N° 4: the letter c (Res. Ex. SII 121 de 2020) or b. "
        "The letter a is about what is written off after every means.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_tax_with_vat = fields.Boolean(
        "The tax of the document is part of the loss",
        help="Disputed. Without it only the net amount is deductible.",
        groups=INTERNAL,
        tracking=True,
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_cl_tax_route = fields.Selection(
        related="company_id.l10n_cl_tax_route", readonly=False
    )
    l10n_cl_tax_with_vat = fields.Boolean(
        related="company_id.l10n_cl_tax_with_vat", readonly=False
    )
