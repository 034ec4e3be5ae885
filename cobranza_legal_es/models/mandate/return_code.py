from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.mandate.return_code import ReturnCode

_lt = LazyTranslate(__name__)


class CobranzaDebitReturnCode(models.AbstractModel):
    """The reasons of SEPA (ISO 20022), and what Spanish practice does about each."""

    _inherit = "cobranza.debit.return.code"

    def _rows(self):
        return (*super()._rows(), *CODES)


FILE = _lt("Mend the data of the debit, then present it again")
OTHER_WAY = _lt("Agree on another way to pay")
NEW_ACCOUNT = _lt("Ask for the right account")


CODES = (
    ReturnCode(
        "AM04",
        _lt("AM04: insufficient funds"),
        _lt("Ask when there will be funds"),
        again=True,
        funds=True,
    ),
    ReturnCode(
        "AC01",
        _lt("AC01: wrong account number"),
        NEW_ACCOUNT,
        mandate="suspended",
        stop="account",
        same_account=True,
        no_fee=True,
    ),
    ReturnCode(
        "RC01",
        _lt("RC01: wrong bank identifier"),
        NEW_ACCOUNT,
        mandate="suspended",
        stop="account",
        no_fee=True,
    ),
    ReturnCode(
        "AC04",
        _lt("AC04: account closed"),
        _lt("Call and ask for a new mandate"),
        mandate="revoked",
        stop="account",
        account=True,
        same_account=True,
    ),
    ReturnCode(
        "AC06",
        _lt("AC06: account blocked or seized"),
        _lt("Call: the account is blocked or seized"),
        mandate="suspended",
        stop="account",
    ),
    ReturnCode(
        "AC13",
        _lt("AC13: account of a consumer in B2B"),
        _lt("Ask for a Core mandate"),
        mandate="revoked",
        stop="account",
    ),
    ReturnCode(
        "AG01",
        _lt("AG01: the account takes no debits"),
        OTHER_WAY,
        mandate="suspended",
        stop="account",
    ),
    ReturnCode("AG02", _lt("AG02: wrong operation code"), FILE, own_error=True),
    ReturnCode(
        "AM05",
        _lt("AM05: duplicate"),
        _lt("We debited twice: find out what is owed"),
        own_error=True,
    ),
    ReturnCode(
        "DUPL",
        _lt("DUPL: duplicate"),
        _lt("We debited twice: find out what is owed"),
        own_error=True,
    ),
    ReturnCode("BE04", _lt("BE04: our address is missing"), FILE, own_error=True),
    ReturnCode(
        "BE05",
        _lt("BE05: creditor identifier unknown"),
        _lt("Mend the creditor identifier before anything else is presented"),
        own_error=True,
        blocks=True,
    ),
    ReturnCode(
        "MD01",
        _lt("MD01: no valid mandate"),
        _lt("Send the bank the mandate and its proofs"),
        mandate="suspended",
        stop="unauthorised",
        dispute=True,
    ),
    ReturnCode("MD02", _lt("MD02: data of the mandate wrong"), FILE, own_error=True),
    ReturnCode("FF01", _lt("FF01: wrong format"), FILE, own_error=True),
    ReturnCode("FF05", _lt("FF05: wrong local instrument"), FILE, own_error=True),
    ReturnCode(
        "MD06",
        _lt("MD06: refund asked for by the debtor"),
        _lt("Ask why it was refunded: it may be disputed"),
        refund=True,
    ),
    ReturnCode(
        "MD07",
        _lt("MD07: debtor deceased"),
        _lt("Find the heirs or the guarantor"),
        mandate="revoked",
        stop="deceased",
        deceased=True,
    ),
    ReturnCode(
        "MS02",
        _lt("MS02: refused by the debtor"),
        _lt("Ask why it was refused: it may be disputed"),
    ),
    ReturnCode(
        "MS03",
        _lt("MS03: reason not given"),
        _lt("Call if it comes back again"),
        again=True,
    ),
    ReturnCode(
        "SL01",
        _lt("SL01: service of the debtor's bank"),
        _lt("Ask the debtor to let its bank accept our debits"),
    ),
    ReturnCode(
        "FRAD",
        _lt("FRAD: fraud suspected"),
        _lt("Call: somebody suspects fraud"),
        mandate="suspended",
        stop="unauthorised",
        dispute=True,
    ),
    ReturnCode("CNOR", _lt("CNOR: our bank is not reachable"), OTHER_WAY),
    ReturnCode("DNOR", _lt("DNOR: the debtor's bank is not reachable"), OTHER_WAY),
    ReturnCode(
        "RR01",
        _lt("RR01: account or identity of the debtor missing"),
        FILE,
        own_error=True,
    ),
    ReturnCode(
        "RR02",
        _lt("RR02: name or address of the debtor missing"),
        FILE,
        own_error=True,
    ),
    ReturnCode(
        "RR03",
        _lt("RR03: name or address of the creditor missing"),
        FILE,
        own_error=True,
    ),
    ReturnCode("RR04", _lt("RR04: regulatory reason"), OTHER_WAY),
)
