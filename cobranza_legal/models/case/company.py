from odoo import fields, models

from ..company.company import INTERNAL

RIGHTS_DAYS = 30
"""Days after the end of a case in which its lawyers still see it."""


DEADLINE_DAYS = 3
"""Days before a deadline on which its owner is told."""


class ResCompany(models.Model):
    _inherit = "res.company"

    cobranza_case_rights_days = fields.Integer(
        string="Lawyers see a closed case for",
        default=RIGHTS_DAYS,
        groups=INTERNAL,
    )
    cobranza_deadline_days = fields.Integer(
        string="Deadlines are told before",
        default=DEADLINE_DAYS,
        groups=INTERNAL,
        help="Days before the last one.",
    )

    cobranza_deposit_days = fields.Integer(
        string="Originals are deposited within",
        groups=INTERNAL,
        help="Days after a suit was filed in which the titles on paper have to be at "
        "the court. 0: on the day of filing.",
    )
    cobranza_case_mail_server = fields.Char(
        string="Mail server that checks senders",
        groups=INTERNAL,
        help="The name that your mail server writes into the header "
        "Authentication-Results, such as mx.example.com. Empty: no sender is proven.",
    )
    cobranza_case_mail_strict = fields.Boolean(
        string="Only proven senders",
        groups=INTERNAL,
        help="What comes from a known address, but is not proven by your mail server, "
        "waits for a person.",
    )
    cobranza_suit_lawyer = fields.Monetary(
        string="A lawyer costs",
        groups=INTERNAL,
        help="For one suit, whether it is won or not. The case may say otherwise.",
    )
    cobranza_suit_share = fields.Float(
        string="The lawyer takes",
        groups=INTERNAL,
        help="Percent of what a suit brings.",
    )
    cobranza_suit_agent = fields.Monetary(
        string="A procurador or receptor costs",
        groups=INTERNAL,
    )
    cobranza_suit_months = fields.Integer(
        string="A suit lasts",
        groups=INTERNAL,
        help="Months until money comes.",
    )
    cobranza_suit_yearly = fields.Float(
        string="Money is worth a year",
        groups=INTERNAL,
        help="Percent by which money that comes later is worth less.",
    )
    cobranza_odds_green = fields.Float(
        string="Won with green lights", groups=INTERNAL, help="Percent; 0: not known."
    )
    cobranza_odds_amber = fields.Float(
        string="Won with an amber light",
        groups=INTERNAL,
        help="Percent; 0: not known.",
    )
    cobranza_odds_red = fields.Float(
        string="Won with a red light", groups=INTERNAL, help="Percent; 0: not known."
    )

    _cobranza_suit = models.Constraint(
        "CHECK (cobranza_suit_lawyer >= 0 AND cobranza_suit_agent >= 0 "
        "AND cobranza_suit_months >= 0 AND cobranza_suit_yearly >= 0 "
        "AND cobranza_suit_share >= 0 AND cobranza_suit_share < 100 "
        "AND cobranza_odds_green BETWEEN 0 AND 100 "
        "AND cobranza_odds_amber BETWEEN 0 AND 100 "
        "AND cobranza_odds_red BETWEEN 0 AND 100)",
        "Costs and months of a suit are not negative; percents are from 0 to 100.",
    )
    _cobranza_deadline_days = models.Constraint(
        "CHECK (cobranza_deadline_days >= 0 AND cobranza_deposit_days >= 0)",
        "The days of deadlines are not negative.",
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
    cobranza_case_mail_server = fields.Char(
        related="company_id.cobranza_case_mail_server", readonly=False
    )
    cobranza_case_mail_strict = fields.Boolean(
        related="company_id.cobranza_case_mail_strict", readonly=False
    )
    cobranza_deadline_days = fields.Integer(
        related="company_id.cobranza_deadline_days", readonly=False
    )
    cobranza_deposit_days = fields.Integer(
        related="company_id.cobranza_deposit_days", readonly=False
    )
    cobranza_suit_lawyer = fields.Monetary(
        related="company_id.cobranza_suit_lawyer", readonly=False
    )
    cobranza_suit_share = fields.Float(
        related="company_id.cobranza_suit_share", readonly=False
    )
    cobranza_suit_agent = fields.Monetary(
        related="company_id.cobranza_suit_agent", readonly=False
    )
    cobranza_suit_months = fields.Integer(
        related="company_id.cobranza_suit_months", readonly=False
    )
    cobranza_suit_yearly = fields.Float(
        related="company_id.cobranza_suit_yearly", readonly=False
    )
    cobranza_odds_green = fields.Float(
        related="company_id.cobranza_odds_green", readonly=False
    )
    cobranza_odds_amber = fields.Float(
        related="company_id.cobranza_odds_amber", readonly=False
    )
    cobranza_odds_red = fields.Float(
        related="company_id.cobranza_odds_red", readonly=False
    )
