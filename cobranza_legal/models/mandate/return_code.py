"""Why debits come back, and what follows: one row for each."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


BACK = ("presented", "paid")
"""States of debits that may come back."""


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """``again``: presented once more. ``funds``: the account had too little; twice, and
    the mandate is suspended. ``mandate``: the state that it goes to, for ``stop``, a
    code of ``cobranza.mandate.stop``. ``account``: it is closed and used no more.
    ``dispute``: the debtor objects to the debt. ``deceased``: it has died.
    ``own_error``: the mistake is ours, so nobody is asked for anything until it is
    mended, and the bank's cost is not the debtor's; ``no_fee``: only that cost is not.
    ``blocks``: the company presents nothing else meanwhile. ``refund``: the debtor
    took money back that it had paid. ``same_account``: whatever else was signed for
    that account stops too. ``task``: what somebody is asked to do.
    """

    code: str
    label: LazyGettext = field(compare=False)
    task: LazyGettext = field(compare=False, default=_lt("Ask the debtor to pay"))
    again: bool = False
    funds: bool = False
    mandate: str = ""
    stop: str = ""
    account: bool = False
    dispute: bool = False
    deceased: bool = False
    own_error: bool = False
    blocks: bool = False
    same_account: bool = False
    no_fee: bool = False
    refund: bool = False


class CobranzaDebitReturnCode(models.AbstractModel):
    """What every bank knows; countries add the codes of their banks."""

    _name = "cobranza.debit.return.code"
    _inherit = "cobranza.rows"
    _description = "Reasons of returned debits"

    def _rows(self):
        return CODES


CODES = (
    ReturnCode("unknown", _lt("Came back without a reason")),
    ReturnCode(
        "never_came",
        _lt("The money never came"),
        _lt("Ask the bank what became of the debit"),
    ),
)
