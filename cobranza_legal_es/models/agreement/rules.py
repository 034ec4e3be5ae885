from odoo import models

from odoo.addons.cobranza_legal.kernel.errors import MissingValue, NoSuchRule
from odoo.addons.cobranza_legal.kernel.schedule import whole_months
from odoo.addons.cobranza_legal.models.agreement.agreement import TREATED
from odoo.addons.cobranza_legal.models.agreement.limits import LAW, Objection
from odoo.addons.cobranza_legal.models.common.money import say_figures, to_decimal

MONTHS, COST, LEAST = "es.credit.months", "es.credit.cost", "es.credit.least"
"""Up to how many months and which cost, in percent, and from which sum on, a deferral
for a consumer is no consumer credit, or is one."""


ARTICLES = "Ley 16/2011, art. 3, letras c), f) y j)"


EXTENSION = "Código Civil, art. 1851"


LIQUIDATION = "TRLC, art. 414"


COMMERCIAL, CIVIL = "Código de Comercio, art. 317", "Código Civil, art. 1109"


class CobranzaRulesEs(models.AbstractModel):
    """Payment agreements in Spain: consumer credit, and what frees a guarantor."""

    _inherit = "cobranza.rules.es"

    def _agreement_objections(self, agreement, on):
        """A deferral without interest, commission or any other cost is no consumer
        credit, at any length (Ley 16/2011 art. 3.j). With interest one of a consumer
        was none up to three months and 1 %, or below 200 EUR (3.c, 3.f). Directive (EU)
        2023/2225 applies since 2026-11-20 and no Spanish act has followed: a lawyer
        passes it."""
        found = super()._agreement_objections(agreement, on)
        own = [one for one in found if one.kind != LAW]
        if agreement.debtor_id.regime not in ("consumer", "unknown"):
            return own
        if not agreement.rate:
            return found
        return [*own, *self._credit_objections(agreement, on)]

    def _credit_objections(self, agreement, on):
        table = agreement.company_id._cobranza_legal_table(on, on)
        try:
            months, cost, least = (
                table.number(code, on) for code in (MONTHS, COST, LEAST)
            )
        except (MissingValue, NoSuchRule):
            words = self.env._(
                "Interest of a consumer: Directive (EU) 2023/2225 applies since "
                "2026-11-20 and Spain has not transposed it. A lawyer has to pass it "
                "(Ley 16/2011)."
            )
            return [Objection(words, LAW)]
        whole, rest = whole_months(
            on, max(agreement.instalment_ids.mapped("nominal_on"))
        )
        share = to_decimal(agreement.interest) * 100 / to_decimal(agreement.amount)
        lasts = whole + (rest is not None)
        if agreement.amount < least or (lasts <= months and share <= cost):
            return []
        words = self.env._(
            "With %(share)s %% of cost over %(months)s months this is consumer credit "
            "(%(article)s): agree without interest, or within %(cost)s %% and "
            "%(limit)s months.",
            share=say_figures(self.env, f"{share:.2f}"),
            months=lasts,
            article=ARTICLES,
            cost=say_figures(self.env, f"{cost.normalize():f}"),
            limit=int(months),
        )
        return [Objection(words)]

    def _agreement_capitalisable(self, agreement):
        """Between businesses what was charged may be capitalised by agreement (CCom
        art. 317); to consumers, and where it is not known, nothing is (CC art. 1109,
        strict reading)."""
        if agreement.debtor_id.regime == "company":
            return frozenset(TREATED), COMMERCIAL
        return frozenset(), CIVIL

    def _liquidation_article(self):
        """TRLC art. 414."""
        return LIQUIDATION

    def _extension_article(self):
        """CC art. 1851."""
        return EXTENSION
