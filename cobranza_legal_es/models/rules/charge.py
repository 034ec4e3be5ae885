from odoo import models

from odoo.addons.cobranza_legal.kernel.compensation import FixedCompensation
from odoo.addons.cobranza_legal.kernel.deadlines import Term, Unit
from odoo.addons.cobranza_legal.kernel.imputation import (
    ImputationOrder,
    Part,
    Preference,
)
from odoo.addons.cobranza_legal.kernel.interest import DayCount, InterestTerms
from odoo.addons.cobranza_legal.kernel.money import Money
from odoo.addons.cobranza_legal.kernel.periods import Series
from odoo.addons.cobranza_legal.kernel.published import NeededSeries
from odoo.addons.cobranza_legal.models.rules.charge import (
    ChargeForm,
    ChartAccount,
    RecoverableCost,
)

from ..debtor.debtor import BUSINESS
from .interest_key import to_key

LEGAL = "es.interest.legal"


COMMERCIAL = "es.interest.commercial"


COMPENSATION = "es.compensation.fixed"


FLOOR = "es.interest.commercial_floor"


INSOLVENCY = "es.insolvency"
"""Months to tell a credit to the insolvency administrator."""


PUBLISHED_AHEAD = 45
"""Days before the end of a rate on which its successor is asked for."""


COMMERCIAL_YEAR = frozenset({DayCount.ACT_360, DayCount.THIRTY_360})
"""The 360-day year was annulled in the case of STS 101/2020."""


COST_ARTICLE = "Ley 3/2004, art. 8.1"


CONSUMER = "TRLGDCU, art. 85.6: solo el coste probado y pactado"


AGREED = "CC, art. 1255: pacto"


COURT = "LEC, art. 394: las costas las fija el tribunal"


OUTSIDE_VAT = ("account_tax_template_s_iva0_ns", "account_tax_template_s_igic_ns")
"""For whoever prefers invoices: not subject, in the mainland and in the Canaries."""


BILLING_ARTICLE = "LIVA, art. 78.Tres.1º: indemnización, fuera de la base del IVA"


FINANCIAL = ("interest", "deferral")


OTHER = ("compensation", "cost", "commission", "penalty")


CHARGES = (Part.COST, Part.FEE)


DEBT = (Part.INTEREST, Part.PRINCIPAL)


class CobranzaRulesEs(models.AbstractModel):
    """Spain: what late payment costs, which costs of collection a debtor pays, how it
    reaches the ledger (a note of charges, outside VAT), and on account of what a
    payment is received.
    """

    _inherit = "cobranza.rules.es"

    def _needed_series(self):
        """The rate of each half-year (Ley 3/2004 art. 7.2) and legal interest, which
        the BOE publishes in the last days before they apply."""
        return tuple(
            NeededSeries(code, "", ahead=PUBLISHED_AHEAD)
            for code in (COMMERCIAL, LEGAL)
        )

    def _interest_key(self, debt):
        """``InterestKey`` by the debtor's own terms, the company's or the law."""
        return debt.debtor_id._l10n_es_interest_key(debt)

    def _interest_basis(self, key):
        """Legal interest plus points and a rate are agreed: they rest on the
        contract."""
        if to_key(key).kind in ("legal_plus", "contract"):
            return "contract"
        return super()._interest_basis(key)

    def _interest_refusal(self, debt):
        """Whose agreed interest is not charged because nobody was told."""
        if self._interest_key(debt).kind != "uninformed":
            return super()._interest_refusal(debt)
        return self._terms_missing(debt)

    def _interest_warnings(self, debtors, on):
        """{debtor id: message}: terms that were not told, that are not for the debtor,
        or a rate that is presumed abusive."""
        table = self.env.company._cobranza_legal_table(on, on)
        found = super()._interest_warnings(debtors, on)
        for debtor in debtors:
            why = debtor._l10n_es_warning(self, on, table)
            if why:
                found[debtor.id] = why
        return found

    def _interest_terms(self, regime, terms, on, table):
        """Ley 3/2004 art. 7.2 for businesses and public bodies; legal interest plus
        points, or a contract's rate, where agreed; nothing for the unclassified.

        ``terms`` is an ``InterestKey`` or the name of its kind.
        """
        key = to_key(terms)
        if regime == "unknown":
            return None
        if key.kind == "statutory" and regime in BUSINESS:
            series = table.series(COMMERCIAL)
            return self._simple(series, key, "Ley 3/2004, arts. 5, 6 y 7.2")
        if key.kind == "legal_plus":
            article = "CC, arts. 1101 y 1108; contrato: interés legal del dinero"
            if key.points:
                article += f" + {key.points.normalize():f}"
            return self._simple(table.series(LEGAL), key, article, spread=key.points)
        if key.kind == "contract":
            article = "CC, arts. 1101 y 1108: interés convenido"
            if regime in BUSINESS:
                article = "Ley 3/2004, art. 7.1: interés pactado"
            return self._simple(Series.flat(key.rate), key, article)
        return None

    def _simple(self, series, key, article, **values):
        """Simple interest by calendar days: none on interest (CC art. 1109)."""
        return InterestTerms(
            series=series,
            grace_days=key.grace_days,
            grace_retroactive=key.grace_retroactive,
            article=article,
            refused=COMMERCIAL_YEAR,
            **values,
        )

    def _fixed_compensations(self, regime, on, table):
        """40 EUR for each unpaid invoice of a business or public body (Ley 3/2004 art.
        8.1; STJUE C-585/20); never of a consumer."""
        if regime not in BUSINESS:
            return []
        amount = Money(table.number(COMPENSATION, on), "EUR")
        return [
            FixedCompensation(
                "compensation", amount, "Ley 3/2004, art. 8.1", (COMPENSATION,)
            )
        ]

    def _insolvency_ends_interest(self, debtor):
        """The declaration suspends all interest, whatever the proceedings become;
        secured claims, which are excepted, are not known here (TRLC art. 152)."""
        return "TRLC, art. 152"

    def _insolvency_claim_term(self, kind, on, table):
        """One month from the publication in the BOE, of whatever kind (TRLC art. 28.1
        4.º). A last day that is a Sunday does not move, which is the earlier
        reading."""
        months = int(table.number(INSOLVENCY, on))
        return Term(months, Unit.MONTH, rolls=False, article="TRLC, art. 28.1.4.º")

    def _interest_floor(self, on, table):
        """The yearly rate, in percent, under which a rate agreed between businesses is
        presumed abusive: 70 % less than the legal one (Ley 3/2004 art. 9.1)."""
        return table.number(COMMERCIAL, on) * table.number(FLOOR, on)

    def _recoverable_costs(self, kind, regime):
        """Businesses and public bodies pay the proven costs beyond the 40 EUR of each
        invoice (Ley 3/2004 art. 8.1), but that of a returned debit only if agreed.
        Consumers pay what was agreed and proven (TRLGDCU art. 85.6), the unclassified
        nothing. What a lawsuit costs is set by the court."""
        if kind == "court_fee":
            return RecoverableCost(False, article=COURT)
        if regime in BUSINESS:
            if kind == "returned_debit":
                return RecoverableCost(
                    True, "contract", article=AGREED, needs_agreement=True
                )
            return RecoverableCost(True, article=COST_ARTICLE, beyond_compensation=True)
        if regime == "consumer":
            return RecoverableCost(
                True, "contract", article=CONSUMER, needs_agreement=True
            )
        return RecoverableCost(False, article=CONSUMER)

    def _suit_cost_article(self):
        return COURT

    def _charge_form(self, kind, basis, regime=None):
        """A journal entry of 430 against 769 (interest) or 759 (the 40 EUR and other
        indemnities), with a note of charges. LIVA art. 78.Tres.1º."""
        account = self._charge_account(kind)
        if not account:
            return super()._charge_form(kind, basis, regime)
        return ChargeForm(
            "entry",
            account=account,
            taxes=OUTSIDE_VAT,
            label=account.name,
            article=BILLING_ARTICLE,
        )

    def _charge_account(self, kind):
        if kind in FINANCIAL:
            return ChartAccount(
                prefix="769",
                code="769000",
                name=self.env._("Other financial income"),
                refs=("account_common_769",),
            )
        if kind in OTHER:
            return ChartAccount(
                prefix="759",
                code="759000",
                name=self.env._("Income from other services"),
                refs=("account_common_759",),
            )
        return None

    def _imputation_order(self, regime):
        """The debt that the debtor names, else the most onerous of those due, else all
        in proportion; its interest before its principal (CC arts. 1172 to 1174).

        No article puts costs and the fixed compensation before the principal: they
        come last, unless the company has agreed otherwise.
        """
        first = self.env.company.l10n_es_costs_first
        return ImputationOrder(
            (Preference.DUE, Preference.BURDEN),
            parts=(*CHARGES, *DEBT) if first else (*DEBT, *CHARGES),
            article="CC, arts. 1172 a 1174",
        )

    def _reserve_article(self):
        """CC, art. 1110."""
        return "CC, art. 1110"
