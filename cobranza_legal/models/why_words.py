"""What each reason of the engine means, for people."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "entered": _lt("It reached the first level of its policy."),
    "advanced": _lt("The days of this level had passed, so it moved up to it."),
    "not_due": _lt(
        "The days that the next level counts from the due date have not passed."
    ),
    "too_soon": _lt("The next level keeps a distance from the previous one."),
    "step_pending": _lt("The next level waits until the act of this level is done."),
    "last_level": _lt(
        "The policy has no further level: a person decides what follows."
    ),
    "below_minimum": _lt("The debtor owes less in all than the next level asks for."),
    "on_hold": _lt("Somebody has put it on hold."),
    "disputed": _lt("The debtor disputes all of it."),
    "promised": _lt("The debtor has promised to pay and the day has not passed."),
    "agreement": _lt("A payment agreement is running."),
    "direct_debit": _lt("A direct debit has been presented to the bank."),
    "sued": _lt("The debtor has been sued: the case takes over."),
    "insolvent": _lt("Insolvency proceedings are open: nobody may press for payment."),
    "deceased": _lt("The debtor has died: the heirs have to be found first."),
    "represented": _lt("A lawyer represents the debtor: only the lawyer is contacted."),
    "authority_claim": _lt("A claim of the debtor is pending before an authority."),
    "ceded": _lt("The invoice belongs to somebody else now."),
    "no_followup": _lt("Its journal item is marked to be left out of follow-up."),
    "blocked_payment": _lt("The invoice is blocked for payment."),
    "covered": _lt("Payments or credit notes that are not allocated yet cover it."),
    "contact_limit": _lt("The debtor has had all contacts that the rules permit."),
    "hours": _lt("Outside the days and hours in which the debtor may be contacted."),
    "blocked": _lt("The rules of the country forbid this contact."),
    "opted_out": _lt("The debtor has asked not to be contacted in this way."),
    "missing_data": _lt("Something that the contact needs is not known."),
    "stale_bank": _lt("The bank's entries are too old to trust that it is unpaid."),
    "proposal": _lt("The company works in proposal mode: nothing leaves."),
    "not_automatic": _lt("A person has to release the contact."),
    "no_policy": _lt("Neither document, partner, tag nor company has a policy."),
    "settled": _lt("It has been paid or otherwise settled."),
    "void": _lt("Its document does not carry it any more."),
}
