from odoo import models

from odoo.addons.cobranza_legal.kernel.compensation import FixedCompensation
from odoo.addons.cobranza_legal.kernel.interest import DayCount, InterestTerms
from odoo.addons.cobranza_legal.kernel.money import Money
from odoo.addons.cobranza_legal.kernel.periods import Series
from odoo.addons.cobranza_legal.kernel.published import NeededSeries

from .cobranza_debtor import BUSINESS
from .interest_key import to_key

LEGAL = "es.interest.legal"
COMMERCIAL = "es.interest.commercial"
COMPENSATION = "es.compensation.fixed"
FLOOR = "es.interest.commercial_floor"
PUBLISHED_AHEAD = 45
"""Days before the end of a rate on which its successor is asked for."""
COMMERCIAL_YEAR = frozenset({DayCount.ACT_360, DayCount.THIRTY_360})
"""The 360-day year was annulled in the case of STS 101/2020."""


class CobranzaRulesEs(models.AbstractModel):
    """Spain: what late payment costs."""

    _inherit = "cobranza.rules.es"

    def _needed_series(self):
        """The rate of each half-year (Ley 3/2004 art. 7.2) and legal interest, which
        the BOE publishes in the last days before they apply."""
        return tuple(
            NeededSeries(code, "", ahead=PUBLISHED_AHEAD)
            for code in (COMMERCIAL, LEGAL)
        )

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

    def _interest_floor(self, on, table):
        """The yearly rate, in percent, under which a rate agreed between businesses is
        presumed abusive: 70 % less than the legal one (Ley 3/2004 art. 9.1)."""
        return table.number(COMMERCIAL, on) * table.number(FLOOR, on)
