from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.listing.rows import RegisterRow

_lt = LazyTranslate(__name__)


PAPERS = frozenset({"promissory_note", "bill_of_exchange", "cheque"})


REGISTERS = (
    RegisterRow("es_asnef", _lt("ASNEF-Equifax"), ("ASNEF",)),
    RegisterRow("es_badexcug", _lt("Badexcug-Experian"), ("Badexcug",)),
    RegisterRow(
        "es_rai", _lt("RAI"), ("RAI",), lenders=True, persons=False, papers=PAPERS
    ),
)


class CobranzaRegister(models.AbstractModel):
    """The credit information systems of Spain."""

    _inherit = "cobranza.register"

    def _rows(self):
        return (*super()._rows(), *REGISTERS)
