from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.listing.rows import RegisterRow

_lt = LazyTranslate(__name__)


PAPERS = frozenset({"promissory_note", "bill_of_exchange", "cheque"})


REGISTERS = (
    RegisterRow("es_asnef", names=("ASNEF",), label=_lt("ASNEF-Equifax")),
    RegisterRow("es_badexcug", names=("Badexcug",), label=_lt("Badexcug-Experian")),
    RegisterRow(
        "es_rai",
        names=("RAI",),
        lenders=True,
        persons=False,
        papers=PAPERS,
        label=_lt("RAI"),
    ),
)


class CobranzaRegister(models.AbstractModel):
    """The credit information systems of Spain."""

    _inherit = "cobranza.register"

    def _rows(self):
        return (*super()._rows(), *REGISTERS)
