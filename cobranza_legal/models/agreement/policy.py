from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ...kernel.agreement import AgreementLimits
from ..common.money import to_decimal
from ..rules.rules import REGIMES

RATES = [
    ("none", "No interest"),
    ("fixed", "Fixed rate"),
    ("index", "Index and margin"),
]


MISSED, CURE_DAYS = 2, 15
"""Missed instalments that break an agreement, and days to cure, unless terms say."""


SHARES = [("instalment", "The whole instalment"), ("principal", "Its principal alone")]


class CobranzaAgreementPolicy(models.Model):
    """What a company agrees to without asking anybody, from a day to a day and by
    regime: how long, how much at least, at which interest, and when it is broken.

    The row of the company and of the regime wins over those of all. Beyond a limit
    another person approves; where there is no row, everything is beyond it.
    """

    _name = "cobranza.agreement.policy"
    _inherit = [
        "cobranza.shared.mixin",
        "cobranza.traced.mixin",
        "cobranza.jurisdiction.mixin",
    ]
    _description = "Terms of payment agreements"
    _order = "company_id, regime, valid_from desc, id"

    _traced = (
        *("active", "company_id", "country_id", "regime", "valid_from", "valid_to"),
        *("months", "share", "share_of", "rate_kind", "rate", "index_id", "index_key"),
        *("index_age", "floor", "guarantee_from", "missed", "cure_days"),
    )

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    regime = fields.Selection(REGIMES, help="Empty: debtors of every regime.")
    valid_from = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    valid_to = fields.Date(help="Empty: no end.")
    months = fields.Integer(
        "Most months", help="The last instalment is due so many months later. 0: any."
    )
    share = fields.Float(
        "Smallest instalment (%)",
        digits=(16, 4),
        help="Of the amount agreed about; the last one may be smaller. 0: any.",
    )
    share_of = fields.Selection(SHARES, "Compared", required=True, default="instalment")
    share_note = fields.Char(compute="_compute_share_note", string="What follows")
    rate_kind = fields.Selection(
        RATES, string="Interest", required=True, default="none"
    )
    rate = fields.Float(
        "Rate or margin (%)", digits=(16, 4), help="A year, in percent."
    )
    index_id = fields.Many2one(
        "cobranza.parameter", domain="[('validity', '=', 'month')]"
    )
    index_key = fields.Char("Key of the index")
    index_age = fields.Integer(
        "Month of the index",
        default=1,
        help="How many months before the agreement is made: 1 is the month before.",
    )
    floor = fields.Float(
        "Least index (%)", digits=(16, 4), help="An index below it counts as it."
    )
    guarantee_from = fields.Monetary(
        "Guarantee from",
        help="From this amount on somebody else answers too. 0: never.",
    )
    missed = fields.Integer(
        "Missed instalments",
        required=True,
        default=MISSED,
        help="With so many missed at a time the agreement is broken.",
    )
    cure_days = fields.Integer(
        "Days to cure",
        required=True,
        default=CURE_DAYS,
        help="From the notice of the breach until everything becomes due.",
    )

    _missed_positive = models.Constraint(
        "CHECK (missed > 0 AND cure_days >= 0)",
        "At least one missed instalment breaks it, and days are not negative.",
    )
    _limits_positive = models.Constraint(
        "CHECK (months >= 0 AND share >= 0 AND share <= 100 AND guarantee_from >= 0 "
        "AND index_age >= 0)",
        "Limits are not negative, and an instalment is at most the whole.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id

    @api.depends("share", "months")
    @api.depends_context("lang")
    def _compute_share_note(self):
        for policy in self:
            most = policy._limits(policy.currency_id, None).most_rows
            note = False
            if most:
                note = self.env._("At most %s equal instalments.", most)
            if most and policy.months > most:
                note = self.env._(
                    "At most %(rows)s equal instalments: %(months)s months can only be "
                    "reached with instalments further apart or with a grace.",
                    rows=most,
                    months=policy.months,
                )
            policy.share_note = note

    @api.constrains("valid_from", "valid_to", "rate_kind", "index_id", "rate")
    def _check_terms(self):
        for policy in self:
            if policy.valid_to and policy.valid_to < policy.valid_from:
                raise ValidationError(
                    self.env._("%s ends before it begins.", policy.name)
                )
            if policy.rate_kind == "index" and not policy.index_id:
                raise ValidationError(self.env._("%s: choose the index.", policy.name))
            if policy.rate_kind == "fixed" and policy.rate <= 0:
                raise ValidationError(
                    self.env._("%s: say the rate, above zero.", policy.name)
                )

    def _using_companies(self):
        shared = self.filtered(lambda one: not one.company_id)
        return self._companies_of(shared.country_id) if shared else self.company_id

    def _touched(self):
        """Terms are copied to an agreement when it is asked for: nobody is judged by
        those of today."""
        return SQL("FALSE")

    @api.model
    def _choose(self, company, regime, on):
        """The terms for a company and a regime on a day; empty if there are none."""
        country = company._cobranza_rules()._country()
        found = self.sudo().search(
            [
                ("company_id", "in", [company.id, False]),
                ("country_id", "in", [country.id, False]),
                ("regime", "in", [regime, False]),
                ("valid_from", "<=", on),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", on),
            ]
        )
        return found.sorted(
            lambda one: (
                bool(one.company_id),
                bool(one.regime),
                bool(one.country_id),
                one.valid_from,
                -one.id,
            )
        )[-1:].sudo(False)

    def _limits(self, currency, on):
        """``kernel.agreement.AgreementLimits`` in ``currency`` at the rate of a day;
        the rate of interest is no limit but what is agreed at most."""
        self.ensure_one()
        guarantee = self.guarantee_from
        if guarantee and on:
            company = self.company_id or self.env.company
            guarantee = self.currency_id._convert(guarantee, currency, company, on)
        return AgreementLimits(
            months=self.months or None,
            share=to_decimal(self.share) or None,
            of_principal=self.share_of == "principal",
            guarantee_from=to_decimal(guarantee) or None,
        )

    def _rate_on(self, company, on):
        """(yearly rate in percent, Decimal; where it comes from, in words) of an
        agreement made on a day. MissingValue when the index is not known."""
        self.ensure_one()
        if self.rate_kind == "none":
            return to_decimal(0), self.env._("No interest")
        if self.rate_kind == "fixed":
            return to_decimal(self.rate), self.env._("Fixed")
        month = on + relativedelta(day=1, months=-self.index_age)
        code = self.index_id.sudo().code
        table = company._cobranza_legal_table(month, month)
        value = table.number(code, month, self.index_key or "")
        index = max(value, to_decimal(self.floor))
        words = self.env._(
            "%(index)s of %(month)s: %(value)s + %(margin)s",
            index=self.index_id.sudo().name,
            month=format_date(self.env, month, date_format="MMMM y"),
            value=str(index),
            margin=str(to_decimal(self.rate).normalize()),
        )
        return index + to_decimal(self.rate), words
