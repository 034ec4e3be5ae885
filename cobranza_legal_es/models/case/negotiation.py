from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.case.negotiation import NegotiationForm

_lt = LazyTranslate(__name__)


FORMS = (
    NegotiationForm("es_lawyers", _lt("Spain: between lawyers"), certified=True),
    NegotiationForm("es_mediation", _lt("Spain: mediation"), certified=True),
    NegotiationForm("es_conciliation", _lt("Spain: conciliation"), certified=True),
    NegotiationForm("es_expert", _lt("Spain: independent expert"), certified=True),
    NegotiationForm(
        "es_binding_offer", _lt("Spain: confidential binding offer"), certified=True
    ),
)
"""LO 1/2025, arts. 14 a 19."""


class CobranzaNegotiationForm(models.AbstractModel):
    _inherit = "cobranza.negotiation.form"

    def _rows(self):
        return (*super()._rows(), *FORMS)
