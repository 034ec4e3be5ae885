from odoo import fields, models

from .res_company import INTERNAL


class ResCompany(models.Model):
    _inherit = "res.company"

    cobranza_promise_tolerance = fields.Integer(
        string="Days of grace of a promise",
        default=3,
        required=True,
        help="A payment that comes so many days after the promised day still keeps the "
        "promise.",
        groups=INTERNAL,
    )
    cobranza_waive_limit = fields.Monetary(
        string="Charges waived without approval up to",
        help="In company currency. Waiving a higher charge needs an approval.",
        groups=INTERNAL,
    )
    cobranza_approve_alone = fields.Boolean(
        string="One person may approve alone",
        help="Who asks may also approve, with a reason that is logged and reported. "
        "Without this a second person approves as soon as two hold the right.",
        groups=INTERNAL,
    )

    _promise_tolerance = models.Constraint(
        "CHECK (cobranza_promise_tolerance >= 0)",
        "The days of grace of a promise are not negative.",
    )
