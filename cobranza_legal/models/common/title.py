"""What proves a debt: its documents are asked for, and its limitation is counted, by
it."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


INVOICE = "invoice"


UNTITLED = "none"
"""Of a debt of which nobody has said what proves it, and that is no invoice: the rest
of an opening balance. No row, so that nothing is asked for that only titles have."""


@dataclass(frozen=True, slots=True)
class TitleRow:
    """``paper``: whoever claims by it has to hold the original. ``action``: by which a
    law of limitation tells actions apart (invoice, bill, cheque, deed); empty: none of
    them. ``proof``: how much it proves: executive, documented (the debtor signed it) or
    bare (our own document)."""

    code: str
    label: LazyGettext = field(compare=False)
    paper: bool = False
    action: str = ""
    proof: str = "documented"


class CobranzaDebtTitle(models.AbstractModel):
    _name = "cobranza.debt.title"
    _inherit = "cobranza.rows"
    _description = "Titles of debts"

    def _rows(self):
        return TITLES


TITLES = (
    TitleRow(INVOICE, _lt("Invoice"), action="invoice", proof="bare"),
    TitleRow("contract", _lt("Contract")),
    TitleRow("lease", _lt("Lease")),
    TitleRow("delivery_note", _lt("Delivery note")),
    TitleRow("acknowledgement", _lt("Acknowledgement of debt")),
    TitleRow("deed", _lt("Notarial deed"), action="deed", proof="executive"),
    TitleRow(
        "promissory_note",
        _lt("Promissory note"),
        paper=True,
        action="bill",
        proof="executive",
    ),
    TitleRow(
        "bill_of_exchange",
        _lt("Bill of exchange"),
        paper=True,
        action="bill",
        proof="executive",
    ),
    TitleRow("cheque", _lt("Cheque"), paper=True, action="cheque", proof="executive"),
)
