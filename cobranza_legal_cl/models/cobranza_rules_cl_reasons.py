from odoo import models

from odoo.addons.cobranza_legal.kernel.dunning import Reason

from . import law

ALL = {
    Reason.INSOLVENT.value: "Ley 20.720, arts. 57, 135 y 264: los procedimientos "
    "concursales suspenden las ejecuciones individuales",
}
PROTECTED = {
    Reason.SUED.value: f"{law.ARTICLE_37}, inc. 14: emplazado el deudor, cesa la "
    "cobranza extrajudicial",
    Reason.INSOLVENT.value: f"{law.ARTICLE_37}, inc. 14: iniciado un procedimiento "
    "concursal, cesa la cobranza extrajudicial; " + ALL[Reason.INSOLVENT.value],
    Reason.AUTHORITY_CLAIM.value: f"{law.ARTICLE_37}, inc. 15: el tribunal puede "
    "suspender la cobranza a petición del Sernac o del deudor",
    Reason.DISPUTED.value: f"{law.ARTICLE_37}, inc. 10: principio de veracidad; "
    "ninguna ley paraliza la cobranza por la sola objeción",
    Reason.CONTACT_LIMIT.value: f"{law.ARTICLE_37}, incs. 11 y 12: número, días y "
    "horas de los contactos",
}


class CobranzaRulesCl(models.AbstractModel):
    """Why a debt is left alone in Chile; incisos as in the printed law, which counts
    that of the shop windows as the second."""

    _inherit = "cobranza.rules.cl"

    def _reason_articles(self, regime, on):
        """Ley 19.496 art. 37 for consumers and small businesses (Ley 20.416 art. 9
        N° 2); Ley 20.720 for everybody."""
        found = {**super()._reason_articles(regime, on), **ALL}
        return {**found, **PROTECTED} if regime in law.PROTECTED else found
