from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.case.party import PartyCapacity
from odoo.addons.cobranza_legal.models.case.power import PowerTitle

_lt = LazyTranslate(__name__)


CAPACITIES = (
    PartyCapacity(
        "cl_receptor", _lt("Chile: receptor judicial"), side="court", agent=True
    ),
)


POWER_TITLES = (
    PowerTitle("cl_patrocinio", _lt("Chile: patrocinio and power"), of_case=True),
)
"""Ley 18.120, arts. 1 y 2: given in the first writing of the case."""


class CobranzaProceedingCapacity(models.AbstractModel):
    _inherit = "cobranza.proceeding.capacity"

    def _rows(self):
        return (*super()._rows(), *CAPACITIES)


class CobranzaPowerTitle(models.AbstractModel):
    _inherit = "cobranza.power.title"

    def _rows(self):
        return (*super()._rows(), *POWER_TITLES)
