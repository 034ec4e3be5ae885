from odoo import api, fields, models

from odoo.addons.cobranza_legal.models.company.company import INTERNAL

AGREED = [("none", "No interest"), ("contract", "Rate of the contract")]


PERIODS = [("year", "a year"), ("month", "a month")]


INDEXES = [("none", "None"), ("uf", "UF"), ("ipc", "IPC")]


PENALTIES = [
    ("none", "None"),
    ("percent", "Percent of what is overdue"),
    ("fixed", "Amount for each document"),
]


class ResCompany(models.Model):
    """What a creditor in Chile chooses where the law leaves room, the strict reading by
    default, and what its contracts with debtors say about late payment.
    """

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
    l10n_cl_requirement_interrupts = fields.Boolean(
        string="A written demand interrupts short limitation",
        help="Código Civil, art. 2523 N° 2, for the one and two years of arts. 2521 "
        "and 2522: disputed.",
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
    l10n_cl_interest_terms = fields.Selection(
        AGREED,
        string="Late interest agreed",
        default="none",
        required=True,
        help="What the contracts with consumers and small businesses say. Companies "
        "and public bodies owe the interest of Ley 19.983 unless their debtor says "
        "otherwise.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_contract_rate = fields.Float(
        string="Agreed rate (%)",
        digits=(6, 3),
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_rate_period = fields.Selection(
        PERIODS,
        string="Period of the agreed rate",
        default="year",
        required=True,
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_creditor_in_reorganisation = fields.Boolean(
        string="We are in a reorganisation",
        groups=INTERNAL,
        tracking=True,
        help="Ley 20.720. Such a creditor may recover the tax of unpaid invoices (DL "
        "825, art. 27 ter).",
    )
    l10n_cl_interest_in_reorganisation = fields.Boolean(
        string="Interest runs on in a reorganisation",
        help="Without this, interest ends on the day of any insolvency. Ley 20.720 "
        "ends it in a liquidation and in a renegotiation.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_indexation = fields.Selection(
        INDEXES,
        string="Indexation agreed",
        default="none",
        required=True,
        help="By which unit late debts without interest are adjusted.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_penalty = fields.Selection(
        PENALTIES,
        string="Penalty agreed",
        default="none",
        required=True,
        help="Penalty for paying late, once; without late interest, and never above "
        "the principal.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_cl_penalty_value = fields.Float(
        string="Agreed penalty",
        digits=(16, 3),
        groups=INTERNAL,
        tracking=True,
    )
    _l10n_cl_contract_rate = models.Constraint(
        "CHECK (l10n_cl_contract_rate >= 0)", "The agreed rate is not negative."
    )
    l10n_cl_written_copy = fields.Selection(
        [
            ("letter", "Always a letter"),
            ("email", "By e-mail to whom has proven to receive it"),
        ],
        string="Information in writing",
        default="letter",
        required=True,
        help="Ley 19.496, art. 37: whoever does not answer gets it in writing.",
        groups=INTERNAL,
        tracking=True,
    )

    @api.model
    def _cobranza_charged_by(self):
        names = ("fee_mode", "interest_terms", "contract_rate", "rate_period")
        names += ("indexation", "penalty", "penalty_value")
        names += ("interest_in_reorganisation",)
        return super()._cobranza_charged_by() | {f"l10n_cl_{one}" for one in names}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_cl_fee_mode = fields.Selection(
        related="company_id.l10n_cl_fee_mode", readonly=False
    )
    l10n_cl_email_hours = fields.Boolean(
        related="company_id.l10n_cl_email_hours", readonly=False
    )
    l10n_cl_requirement_interrupts = fields.Boolean(
        related="company_id.l10n_cl_requirement_interrupts", readonly=False
    )
    l10n_cl_interest_in_reorganisation = fields.Boolean(
        related="company_id.l10n_cl_interest_in_reorganisation", readonly=False
    )
    l10n_cl_week_mode = fields.Selection(
        related="company_id.l10n_cl_week_mode", readonly=False
    )
    l10n_cl_strict_gap = fields.Boolean(
        related="company_id.l10n_cl_strict_gap", readonly=False
    )
    l10n_cl_bounce_days = fields.Integer(
        related="company_id.l10n_cl_bounce_days", readonly=False
    )
    l10n_cl_interest_terms = fields.Selection(
        related="company_id.l10n_cl_interest_terms", readonly=False
    )
    l10n_cl_contract_rate = fields.Float(
        related="company_id.l10n_cl_contract_rate", readonly=False
    )
    l10n_cl_rate_period = fields.Selection(
        related="company_id.l10n_cl_rate_period", readonly=False
    )
    l10n_cl_indexation = fields.Selection(
        related="company_id.l10n_cl_indexation", readonly=False
    )
    l10n_cl_penalty = fields.Selection(
        related="company_id.l10n_cl_penalty", readonly=False
    )
    l10n_cl_penalty_value = fields.Float(
        related="company_id.l10n_cl_penalty_value", readonly=False
    )
    l10n_cl_written_copy = fields.Selection(
        related="company_id.l10n_cl_written_copy", readonly=False
    )
    l10n_cl_creditor_in_reorganisation = fields.Boolean(
        related="company_id.l10n_cl_creditor_in_reorganisation", readonly=False
    )
