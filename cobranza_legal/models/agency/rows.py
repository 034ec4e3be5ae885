"""How a handover to an agency ended: one row for each. Why the ladder leaves alone
what an agency has."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from ...kernel.dunning import Reason

_lt = LazyTranslate(__name__)


IN_AGENCY = Reason("in_agency", 84)
"""An agency has it: next to a lawyer, who would take it over."""


@dataclass(frozen=True, slots=True)
class PlacementOutcome:
    """``by_hand``: a person says so, with a reason; else it follows from the day or
    from money."""

    code: str
    label: LazyGettext = field(compare=False)
    by_hand: bool = True


OUTCOMES = (
    PlacementOutcome("taken_back", _lt("Taken back")),
    PlacementOutcome("given_back", _lt("Given back by the agency")),
    PlacementOutcome("uncollectible", _lt("Uncollectible")),
    PlacementOutcome("paid", _lt("Paid"), by_hand=False),
    PlacementOutcome("over", _lt("Its term is over"), by_hand=False),
)


class CobranzaPlacementOutcome(models.AbstractModel):
    _name = "cobranza.placement.outcome"
    _inherit = "cobranza.rows"
    _description = "How handovers to agencies end"

    def _rows(self):
        return OUTCOMES
