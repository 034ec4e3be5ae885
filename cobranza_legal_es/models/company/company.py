from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.cobranza_legal.models.company.company import INTERNAL

VAT_TERMS = [
    ("year", "After a year"),
    ("half", "After six months"),
    ("either", "After six months, else after a year"),
]


CONSUMER_TERMS = [
    ("none", "No interest"),
    ("legal_plus", "Legal interest plus points"),
    ("contract", "Rate of the contract"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_es_vat_term = fields.Selection(
        VAT_TERMS,
        string="Tax of unpaid invoices is taken back",
        default="year",
        required=True,
        groups=INTERNAL,
        tracking=True,
        help="The choice is of a creditor of small turnover (LIVA art. "
        "80.Cuatro.A.1.ª), by the turnover of the year before that the settings of "
        "provisions state. Others, and who states none, take it back after a year.",
    )
    l10n_es_interest_terms = fields.Selection(
        CONSUMER_TERMS,
        string="Late interest of consumers",
        default="legal_plus",
        required=True,
        help="What the contracts with consumers say. Businesses and public bodies owe "
        "the interest of Ley 3/2004 unless their debtor says otherwise.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_interest_points = fields.Float(
        string="Points over the legal interest",
        default=2.0,
        digits=(6, 3),
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_contract_rate = fields.Float(
        string="Contract rate (%)",
        digits=(6, 3),
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_grace_days = fields.Integer(
        string="Days of grace",
        default=5,
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_grace_retroactive = fields.Boolean(
        string="After the grace, interest from the due date",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_contact_from = fields.Float(
        string="Contacts from",
        default=9.0,
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_contact_to = fields.Float(
        string="Contacts until",
        default=21.0,
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_contact_weekly = fields.Integer(
        string="Contacts a week",
        default=2,
        help="E-mails, SMS, calls and visits to one debtor in any seven days. Letters "
        "on paper are not counted.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_unconfirmed_person = fields.Boolean(
        string="One tax number shares its limits before it is confirmed",
        default=True,
        help="Debtors with one tax number count as one person for the limits of "
        "contacts until somebody says that they are not.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_refused_received = fields.Boolean(
        string="Refused or not collected counts as received",
        help="What the debtor refuses or does not collect at the address of the "
        "contract. Courts generally take it as received, but no article says so.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_credit_registers = fields.Char(
        string="Credit registers",
        help="The registers you belong to, as the warning names them (LOPDGDD art. "
        "20.1.c). Empty: no letter warns of a register.",
        groups=INTERNAL,
    )

    l10n_es_costs_first = fields.Boolean(
        string="Payments cover costs before interest",
        help="Costs and the fixed compensation are paid before interest and principal. "
        "The law only puts interest before principal (CC art. 1173): set it where your "
        "contracts say so. Else they come last.",
        groups=INTERNAL,
        tracking=True,
    )

    l10n_es_wage_extra = fields.Selection(
        [
            ("scale", "Every step is twice as wide"),
            ("floor", "Only the part out of reach doubles"),
        ],
        string="Wages of a month with an extra pay",
        default="scale",
        required=True,
        help="In such a month two minimum wages are out of reach (STS 1340/2022). What "
        "that does to the steps above is not settled: the first reading attaches less.",
        groups=INTERNAL,
        tracking=True,
    )
    l10n_es_wage_reduction = fields.Selection(
        [
            ("points", "Percentage points"),
            ("share", "A share of the rates"),
        ],
        string="Reduction of what is attached of wages",
        default="points",
        required=True,
        help="How the 10 to 15 % of LEC art. 607.4 are taken off the rates is not "
        "settled: points attach less.",
        groups=INTERNAL,
        tracking=True,
    )

    @api.constrains("l10n_es_contact_from", "l10n_es_contact_to")
    def _check_l10n_es_contact_hours(self):
        for company in self:
            start, end = company.l10n_es_contact_from, company.l10n_es_contact_to
            if not 0 <= start < end < 24:
                raise ValidationError(
                    self.env._(
                        "%s: contacts start before they end, between 0:00 and 23:59.",
                        company.display_name,
                    )
                )

    @api.constrains("l10n_es_contact_weekly", "l10n_es_grace_days")
    def _check_l10n_es_counts(self):
        for company in self:
            if company.l10n_es_contact_weekly < 1 or company.l10n_es_grace_days < 0:
                raise ValidationError(
                    self.env._(
                        "%s: at least one contact a week and no negative grace.",
                        company.display_name,
                    )
                )

    @api.model
    def _cobranza_charged_by(self):
        names = ("interest_terms", "interest_points", "contract_rate", "grace_days")
        names += ("grace_retroactive",)
        return super()._cobranza_charged_by() | {f"l10n_es_{one}" for one in names}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_es_interest_terms = fields.Selection(
        related="company_id.l10n_es_interest_terms", readonly=False
    )
    l10n_es_interest_points = fields.Float(
        related="company_id.l10n_es_interest_points", readonly=False
    )
    l10n_es_contract_rate = fields.Float(
        related="company_id.l10n_es_contract_rate", readonly=False
    )
    l10n_es_grace_days = fields.Integer(
        related="company_id.l10n_es_grace_days", readonly=False
    )
    l10n_es_grace_retroactive = fields.Boolean(
        related="company_id.l10n_es_grace_retroactive", readonly=False
    )
    l10n_es_contact_from = fields.Float(
        related="company_id.l10n_es_contact_from", readonly=False
    )
    l10n_es_contact_to = fields.Float(
        related="company_id.l10n_es_contact_to", readonly=False
    )
    l10n_es_contact_weekly = fields.Integer(
        related="company_id.l10n_es_contact_weekly", readonly=False
    )
    l10n_es_unconfirmed_person = fields.Boolean(
        related="company_id.l10n_es_unconfirmed_person", readonly=False
    )
    l10n_es_refused_received = fields.Boolean(
        related="company_id.l10n_es_refused_received", readonly=False
    )
    l10n_es_credit_registers = fields.Char(
        related="company_id.l10n_es_credit_registers", readonly=False
    )
    l10n_es_costs_first = fields.Boolean(
        related="company_id.l10n_es_costs_first", readonly=False
    )
    l10n_es_wage_extra = fields.Selection(
        related="company_id.l10n_es_wage_extra", readonly=False
    )
    l10n_es_wage_reduction = fields.Selection(
        related="company_id.l10n_es_wage_reduction", readonly=False
    )
    l10n_es_vat_term = fields.Selection(
        related="company_id.l10n_es_vat_term", readonly=False
    )
