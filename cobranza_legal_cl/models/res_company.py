from odoo import fields, models

from odoo.addons.cobranza_legal.models.res_company import INTERNAL


class ResCompany(models.Model):
    """Where the law leaves room, the strict reading is the default."""

    _inherit = "res.company"

    l10n_cl_fee_mode = fields.Selection(
        [
            ("ceiling", "The legal ceiling"),
            ("incurred", "Proven costs, up to the legal ceiling"),
        ],
        string="Collection fee",
        default="ceiling",
        required=True,
        help="Ley 19.496, art. 37.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_email_hours = fields.Boolean(
        string="E-mails keep to the hours of calls",
        default=True,
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_week_mode = fields.Selection(
        [("rolling", "Any seven days"), ("iso", "From Monday to Sunday")],
        string="A week of contacts",
        default="rolling",
        required=True,
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_strict_gap = fields.Boolean(
        string="Two whole days between contacts",
        default=True,
        help="Without this, contacts on Monday and Wednesday are two days apart.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_bounce_days = fields.Integer(
        string="Days in which an e-mail may bounce",
        default=3,
        groups=INTERNAL,
        tracking=True,
    )

    _l10n_cl_bounce_days = models.Constraint(
        "CHECK (l10n_cl_bounce_days >= 0)", "The days are not negative."
    )
