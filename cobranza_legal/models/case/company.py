from odoo import fields, models

from ..company.company import INTERNAL

RIGHTS_DAYS = 30
"""Days after the end of a case in which its lawyers still see it."""


class ResCompany(models.Model):
    _inherit = "res.company"

    cobranza_case_rights_days = fields.Integer(
        string="Lawyers see a closed case for",
        default=RIGHTS_DAYS,
        groups=INTERNAL,
    )

    _cobranza_case_rights = models.Constraint(
        "CHECK (cobranza_case_rights_days >= 0)",
        "The days in which lawyers see a closed case are not negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_cobranza_legal_cases = fields.Boolean(
        "Legal cases",
        implied_group="cobranza_legal.group_legal_cases",
    )
    cobranza_case_rights_days = fields.Integer(
        related="company_id.cobranza_case_rights_days", readonly=False
    )
