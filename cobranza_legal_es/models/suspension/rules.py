from odoo import models

from odoo.addons.cobranza_legal.kernel.dunning import Reason

SCOPE = "empresas de su ámbito, art. 2"


ARTICLES = {
    Reason.DISPUTED.value: "Ley 10/2025, art. 4.4: ningún corte mientras esté abierta "
    f"una reclamación sobre él ({SCOPE})",
    Reason.AUTHORITY_CLAIM.value: "Ley 10/2025, art. 13.8: la reclamación ante una "
    "entidad de resolución alternativa suspende el cobro y el corte del servicio "
    f"({SCOPE})",
    "essential": "Código Penal, art. 172",
}


class CobranzaRulesEs(models.AbstractModel):
    """Suspension of services in Spain."""

    _inherit = "cobranza.rules.es"

    def _suspension_articles(self, regime, on):
        """Ley 10/2025 binds basic services and large companies only (art. 2). Others
        keep to it too: nobody's services are suspended while a complaint is open.
        Depriving a dwelling of its supplies may be coercion (CP art. 172)."""
        return super()._suspension_articles(regime, on) | ARTICLES
