from odoo import models

from odoo.addons.cobranza_legal.models.recoverable_cost import RecoverableCost

from .cobranza_debtor import BUSINESS

ARTICLE = "Ley 3/2004, art. 8.1"
CONSUMER = "TRLGDCU, art. 85.6: solo el coste probado y pactado"
AGREED = "CC, art. 1255: pacto"
COURT = "LEC, art. 394: las costas las fija el tribunal"


class CobranzaRulesEs(models.AbstractModel):
    """Spain: which costs of collection a debtor pays."""

    _inherit = "cobranza.rules.es"

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
            return RecoverableCost(True, article=ARTICLE, beyond_compensation=True)
        if regime == "consumer":
            return RecoverableCost(
                True, "contract", article=CONSUMER, needs_agreement=True
            )
        return RecoverableCost(False, article=CONSUMER)
