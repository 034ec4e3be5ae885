"""What collecting costs money for: one row for each kind."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class CostKind:
    """``judicial``: it is spent in a lawsuit only, so that the debtor owes it through
    the award of a court or not at all. ``role``: as what who sends the bill acts in the
    lawsuit: agent; empty: nobody knows."""

    code: str
    label: LazyGettext = field(compare=False)
    judicial: bool = False
    role: str = ""


KINDS = (
    CostKind("certified_letter", _lt("Certified letter")),
    CostKind("registered", _lt("Registered demand with proof of content")),
    CostKind("returned_debit", _lt("Returned direct debit")),
    CostKind("notary", _lt("Notary")),
    CostKind("registry", _lt("Registry or report")),
    CostKind("expert", _lt("Expert")),
    CostKind("lawyer", _lt("Lawyer or collection agency")),
    CostKind("procurador", _lt("Procurador"), judicial=True, role="agent"),
    CostKind("receptor", _lt("Receptor"), judicial=True, role="agent"),
    CostKind("court_fee", _lt("Court fee"), judicial=True),
    CostKind("publication", _lt("Publication of an edict"), judicial=True),
    CostKind("bond", _lt("Bond"), judicial=True),
    CostKind("other", _lt("Other")),
)


class CobranzaCostKind(models.AbstractModel):
    _name = "cobranza.cost.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of costs of collection"

    def _rows(self):
        return KINDS
