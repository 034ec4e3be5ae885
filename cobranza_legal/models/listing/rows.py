"""The credit registers, what a debt may come from, and what is looked at before one is
reported: rows of code."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


OTHER = "other"
"""What becomes of a register that no addon knows any more."""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """``names``: a letter that names the register contains one of them.
    ``lenders``: credit institutions alone report to it; ``persons``: it takes natural
    persons; ``papers``: codes of ``cobranza.debt.title`` that prove any debt there,
    empty: all do."""

    code: str
    label: LazyGettext = field(compare=False)
    names: tuple[str, ...] = ()
    lenders: bool = False
    persons: bool = True
    papers: frozenset[str] = frozenset()


class CobranzaRegister(models.AbstractModel):
    """Each country adds its own; which of them a company may use says its law
    (``cobranza.rules._credit_registers``)."""

    _name = "cobranza.register"
    _inherit = "cobranza.rows"
    _description = "Credit registers"

    def _rows(self):
        return (RegisterRow(OTHER, _lt("Another register")),)


@dataclass(frozen=True, slots=True)
class OriginRow:
    """``never``: the article by which what comes from it may never be reported; empty:
    it may."""

    code: str
    label: LazyGettext = field(compare=False)
    never: str = ""


class CobranzaListingOrigin(models.AbstractModel):
    """What a debt comes from, where the law bars some of it from registers."""

    _name = "cobranza.listing.origin"
    _inherit = "cobranza.rows"
    _description = "What reported debts come from"


@dataclass(frozen=True, slots=True)
class GuardRow:
    """``label``: what has to hold; ``way_out``: what to do where it does not.
    ``stops``: while it does not hold the report is stopped, whatever was done."""

    code: str
    label: LazyGettext = field(compare=False)
    way_out: LazyGettext = field(compare=False)
    stops: bool = False


class CobranzaListingGuard(models.AbstractModel):
    _name = "cobranza.listing.guard"
    _inherit = "cobranza.rows"
    _description = "What is looked at before a debt is reported"

    def _rows(self):
        return GUARDS

    def _stopping(self):
        """The codes of the guards that stop a report for a while."""
        return frozenset(self._where(stops=True))


GUARDS = (
    GuardRow(
        "party",
        _lt("The person answers for the debt and has a tax number"),
        _lt("Complete the contact, or report whoever answers."),
    ),
    GuardRow(
        "register",
        _lt("The register takes such debts"),
        _lt("Choose another register, or say what proves the debt."),
    ),
    GuardRow(
        "membership",
        _lt("The company is a member, with the agreement on file"),
        _lt("Complete the membership, with its number, its day and the agreement."),
    ),
    GuardRow(
        "debt",
        _lt("A principal of ours that is due and unpaid"),
        _lt("Nothing is reported until it is; charges and interest never are."),
    ),
    GuardRow(
        "minimum",
        _lt("The principal of this debt reaches the legal minimum"),
        _lt("Debts are not added up: go on claiming it by letter."),
    ),
    GuardRow(
        "age",
        _lt("It is younger than the law allows"),
        _lt("It may not be in a register any more."),
    ),
    GuardRow(
        "dispute",
        _lt("The debtor does not dispute it"),
        _lt("Answer the dispute first."),
        stops=True,
    ),
    GuardRow(
        "suit",
        _lt("No court or authority has to decide about it"),
        _lt("Wait for the decision."),
        stops=True,
    ),
    GuardRow(
        "agreement",
        _lt("No payment agreement runs"),
        _lt("While the debtor keeps it, nothing is reported."),
        stops=True,
    ),
    GuardRow(
        "insolvency",
        _lt("No insolvency proceedings"),
        _lt("Tell the claim to the insolvency administrator instead."),
        stops=True,
    ),
    GuardRow(
        "death",
        _lt("The person is alive"),
        _lt("Look for the heirs instead."),
        stops=True,
    ),
    GuardRow(
        "privacy",
        _lt("The person has not asked to erase or block its data, or objected"),
        _lt("Answer the request first; only if it was denied the debt is reported."),
        stops=True,
    ),
    GuardRow(
        "origin",
        _lt("The law lets debts of this kind be reported"),
        _lt("Say on this form what the debt comes from."),
    ),
    GuardRow(
        "consent",
        _lt("The person agreed in writing"),
        _lt("Add the consent that was signed, with its day."),
    ),
    GuardRow(
        "instrument",
        _lt("An instrument that the law names proves the debt"),
        _lt("State on the debt which one does."),
    ),
    GuardRow(
        "warning",
        _lt("The debtor was told that this register may be told"),
        _lt("Send the demand that names it, or add the contract that does."),
    ),
    GuardRow(
        "demand",
        _lt("A demand was received and its term is over"),
        _lt("Send a demand whose reception can be proven, and wait for its day."),
    ),
    GuardRow(
        "approval",
        _lt("Another person has approved it"),
        _lt("Ask for approval."),
    ),
)
