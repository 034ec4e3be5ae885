from odoo import models

from odoo.addons.cobranza_legal.kernel.dunning import Reason

from .cobranza_rules_es_contact import ARTICLE

ALL = {
    Reason.INSOLVENT.value: "TRLC, art. 28.1.4.º: un mes desde la publicación para "
    "comunicar el crédito; art. 152: el concurso suspende el devengo de intereses",
    Reason.CONTACT_LIMIT.value: ARTICLE,
}
CONSUMERS = {
    Reason.DISPUTED.value: "TRLGDCU, art. 21.3: la reclamación del consumidor se "
    "contesta en 15 días",
    Reason.AUTHORITY_CLAIM.value: "Ley 10/2025, art. 13.8: la reclamación ante una "
    "entidad de resolución alternativa suspende el cobro (empresas de su ámbito, "
    "art. 2); TRLGDCU, art. 21.3: contestación en 15 días",
}


class CobranzaRulesEs(models.AbstractModel):
    """Why a debt is left alone in Spain."""

    _inherit = "cobranza.rules.es"

    def _reason_articles(self, regime, on):
        """TRLC for everybody; TRLGDCU and Ley 10/2025 for consumers and for whom
        nobody has classified."""
        found = {**super()._reason_articles(regime, on), **ALL}
        return {**found, **CONSUMERS} if regime in ("consumer", "unknown") else found
