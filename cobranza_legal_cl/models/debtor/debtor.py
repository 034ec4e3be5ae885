from odoo import api, fields, models

from odoo.addons.cobranza_legal.models.common.money import to_decimal
from odoo.addons.cobranza_legal.models.company.company import INTERNAL
from odoo.addons.cobranza_legal.models.debtor.merge import Terms

from ..company.company import AGREED, INDEXES, PENALTIES, PERIODS
from ..law import law
from ..rules.interest_key import InterestKey

MONTHS = 12
"""A year of interest: Ley 18.010 art. 11."""


REGIMES = [
    ("consumer", "Consumer"),
    ("small_business", "Micro or small business"),
    ("company", "Medium or large company"),
    ("public", "Public body"),
]


class CobranzaDebtor(models.Model):
    """What was agreed with a debtor about late payment."""

    _inherit = "cobranza.debtor"

    @property
    def _agreed_terms(self):
        return (
            *super()._agreed_terms,
            Terms(
                "l10n_cl_interest_terms",
                ("l10n_cl_contract_rate", "l10n_cl_rate_period"),
                "_l10n_cl_interest_burden",
            ),
            Terms("l10n_cl_indexation", (), "_l10n_cl_indexation_burden"),
            Terms(
                "l10n_cl_penalty",
                ("l10n_cl_penalty_value",),
                "_l10n_cl_penalty_burden",
            ),
        )

    l10n_cl_country_code = fields.Char(
        related="company_id.account_fiscal_country_id.code", string="Country of the law"
    )
    l10n_cl_interest_terms = fields.Selection(
        AGREED,
        string="Late interest agreed",
        tracking=True,
        help="Empty: the company's terms for consumers and small businesses, Ley "
        "19.983 for others.",
    )
    l10n_cl_contract_rate = fields.Float(
        string="Agreed rate (%)", digits=(6, 3), tracking=True
    )
    l10n_cl_rate_period = fields.Selection(
        PERIODS,
        string="Period of the agreed rate",
        default="year",
        required=True,
        tracking=True,
    )
    l10n_cl_indexation = fields.Selection(
        INDEXES, string="Indexation agreed", tracking=True, help="Empty: the company's."
    )
    l10n_cl_penalty = fields.Selection(
        PENALTIES, string="Penalty agreed", tracking=True, help="Empty: the company's."
    )
    l10n_cl_penalty_value = fields.Float(
        string="Agreed penalty", digits=(16, 3), tracking=True
    )

    _l10n_cl_contract_rate = models.Constraint(
        "CHECK (l10n_cl_contract_rate >= 0)", "The agreed rate is not negative."
    )

    def _l10n_cl_interest_key(self, debt):
        """``InterestKey`` of a debt: what was agreed, by the debtor's own terms or the
        company's for the protected; else the law."""
        self.ensure_one()
        own = bool(self.l10n_cl_interest_terms)
        if not own and self.regime in law.BUSINESS:
            return InterestKey("statutory")
        source = self if own else self.company_id
        rate = to_decimal(source.l10n_cl_contract_rate)
        if source.l10n_cl_interest_terms != "contract" or not rate:
            return InterestKey("none")
        if source.l10n_cl_rate_period == "month":
            rate *= MONTHS
        move = debt.move_id
        whole = move.is_invoice(include_receipts=True) and move.amount_total
        return InterestKey(
            "contract",
            rate,
            to_decimal(whole or debt.original_amount),
            move.invoice_date or debt.original_due_date,
        )

    def _l10n_cl_interest_burden(self):
        """The agreed rate of a year, 0 for none."""
        if self.l10n_cl_interest_terms != "contract":
            return 0
        rate = to_decimal(self.l10n_cl_contract_rate)
        return rate * MONTHS if self.l10n_cl_rate_period == "month" else rate

    def _l10n_cl_indexation_burden(self):
        """Whether there is any."""
        return self.l10n_cl_indexation != "none"

    def _l10n_cl_penalty_burden(self):
        """The agreed figure, nothing for none; one kind is not compared with
        another."""
        if self.l10n_cl_penalty == "none":
            return "", 0
        return self.l10n_cl_penalty, self.l10n_cl_penalty_value

    def _l10n_cl_index_key(self):
        """ "uf", "ipc" or None."""
        source = self.l10n_cl_indexation or self.company_id.l10n_cl_indexation
        return None if source == "none" else source

    @api.model
    def _charged_by(self):
        """And what was agreed."""
        own = [
            name
            for name, field in self._fields.items()
            if name.startswith("l10n_cl_") and field.store
        ]
        return (*super()._charged_by(), *own)


class ResPartner(models.Model):
    _inherit = "res.partner"

    l10n_cl_collection_regime = fields.Selection(
        REGIMES,
        string="Regime in collection",
        groups=INTERNAL,
        help="Empty: a consumer, unless its yearly sales say otherwise.",
    )
    l10n_cl_annual_sales_uf = fields.Float(
        string="Yearly sales (UF)",
        digits=(16, 2),
        groups=INTERNAL,
        help="Up to 25,000 UF a micro or small business, protected like a consumer "
        "(Ley 20.416). 0: not known.",
    )

    @api.model
    def _commercial_fields(self):
        own = ["l10n_cl_collection_regime", "l10n_cl_annual_sales_uf"]
        return super()._commercial_fields() + own
