import re

from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.case.party import PartyCapacity
from odoo.addons.cobranza_legal.models.case.power import PowerTitle

_lt = LazyTranslate(__name__)

NIG = re.compile(r"\d{19}")
"""Of the municipality, the kind of court, the jurisdiction, the year, the number."""


CAPACITIES = (PartyCapacity("es_procurador", _lt("Spain: our procurador"), agent=True),)


POWER_TITLES = (
    PowerTitle("es_apud_acta", _lt("Spain: apud acta"), of_case=True),
    PowerTitle("es_apud_acta_general", _lt("Spain: apud acta, for all suits")),
)
"""LEC, art. 24: before a notary, or apud acta before a court official."""


class CobranzaProceedingCapacity(models.AbstractModel):
    _inherit = "cobranza.proceeding.capacity"

    def _rows(self):
        return (*super()._rows(), *CAPACITIES)


class CobranzaPowerTitle(models.AbstractModel):
    _inherit = "cobranza.power.title"

    def _rows(self):
        return (*super()._rows(), *POWER_TITLES)
