"""Ways to debit accounts, and why mandates stop: one row for each."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """``purpose``: of the text that the debtor signs; empty when it signs elsewhere, as
    at its bank. What the scheme orders is said by the law: ``_mandate_schemes``."""

    code: str
    label: LazyGettext = field(compare=False)
    purpose: str = ""


class CobranzaMandateScheme(models.AbstractModel):
    _name = "cobranza.mandate.scheme"
    _inherit = "cobranza.rows"
    _description = "Schemes of direct debits"

    def _rows(self):
        return SCHEMES


SCHEMES = (
    SchemeRow("core", _lt("SEPA Core"), "mandate_core"),
    SchemeRow("b2b", _lt("SEPA business to business"), "mandate_b2b"),
    SchemeRow("other", _lt("Another direct debit")),
)
"""``other`` is what mandates keep whose scheme went with its addon: no law knows it, so
nothing is signed nor debited by it."""


@dataclass(frozen=True, slots=True)
class MandateReason:
    """Why a mandate is suspended or revoked; or why it may be debited, or what has to
    be done first."""

    code: str
    label: LazyGettext = field(compare=False)


class CobranzaMandateStop(models.AbstractModel):
    _name = "cobranza.mandate.stop"
    _inherit = "cobranza.rows"
    _description = "Reasons to stop mandates"

    def _rows(self):
        return STOPS


STOPS = (
    MandateReason("debtor", _lt("Asked for by the debtor")),
    MandateReason("account", _lt("Account closed, blocked or changed")),
    MandateReason("returned", _lt("Debits returned by the bank")),
    MandateReason("unauthorised", _lt("The debtor says that it signed nothing")),
    MandateReason("contract", _lt("The contract has ended")),
    MandateReason("deceased", _lt("The holder of the account has died")),
    MandateReason("holder", _lt("Whose account it is has to be confirmed")),
    MandateReason("creditor", _lt("Our own decision")),
)


class CobranzaMandateChoice(models.AbstractModel):
    _name = "cobranza.mandate.choice"
    _inherit = "cobranza.rows"
    _description = "Reasons of the choice of a mandate"

    def _rows(self):
        return CHOICES


CHOICES = (
    MandateReason("valid", _lt("Will be debited by its mandate")),
    MandateReason("none", _lt("There is no mandate: ask for one")),
    MandateReason("draft", _lt("The mandate is a draft: ask for the signature")),
    MandateReason("requested", _lt("The mandate is not signed yet")),
    MandateReason("account", _lt("The mandate names no account: ask for it")),
    MandateReason("currency", _lt("No mandate is for this currency")),
    MandateReason("scheme", _lt("The scheme is not for this debtor")),
    MandateReason("suspended", _lt("The mandate is suspended")),
    MandateReason("exhausted", _lt("The mandate was for one debit, which was made")),
    MandateReason("expired", _lt("The mandate has expired: ask for a new one")),
    MandateReason("revoked", _lt("The mandate is revoked: ask for a new one")),
)
