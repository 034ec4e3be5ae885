"""By what a debt is settled: one row for each kind."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class SettlementKind:
    """``slot``: number of the kind, 0 to 99, for ever: rows of the view are known by
    the reconciliation and it.

    ``collects``: the debtor really pays: it keeps promises and counts as collected.
    ``carries``: another journal item carries the debt on: nothing was settled.
    ``unowed``: what it takes away was never owed and bears no interest.
    ``came_back``: the payment was returned: undoing it is written down already.
    ``tone``: colour of the badge: success, warning, muted or empty.
    """

    code: str
    label: LazyGettext = field(compare=False)
    slot: int
    collects: bool = False
    carries: bool = False
    unowed: bool = False
    came_back: bool = False
    tone: str = ""


class CobranzaSettlementKind(models.AbstractModel):
    """Kinds of settlement. An addon that adds one also says which reconciliations are
    of it: ``_sql_records`` of ``cobranza.settlement``."""

    _name = "cobranza.settlement.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of settlement"

    def _rows(self):
        return KINDS


KINDS = (
    SettlementKind("cash", _lt("Cash"), 0, collects=True, tone="success"),
    SettlementKind("credit_note", _lt("Credit note"), 1, unowed=True),
    SettlementKind("write_off", _lt("Write-off"), 2, tone="muted"),
    SettlementKind("transfer", _lt("Transfer"), 3, carries=True, tone="muted"),
    SettlementKind(
        "returned_debit",
        _lt("Returned payment"),
        4,
        carries=True,
        came_back=True,
        tone="warning",
    ),
    SettlementKind("set_off", _lt("Set-off"), 5, collects=True),
    SettlementKind("exchange", _lt("Exchange difference"), 6, tone="muted"),
    SettlementKind("discount", _lt("Early payment discount"), 7, unowed=True),
    SettlementKind("recovery", _lt("Recovery of a write-off"), 8, collects=True),
    SettlementKind("rounding", _lt("Rounding"), 9, tone="muted"),
    SettlementKind("instrument", _lt("Cheque or bill taken"), 10, tone="muted"),
    SettlementKind(
        "returned_apart",
        _lt("Returned payment, owed on another item"),
        12,
        came_back=True,
        tone="warning",
    ),
    SettlementKind("vat_relief", _lt("Tax relieved"), 13, tone="muted"),
    SettlementKind("other", _lt("Other entry"), 11, tone="muted"),
)
