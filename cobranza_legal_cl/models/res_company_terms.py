from odoo import fields, models

from odoo.addons.cobranza_legal.models.res_company import INTERNAL

AGREED = [("none", "No interest"), ("contract", "Rate of the contract")]
PERIODS = [("year", "a year"), ("month", "a month")]
INDEXES = [("none", "None"), ("uf", "UF"), ("ipc", "IPC")]

PENALTIES = [
    ("none", "None"),
    ("percent", "Percent of what is overdue"),
    ("fixed", "Amount for each document"),
]


class ResCompany(models.Model):
    """What the contracts with the debtors say about late payment."""

    _inherit = "res.company"

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
