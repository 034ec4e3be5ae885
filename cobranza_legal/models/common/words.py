"""The words for every reason the engine gives."""

from odoo.tools import format_date

from ...kernel.dunning import Reason
from ...kernel.errors import GapError, MissingValue, NoSlot, OverlapError

WAITING = [("state", "=", "planned"), ("released", "=", False)]


QUIET = {"mail_activity_quick_update": True, "mail_notrack": True}


def say_error(env, error):
    """What a ``KernelError`` means, in the user's language."""
    if isinstance(error, MissingValue):
        name = f"{error.code}[{error.key}]" if error.key else error.code
        return env._(
            "The legal value %(name)s of %(day)s is missing: load it in the legal "
            "parameters.",
            name=name,
            day=format_date(env, error.on) or "—",
        )
    if isinstance(error, NoSlot):
        return env._("No permitted moment for a contact was found within a year.")
    if isinstance(error, OverlapError):
        return env._("Two values cover the same day (%s).", error)
    if isinstance(error, GapError):
        return env._("There are days without a value (%s).", error)
    return str(error)


REASONS = [
    (Reason.ENTERED.value, "Entered the policy"),
    (Reason.ADVANCED.value, "Moved to the next level"),
    (Reason.NOT_DUE.value, "Next level not due yet"),
    (Reason.TOO_SOON.value, "Too soon after the previous level"),
    (Reason.STEP_PENDING.value, "The act of this level is pending"),
    (Reason.LAST_LEVEL.value, "Last level reached"),
    (Reason.BELOW_MINIMUM.value, "Below the minimum"),
    (Reason.ON_HOLD.value, "On hold"),
    (Reason.DISPUTED.value, "Disputed"),
    (Reason.PROMISED.value, "Promise to pay open"),
    (Reason.AGREEMENT.value, "Payment agreement running"),
    (Reason.DIRECT_DEBIT.value, "Direct debit presented"),
    (Reason.SUED.value, "Sued"),
    (Reason.INSOLVENT.value, "Insolvency proceedings"),
    (Reason.DECEASED.value, "Deceased"),
    (Reason.REPRESENTED.value, "Represented by a lawyer"),
    (Reason.AUTHORITY_CLAIM.value, "Claim pending before an authority"),
    (Reason.CEDED.value, "Ceded to a third party"),
    (Reason.NO_FOLLOWUP.value, "Excluded from follow-up"),
    (Reason.BLOCKED_PAYMENT.value, "Invoice blocked for payment"),
    (Reason.COVERED.value, "Covered by unallocated payments"),
    (Reason.CONTACT_LIMIT.value, "Contact limit reached"),
    (Reason.HOURS.value, "Outside the permitted hours"),
    (Reason.BLOCKED.value, "Not permitted"),
    (Reason.OPTED_OUT.value, "The debtor opted out"),
    (Reason.MISSING_DATA.value, "Missing data"),
    (Reason.STALE_BANK.value, "Bank not up to date"),
    (Reason.PROPOSAL.value, "Proposal: waits for release"),
    (Reason.NOT_AUTOMATIC.value, "Needs a person's release"),
    (Reason.NO_POLICY.value, "No collection policy"),
    (Reason.SETTLED.value, "Settled"),
    (Reason.VOID.value, "Void"),
]


SITUATIONS = {
    "deceased_on": Reason.DECEASED,
    "insolvent_on": Reason.INSOLVENT,
    "sued_on": Reason.SUED,
    "represented_on": Reason.REPRESENTED,
    "authority_claim_on": Reason.AUTHORITY_CLAIM,
}
"""The situation dates that leave a debtor alone, with the reason shown."""


NATURES = [("principal", "Principal"), ("charge", "Charge"), ("cost", "Cost")]


POLICY_REASONS = [
    ("invoice", "Chosen on the document"),
    ("partner", "Chosen on the partner"),
    ("category", "Chosen on a tag of the partner"),
    ("company", "Default of the company"),
]
