from odoo import fields, models

from .res_company import INTERNAL


class ResCompany(models.Model):
    """What the debtor's page offers."""

    _inherit = "res.company"

    cobranza_portal_days = fields.Integer(
        string="Validity of the link of the debtor's page",
        default=90,
        required=True,
        help="Days from the last letter during which its link opens the page.",
        groups=INTERNAL,
    )
    cobranza_portal_answer_days = fields.Integer(
        string="Days to answer the debtor",
        default=15,
        required=True,
        help="In how many days we promise to answer what debtors tell us there.",
        groups=INTERNAL,
    )
    cobranza_portal_paid_days = fields.Integer(
        string="Days to check a payment",
        default=10,
        required=True,
        help="How long nothing is claimed from a debtor who says on its page that it "
        "has paid.",
        groups=INTERNAL,
    )
    cobranza_portal_promise_days = fields.Integer(
        string="Longest promise on the debtor's page",
        default=15,
        required=True,
        help="Days ahead that a debtor may choose. 0: no promises are taken there.",
        groups=INTERNAL,
    )
    cobranza_portal_promise_percent = fields.Integer(
        string="Smallest promise on the debtor's page",
        default=50,
        required=True,
        help="Percentage of what is due that a promise covers at least.",
        groups=INTERNAL,
    )

    _portal_days = models.Constraint(
        "CHECK (cobranza_portal_days > 0 AND cobranza_portal_answer_days > 0"
        " AND cobranza_portal_paid_days > 0 AND cobranza_portal_promise_days >= 0)",
        "The days of the debtor's page are positive; 0 only for no promises.",
    )
    _portal_percent = models.Constraint(
        "CHECK (cobranza_portal_promise_percent BETWEEN 1 AND 100)",
        "The smallest promise is between 1 and 100 %.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cobranza_portal_days = fields.Integer(
        related="company_id.cobranza_portal_days", readonly=False
    )
    cobranza_portal_answer_days = fields.Integer(
        related="company_id.cobranza_portal_answer_days", readonly=False
    )
    cobranza_portal_paid_days = fields.Integer(
        related="company_id.cobranza_portal_paid_days", readonly=False
    )
    cobranza_portal_promise_days = fields.Integer(
        related="company_id.cobranza_portal_promise_days", readonly=False
    )
    cobranza_portal_promise_percent = fields.Integer(
        related="company_id.cobranza_portal_promise_percent", readonly=False
    )
