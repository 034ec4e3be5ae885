"""Why a debt is given up: one row for each ground."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Ground:
    """``small``: for balances within the limit of the company, without term or
    evidence."""

    code: str
    label: LazyGettext = field(compare=False)
    small: bool = False


GROUNDS = (
    Ground("exhausted", _lt("Everything was tried")),
    Ground("insolvency", _lt("Final insolvency: nothing is left to pay it")),
    Ground("deceased", _lt("Died, and nobody inherits")),
    Ground("barred", _lt("Time-barred")),
    Ground("uneconomic", _lt("To claim it costs more than it is worth")),
    Ground("small", _lt("Small balance"), small=True),
)


class CobranzaWriteOffGround(models.AbstractModel):
    _name = "cobranza.write.off.ground"
    _inherit = "cobranza.rows"
    _description = "Grounds of write-offs"

    def _rows(self):
        return GROUNDS
