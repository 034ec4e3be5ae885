"""What stands against the relief of the tax of an unpaid invoice: one row for each."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class ReliefBlocker:
    """``sentence``: what it is, and what may be done about it."""

    code: str
    label: LazyGettext = field(compare=False)
    sentence: LazyGettext = field(compare=False)


class CobranzaVatReliefBlocker(models.AbstractModel):
    _name = "cobranza.vat.relief.blocker"
    _inherit = "cobranza.rows"
    _description = "What stands against a tax relief"

    def _rows(self):
        return BLOCKERS


BLOCKERS = (
    ReliefBlocker("paid", _lt("Nothing is open"), _lt("Nothing of it is open.")),
    ReliefBlocker(
        "no_tax",
        _lt("No tax of it was booked"),
        _lt("The invoice has no tax that was booked as owed and may come back."),
    ),
    ReliefBlocker(
        "other_tax",
        _lt("Other rules"),
        _lt("The creditor's indirect tax is another one: other rules hold for it."),
    ),
    ReliefBlocker(
        "outside",
        _lt("Debtor outside the territory"),
        _lt("The debtor is not established in the territory of the tax."),
    ),
    ReliefBlocker(
        "place",
        _lt("Place unknown"),
        _lt("Where the debtor is established is not known: complete its address."),
    ),
    ReliefBlocker(
        "related",
        _lt("Related party"),
        _lt("The debtor is a related party: the law leaves it out."),
    ),
    ReliefBlocker(
        "covered",
        _lt("Insured or secured"),
        _lt("All of it is insured, or secured by a pledge, a mortgage or a bank."),
    ),
    ReliefBlocker(
        "small",
        _lt("Base too small"),
        _lt("The debtor is no business, and the base does not exceed the minimum."),
    ),
    ReliefBlocker(
        "insolvent",
        _lt("After the order of insolvency"),
        _lt(
            "An order opened insolvency proceedings after the tax fell due: only the "
            "relief for insolvency is left."
        ),
    ),
    ReliefBlocker(
        "later",
        _lt("Sold after the order"),
        _lt("The tax fell due after the order of insolvency."),
    ),
    ReliefBlocker(
        "public",
        _lt("Public body"),
        _lt("The insolvency of a public body gives no relief."),
    ),
    ReliefBlocker(
        "agreed",
        _lt("In an agreement"),
        _lt("A payment agreement runs about it: there is no relief meanwhile."),
    ),
    ReliefBlocker(
        "unproven",
        _lt("Claim not proven"),
        _lt(
            "It was not claimed by a suit, a notary or other means that prove it: send "
            "such a letter, or add the proof."
        ),
    ),
    ReliefBlocker(
        "certificate",
        _lt("Certificate missing"),
        _lt(
            "A public body owes it: add the certificate of its comptroller or "
            "treasurer."
        ),
    ),
)
