from odoo import api, fields, models

from odoo.addons.cobranza_legal.kernel.errors import MissingValue
from odoo.addons.cobranza_legal.models.common.money import to_decimal
from odoo.addons.cobranza_legal.models.common.words import say_error
from odoo.addons.cobranza_legal.models.debtor.merge import Terms

from ..rules.interest_key import InterestKey

BUSINESS = frozenset({"company", "small_business", "public"})
"""Whom Ley 3/2004 (art. 3.1) covers: businesses, the self-employed, public bodies."""


DEBTOR_TERMS = [
    ("none", "No interest"),
    ("legal_plus", "Legal interest plus points"),
    ("statutory", "Ley 3/2004"),
    ("contract", "Rate of the contract"),
]


LEAST_FIRST = ("none", "legal_plus", "statutory", "contract")
"""The kinds of agreed interest: those that the law measures before that which only the
contract does."""


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    @property
    def _agreed_terms(self):
        more = (
            *("l10n_es_interest_points", "l10n_es_contract_rate"),
            *("l10n_es_grace_days", "l10n_es_grace_retroactive"),
        )
        own = Terms("l10n_es_interest_terms", more, "_l10n_es_interest_burden")
        return (*super()._agreed_terms, own)

    l10n_es_country_code = fields.Char(
        related="company_id.account_fiscal_country_id.code"
    )
    l10n_es_interest_terms = fields.Selection(
        DEBTOR_TERMS,
        string="Late interest",
        tracking=True,
        help="Empty: the company's terms for consumers, Ley 3/2004 for businesses and "
        "public bodies.",
    )
    l10n_es_interest_points = fields.Float(
        string="Points over the legal interest",
        default=2.0,
        digits=(6, 3),
        tracking=True,
    )
    l10n_es_contract_rate = fields.Float(
        string="Contract rate (%)", digits=(6, 3), tracking=True
    )
    l10n_es_grace_days = fields.Integer(string="Days of grace", tracking=True)
    l10n_es_grace_retroactive = fields.Boolean(
        string="After the grace, interest from the due date", tracking=True
    )
    l10n_es_interest_warning = fields.Char(
        string="Warning about the interest", compute="_compute_l10n_es_interest_warning"
    )

    def _l10n_es_interest_key(self, debt=None):
        """``InterestKey`` of what was agreed, by the debtor's own terms, the company's
        for consumers, and the law for businesses; of one debt, also whether the terms
        were told before contracting it."""
        self.ensure_one()
        company = self.company_id
        own = bool(self.l10n_es_interest_terms)
        source = self if own else company
        if not own and self.regime in BUSINESS:
            return InterestKey("statutory")
        kind = source.l10n_es_interest_terms
        if kind == "none":
            return InterestKey("none")
        if kind != "statutory" and self._l10n_es_uninformed(debt):
            kind = "uninformed"
        return InterestKey(
            kind,
            to_decimal(source.l10n_es_interest_points),
            to_decimal(source.l10n_es_contract_rate),
            source.l10n_es_grace_days,
            source.l10n_es_grace_retroactive,
        )

    def _l10n_es_interest_burden(self):
        """What the agreed interest costs: its kind, then its figure, then its grace."""
        kind = self.l10n_es_interest_terms
        figures = {
            "legal_plus": self.l10n_es_interest_points,
            "contract": self.l10n_es_contract_rate,
        }
        grace = (-self.l10n_es_grace_days, self.l10n_es_grace_retroactive)
        return (LEAST_FIRST.index(kind), figures.get(kind, 0), *grace)

    def _l10n_es_uninformed(self, debt=None):
        """Why the agreed interest is not owed, or None."""
        rules = self.company_id._cobranza_rules()
        return rules._terms_missing(debt) if debt else rules._terms_unknown(self)

    @api.depends(
        "regime",
        "terms_informed_on",
        "terms_file_ids",
        "l10n_es_interest_terms",
        "l10n_es_contract_rate",
        "company_id.l10n_es_interest_terms",
        "company_id.l10n_es_contract_rate",
        "company_id.cobranza_terms_required",
    )
    def _compute_l10n_es_interest_warning(self):
        self.l10n_es_interest_warning = False
        for company, debtors in self.grouped("company_id").items():
            rules = company._cobranza_rules()
            found = rules._interest_warnings(debtors, company._cobranza_today())
            for debtor in debtors:
                debtor.l10n_es_interest_warning = found.get(debtor.id, False)

    def _l10n_es_warning(self, rules, on, table):
        """What is wrong with the interest agreed with this debtor, or False."""
        key = self._l10n_es_interest_key()
        if key.kind == "uninformed":
            return self._l10n_es_uninformed()
        if key.kind == "statutory" and self.regime not in BUSINESS:
            return self.env._("Ley 3/2004 is for businesses and public bodies only.")
        if key.kind != "contract" or self.regime not in BUSINESS:
            return False
        try:
            floor = rules._interest_floor(on, table)
        except MissingValue as error:
            return say_error(self.env, error)
        if key.rate >= floor:
            return False
        return self.env._(
            "%(rate)s %% is below %(floor)s %%, 70 %% under the legal rate: presumed "
            "abusive (Ley 3/2004, art. 9.1).",
            rate=f"{key.rate.normalize():f}",
            floor=f"{floor.normalize():f}",
        )

    @api.model
    def _charged_by(self):
        """And what was agreed."""
        own = [
            name
            for name, field in self._fields.items()
            if name.startswith("l10n_es_") and field.store
        ]
        return (*super()._charged_by(), *own)
