"""What proves a debt, and by which its documents are asked for."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


USUAL = "invoice"
"""Of a debt of which nobody has said otherwise."""


@dataclass(frozen=True, slots=True)
class TitleRow:
    """``paper``: whoever claims by it has to hold the original."""

    code: str
    label: LazyGettext = field(compare=False)
    paper: bool = False


class CobranzaDebtTitle(models.AbstractModel):
    _name = "cobranza.debt.title"
    _inherit = "cobranza.rows"
    _description = "Titles of debts"

    def _rows(self):
        return TITLES


TITLES = (
    TitleRow(USUAL, _lt("Invoice")),
    TitleRow("contract", _lt("Contract")),
    TitleRow("lease", _lt("Lease")),
    TitleRow("delivery_note", _lt("Delivery note")),
    TitleRow("acknowledgement", _lt("Acknowledgement of debt")),
    TitleRow("deed", _lt("Notarial deed")),
    TitleRow("promissory_note", _lt("Promissory note"), paper=True),
    TitleRow("bill_of_exchange", _lt("Bill of exchange"), paper=True),
    TitleRow("cheque", _lt("Cheque"), paper=True),
)
